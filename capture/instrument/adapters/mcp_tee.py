"""A session's streams with somebody listening, and the calls of tools among what they carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any

from ..._core.failure import Failure
from ..._core.spans import here
from .._patch import Patch
from .._wrap import call_async, notify, observer_of
from ..joins import ToolCall

__all__ = ["Reading", "Writing", "dispatched", "watch_sending"]


class _Stream:
    """A stream that does what the one behind it does."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def __aenter__(self) -> Any:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> Any:
        return await self._stream.__aexit__(kind, error, traceback)


class Writing(_Stream):
    """What the session says, in the task that says it."""

    def __init__(self, session: Patch, stream: Any) -> None:
        super().__init__(stream)
        self._session = session
        self.open: dict[Any, ToolCall] = {}

    async def send(self, item: Any) -> None:
        notify(self._said, item)
        await self._stream.send(item)

    def _said(self, item: Any) -> None:
        message = _message(item)
        if self._session.on and getattr(message, "method", None) == "tools/call" and message.params is not None:
            call = _called(message.params)
            if call is not None:
                self.open[message.id] = call

    def gave_up(self, error: BaseException) -> None:
        """End the call that the running task was waiting for: it was cancelled, or has waited long enough."""
        place = here()
        for id, call in list(self.open.items()):
            if place is not None and call is place.span:
                del self.open[id]
                call.end(error=error)


class Reading(_Stream):
    """What it is told."""

    def __init__(self, stream: Any, writing: Writing) -> None:
        super().__init__(stream)
        self._writing = writing

    async def receive(self) -> Any:
        item = await self._stream.receive()
        notify(self._heard, item)
        return item

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> Any:
        item = await self._stream.__anext__()
        notify(self._heard, item)
        return item

    def _heard(self, item: Any) -> None:
        message = _message(item)
        if hasattr(message, "method"):
            return  # a request of the server's: it counts its own ids
        call = self._writing.open.pop(getattr(message, "id", None), None)
        if call is not None:
            error = getattr(message, "error", None)
            _ended(call, getattr(message, "result", None), None if error is None else _failure(error))


def dispatched(session: Patch, dispatcher: Any) -> None:
    """Watch the requests of a dispatcher, on this one object, as long as `session` is on."""

    def watched(patch: Patch) -> Callable[..., Any]:
        async def send_raw_request(*args: Any, **kwargs: Any) -> Any:
            if not session.on:
                return await patch.original(*args, **kwargs)
            return await call_async(patch.original, observer_of(_Request), args, kwargs)

        return send_raw_request

    Patch(dispatcher, "send_raw_request", watched)


def watch_sending(session: Any, writing: Writing) -> None:
    """Watch which requests of a session end without an answer, on this one object."""

    def watched(sending: Patch) -> Callable[..., Any]:
        async def send_request(*args: Any, **kwargs: Any) -> Any:
            return await call_async(sending.original, observer_of(lambda: _Sending(writing)), args, kwargs)

        return send_request

    Patch(session, "send_request", watched)


class _Sending:
    """Observes one request of a session."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None: ...
    def returned(self, result: Any) -> None: ...
    def yielded(self, item: Any) -> None: ...
    def closed(self) -> None: ...

    def raised(self, error: BaseException) -> None:
        self._writing.gave_up(error)


class _Request:
    """Observes one request of a dispatcher."""

    _call: ToolCall | None = None

    def yielded(self, item: Any) -> None: ...
    def closed(self) -> None: ...

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        if args[0] == "tools/call":
            self._call = _called(args[1])

    def returned(self, result: Any) -> None:
        if self._call is not None:
            _ended(self._call, result)

    def raised(self, error: BaseException) -> None:
        if self._call is not None:
            self._call.end(error=error)


def _message(item: Any) -> Any:
    message = getattr(item, "message", None)
    return getattr(message, "root", message)  # version 1 has its kinds of messages in a box


def _called(params: Mapping[str, Any]) -> ToolCall | None:
    return ToolCall.seen("mcp", str(params.get("name")), params.get("arguments"))


def _ended(call: ToolCall, result: Any, error: Failure | None = None) -> None:
    """Record a result: its text, if that is all there is."""
    if error is not None or not isinstance(result, Mapping):
        call.end(result, error)
        return
    content = result.get("content")
    texts = [block.get("text") for block in content or () if isinstance(block, Mapping)]
    said = texts[0] if len(texts) == 1 and isinstance(texts[0], str) else content
    call.end(said, is_error=bool(result.get("isError")))


def _failure(error: Any) -> dict[str, Any]:
    return {"type": f"MCP error {error.code}", "message": error.message}
