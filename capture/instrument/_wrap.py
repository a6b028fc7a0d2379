"""The only caller of an original.

Guarded observers before, the original called exactly once, guarded observers after. An observer returns nothing, so
none can change a result; what the original raises goes on as it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from .._core.guard import swallow

__all__ = ["GeneratorObserver", "Observer", "call", "call_async", "notify", "observer_of"]

R = TypeVar("R")


class Observer(Protocol):
    """Watches one call."""

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        """The original is about to be called with these."""

    def returned(self, result: Any) -> None:
        """The original returned."""

    def raised(self, error: BaseException) -> None:
        """The original raised, or was cancelled."""


class GeneratorObserver(Observer, Protocol):
    """Watches one call, or one generator: `before` its first piece, `returned` or `raised` after its last."""

    def yielded(self, item: Any) -> None:
        """The generator handed out an item."""

    def closed(self) -> None:
        """The consumer wants no more."""


class _Nobody:
    """Stands in for an observer that could not be made."""

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None: ...
    def returned(self, result: Any) -> None: ...
    def raised(self, error: BaseException) -> None: ...
    def yielded(self, item: Any) -> None: ...
    def closed(self) -> None: ...


def observer_of(watch: Callable[[], GeneratorObserver]) -> GeneratorObserver:
    """Return the observer that `watch` makes for one call."""
    try:
        return watch()
    except Exception as error:
        swallow(error)
        return _Nobody()


def call(original: Callable[..., R], observer: Observer, args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
    """Call `original` under the eyes of `observer`."""
    notify(observer.before, args, kwargs)
    try:
        result = original(*args, **kwargs)
    except BaseException as error:
        notify(observer.raised, error)
        raise
    notify(observer.returned, result)
    return result


async def call_async(
    original: Callable[..., Awaitable[R]], observer: Observer, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> R:
    """Await `original` under the eyes of `observer`."""
    notify(observer.before, args, kwargs)
    try:
        result = await original(*args, **kwargs)
    except BaseException as error:
        notify(observer.raised, error)
        raise
    notify(observer.returned, result)
    return result


def notify(observe: Callable[..., None], *values: Any) -> None:
    """Let an observer look; what goes wrong in it stays here."""
    try:
        observe(*values)
    except Exception as error:
        swallow(error)
