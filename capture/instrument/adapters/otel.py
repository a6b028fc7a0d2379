"""Any OpenTelemetry tracer in the process: a span processor on every provider the host makes."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from ..registry import Undo
from .constructors import when_made
from .spans import Spans

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have the tracers of OpenTelemetry tell, given `opentelemetry.sdk.trace`; return what ends that."""
    processor: _Processor = type("PeekProcessor", (_Processor, module.SpanProcessor), {})()
    return when_made(module.TracerProvider, processor.meet, processor.leave)


class _Processor:
    """What a provider calls, in the task that starts or ends a span."""

    spans: Spans | None = Spans("otel")

    def meet(self, provider: Any) -> None:
        """Be called by this provider."""
        provider.add_span_processor(self)

    def leave(self) -> None:
        """Record no further span."""
        self.spans = None

    @guarded(None)
    def on_start(self, span: Any, parent_context: Any = None) -> None:
        if self.spans is not None:
            parent = span.parent.span_id if span.parent is not None else None
            self.spans.started(
                span.context.span_id, parent, span.instrumentation_scope.name, span.name, span.attributes, span
            )

    @guarded(None)
    def on_end(self, span: Any) -> None:
        if self.spans is not None:
            self.spans.ended(
                span.context.span_id, span.instrumentation_scope.name, span.name, span.attributes, _failure(span)
            )

    def shutdown(self) -> None:
        """Nothing is kept back."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing is kept back."""
        return True


def _failure(span: Any) -> dict[str, Any] | None:
    """Return a span's error: what the exception event says, else the status."""
    if span.status.status_code.name != "ERROR":
        return None
    told: Mapping[str, Any] = next(
        (event.attributes for event in reversed(span.events) if event.name == "exception"), {}
    )
    kind = told.get("exception.type") or span.attributes.get("error.type") or "Error"
    failure = {"type": kind, "message": told.get("exception.message") or span.status.description or ""}
    return failure | ({"stack": told["exception.stacktrace"]} if "exception.stacktrace" in told else {})
