"""A tracer for one emitter of spans, of the host's OpenTelemetry API, that tells us and nobody else.

No span of it becomes the current one, leaves the process, or is the parent of one that the host's own tracing makes.
Its classes derive from the API's do-nothing ones, so that they have every method an emitter may call.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from ..._core.failure import Failure
from ..._core.guard import guarded
from .spans import Spans

__all__ = ["tracer_provider"]


def tracer_provider(api: ModuleType, observer: str) -> Any:
    """Return a tracer provider, given `opentelemetry.trace`, that tells what `observer` emits."""
    span = type("PeekSpan", (_Span, api.NonRecordingSpan), {})
    tracer = type("PeekTracer", (_Tracer, api.NoOpTracer), {"span": span, "api": api})
    provider = type("PeekTracerProvider", (_Provider, api.NoOpTracerProvider), {"tracer": tracer})
    return provider(Spans(observer))


class _Provider:
    tracer: Any

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def get_tracer(self, *args: Any, **options: Any) -> Any:
        return self.tracer(self._spans)


class _Tracer:
    api: Any
    span: Any
    _numbers = itertools.count(1)

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def start_span(self, name: str, *args: Any, attributes: Mapping[str, Any] | None = None, **options: Any) -> Any:
        return self._started(name, attributes or {}) or self.api.INVALID_SPAN

    @guarded(None)
    def _started(self, name: str, attributes: Mapping[str, Any]) -> Any:
        # A trace's id of 0 makes it invalid: nobody passes it on. The span's own is told apart by some emitters.
        span = self.span(self.api.SpanContext(trace_id=0, span_id=next(self._numbers), is_remote=False))
        span.start(self._spans, name, attributes)
        return span

    @contextmanager
    def start_as_current_span(
        self, name: str, *args: Any, record_exception: bool = True, **options: Any
    ) -> Iterator[Any]:
        span = self.start_span(name, *args, **options)
        try:
            yield span
        except BaseException as error:
            if record_exception:  # else the emitter says itself which ones are failures
                span.record_exception(error)
            raise
        finally:
            span.end()


class _Span:
    name = ""
    attributes: Mapping[str, Any] = {}
    _spans: Spans | None = None
    _error: Failure | None = None

    @guarded(None)
    def start(self, spans: Spans, name: str, attributes: Mapping[str, Any]) -> None:
        self.name, self.attributes = name, dict(attributes)
        self._spans = spans
        spans.started(id(self), None, "", name, self.attributes, self)

    @guarded(None)
    def end(self, *args: Any, **options: Any) -> None:
        spans, self._spans = self._spans, None
        if spans is not None:
            spans.ended(id(self), "", self.name, self.attributes, self._error)

    @guarded(True)
    def is_recording(self) -> bool:
        return True

    @guarded(None)
    def set_attribute(self, key: str, value: Any) -> None:
        self.attributes = {**self.attributes, key: value}

    @guarded(None)
    def set_attributes(self, attributes: Mapping[str, Any]) -> None:
        self.attributes = {**self.attributes, **attributes}

    @guarded(None)
    def update_name(self, name: str) -> None:
        self.name = name

    @guarded(None)
    def record_exception(self, exception: BaseException, *args: Any, **options: Any) -> None:
        self._error = exception
