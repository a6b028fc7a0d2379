"""What is remembered of a session from one time it is opened to the next: marks, notes, filters, where one was.

It stands in the user's state directory, a file a session, and never in the trace.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Memory", "Remembered"]

_PLAIN = re.compile(r"[0-9a-f]{32}")


@dataclass
class Remembered:
    """What is remembered of one session."""

    letters: dict[str, str] = field(default_factory=dict)
    """The id of the event with each mark."""
    notes: dict[str, str] = field(default_factory=dict)
    """By the event's id."""
    filters: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    """Keys of the groups of types that are not shown."""
    only: str | None = None
    off: bool = False
    breakpoints: list[str] = field(default_factory=list)
    event: str | None = None
    """The id of the selected one."""


class Memory:
    """The directory of what is remembered. What cannot be read is forgotten, what cannot be written is not kept."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever remembered."""
        return not self._directory.is_dir()

    def recall(self, session: str) -> Remembered:
        """Return what is remembered of a session; nothing, for one that is seen for the first time."""
        try:
            found = json.loads(self._path(session).read_bytes())
        except (OSError, ValueError, RecursionError):
            return Remembered()
        return _read(found) if isinstance(found, dict) else Remembered()

    def keep(self, session: str, remembered: Remembered) -> None:
        """Remember this of a session: all of it or what was there before, also when the program is killed meanwhile."""
        path = self._path(session)
        part = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(remembered), ensure_ascii=True))
            part.chmod(0o600)
            part.replace(path)

    def _path(self, session: str) -> Path:
        """Return the file of a session, whose id may be anything in a foreign trace."""
        name = session if _PLAIN.fullmatch(session) else hashlib.sha256(os.fsencode(_printable(session))).hexdigest()
        return self._directory / f"{name}.json"


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _read(found: dict[str, Any]) -> Remembered:
    """Take what has the right type, whoever wrote it."""
    only, event = found.get("only"), found.get("event")
    return Remembered(
        letters=_words_by(found.get("letters")),
        notes=_words_by(found.get("notes")),
        filters=_words(found.get("filters")),
        hidden=_words(found.get("hidden")),
        only=only if isinstance(only, str) else None,
        off=found.get("off") is True,
        breakpoints=_words(found.get("breakpoints")),
        event=event if isinstance(event, str) else None,
    )


def _words(found: object) -> list[str]:
    return [word for word in found if isinstance(word, str)] if isinstance(found, Iterable) else []


def _words_by(found: object) -> dict[str, str]:
    items = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in items if isinstance(key, str) and isinstance(value, str)}
