"""Event ids as numbers, and which event has which.

An id of FORMAT.md is a writer's number and a counter that never skips, so a writer's events are found by their counter
in a table. Other ids (foreign ones, damaged ones, a counter that claims billions) are found in a dictionary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from capture.events import NO_EVENT

from .columns import grouped

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ABSENT", "NO_ID", "Ids", "by_writer"]

NO_ID = 0
"""The number of an id that is empty or all zeros."""
ABSENT = -1
"""What is found for an id that no event has."""

_is_ours = re.compile(r"[0-9a-f]{16}").fullmatch
_MOST_TABLES = 1024
_SPARE = 8192
"""How far a counter may be ahead of four times the events seen: further off, a table would be mostly empty."""


class Ids:
    """The ids of a trace."""

    def __init__(self) -> None:
        self._foreign: dict[str, int] = {}
        self._tables: dict[int, _Table] | None = None
        self._others: dict[int, int] = {}

    def number(self, id: str) -> int:
        """Return the number that stands for an id: its value, or one below 2³² for a word that is none of ours."""
        own = _own_number(id)
        if own or id in ("", NO_EVENT):
            return own
        return self._foreign.setdefault(id, len(self._foreign) + 1)

    def numbers(self, ids: Sequence[str]) -> NDArray[np.uint64]:
        """Return the numbers of ids, those of ours all at once."""
        import numpy as np

        text = "".join(ids)
        digits = _digits(text)
        if digits is not None and len(digits) == 8 * len(ids) and set(map(len, ids)) == {16}:
            numbers = np.frombuffer(digits, ">u8").astype(np.uint64)
            if ((numbers >> np.uint64(32) != 0) | (numbers == 0)).all():
                return numbers
        return np.array([self.number(id) for id in ids], np.uint64)

    def find(self, id: str) -> int:
        """Return the handle of the event with this id, or `ABSENT`."""
        return self.handle(_own_number(id) or self._foreign.get(id, NO_ID))

    def handle(self, number: int) -> int:
        """Return the handle of the event whose id this number stands for, or `ABSENT`."""
        table = (self._tables or {}).get(number >> 32)
        handle = ABSENT if table is None else table.handle(number & 0xFFFFFFFF)
        return self._others.get(number, ABSENT) if handle == ABSENT else handle

    def add_few(self, numbers: Sequence[int], first: int) -> list[bool]:
        """Give events handles from `first` on, and return which are new: before numpy is loaded."""
        new = []
        for number in numbers:
            new.append(number == NO_ID or number not in self._others)
            if new[-1]:
                if number:
                    self._others[number] = first
                first += 1
        return new

    def add(self, numbers: NDArray[np.uint64], first: int) -> NDArray[np.bool_]:
        """Give events handles from `first` on, and return which are new: the others are there already."""
        import numpy as np

        if self._add_run(numbers, first):
            return np.ones(len(numbers), np.bool_)
        new = (self.handles(numbers) == ABSENT) | (numbers == NO_ID)
        candidates = np.flatnonzero(new & (numbers != NO_ID))
        ids = numbers[candidates]
        if len(ids) > 1 and not (ids[1:] > ids[:-1]).all():
            kept = np.unique(ids, return_index=True)[1]
            new[np.delete(candidates, kept)] = False
            candidates = np.sort(candidates[kept])
        handles = first + np.cumsum(new) - 1
        self._others.update(self._put(numbers[candidates], handles[candidates]))
        return new  # type: ignore[no-any-return]

    def handles(self, numbers: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the handles of the events with these ids, `ABSENT` where there is none."""
        import numpy as np

        self._lay_out()
        found = np.full(len(numbers), ABSENT)
        for writer, of_writer in by_writer(numbers):
            table = self._tables.get(writer)  # type: ignore[union-attr]
            if table is not None:
                found[of_writer] = table.find(numbers[of_writer])
        if self._others:
            missing = np.flatnonzero((found == ABSENT) & (numbers != NO_ID))
            found[missing] = [self._others.get(number, ABSENT) for number in numbers[missing].tolist()]
        return found

    def dump(self) -> tuple[Any, dict[str, NDArray[Any]]]:
        """Return what `restore` takes."""
        import numpy as np

        self._lay_out()
        tables = self._tables or {}
        arrays = {f"ids.{writer:08x}": table.handles for writer, table in tables.items()}
        arrays["ids.others"] = np.fromiter(self._others, np.uint64, len(self._others))
        arrays["ids.handles"] = np.fromiter(self._others.values(), np.int32, len(self._others))
        meta = {"foreign": list(self._foreign), "filled": {str(writer): one.filled for writer, one in tables.items()}}
        return meta, arrays

    def restore(self, meta: Any, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Take over the ids of an index that was kept."""
        self._foreign = {id: number for number, id in enumerate(meta["foreign"], 1)}
        self._tables = {
            int(writer): _Table(arrays[f"ids.{int(writer):08x}"], filled) for writer, filled in meta["filled"].items()
        }
        self._others = dict(zip(arrays["ids.others"].tolist(), arrays["ids.handles"].tolist(), strict=True))

    def _add_run(self, numbers: NDArray[np.uint64], first: int) -> bool:
        """Give handles to events that one writer wrote one after the other, unless they are anything else, or known."""
        self._lay_out()
        if self._others or not len(numbers) or not (numbers[1:] - numbers[:-1] == 1).all():
            return False
        writer, counter = divmod(int(numbers[0]), 1 << 32)
        table = self._table(writer, counter)
        return table is not None and table.put_run(counter, first, len(numbers))

    def _put(self, numbers: NDArray[np.uint64], handles: NDArray[np.int64]) -> dict[int, int]:
        """Put ids into the tables of their writers, and return those that do not go into one."""
        left: dict[int, int] = {}
        for writer, of_writer in by_writer(numbers):
            left.update(self._put_into_table(writer, numbers[of_writer], handles[of_writer]))
        return left

    def _put_into_table(self, writer: int, numbers: Any, handles: Any) -> dict[int, int]:
        """Return what does not go into the writer's table."""
        table = self._table(writer, int(numbers.min()) & 0xFFFFFFFF)
        if table is None:
            return dict(zip(numbers.tolist(), handles.tolist(), strict=True))
        left = table.put(numbers, handles)
        return dict(zip(numbers[left].tolist(), handles[left].tolist(), strict=True))

    def _table(self, writer: int, counter: int) -> _Table | None:
        """Return the table of a writer, a new one for a writer that begins to count, or None for any other number."""
        import numpy as np

        tables: dict[int, _Table] = self._tables  # type: ignore[assignment]
        if writer not in tables and writer and len(tables) < _MOST_TABLES and counter < _SPARE:
            tables[writer] = _Table(np.full(_SPARE, ABSENT, np.int32))
        return tables.get(writer)

    def _lay_out(self) -> None:
        """Move what was added before numpy was there into tables."""
        import numpy as np

        if self._tables is None:
            self._tables = {}
            numbers = np.array(sorted(self._others), np.uint64)
            handles = np.array([self._others[number] for number in numbers.tolist()], np.int64)
            # Until all are in tables they stay where they were: another thread may look for one meanwhile.
            self._others = self._put(numbers, handles)


def _digits(text: str) -> bytes | None:
    """Return what hexadecimal digits stand for, None for any other text; spaces among them stand for nothing."""
    try:
        return bytes.fromhex(text) if text == text.lower() else None
    except ValueError:
        return None


def _own_number(id: str) -> int:
    """Return the value of an id that is one of ours, and else `NO_ID`: no writer is all zeros."""
    return int(id, 16) if _is_ours(id) and not id.startswith("00000000") else NO_ID


class _Table:
    """One writer's events by their counters."""

    def __init__(self, handles: NDArray[np.int32], filled: int = 0) -> None:
        self.handles = handles
        self.filled = filled

    def handle(self, counter: int) -> int:
        return int(self.handles[counter]) if counter < len(self.handles) else ABSENT

    def find(self, numbers: NDArray[np.uint64]) -> NDArray[np.int32]:
        import numpy as np

        counters = (numbers & np.uint64(0xFFFFFFFF)).astype(np.int64)
        inside = counters < len(self.handles)
        if inside.all():
            return self.handles[counters]
        return np.where(inside, self.handles[np.where(inside, counters, 0)], ABSENT)

    def put(self, numbers: NDArray[np.uint64], handles: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Take what is near enough, and return what is not."""
        import numpy as np

        counters = (numbers & np.uint64(0xFFFFFFFF)).astype(np.int64)
        inside = counters < self._limit(len(numbers))
        near = counters if inside.all() else counters[inside]
        if len(near):
            self._make_room(int(near.max()) + 1)
            self.handles[near] = handles[inside]
            self.filled += len(near)
        return ~inside

    def put_run(self, counter: int, first: int, length: int) -> bool:
        """Take events that follow each other, and return whether they were near enough and all new."""
        import numpy as np

        end = counter + length
        if end > self._limit(length):
            return False
        self._make_room(end)
        if (self.handles[counter:end] != ABSENT).any():
            return False
        self.handles[counter:end] = np.arange(first, first + length)
        self.filled += length
        return True

    def _limit(self, more: int) -> int:
        """Return the counter from which on the table would be mostly empty, even with so many more."""
        return 4 * (self.filled + more) + _SPARE

    def _make_room(self, size: int) -> None:
        import numpy as np

        if size > len(self.handles):
            grown = np.full(max(size, len(self.handles) * 3 // 2), ABSENT, np.int32)
            grown[: len(self.handles)] = self.handles
            self.handles = grown


def by_writer(numbers: NDArray[np.uint64]) -> Iterator[tuple[int, Any]]:
    """Yield each writer's number and how to pick its ids from these."""
    import numpy as np

    return grouped(numbers >> np.uint64(32))
