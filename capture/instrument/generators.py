"""Generators under the eyes of an observer.

A generator runs in pieces. Its span is entered for each piece and left at each `yield`, so that what the consumer
records in between does not come to belong to it. Both wrappers are generators themselves, and pass on what is sent,
thrown and returned.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Callable, Generator
from typing import Any

from .._core.guard import guarded
from .._core.spans import Place, here, move
from ._wrap import GeneratorObserver, notify, observer_of

__all__ = ["traced_async_generator", "traced_generator"]

Items = Callable[..., Any]


def traced_generator(original: Items, watch: Callable[[], GeneratorObserver]) -> Items:
    """Return a generator function that runs `original`, each time under the eyes of the observer that `watch` gives."""

    @functools.wraps(original)
    def traced(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        observer = observer_of(watch)
        inside = _begin(observer, args, kwargs)
        generator = original(*args, **kwargs)
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            outside = _swap(inside)
            try:
                item = generator.send(sent) if thrown is None else generator.throw(thrown)
            except StopIteration as stop:
                _end(outside, observer.returned, stop.value)
                return stop.value
            except BaseException as error:
                _end(outside, observer.raised, error)
                raise
            inside = _swap(outside)
            notify(observer.yielded, item)
            sent = thrown = None
            try:
                sent = yield item
            except GeneratorExit:
                outside = _swap(inside)
                generator.close()
                _end(outside, observer.closed)
                raise
            except BaseException as error:
                thrown = error

    return traced


def traced_async_generator(original: Items, watch: Callable[[], GeneratorObserver]) -> Items:
    """Return an asynchronous generator function that runs `original`, each time under the eyes of the observer that
    `watch` gives.
    """

    @functools.wraps(original)
    async def traced(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        observer = observer_of(watch)
        inside = _begin(observer, args, kwargs)
        generator = original(*args, **kwargs)
        sent: Any = None
        thrown: BaseException | None = None
        while True:
            outside = _swap(inside)
            try:
                item = await (generator.asend(sent) if thrown is None else generator.athrow(thrown))
            except StopAsyncIteration:
                _end(outside, observer.returned, None)
                return
            except BaseException as error:
                _end(outside, observer.raised, error)
                raise
            inside = _swap(outside)
            notify(observer.yielded, item)
            sent = thrown = None
            try:
                sent = yield item
            except GeneratorExit:
                outside = _swap(inside)
                await generator.aclose()
                _end(outside, observer.closed)
                raise
            except BaseException as error:
                thrown = error

    return traced


def _begin(observer: GeneratorObserver, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Place | None:
    """Open the generator's span, return where it stands, and stay where the consumer does."""
    outside = _place()
    notify(observer.before, args, kwargs)
    return _swap(outside)


@guarded(None)
def _place() -> Place | None:
    return here()


@guarded(None)
def _swap(place: Place | None) -> Place | None:
    """Stand at `place` from now on, and return where one stood."""
    before = here()
    move(place)
    return before


def _end(outside: Place | None, observe: Callable[..., None], *values: Any) -> None:
    """Close the generator's span, and stand where the consumer does."""
    notify(observe, *values)
    notify(move, outside)
