"""A model provider on the loopback interface, with a `Model` that decides what to say.

It speaks Anthropic's `POST /v1/messages` and OpenAI's `POST /v1/chat/completions`, whole and streamed, so that the demo
and the tests run real clients over real HTTP, with nothing between the two replaced.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Mapping
from contextlib import suppress
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Protocol

from .handler import Answer, Connection, Exchange
from .usage import PromptCache
from .wire import (
    AnthropicMessages,
    Failure,
    JSONObject,
    OpenAIChat,
    Reply,
    Text,
    Thinking,
    ToolUse,
    Wire,
    overloaded,
    wire_id,
)

__all__ = [
    "Exchange",
    "Failure",
    "Model",
    "ModelServer",
    "Reply",
    "ScriptedModel",
    "Text",
    "Thinking",
    "ToolUse",
    "overloaded",
]


class Model(Protocol):
    """What speaks through a `ModelServer`. It is asked one request at a time, in the order they arrive."""

    def reply(self, request: Mapping[str, Any]) -> Reply | Failure:
        """Answer the decoded body of a request."""
        ...


class ScriptedModel:
    """A model that gives these answers, in this order, whatever it is asked."""

    def __init__(self, *answers: Reply | Failure) -> None:
        self._answers = iter(answers)
        self.requests: list[Mapping[str, Any]] = []
        """What it was asked."""

    def reply(self, request: Mapping[str, Any]) -> Reply | Failure:
        """The next answer of the script."""
        self.requests.append(request)
        return next(self._answers, Failure(500, "api_error", "the script has no further answer"))


class ModelServer(ThreadingHTTPServer):
    """Serves a `Model` at `base_url` until it is closed; a context manager.

    `pace` is the number of seconds between two pieces of a streamed answer.
    """

    request_queue_size = 128
    connection: type[Connection] = Connection
    wires: Mapping[str, Wire] = {"/v1/messages": AnthropicMessages(), "/v1/chat/completions": OpenAIChat()}
    """The formats by their paths."""

    def __init__(self, model: Model, *, pace: float = 0.0) -> None:
        self.pace = pace
        self.exchanges: list[Exchange] = []
        """What was received and sent, in the order the answers ended. A stream stands here before its last bytes are
        written, any other answer before its first, so a client that has read one can look it up."""
        self._model = model
        self._cache = PromptCache()
        self._requests = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._connections: dict[threading.Thread, socket.socket] = {}
        super().__init__(("127.0.0.1", 0), self.connection)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="model-server", daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Where a client finds the server."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def close(self) -> None:
        """Stop serving: answers under way are cut, and no thread or socket is left."""
        if self._closing.is_set():
            return
        self._closing.set()
        self.shutdown()
        self.server_close()
        self._hang_up()
        self._thread.join()

    def __enter__(self) -> ModelServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def wire(self, path: str) -> Wire | None:
        """The format spoken at a path, or None where there is nothing."""
        return self.wires.get(path)

    def next_request_id(self) -> str:
        """The id of a request that has just arrived."""
        with self._lock:
            self._requests += 1
            return wire_id("req_", self._requests)

    def ask(self, wire: Wire, request: JSONObject, request_id: str) -> Answer | Failure:
        """What the model answers, and the body that says it."""
        with self._lock:
            try:
                reply = self._model.reply(request)
            except Exception as error:
                # The client is told, instead of waiting for an answer from a thread that is gone.
                return Failure(500, "api_error", f"{type(error).__name__}: {error}")
            if isinstance(reply, Failure):
                return reply
            tokens = self._cache.count(request, reply.blocks)
        return Answer(reply, wire.answer(reply, request, request_id, tokens))

    def pause(self, seconds: float) -> None:
        """Wait, unless the server is closed: then the answer under way is given up."""
        if seconds > 0 and self._closing.wait(seconds):
            raise ConnectionAbortedError("the server is closing")

    def server_bind(self) -> None:
        """Bind the socket, without the base class's look-up of this host's name: it can take seconds."""
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a new connection on a thread of its own, known to `close`."""
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._connections = {t: s for t, s in self._connections.items() if t.is_alive()}
        self._connections[thread] = request
        thread.start()

    def _hang_up(self) -> None:
        for thread, connection in self._connections.items():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()
