"""One connection to the model server: reads requests, writes answers, and notes byte for byte what passed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import urlsplit

from .wire import Failure, JSONObject, Reply, dump, error_body, event_bytes, invalid_request, stream_events

__all__ = ["Answer", "Exchange", "MessagesHandler", "Provider"]

_REQUIRED = ("model", "max_tokens", "messages")


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
    """A model's reply together with the message that says it."""

    reply: Reply
    whole: JSONObject


class Provider(Protocol):
    """What a connection needs of the server it belongs to."""

    pace: float
    exchanges: list[Exchange]

    def next_request_id(self) -> str:
        """The id of a request that has just arrived."""
        ...

    def ask(self, request: Mapping[str, Any], request_id: str) -> Answer | Failure:
        """The model's answer."""
        ...

    def pause(self, seconds: float) -> None:
        """Wait; raises `ConnectionError` when the server is closed meanwhile."""
        ...


class MessagesHandler(BaseHTTPRequestHandler):
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
        self._sent = bytearray()
        self._usage: Mapping[str, Any] | None = None
        self._request = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            self._respond()
        except ConnectionError:
            self.close_connection = True
            self._note(complete=False)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 (the base class looks for these names)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal belongs to the program that started the server."""

    def _respond(self) -> None:
        body = self._understand()
        answer = body if isinstance(body, Failure) else self._provider.ask(body, self._id)
        if isinstance(answer, Failure):
            self._send_json(answer.status, error_body(answer, self._id), answer.headers())
            return
        assert not isinstance(body, Failure)
        self._usage = answer.whole["usage"]
        self._provider.pause(answer.reply.delay)
        if body.get("stream"):
            self._send_stream(answer)
        else:
            self._send_json(200, answer.whole, {})

    def _understand(self) -> JSONObject | Failure:
        if self.command != "POST" or urlsplit(self.path).path != "/v1/messages":
            return Failure(404, "not_found_error", f"Not found: {self.command} {self.path}")
        if not (self.headers.get("x-api-key") or self.headers.get("authorization")):
            return Failure(401, "authentication_error", "x-api-key header is required")
        try:
            body = json.loads(self._request)
        except ValueError as error:
            return invalid_request(f"The request body is not valid JSON: {error}")
        if not isinstance(body, dict):
            return invalid_request("The request body is not a JSON object")
        missing = [key for key in _REQUIRED if not body.get(key)]
        return invalid_request(f"{missing[0]}: Field required") if missing else body

    def _send_json(self, status: int, body: JSONObject, headers: Mapping[str, str]) -> None:
        payload = dump(body)
        self._send_head(status, {"content-type": "application/json", "content-length": str(len(payload)), **headers})
        self._sent += payload
        self._note(complete=True)
        self.wfile.write(payload)

    def _send_stream(self, answer: Answer) -> None:
        self._send_head(200, {"content-type": "text/event-stream; charset=utf-8", "transfer-encoding": "chunked"})
        *events, last = stream_events(answer.whole)
        breaks = answer.reply.breaks
        for event in events[:-1] if breaks else events:
            self._send_chunk(event_bytes(event))
            if event["type"] == "content_block_delta":
                self._provider.pause(self._provider.pace)
        if breaks == "cut":
            raise ConnectionAbortedError("cut, as the reply asked for")
        self._send_chunk(event_bytes(error_body(breaks, self._id) if breaks else last), end=True)

    def _send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self._status = status
        self.send_response(status)
        for name, value in {"request-id": self._id, **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _send_chunk(self, data: bytes, *, end: bool = False) -> None:
        self._sent += data
        framed = b"%x\r\n%s\r\n" % (len(data), data)
        if end:
            self._note(complete=True)
        self.wfile.write(framed + b"0\r\n\r\n" if end else framed)

    def _note(self, *, complete: bool) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        sent = bytes(self._sent)
        exchange = Exchange(self._id, self.path, headers, self._request, self._status, sent, self._usage, complete)
        self._provider.exchanges.append(exchange)
