"""Any OpenTelemetry tracer in the process: a span processor on every provider the host makes.

A provider can be told of a processor, but not the library of one for providers to come; so the constructor's return is
watched, and the new provider is told in the official way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from .._patch import Patch
from .._wrap import call, observer_of
from ..registry import Undo
from .spans import Spans

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have the tracers of OpenTelemetry tell, given `opentelemetry.sdk.trace`; return what ends that."""
    processor: _Processor = type("PeekProcessor", (_Processor, module.SpanProcessor), {})()

    def watched(patch: Patch) -> Callable[..., None]:
        def __init__(provider: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            if patch.on:
                call(patch.original, observer_of(lambda: _NewProvider(provider, processor)), (provider, *args), kwargs)
            else:
                patch.original(provider, *args, **kwargs)

        return __init__

    patch = Patch(module.TracerProvider, "__init__", watched)

    def undo() -> None:
        patch.undo()
        processor.spans = None

    return undo


class _NewProvider:
    """Tells a provider of the processor once it is made."""

    def __init__(self, provider: Any, processor: Any) -> None:
        self._provider = provider
        self._processor = processor

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None: ...
    def raised(self, error: BaseException) -> None: ...
    def yielded(self, item: Any) -> None: ...
    def closed(self) -> None: ...

    def returned(self, result: Any) -> None:
        self._provider.add_span_processor(self._processor)


class _Processor:
    """What a provider calls, in the task that starts or ends a span."""

    spans: Spans | None = Spans("otel")

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
