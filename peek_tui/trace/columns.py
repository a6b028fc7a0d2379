"""What is kept of every event: one value a column, by handle, only ever appended to.

Columns begin as `array`s, since nothing may import numpy before the first paint, and become numpy arrays when the trace
turns out to be larger. A snapshot sees the first so many values of a column: those never change.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Codes", "Column", "Columns", "Words", "among", "grouped"]

_ROOM = 4096
"""Values a column has room for at the least, once it is a vector."""


class Column:
    """Numbers of one kind. `typecode` is that of `array`, which numpy shares."""

    def __init__(self, typecode: str) -> None:
        self.typecode = typecode
        self._values: Any = array(typecode)
        self._length = 0
        self._is_vector = False

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, at: int) -> int:
        """Return one whole number as Python's own: numpy's would find their way into JSON."""
        return int(self._values[at])

    def vector(self, length: int) -> NDArray[Any]:
        """Return the first `length` values: a view, or a copy while the column is still an `array`.

        Readers call this on their own threads, so it changes nothing.
        """
        if self._is_vector:
            return self._values[:length]  # type: ignore[no-any-return]
        import numpy as np

        return np.array(self._values[:length], self.typecode)

    def expect(self, length: int) -> None:
        """Become a vector with room for this many values. Room that is never used takes no memory."""
        import numpy as np

        if not self._is_vector or length > len(self._values) or self._values.dtype.char != self.typecode:
            grown = np.empty(max(length, self._length, _ROOM), self.typecode)
            grown[: self._length] = self._values[: self._length]
            self._values, self._is_vector = grown, True

    def extend(self, values: Sequence[int] | Sequence[float] | NDArray[Any]) -> None:
        """Append values: a list, or a vector once the column is one."""
        end = self._length + len(values)
        if not self._is_vector:
            self._values.extend(values)
        else:
            if end > len(self._values):
                self.expect(end + end // 2)
            self._values[self._length : end] = values
        self._length = end

    def restore(self, values: NDArray[Any]) -> None:
        """Become a vector of these values."""
        self.typecode = values.dtype.char
        self._values, self._length, self._is_vector = values, len(values), True

    def put(self, at: Any, values: Any) -> None:
        """Replace values that were only preliminary."""
        self._values[at] = values


class Codes(Column):
    """Small numbers: each takes as many bytes as the largest one needs, which is seldom more than one."""

    def __init__(self) -> None:
        super().__init__("B")

    def extend(self, values: Sequence[int] | Sequence[float] | NDArray[Any]) -> None:
        """Append values."""
        if len(values):
            largest = max(values) if isinstance(values, list) else values.max()  # type: ignore[union-attr]
            while int(largest) >> 8 * self._values.itemsize:
                self._widen()
        super().extend(values)

    def _widen(self) -> None:
        self.typecode = {"B": "H", "H": "I", "I": "Q"}[self.typecode]
        if self._is_vector:
            self.expect(len(self._values))
        else:
            self._values = array(self.typecode, self._values)


def among(codes: NDArray[Any], some: Sequence[int]) -> NDArray[np.bool_]:
    """Return which codes are some few: to compare with each takes less than to look all codes up in a table."""
    import numpy as np

    found = np.zeros(len(codes), np.bool_)
    for one in some:
        found |= codes == one
    return found


def grouped(values: NDArray[Any]) -> Iterator[tuple[int, Any]]:
    """Yield each value there is, in the order in which they appear, and how to pick its places."""
    import numpy as np

    if not len(values):
        return
    if (values == values[0]).all():
        yield int(values[0]), slice(None)
        return
    order = np.argsort(values, kind="stable")
    changes = np.flatnonzero(np.diff(values[order])) + 1
    for part in sorted(np.split(order, changes), key=itemgetter(0)):
        yield int(values[part[0]]), part


class Words:
    """Strings as small numbers."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.words: list[str] = []
        self._numbers = _Numbers(self.words)
        self.code: Callable[[str], int] = self._numbers.__getitem__
        """Returns the number of a word, a new one if it was never seen."""
        self.codes(words)

    def __len__(self) -> int:
        return len(self.words)

    def codes(self, words: Iterable[str]) -> list[int]:
        """Return the numbers of words."""
        numbers = self._numbers
        return [numbers[word] for word in words]


class _Numbers(dict[str, int]):
    """The numbers of words; a word that is asked for gets one."""

    def __init__(self, words: list[str]) -> None:
        super().__init__()
        self._words = words
        self._lock = Lock()
        """Held for a new word: who asks for one may be the reading thread or the one that shows what was read."""

    def __missing__(self, word: str) -> int:
        with self._lock:
            number = self.get(word, len(self._words))
            if number == len(self._words):
                self._words.append(word)
                self[word] = number
            return number


class Columns:
    """The columns of a trace."""

    def __init__(self) -> None:
        self.file = Codes()
        self.offset = Column("Q")
        self.length = Column("I")
        self.payload = Column("H")
        """Where in its line the payload begins, which is the last there but for a brace; 0 where nobody saw it."""
        self.ts = Column("q")
        self.parent = Column("i")
        """The handle of the parent, or `tree.ROOT`, or `tree.ORPHAN` as long as it is not there."""
        self.session = Codes()
        self.type = Codes()
        self.name = Codes()
        self.agent = Codes()
        self.duration = Column("d")
        """Milliseconds; NaN for an event that ends nothing."""
        self.failed = Column("B")

    def __len__(self) -> int:
        return len(self.failed)

    def all(self) -> dict[str, Column]:
        """Return every column by its name."""
        return vars(self)

    def expect(self, events: int) -> None:
        """Make room for this many events."""
        for column in self.all().values():
            column.expect(events)
