"""What is kept of all lines that were read: columns by handle, words, ids, facts. Only ever added to."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .batch import Batch, BatchReader, Vocabulary, batch_of
from .columns import Columns
from .facts import Facts
from .ids import ABSENT, NO_ID, Ids
from .imported import AnyTail
from .line_numbers import LineNumbers
from .model import Damage
from .numbering import Numbering
from .spelling import ESCAPED, holds_pair
from .spendings import Spendings
from .tail import Block
from .tree import ORPHAN

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SMALL", "Index"]

SMALL = 256 * 1024
"""Bytes of a trace that are read without numpy: the first screen needs no more, and a small trace has no more."""

_BY_CAPTURE = b'"capture":{"version":'
_OWN_START = b'{"v":1,"ts":'
_SESSION = slice(95, 127)


class Index:
    """The index of one trace."""

    def __init__(self) -> None:
        self.words = Vocabulary()
        self.columns = Columns()
        self.ids = Ids()
        self.facts = Facts(self.words)
        self.numbering = Numbering()
        self.spendings = Spendings()
        self.damage: dict[int, Damage] = {}
        self.writers: dict[int, int] = {}
        """The writer of each file, as its first event says; 2³² where that is of no writer of ours."""
        self.escaping: set[int] = set()
        """The files of other writers than `capture` in which signs of ASCII are escapes: a search looks twice there."""
        self.checked = 0
        """The handle of the first event whose payload nobody has looked at."""
        self._reader = BatchReader(self.words, self.ids)
        self.bytes = 0
        """How many bytes were read."""
        self._room = 0
        self._sessions: dict[int, bytes] = {}
        self._by_capture: set[bytes] = set()
        self._resolved = 0
        self._waiting = array("I"), array("Q")
        """The events whose parents are not there yet: their handles, and the parents' ids as numbers."""

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def is_small(self) -> bool:
        """Whether so little was read that it is worked on without numpy."""
        return self.bytes <= SMALL

    def is_ours(self, file: int) -> bool:
        """Return whether `capture` wrote a file: its first line says so, or that of another file of the same run does.

        Such a file is taken at its word about the order of the keys; another one may have an `error` behind its `data`.
        """
        return self._sessions.get(file) in self._by_capture

    def expect(self, bytes: int) -> None:
        """Make room for the events of files of this many bytes, as far as those read so far tell how many they are."""
        if self.is_small:
            if self.bytes and bytes > SMALL:  # the first screen is there, and what comes is large
                _keep_freed_memory()
            return
        events = len(self) * bytes // self.bytes
        if events > self._room:
            self._room = events + events // 8  # the guess rises and falls with each block, and to move costs time
            with suppress(MemoryError):  # a file that is mostly a hole claims more than it will hold
                self.columns.expect(self._room)

    def add(self, file: int, block: Block, numbers: LineNumbers, tail: AnyTail) -> None:
        """Take the lines of a block of a file."""
        self._grow(block.size)
        first = len(self)
        batch = self._read(file, block)
        numbers.add(block, batch.lines)
        self._note_writer(file, batch)
        new = self.ids.add_few(batch.id, first) if self.is_small else self.ids.add(batch.id, first)
        if not (all(new) if isinstance(new, list) else new.all()):
            batch = batch_of(batch, new)  # the same events again: a file given twice, or copied into another
        if not len(batch):
            return
        self._append(file, block.offset, batch)
        self._set_parents(batch.parent, first)
        self.spendings.add(batch, first)
        self.facts.add(batch)
        self._count_ids(batch)
        for index, (reason, part) in batch.damage.items():
            line = numbers.at(block.offset + int(batch.at[index]), tail.bytes_at)
            self.damage[first + index] = Damage(str(tail.path), line, reason, part)

    def resolve(self, *, idle: bool) -> bool:
        """Look again for the parents that were not there when their children were read; return whether any is now.

        A trace may be all orphans: while it grows they are looked at again once there are enough other events for
        that, which `idle` says need not be.
        """
        handles, numbers = self._waiting
        grown = len(self) - self._resolved
        if not handles or not grown or not (idle or grown > len(handles) // 8):
            return False
        self._resolved = len(self)
        self._waiting = array("I"), array("Q")
        for handle, number in zip(handles, numbers, strict=True):
            parent = self.ids.handle(number)
            if parent == ABSENT:
                self._wait(handle, number)
            else:
                self.columns.parent.put(handle, parent)
        return len(self._waiting[0]) < len(handles)

    # -- kept from one run of Peek to the next -----------------------------------------------------------------------

    def dump(self) -> tuple[Any, dict[str, NDArray[Any]]]:
        """Return what `restored` takes."""
        import numpy as np

        length = len(self)
        ids, arrays = self.ids.dump()
        arrays |= {f"columns.{name}": column.vector(length) for name, column in self.columns.all().items()}
        spent = len(self.spendings.handle)
        arrays |= {f"spendings.{name}": column.vector(spent) for name, column in vars(self.spendings).items()}
        arrays |= {"waiting.handle": np.array(self._waiting[0]), "waiting.number": np.array(self._waiting[1])}
        meta = {
            "words": {name: words.words for name, words in vars(self.words).items()},
            "ids": ids,
            "facts": self.facts.dump(),
            "numbering": self.numbering.dump(),
            "damage": [(handle, *damage) for handle, damage in self.damage.items()],
            "checked": self.checked,
            "bytes": self.bytes,
            "escaping": list(self.escaping),
            "writers": list(self.writers.items()),
            "sessions": [(file, session.decode("latin-1")) for file, session in self._sessions.items()],
            "by_capture": [session.decode("latin-1") for session in self._by_capture],
        }
        return meta, arrays

    @classmethod
    def restored(cls, meta: Any, arrays: Mapping[str, NDArray[Any]]) -> Index:
        """Return the index that was kept."""
        index = cls()
        for name, words in meta["words"].items():
            for word in words:
                getattr(index.words, name).code(word)
        index.ids.restore(meta["ids"], arrays)
        for name, column in index.columns.all().items():
            column.restore(arrays[f"columns.{name}"])
        for name, column in vars(index.spendings).items():
            column.restore(arrays[f"spendings.{name}"])
        index.facts.restore(meta["facts"])
        index.numbering.restore(meta["numbering"])
        index.damage = {handle: Damage(*damage) for handle, *damage in meta["damage"]}
        index.checked, index.bytes, index._room = meta["checked"], meta["bytes"], len(index)
        index.writers, index.escaping = dict(meta["writers"]), set(meta["escaping"])
        index._sessions = {file: session.encode("latin-1") for file, session in meta["sessions"]}
        index._by_capture = {session.encode("latin-1") for session in meta["by_capture"]}
        index._waiting = (
            array("I", arrays["waiting.handle"].tolist()),
            array("Q", arrays["waiting.number"].tolist()),
        )
        return index

    # -- pieces ----------------------------------------------------------------------------------------------------

    def _grow(self, bytes: int) -> None:
        """Note that so many bytes are read; with those that make the trace a large one, columns become vectors."""
        was_small = self.is_small
        self.bytes += bytes
        if was_small and not self.is_small:
            _keep_freed_memory()
            for column in (*self.columns.all().values(), *vars(self.spendings).values()):
                column.expect(0)

    def _read(self, file: int, block: Block) -> Batch:
        self._look_who_wrote(file, block)
        self._note_escapes(file, block)  # first of all: the processor still has the block at hand
        if self.is_small:
            return self._reader.read_few(block.data)
        return self._reader.read(block.data, self.is_ours(file))

    def _note_writer(self, file: int, batch: Batch) -> None:
        """Note who wrote a file, as its first event says; a damaged line says nothing."""
        if file in self.writers:
            return
        lines = {index for index, (_, part) in batch.damage.items() if part == "line"}
        first = next((index for index in range(len(batch)) if index not in lines), None)
        if first is not None:
            writer = 0 if first in batch.imported else int(batch.id[first]) >> 32
            self.writers[file] = writer or 2**32

    def _note_escapes(self, file: int, block: Block) -> None:
        """Note whether signs of ASCII are escapes; neither `capture` nor an importer writes them so."""
        if block.numbers is not None or self.is_ours(file) or file in self.escaping:
            return
        if (self.is_small or holds_pair(block.data, b"\\u")) and ESCAPED.search(block.data):
            self.escaping.add(file)

    def _look_who_wrote(self, file: int, block: Block) -> None:
        """Note the run a file belongs to, and whether `capture` says in its first line that it wrote it."""
        if block.offset == 0:
            first = block.data[: block.data.find(b"\n")]
            if first.startswith(_OWN_START):
                self._sessions[file] = first[_SESSION]
                if _BY_CAPTURE in first:
                    self._by_capture.add(first[_SESSION])

    def _append(self, file: int, offset: int, batch: Batch) -> None:
        columns = self.columns
        if isinstance(batch.at, list):
            columns.file.extend([file] * len(batch))
            columns.offset.extend([offset + at for at in batch.at])
        else:
            import numpy as np

            columns.file.extend(np.full(len(batch), file))
            columns.offset.extend(batch.at + offset)
        for name in ("length", "payload", "ts", "session", "type", "name", "agent", "duration", "failed"):
            getattr(columns, name).extend(getattr(batch, name))

    def _set_parents(self, numbers: Any, first: int) -> None:
        if isinstance(numbers, list):
            handles = [self.ids.handle(number) for number in numbers]
            orphans = [at for at, number in enumerate(numbers) if handles[at] == ABSENT and number != NO_ID]
        else:
            import numpy as np

            handles = self.ids.handles(numbers)  # type: ignore[assignment]
            orphans = np.flatnonzero((numbers != NO_ID) & (np.asarray(handles) == ABSENT)).tolist()
        for at in orphans:
            handles[at] = ORPHAN
            self._wait(first + at, int(numbers[at]))
        self.columns.parent.extend(handles)

    def _wait(self, handle: int, number: int) -> None:
        handles, numbers = self._waiting
        handles.append(handle)
        numbers.append(number)

    def _count_ids(self, batch: Batch) -> None:
        if isinstance(batch.id, list):
            for index, number in enumerate(batch.id):
                if index not in batch.imported:
                    self.numbering.see(number)
        elif batch.imported:
            import numpy as np

            self.numbering.see_all(np.delete(batch.id, list(batch.imported)))
        else:
            self.numbering.see_all(batch.id)


def _keep_freed_memory() -> None:
    from .memory import keep_freed_memory  # whose import takes as long as many rows

    keep_freed_memory()
