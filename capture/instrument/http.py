"""The tap: model calls recorded where they pass httpx or httpx2, without touching an SDK.

SDK methods move every month; `Client.send` and `AsyncClient.send` stay. What passes through them to a model is
recorded as `llm_request`, `llm_chunk` and `llm_response`; everything else passes unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from types import ModuleType
from typing import Any
from weakref import WeakSet

from .._core.config import in_force
from .._core.context import TraceContext
from .._core.conversation import Conversation
from .._core.guard import guarded
from .._core.redact_patterns import may_be_secret
from .._core.session import current
from ..wire import Wire, recognise
from ._patch import Patch, undo_all
from ._wrap import call, call_async
from .answer import Answer, Asking
from .bodies import Bodies
from .joins import claim, watched
from .registry import Undo
from .tee import tee
from .tools import results_sent

__all__ = ["instrument"]

Watch = Callable[[tuple[Any, ...], dict[str, Any]], "_ModelCall | None"]
_BODY_KEPT = 2_000
"""Bytes kept of a request nobody can read."""
_bodies = Bodies()
_in_flight: WeakSet[Any] = WeakSet()
"""The requests that are being sent: one that passes two taps is seen by the first."""
_PORTS = {"http": 80, "https": 443}
"""Which the URL of a request does not name."""


def instrument(module: ModuleType, wanted: Callable[[Any], bool] | None = None) -> Undo:
    """Tap the clients of httpx or httpx2, all of them or those that are `wanted`. Returns what undoes it."""
    watch = partial(_watch, module, wanted)
    return undo_all(
        Patch(module.Client, "send", partial(_sync_send, watch)),
        Patch(module.AsyncClient, "send", partial(_async_send, watch)),
    )


def _sync_send(watch: Watch, patch: Patch) -> Callable[..., Any]:
    def send(*args: Any, **kwargs: Any) -> Any:
        observer = watch(args, kwargs) if patch.on else None
        return patch.original(*args, **kwargs) if observer is None else call(patch.original, observer, args, kwargs)

    return send


def _async_send(watch: Watch, patch: Patch) -> Callable[..., Any]:
    async def send(*args: Any, **kwargs: Any) -> Any:
        observer = watch(args, kwargs) if patch.on else None
        if observer is None:
            return await patch.original(*args, **kwargs)
        return await call_async(patch.original, observer, args, kwargs)

    return send


@guarded(None)
def _watch(
    module: ModuleType, wanted: Callable[[Any], bool] | None, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> _ModelCall | None:
    """Return an observer of the request about to be sent, or None when it does not go to a model."""
    if wanted is not None and not wanted(args[0]):
        return None
    request = kwargs["request"] if "request" in kwargs else args[1]
    if request in _in_flight:
        return None
    for wire in _wires(request):
        fields = _fields(wire, request)
        if fields is not None:
            return _ModelCall(module, wire, request, fields)
    return None


def _wires(request: Any) -> Iterator[Wire]:
    """Return the formats that a request may be of, the likeliest first."""
    url = request.url
    wire = recognise(request.method, url.path, request.headers)
    if wire is not None:
        yield wire
    hosts = in_force().hosts
    if hosts and request.method == "POST" and hosts & {url.host, f"{url.host}:{url.port or _PORTS.get(url.scheme)}"}:
        from ..wire.any_json import AnyJSON

        yield AnyJSON(url.host)


def _fields(wire: Wire, request: Any) -> dict[str, Any] | None:
    """Return the fields of a request; None when its body says that it is not of this format after all.

    Where the format is certain and the body is not of it, the body stands in `extra`, cut. A body that is still to be
    made, piece by piece, is not ours to read.
    """
    try:
        body = request.content
    except RuntimeError:
        return {} if wire.certain else None
    try:
        return _bodies.read(wire, body)
    except ValueError:
        return {"extra": {"body": body[:_BODY_KEPT].decode("utf-8", "replace")}} if wire.certain else None


class _ModelCall:
    """Observes one request and its answer."""

    def __init__(self, module: ModuleType, wire: Wire, request: Any, fields: dict[str, Any]) -> None:
        self._module = module
        self._wire = wire
        self._request = request
        self._fields = fields
        self._answer: Answer | None = None

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        request = self._request
        _in_flight.add(request)
        context: TraceContext = current()
        fields = self._fields
        messages = fields.get("messages")
        results_sent(context, self._wire, messages.new if isinstance(messages, Conversation) else messages)
        model = str(fields.get("model") or self._wire.model)
        http = {"method": request.method, "url": _public_url(request.url), "headers": _public(request.headers)}
        data = {"provider": self._wire.provider, **fields, "attempt": _attempt(request.headers), "http": http}
        id = claim() or context._record("llm_request", model, data, {})
        asking = Asking(context, id, context._parent_of_calls(), watched())
        self._answer = Answer(asking, self._wire, model)

    def returned(self, response: Any) -> None:
        _in_flight.discard(self._request)
        if self._answer is None:
            return
        self._answer.begin(response.status_code, _public(response.headers))
        if response.is_stream_consumed:
            self._answer.whole(response.content)
        else:
            response.stream = tee(self._module, response.stream, self._answer)

    def raised(self, error: BaseException) -> None:
        _in_flight.discard(self._request)
        if self._answer is not None:
            self._answer.failed(error)


def _attempt(headers: Mapping[str, str]) -> int:
    """Return which attempt this is, from 1, as the SDKs that Stainless generates say it."""
    count = headers.get("x-stainless-retry-count", "0")
    return int(count) + 1 if count.isdecimal() else 1


def _public(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers without those that hold secrets."""
    return {name: value for name, value in headers.items() if not _may_be_secret(name)}


_may_be_secret = lru_cache(1024)(may_be_secret)


def _public_url(url: Any) -> str:
    """Return the URL without what may be a secret in it: who asks, or a key among its parameters."""
    if url.userinfo:
        url = url.copy_with(userinfo=b"redacted")
    if b"key=" in url.query:
        for name in ("key", "api_key", "api-key"):
            if name in url.params:
                url = url.copy_set_param(name, "redacted")
    return str(url)
