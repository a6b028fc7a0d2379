"""One connection to the model server: reads requests, writes answers, and notes byte for byte what passed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import urlsplit

from .wire import AnthropicMessages, Failure, JSONObject, Reply, Wire, invalid_request
from .wire.format import dump

__all__ = ["Answer", "Connection", "Exchange", "Provider"]


@dataclass(frozen=True)
class Exchange:
    """What one request and its answer were, byte for byte, to compare a recording with."""

    request_id: str
    path: str
    request_headers: Mapping[str, str]
    """With lower-case names."""
    request: bytes
    status: int
    """0 when the client was gone before there was an answer."""
    response: bytes
    """The body that was sent, without the framing of its chunks."""
    usage: Mapping[str, Any] | None
    """Absent when the answer was an error."""
    complete: bool
    """Whether the body was sent to its end."""


class Answer(NamedTuple):
    """A model's reply together with the body that says it."""

    reply: Reply
    whole: JSONObject


class Provider(Protocol):
    """What a connection needs of the server it belongs to."""

    pace: float
    exchanges: list[Exchange]

    def wire(self, path: str) -> Wire | None:
        """The format spoken at a path, or None where there is nothing."""
        ...

    def next_request_id(self) -> str:
        """The id of a request that has just arrived."""
        ...

    def ask(self, wire: Wire, request: JSONObject, request_id: str) -> Answer | Failure:
        """The model's answer, in a provider's format."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait; raises `ConnectionError` when the server is closed meanwhile."""
        ...


class Connection(BaseHTTPRequestHandler):
    """Serves the requests of one connection, one after the other."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "peek-demo", ""
    # Each event is a small write: with Nagle's algorithm the second one would wait for the client's delayed ACK.
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Serve the connection for as long as the client keeps it."""
        with suppress(ConnectionError):
            super().handle()

    def do_POST(self) -> None:
        """Answer one request."""
        self._provider = cast(Provider, self.server)
        self._id = self._provider.next_request_id()
        self._status = 0
        self._noted = False
        self._sent = bytearray()
        self._usage: Mapping[str, Any] | None = None
        self._request = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            self._respond()
        except ConnectionError:
            self.close_connection = True
            if not self._noted:
                self._note(complete=False)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 (the base class looks for these names)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal belongs to the program that started the server."""

    def _respond(self) -> None:
        wire = self._provider.wire(urlsplit(self.path).path)
        self._wire = wire or AnthropicMessages()
        if wire is None or self.command != "POST":
            body: JSONObject | Failure = Failure(404, "not_found_error", f"Not found: {self.command} {self.path}")
        else:
            body = self._understand()
        answer = body if isinstance(body, Failure) else self._provider.ask(self._wire, body, self._id)
        if isinstance(answer, Failure):
            self._send_json(answer.status, self._wire.error(answer, self._id), answer.headers())
            return
        assert not isinstance(body, Failure)
        self._usage = answer.whole[self._wire.usage]
        self._provider.pause(answer.reply.delay)
        if self._wire.streams(body):
            self._send_stream(answer, body)
        elif answer.reply.breaks == "cut":
            self._send_half(answer.whole)
        else:
            self._send_json(200, answer.whole, {})

    def _understand(self) -> JSONObject | Failure:
        try:
            body = json.loads(self._request)
        except ValueError as error:
            return invalid_request(f"The request body is not valid JSON: {error}")
        if not isinstance(body, dict):
            return invalid_request("The request body is not a JSON object")
        return self._wire.objection(self._headers(), body) or body

    def _send_json(self, status: int, body: JSONObject, headers: Mapping[str, str]) -> None:
        payload = self._payload(body)
        self._status = status
        self._sent += payload
        self._note(complete=True)  # before the head: an SDK that retries does not wait for the body
        self._send_head(status, {"content-type": "application/json", "content-length": str(len(payload)), **headers})
        self.wfile.write(payload)

    def _payload(self, body: JSONObject) -> bytes:
        return dump(body)

    def _send_half(self, body: JSONObject) -> None:
        payload = self._payload(body)
        self._send_head(200, {"content-type": "application/json", "content-length": str(len(payload))})
        self._sent += payload[: len(payload) // 2]
        self.wfile.write(self._sent)
        raise ConnectionAbortedError("cut, as the reply asked for")

    def _send_stream(self, answer: Answer, request: JSONObject) -> None:
        self._send_head(200, {"content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked"})
        breaks = answer.reply.breaks
        *frames, last = self._wire.frames(answer.whole, request)
        for frame in frames:
            if breaks and frame.closing:
                break
            self._send_chunk(frame.data)
            if frame.spoken:
                self._provider.pause(self._provider.pace)
        if breaks == "cut":
            raise ConnectionAbortedError("cut, as the reply asked for")
        self._send_chunk(self._wire.error_frame(breaks, self._id) if breaks else last.data, end=True)

    def _send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self._status = status
        self.send_response(status)
        for name, value in {self._wire.request_id: self._id, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_chunk(self, data: bytes, *, end: bool = False) -> None:
        self._sent += data
        framed = b"%x\r\n%s\r\n" % (len(data), data)
        if end:
            self._note(complete=True)
        self.wfile.write(framed + b"0\r\n\r\n" if end else framed)

    def _note(self, *, complete: bool) -> None:
        self._noted = True
        sent, headers = bytes(self._sent), self._headers()
        exchange = Exchange(self._id, self.path, headers, self._request, self._status, sent, self._usage, complete)
        self._provider.exchanges.append(exchange)

    def _headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}
