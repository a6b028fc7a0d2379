"""Big values, which stand in files of their own beside a trace: `<trace>.blobs/<sha256>`.

A trace is untrusted, and so is what lies beside it. Only names of 64 hex digits are followed, to regular files of just
the length that was written down, and what is read must have the hash it is named by. Nothing is read before somebody
asks for it; when it cannot be had, its beginning still stands in the trace.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from capture.values import restore

__all__ = [
    "BLOB_KEY",
    "LARGEST",
    "Blob",
    "BlobError",
    "Reference",
    "blob_directory",
    "fetch",
    "read_bytes",
    "reference",
    "references",
]

BLOB_KEY = b'"$blob"'
"""What stands in every line that refers to a big value."""
LARGEST = 256 * 1024 * 1024
"""Bytes of a value that is read at all: it has to fit into memory, and a hostile file may be all hole."""
_NAME = re.compile("[0-9a-f]{64}")


class Reference(NamedTuple):
    """What stands in a trace in place of a big value."""

    name: str
    """The SHA-256 of its bytes, 64 hex digits."""
    bytes: int
    head: str
    """How it begins."""


class Blob(NamedTuple):
    """A big value, as far as it can be had."""

    text: str
    """All of it, or its beginning."""
    problem: str | None
    """Why it is not all of it, or None."""


class BlobError(Exception):
    """A big value cannot be had."""


def reference(value: Any) -> Reference | None:
    """Return what a value in a payload refers to, or None when it is no reference to a big value."""
    if not isinstance(value, dict):
        return None
    name, length, head = value.get("$blob"), value.get("bytes"), restore(value.get("head"))
    if not isinstance(name, str) or not isinstance(length, int) or isinstance(length, bool):
        return None
    if not _NAME.fullmatch(name) or length < 0:
        return None
    return Reference(name, length, head if isinstance(head, str) else "")


def references(value: Any) -> Iterator[Reference]:
    """Yield the references to big values in a payload, however deep they stand in it."""
    rest = [value]
    while rest:
        part = rest.pop()
        found = reference(part)
        if found is not None:
            yield found
        elif isinstance(part, dict):
            rest += part.values()
        elif isinstance(part, list):
            rest += part


def blob_directory(trace: Path) -> Path:
    """Return where the big values of a trace file stand."""
    return trace.with_name(f"{trace.name}.blobs")


def fetch(wanted: Reference, traces: Iterable[Path]) -> Blob:
    """Read a big value from beside one of these trace files."""
    try:
        return Blob(read_bytes(wanted, traces).decode("utf-8", "surrogatepass"), None)
    except UnicodeDecodeError as error:
        return Blob(wanted.head, f"its file {wanted.name} is not UTF-8 at byte {error.start}")
    except BlobError as error:
        return Blob(wanted.head, str(error))


def read_bytes(wanted: Reference, traces: Iterable[Path]) -> bytes:
    """Read a big value's bytes. Raises `BlobError` with the reason when they cannot be had."""
    if wanted.bytes > LARGEST:
        raise BlobError(f"it is said to have {wanted.bytes} bytes, more than the {LARGEST} that are read at the most")
    for trace in traces:
        file = _open(blob_directory(trace), wanted.name)
        if file is not None:
            try:
                return _read(file, wanted)
            finally:
                os.close(file)
    raise BlobError(f"its file {wanted.name} is not there")


def _open(directory: Path, name: str) -> int | None:
    """Open a file in a directory without following links or waiting for anyone; None when it is not there."""
    try:
        place = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BlobError(f"{directory} cannot be opened: {error.strerror}") from None
    try:
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=place)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BlobError(f"its file {name} cannot be opened: {error.strerror}") from None
    finally:
        os.close(place)


def _read(file: int, wanted: Reference) -> bytes:
    """Read an open file that must be what it is named by."""
    status = os.fstat(file)
    if not stat.S_ISREG(status.st_mode):
        raise BlobError(f"its file {wanted.name} is no regular file")
    if status.st_size != wanted.bytes:
        raise BlobError(f"its file {wanted.name} has {status.st_size} bytes, not {wanted.bytes}")
    with os.fdopen(file, "rb", closefd=False) as stream:
        content = stream.read(wanted.bytes)
    if sha256(content).hexdigest() != wanted.name:
        raise BlobError(f"its file {wanted.name} holds something else: its hash is not its name")
    return content
