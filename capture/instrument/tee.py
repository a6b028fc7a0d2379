"""A response stream whose chunks are seen as they pass: never buffered, never changed, never delayed."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Any, Protocol

from ._wrap import notify

__all__ = ["StreamObserver", "tee"]


class StreamObserver(Protocol):
    """Watches one stream."""

    def chunk(self, data: bytes) -> None:
        """These bytes are about to be handed on."""

    def ended(self) -> None:
        """The sender has nothing more."""

    def failed(self, error: BaseException) -> None:
        """Reading on raised this."""

    def closed(self) -> None:
        """The reader let go; it may come after `ended` or `failed`, and more than once."""


def tee(module: ModuleType, stream: Any, observer: StreamObserver) -> Any:
    """Return a stream of `module` (httpx2) that yields what `stream` yields and shows it to `observer`."""
    mixin, base = (_Sync, module.SyncByteStream) if hasattr(stream, "__iter__") else (_Async, module.AsyncByteStream)
    return _class(mixin, base)(stream, observer)


@lru_cache(16)
def _class(mixin: type[_Tee], base: type) -> type[_Tee]:
    """Return the class of such streams. To make one takes longer than to read a short answer."""
    return type(mixin.__name__, (mixin, base), {})


class _Tee:
    _pid = 0
    """The process whose reader may still forget the stream; 0 once it is closed."""

    def __init__(self, stream: Any, observer: StreamObserver) -> None:
        self._stream = stream
        self._observer = observer
        self._pid = os.getpid()

    def __del__(self) -> None:
        """A reader that forgets the stream has let go of it too. A forked child's copy is not the reader's."""
        if self._pid == os.getpid() and not sys.is_finalizing():
            notify(self._observer.closed)

    def __getattr__(self, name: str) -> Any:
        """What else the original knows, such as how long it took, the client asks it through us."""
        return getattr(self._stream, name)


class _Sync(_Tee):
    def __iter__(self) -> Iterator[bytes]:
        try:
            for data in self._stream:
                notify(self._observer.chunk, data)
                yield data
        except GeneratorExit:
            raise  # the reader stopped; it closes the stream next
        except BaseException as error:
            notify(self._observer.failed, error)
            raise
        notify(self._observer.ended)

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._pid = 0
            notify(self._observer.closed)


class _Async(_Tee):
    def __aiter__(self) -> AsyncIterator[bytes]:
        chunks = self._stream.__aiter__()
        return (_Generator if isinstance(chunks, AsyncGenerator) else _Chunks)(chunks, self._observer)

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            self._pid = 0
            notify(self._observer.closed)


class _Chunks(AsyncIterator[bytes]):
    """An asynchronous iterator over what another one yields.

    It is no generator of its own: the loop would close an abandoned one in a task of its own, at the same time as
    those it reads from, and complain.
    """

    def __init__(self, chunks: Any, observer: StreamObserver) -> None:
        self._chunks = chunks
        self._observer = observer

    async def __anext__(self) -> bytes:
        return await self._watched(self._chunks.__anext__())

    async def _watched(self, step: Awaitable[bytes]) -> bytes:
        try:
            data = await step
        except StopAsyncIteration:
            notify(self._observer.ended)
            raise
        except GeneratorExit:
            raise  # the reader is gone; the stream is closed next
        except BaseException as error:
            notify(self._observer.failed, error)
            raise
        notify(self._observer.chunk, data)
        return data


class _Generator(_Chunks, AsyncGenerator[bytes, Any]):
    """The same over a generator, which its reader may close: httpx2 does, in the task that reads."""

    async def asend(self, value: Any) -> bytes:
        return await self._watched(self._chunks.asend(value))

    async def athrow(self, *error: Any) -> bytes:
        return await self._watched(self._chunks.athrow(*error))

    async def aclose(self) -> None:
        await self._chunks.aclose()
