"""When the index of a trace is kept for the next time, and when it is taken up again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from .imported import AnyTail
from .index import Index
from .line_numbers import LineNumbers
from .snapshot import Snapshot
from .tail import Tail
from .tree import Tree

__all__ = ["WORTH", "Keeper"]

WORTH = 8 * 1024 * 1024
"""Bytes of a trace from which on its index is kept; a smaller one is read as fast as its index would be."""


class Keeper:
    """Keeps the index of one trace in a directory; without one, nowhere."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._is_new = True
        self._tree: Tree | None = None
        self._kept = 0, 0, 0

    def restore(self, tails: Sequence[AnyTail]) -> tuple[Index, list[LineNumbers]] | None:
        """Return the index that was kept of these files, and let them go on behind what is in it. Asked for once."""
        plain, was_new, self._is_new = _plain(tails), self._is_new, False
        if self._directory is None or not was_new or plain is None or _size(plain) < WORTH:
            return None
        from .cache import cache_path, load_cache

        descriptors = {os.path.realpath(tail.path): tail.fileno() for tail in plain}
        found = load_cache(cache_path(self._directory, [tail.path for tail in plain]), descriptors)
        if found is None:
            return None
        parts, meta, arrays = found
        index = Index.restored(meta["index"], arrays)
        numbers = [LineNumbers() for _ in plain]
        for tail, part, number, kept in zip(plain, parts, numbers, meta["numbers"], strict=True):
            tail.skip_to(part.length)
            number.restore(kept)
        self._tree = None if meta["tree"] is None else Tree.restored(meta["tree"], arrays)
        self._kept = self._progress(index, self._tree)
        return index, numbers

    def tree_of(self, events: int) -> Tree | None:
        """Return the tree that was kept, if it is that of so many events."""
        return self._tree if self._tree is not None and len(self._tree) == events else None

    def keep(
        self, tails: Sequence[AnyTail], index: Index, numbers: Sequence[LineNumbers], snapshot: Snapshot | None
    ) -> None:
        """Keep an index, if that saves the next reader much more than was saved this one."""
        plain = _plain(tails)
        tree = snapshot.known_tree if snapshot is not None and len(snapshot) == len(index) else None
        if self._directory is None or plain is None or not self._is_worth_it(self._progress(index, tree)):
            return
        from .cache import cache_path, part_of, save_cache

        meta, arrays = index.dump()
        shape: Any = None
        if tree is not None and len(tree):
            shape, branches = tree.dump()
            arrays |= branches
        whole = {"index": meta, "numbers": [number.dump() for number in numbers], "tree": shape}
        parts = [part_of(tail.path, tail.fileno(), tail.start) for tail in plain]
        if any(tail.changed() for tail in plain):
            return  # since it was read: the parts are of what nobody has read
        with suppress(OSError, ValueError):  # no room, or a word that is no text: half a surrogate pair
            save_cache(cache_path(self._directory, [tail.path for tail in plain]), parts, whole, arrays)

    def _is_worth_it(self, progress: tuple[int, int, int]) -> bool:
        read, checked, grown = (now - then for now, then in zip(progress, self._kept, strict=True))
        return progress[0] >= WORTH and (read > progress[0] // 8 or checked > 0 or grown > 0)

    @staticmethod
    def _progress(index: Index, tree: Tree | None) -> tuple[int, int, int]:
        """Return how many bytes were read, payloads checked, and events put into a tree."""
        return index.bytes, index.checked, 0 if tree is None else len(tree)


def _plain(tails: Sequence[AnyTail]) -> list[Tail] | None:
    """Return the tails, if all of them read plain files of ours."""
    plain = [tail for tail in tails if isinstance(tail, Tail) and tail.plain is not None]
    return plain if len(plain) == len(tails) else None


def _size(tails: Sequence[Tail]) -> int:
    return sum(os.fstat(tail.fileno()).st_size for tail in tails)
