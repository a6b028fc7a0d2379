"""The tap: model calls recorded where they pass httpx or httpx2, without touching an SDK.

SDK methods move every month; `Client.send` and `AsyncClient.send` stay. What passes through them to a model is
recorded as `llm_request`, `llm_chunk` and `llm_response`; everything else passes unseen.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .._core.context import TraceContext
from .._core.guard import guarded
from .._core.session import current
from ..wire import Wire, recognise
from ._imports import when_imported
from ._wrap import call, call_async
from .answer import Answer
from .tee import tee
from .threads import carry_into_threads

__all__ = ["install"]

_TAPPED = ("httpx", "httpx2")
_MARK = "_peek_tap"
_BODY_KEPT = 2_000
"""Bytes kept of a request nobody can read."""
_SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie", "set-cookie"}
)


@guarded(None)
def install() -> None:
    """Record model calls from now on, and have threads belong to whoever starts them. Twice is once.

    Libraries that are imported already are tapped at once, others right after the program imports them.
    """
    carry_into_threads()
    for name in _TAPPED:
        when_imported(name, _tap)


def _tap(module: ModuleType) -> None:
    _patch(module.Client, lambda original: _sync_send(module, original))
    _patch(module.AsyncClient, lambda original: _async_send(module, original))


def _patch(client: type[Any], wrap: Callable[[Any], Any]) -> None:
    original = client.send
    if not hasattr(original, _MARK):
        tapped = functools.wraps(original)(wrap(original))
        setattr(tapped, _MARK, True)
        client.send = tapped


def _sync_send(module: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    def send(*args: Any, **kwargs: Any) -> Any:
        observer = _watch(module, args, kwargs)
        return original(*args, **kwargs) if observer is None else call(original, observer, args, kwargs)

    return send


def _async_send(module: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    async def send(*args: Any, **kwargs: Any) -> Any:
        observer = _watch(module, args, kwargs)
        if observer is None:
            return await original(*args, **kwargs)
        return await call_async(original, observer, args, kwargs)

    return send


@guarded(None)
def _watch(module: ModuleType, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _ModelCall | None:
    """Return an observer of the request about to be sent, or None when it does not go to a model."""
    request = kwargs["request"] if "request" in kwargs else args[1]
    wire = recognise(request.method, request.url.path, request.headers)
    return None if wire is None else _ModelCall(module, wire, request)


class _ModelCall:
    """Observes one request and its answer."""

    def __init__(self, module: ModuleType, wire: Wire, request: Any) -> None:
        self._module = module
        self._wire = wire
        self._request = request
        self._answer: Answer | None = None

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        request = self._request
        context: TraceContext = current()
        fields = self._fields(request.content)
        model = str(fields.pop("model", None) or "")
        http = {"method": request.method, "url": _public_url(request.url), "headers": _public(request.headers)}
        id = context.record_llm_request(
            model, provider=self._wire.provider, attempt=_attempt(request.headers), http=http, **fields
        )
        self._answer = Answer(context, id, self._wire, model)

    def _fields(self, body: bytes) -> dict[str, Any]:
        """Return the request's fields; a body that is not of the provider's format stands in `extra`, cut."""
        try:
            return self._wire.request(body)
        except ValueError:
            return {"extra": {"body": body[:_BODY_KEPT].decode("utf-8", "replace")}}

    def returned(self, response: Any) -> None:
        if self._answer is None:
            return
        self._answer.begin(response.status_code, _public(response.headers))
        if response.is_stream_consumed:
            self._answer.whole(response.content)
        else:
            response.stream = tee(self._module, response.stream, self._answer)

    def raised(self, error: BaseException) -> None:
        if self._answer is not None:
            self._answer.failed(error)


def _attempt(headers: Mapping[str, str]) -> int:
    """Return which attempt this is, from 1, as the SDKs that Stainless generates say it."""
    count = headers.get("x-stainless-retry-count", "0")
    return int(count) + 1 if count.isdecimal() else 1


def _public(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "<redacted>" if name.lower() in _SECRET_HEADERS else value for name, value in headers.items()}


def _public_url(url: Any) -> str:
    """Return the URL without what may be a secret in it: who asks, or a key among its parameters."""
    if url.userinfo:
        url = url.copy_with(userinfo=b"redacted")
    for name in ("key", "api_key", "api-key"):
        if name in url.params:
            url = url.copy_set_param(name, "redacted")
    return str(url)
