"""A response stream whose chunks are seen as they pass: never buffered, never changed, never delayed."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from types import ModuleType
from typing import Any, Protocol

from .._core.guard import swallow

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
    kind = type(mixin.__name__, (mixin, base), {})
    return kind(stream, observer)


class _Tee:
    _pid = 0

    def __init__(self, stream: Any, observer: StreamObserver) -> None:
        self._stream = stream
        self._observer = observer
        self._pid = os.getpid()

    def __del__(self) -> None:
        """A reader that forgets the stream has let go of it too. A forked child's copy is not the reader's."""
        if self._pid == os.getpid() and not sys.is_finalizing():
            self._closed()

    def __getattr__(self, name: str) -> Any:
        """What else the original knows, such as how long it took, the client asks it through us."""
        return getattr(self._stream, name)

    def _saw(self, data: bytes) -> None:
        try:
            self._observer.chunk(data)
        except Exception as error:
            swallow(error)

    def _ended(self) -> None:
        try:
            self._observer.ended()
        except Exception as error:
            swallow(error)

    def _failed(self, failure: BaseException) -> None:
        try:
            self._observer.failed(failure)
        except Exception as error:
            swallow(error)

    def _closed(self) -> None:
        try:
            self._observer.closed()
        except Exception as error:
            swallow(error)


class _Sync(_Tee):
    def __iter__(self) -> Iterator[bytes]:
        try:
            for data in self._stream:
                self._saw(data)
                yield data
        except GeneratorExit:
            raise  # the reader stopped; it closes the stream next
        except BaseException as error:
            self._failed(error)
            raise
        self._ended()

    def close(self) -> None:
        try:
            self._stream.close()
        finally:
            self._closed()


class _Async(_Tee):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for data in self._stream:
                self._saw(data)
                yield data
        except GeneratorExit:
            raise
        except BaseException as error:
            self._failed(error)
            raise
        self._ended()

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            self._closed()
