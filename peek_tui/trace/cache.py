"""The index of a large trace, kept between two runs of Peek: it opens at once the second time.

One file in the user's cache directory holds the columns as they are in memory, and is mapped: nothing of it is read
that is not looked at. It is only ever replaced as a whole, so a reader keeps the one it has. It is never the truth: it
is used if it is as it was written and the trace's files are those it was made from, perhaps longer by now, and
otherwise made again.

To look at every byte would take many times as long as to open the index, so changes are told by two signs. Whoever
writes to a file changes its *time*: that of the index and of a trace that has not grown must be the one noted down. And
*samples* spread over a file must be what they were. They alone speak for a trace that has grown: they notice bytes
that moved and whatever is changed in many places, as a name or a stretch of zeros; one line that is changed at the
same length between two samples they do not. For the index they speak of what no writer did: pages that a machine
without power has not brought to its disk.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, BinaryIO
from zlib import crc32

import msgspec

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Part", "cache_path", "load_cache", "part_of", "save_cache"]

_MAGIC = b"PEEKIX10"
"""Changes with what is in the file: a cache of another version is no cache."""
_ALIGNED = 64
_SAMPLES = 64
"""Samples of a file: a stretch longer than what lies between two, a sixty-third of it, cannot be missed."""
_SAMPLE = 4096
"""Bytes of one: a page, which is what reading one byte costs."""
_PROLOGUE = len(_MAGIC) + 8 + 4
"""Bytes before the header: what this is, how long the header is, and a checksum of it and of samples of the arrays."""
_TICK = 2_000_000_000
"""Nanoseconds: any file system can keep the time of a file to two whole seconds, and FAT to no less."""
_MOST_FILES = 64
"""Indexes that are kept; the one unused for longest goes first."""


class Part(msgspec.Struct, frozen=True):
    """A file of a trace, as far as it was indexed."""

    path: str
    inode: int
    device: int
    length: int
    size: int
    """Bytes it had altogether: half a line may stand behind what was indexed."""
    modified: int
    """When it was last written to, in nanoseconds: one that has not grown since is the same only if this is."""
    samples: int
    """A checksum of samples of that length."""


class _Array(msgspec.Struct, frozen=True):
    offset: int
    length: int
    kind: str


class _Header(msgspec.Struct, frozen=True):
    parts: list[Part]
    arrays: dict[str, _Array]
    size: int
    """Bytes that the arrays take."""
    made: int
    """The tick before the index was made, in nanoseconds: the time of its file as long as nobody writes to it."""
    meta: Any


def cache_path(directory: Path, paths: Sequence[Path]) -> Path:
    """Return where the index of a trace of these files is kept."""
    named = "\n".join(os.path.realpath(path) for path in paths)
    return directory / f"{blake2b(named.encode(), digest_size=16).hexdigest()}.index"


def part_of(path: Path, fd: int, length: int) -> Part:
    """Describe an open file whose first `length` bytes are indexed."""
    status = os.fstat(fd)
    place = os.path.realpath(path), status.st_ino, status.st_dev
    return Part(*place, length, status.st_size, status.st_mtime_ns, _checksum(b"", fd, range(length)))


def save_cache(path: Path, parts: list[Part], meta: Any, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Keep an index. Raises OSError when it cannot be written, ValueError for a text that cannot."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    places, offset = {}, 0
    for name, array in arrays.items():
        places[name] = _Array(offset, len(array), array.dtype.str)
        offset = _aligned(offset + array.nbytes)
    made = (time.time_ns() // _TICK - 1) * _TICK
    header = msgspec.json.encode(_Header(parts, places, offset, made, meta))
    start = _aligned(_PROLOGUE + len(header))
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            for name, array in arrays.items():
                file.seek(start + places[name].offset)
                file.write(array.data)
            file.truncate(start + offset)
            file.seek(0)
            checksum = _checksum(header, file.fileno(), range(start, start + offset))
            file.write(_MAGIC + len(header).to_bytes(8, "little") + checksum.to_bytes(4, "little") + header)
            file.flush()
            os.utime(file.fileno(), ns=(time.time_ns(), made))
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink()
            raise
    _forget_oldest(path.parent)


def load_cache(path: Path, open_parts: Mapping[str, int]) -> tuple[list[Part], Any, dict[str, NDArray[Any]]] | None:
    """Return a kept index: its parts, meta and arrays, or None when there is none that is right for these files.

    `open_parts` has the descriptors of the trace's files by their real paths. The arrays can be written to: changes
    stay in memory.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return None
            size, checksum = (int.from_bytes(file.read(bytes), "little") for bytes in (8, 4))
            status = os.fstat(file.fileno())
            if size > status.st_size:
                return None
            text, start = file.read(size), _aligned(_PROLOGUE + size)
            if checksum != _checksum(text, file.fileno(), range(start, status.st_size)):
                return None
            header = msgspec.json.decode(text, type=_Header)
            if (start + header.size, header.made) != (status.st_size, status.st_mtime_ns):
                return None
            if [part.path for part in header.parts] != list(open_parts):
                return None
            if not all(_is_same(part, open_parts[part.path]) for part in header.parts):
                return None
            with suppress(OSError):  # a cache that may only be read is as good
                os.utime(file.fileno(), ns=(time.time_ns(), header.made))  # it was used
            return header.parts, header.meta, _map(file, header.arrays, start)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def _map(file: BinaryIO, places: Mapping[str, _Array], start: int) -> dict[str, NDArray[Any]]:
    import numpy as np

    whole = np.memmap(file, np.uint8, mode="c")
    arrays = {}
    for name, place in places.items():
        kind = np.dtype(place.kind)
        begin = start + place.offset
        arrays[name] = np.asarray(whole[begin : begin + place.length * kind.itemsize]).view(kind)
    return arrays


def _is_same(part: Part, fd: int) -> bool:
    now = part_of(Path(part.path), fd, part.length)
    if now.size > part.size:
        part = msgspec.structs.replace(part, size=now.size, modified=now.modified)
    return now == part


def _forget_oldest(directory: Path) -> None:
    kept = sorted(directory.glob("*.index"), key=lambda path: path.stat().st_atime, reverse=True)
    for path in kept[_MOST_FILES:]:
        path.unlink(missing_ok=True)


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNED) * _ALIGNED


def _checksum(text: bytes, fd: int, places: range) -> int:
    """Return a checksum of a text and of samples of a stretch of a file, its first and last bytes among them."""
    checksum, size = crc32(text), min(_SAMPLE, len(places))
    for sample in range(_SAMPLES):
        place = places.start + (len(places) - size) * sample // (_SAMPLES - 1)
        checksum = crc32(os.pread(fd, size, place), checksum)
    return checksum
