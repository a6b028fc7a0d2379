"""The objects of a class, as the host makes them: the way in where a library knows no hook for those to come.

Each new one is then told of us in the library's official way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._patch import Patch
from .._wrap import call, observer_of
from ..registry import Undo

__all__ = ["when_made"]

Meet = Callable[[Any], None]


def when_made(kind: type[Any], meet: Meet, leave: Callable[[], None]) -> Undo:
    """Have `meet` called with every object of this class once it is made. Returns what ends that, and calls `leave`:
    those that were made keep what they were told.
    """

    def watched(patch: Patch) -> Callable[..., None]:
        def __init__(made: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            if patch.on:
                call(patch.original, observer_of(lambda: _Making(made, meet)), (made, *args), kwargs)
            else:
                patch.original(made, *args, **kwargs)

        return __init__

    patch = Patch(kind, "__init__", watched)

    def undo() -> None:
        patch.undo()
        leave()

    return undo


class _Making:
    """Waits for an object to be made."""

    def __init__(self, made: Any, meet: Meet) -> None:
        self._made = made
        self._meet = meet

    def before(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None: ...
    def raised(self, error: BaseException) -> None: ...
    def yielded(self, item: Any) -> None: ...
    def closed(self) -> None: ...

    def returned(self, result: Any) -> None:
        self._meet(self._made)
