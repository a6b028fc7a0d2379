"""An answer on its way: from the response's headers to its last byte, recorded as chunks and one `llm_response`."""

from __future__ import annotations

import atexit
import os
import weakref
import zlib
from typing import Any, NamedTuple, Protocol

from .._core.common import Common
from .._core.context import TraceContext
from .._core.failure import Failure
from ..wire import Delta, Reply, ReplyStream, Wire
from ._wrap import notify
from .joins import answered
from .pieces import held_back, joined
from .tools import calls_asked

__all__ = ["Answer", "Asking"]

FLUSH_BYTES = 512
FLUSH_NS = 1_000_000_000

_open: weakref.WeakSet[Answer] = weakref.WeakSet()
"""The answers that are on their way in this process."""


def _leave() -> None:
    """Record what there is of answers whose readers keep them, half read, until the process ends."""
    for answer in list(_open):
        notify(answer.closed)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_open.clear)  # they are the parent's to read


class Asking(NamedTuple):
    """Where a model was asked."""

    context: TraceContext
    request: str
    """The event's id."""
    parent: str
    """What the calls belong to that the model asks for."""
    watched: bool
    """Whether a framework watches too, which will see the tools run."""


class Answer:
    """Records what comes back for one request. Its methods are the observers of the tap; each may be the last."""

    def __init__(self, asking: Asking, wire: Wire, model: str) -> None:
        self._asking = asking
        self._context = context = asking.context
        self._request = asking.request
        self._wire = wire
        self._model = model
        self._started_ns = context._steady_ns()
        self._status = 0
        self._http: dict[str, Any] | None = None
        self._decoder: _Decoder | None = None
        self._stream: ReplyStream | None = None
        self._body = bytearray()
        self._chunks: list[list[float]] = []
        self._first_token_ms: float | None = None
        self._pending: list[Delta] = []
        self._flushed_ns: int | None = None
        self._done = False
        if not _open:
            atexit.unregister(_leave)
            atexit.register(_leave)  # the latest is called first: before the session ends, which is open by now
        _open.add(self)

    def begin(self, status: int, headers: dict[str, str]) -> None:
        """Take the response's head."""
        self._status = status
        self._http = {
            "status": status,
            "request_id": headers.get("request-id") or headers.get("x-request-id"),
            "headers": headers,
        }
        self._decoder = _decoder(headers.get("content-encoding", "identity"))
        readable = status < 400 and not isinstance(self._decoder, _Unreadable)
        if readable and headers.get("content-type", "").startswith("text/event-stream"):
            self._stream = self._wire.stream()

    def whole(self, body: bytes) -> None:
        """Take a body that came in one piece, decoded. A stream may come so too, when its reader waits for the end."""
        if self._stream is None:
            self._finish(self._wire.reply(self._status, body), "server")
        else:
            self._stream.feed(body)
            self.ended()

    def chunk(self, data: bytes) -> None:
        if self._done:
            return
        self._chunks.append([self._elapsed_ms(), len(data)])
        plain = data if self._decoder is None else self._decoder.decompress(data)
        if self._stream is None:
            self._body += plain
            return
        deltas = self._stream.feed(plain)
        if deltas:
            self._passed(deltas)
        if self._stream.complete:  # its reader may neither read on nor close it, and keep it until the process ends
            self.ended()

    def ended(self) -> None:
        reply = self._so_far()
        if self._stream is not None and not self._over(reply) and reply.finish_reason is None:
            reply = reply._replace(
                error={"type": "IncompleteStream", "message": "the stream ended before its end mark"}
            )
        self._finish(reply, "server")

    def failed(self, error: BaseException) -> None:
        """Take what reading raised. What is no `Exception` came from the reader's side: a cancellation, Ctrl-C."""
        reply = self._so_far()
        if isinstance(error, Exception):
            self._finish(reply, "error", error)
        elif self._over(reply):  # an SDK waits a moment for what may follow the end mark, and cancels that
            self._finish(reply, "server")
        else:
            self._finish(reply, "consumer", error)

    def closed(self) -> None:
        if self._done:
            return
        reply = self._so_far()
        self._finish(reply, "server" if self._over(reply) else "consumer")

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _passed(self, deltas: list[Delta]) -> None:
        """Record the first words at once, later ones when enough or long enough has come together."""
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed_ms()
        self._pending += deltas
        now = self._context._steady_ns()
        size = sum(len(delta.text) for delta in self._pending)
        if self._flushed_ns is None or size >= FLUSH_BYTES or now - self._flushed_ns >= FLUSH_NS:
            pending = joined(self._pending)
            self._pending = held_back(pending, lines=self._context._has_own_secrets)
            if pending:
                self._flushed_ns = now
            self._record_chunks(pending)

    def _record_chunks(self, deltas: list[Delta]) -> None:
        for delta in deltas:
            self._record_chunk(delta)

    def _record_chunk(self, delta: Delta) -> None:
        context, parent, model = self._context, self._request, self._model
        if delta.kind == "tool_call":
            call = {"id": delta.call_id, "name": delta.call_name, "arguments": delta.text}
            context.record_llm_chunk(tool_call=call, model=model, parent=parent)
        elif delta.kind == "thinking":
            context._record("llm_chunk", model, {"thinking": delta.text}, {"parent": parent})
        else:
            context.record_llm_chunk(delta.text, model=model, parent=parent)

    # -- the end ---------------------------------------------------------------------------------------------------

    def _so_far(self) -> Reply:
        if self._stream is not None:
            return self._stream.reply()
        if self._body:
            return self._wire.reply(self._status, bytes(self._body))
        refused = {"type": f"HTTP {self._status}", "message": ""}  # before a retry an SDK drops the body unread
        return Reply(error=refused if self._status >= 400 else None)

    def _over(self, reply: Reply) -> bool:
        """Whether the provider has said its last word."""
        return self._stream is not None and (self._stream.complete or reply.error is not None)

    def _finish(self, reply: Reply, closed_by: str, error: Failure | None = None) -> None:
        if self._done:
            return
        self._done = True
        _open.discard(self)
        self._record_chunks(joined(self._pending))
        answered(reply.response_id)
        data = reply._asdict()
        usage, failure = data.pop("usage"), data.pop("error")
        if error is not None:
            failure = error
        common: Common = {"parent": self._request, "duration_ms": self._elapsed_ms()}
        if usage is not None:
            common["usage"] = usage
        if failure is not None:
            common["error"] = failure
        data = {
            "provider": self._wire.provider,
            **data,
            "time_to_first_token_ms": self._first_token_ms,
            "chunks": self._chunks or None,
            "closed_by": closed_by,
            "http": self._http,
        }
        id = self._context._record("llm_response", reply.model or self._model, data, common)
        if failure is None:
            calls_asked(self._context, self._asking.parent, reply, id, held_back=self._asking.watched)

    def _elapsed_ms(self) -> float:
        return round((self._context._steady_ns() - self._started_ns) / 1e6, 3)


class _Decoder(Protocol):
    def decompress(self, data: bytes, /) -> bytes: ...


def _decoder(encoding: str) -> _Decoder | None:
    """Return what undoes a content encoding, None for none. The stream is seen as it stands on the wire."""
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(16 + zlib.MAX_WBITS)
        case "deflate":
            return zlib.decompressobj()
        case _:
            return _Unreadable()


class _Unreadable:
    """Stands in for a content encoding the standard library cannot undo: sizes and times are recorded, text is not."""

    def decompress(self, data: bytes, /) -> bytes:
        return b""
