"""Marks and notes beside a trace, in `<trace>.marks.json`: so they travel with it, and no line of it is another.

    {"v":1,"session":"0af7…","marks":{"a":"5f3a9c1e00000007"},"notes":{"5f3a9c1e00000007":"here it goes wrong"}}

`marks` has the id of the event with each letter, `notes` the note on the event with each id. Like the trace it is
untrusted: what is no mark and no note is left out.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterable
from pathlib import Path

from .marks import Marks

__all__ = ["encode_marks", "marks_path", "read_marks"]

_VERSION = 1
_LARGEST = 16 * 1024 * 1024
"""Bytes of a file that is read at all."""


def marks_path(trace: Path) -> Path:
    """Return where the marks of a trace file stand."""
    return trace.with_name(f"{trace.name}.marks.json")


def encode_marks(session: str, marks: Marks) -> bytes:
    """Return what stands in the file."""
    said = {"v": _VERSION, "session": session, "marks": marks.letters, "notes": marks.notes}
    return json.dumps(said, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def read_marks(traces: Iterable[Path]) -> Marks:
    """Return the marks that stand beside the first of these traces that has any; none when none has."""
    return next((marks for trace in traces if (marks := _read(marks_path(trace)))), Marks())


def _read(path: Path) -> Marks:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return Marks()
        said = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return Marks()
    return Marks(_texts(said, "marks"), _texts(said, "notes")) if isinstance(said, dict) else Marks()


def _texts(said: dict[str, object], key: str) -> dict[str, str]:
    found = said.get(key)
    items = found.items() if isinstance(found, dict) else ()
    return {name: text for name, text in items if isinstance(text, str)}
