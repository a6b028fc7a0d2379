"""What a call that is recorded with its result costs, against a span of OpenTelemetry's SDK that goes nowhere."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

from capture import TraceContext

from .measure import Plan, Row, faster, microseconds

__all__ = ["measure"]

GOAL = 2.0
ARGUMENTS: dict[str, str | int] = {"query": "refunds of invoice 4127-10", "limit": 10}
RESULT = "two charges of 42.00, taken within a minute of each other"


def measure(plan: Plan) -> list[Row]:
    """Measure both in turn; theirs has the batch processor, which hands spans to a thread, and an exporter that drops
    them. Ours are in the kernel when the call returns.
    """
    otel = _otel_span()
    if otel is None:
        return [Row("a span", "opentelemetry-sdk is not installed: pip install opentelemetry-sdk")]
    paths = (plan.traces.directory / f"span-{number}.jsonl" for number in count())
    events = plan.choose(1_000, 50)
    sides = {"ours": lambda: _record(next(paths), events), "otel": lambda: _time(otel, events)}
    taken = plan.rounds(15, sides)
    ratio, compared = faster(taken["ours"], taken["otel"])
    other = f"{microseconds(taken['otel'])} OpenTelemetry"
    return [
        Row("a tool's call and result", microseconds(taken["ours"]), other, compared, f"≥ {GOAL:.0f}×", ratio >= GOAL)
    ]


def _record(path: Path, events: int) -> float:
    with TraceContext("bench", path) as context:

        def span() -> None:
            call = context.record_tool_call("search", ARGUMENTS)
            context.record_tool_result("search", RESULT, parent=call)

        taken = _time(span, events)
    path.unlink()
    return taken


def _time(span: Callable[[], Any], events: int) -> float:
    start = process_time()
    for _ in range(events):
        span()
    return (process_time() - start) / events


def _otel_span() -> Callable[[], Any] | None:
    try:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
    except ImportError:
        return None

    class Nowhere(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            return SpanExportResult.SUCCESS

    provider = TracerProvider(shutdown_on_exit=True)
    provider.add_span_processor(BatchSpanProcessor(Nowhere()))
    tracer = provider.get_tracer("bench")

    def span() -> None:
        with tracer.start_as_current_span("search") as current:
            for key, value in ARGUMENTS.items():
                current.set_attribute(key, value)
            current.set_attribute("result", RESULT)

    return span
