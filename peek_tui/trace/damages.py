"""What of a trace is damaged, at one moment: lines, payloads, files that cannot be read to their end."""

from __future__ import annotations

from collections.abc import Sequence

from .imported import AnyTail
from .index import Index
from .line_numbers import LineNumbers
from .model import Damage, parse_fields

__all__ = ["Damages"]


class Damages:
    """The damage among the first `length` events of an index."""

    def __init__(self, index: Index, tails: Sequence[AnyTail], numbers: Sequence[LineNumbers], length: int) -> None:
        self._index = index
        self._tails = tails
        self._numbers = numbers
        self._length = length

    def of(self, handle: int) -> Damage | None:
        """Return what is known to be damaged of an event."""
        return self._index.damage.get(handle)

    def of_payload(self, handle: int, reason: str) -> Damage:
        """Return the damage of a payload that was found as the event was looked at."""
        columns = self._index.columns
        file = columns.file[handle]
        line = self._numbers[file].at(columns.offset[handle], self._tails[file].bytes_at)
        return Damage(str(self._tails[file].path), line, reason, "payload")

    def all(self) -> list[Damage]:
        """Return all damage, in the order of the handles. Every payload is looked at, as long as nobody has before."""
        self._check_payloads()
        damage = dict(self._index.damage)
        found = [damage[handle] for handle in sorted(damage) if handle < self._length]
        for tail, numbers in zip(self._tails, self._numbers, strict=True):
            if tail.trouble is not None:
                found.append(Damage(str(tail.path), numbers.read, tail.trouble, "line"))
        return found

    def _check_payloads(self) -> None:
        """Find the payloads that cannot be read, as far as that was put off when only headers were read."""
        index = self._index
        if index.is_small:
            return  # each line was decoded whole
        from .check import doubtful_lines

        for handle, text in doubtful_lines(index.columns, self._tails, index.checked, self._length):
            if handle not in index.damage:
                _, reason = parse_fields(text)
                if reason is not None:
                    index.damage[handle] = self.of_payload(handle, reason)
        index.checked = max(index.checked, self._length)
