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

from peek_tui.trace.store import Snapshot

from .layout import Layout

__all__ = ["Memory", "Remembered", "session_of"]

_LAYOUT = "layout"
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
    breakpoints: dict[str, bool] = field(default_factory=dict)
    """Whether it is enabled, by its text."""
    event: str | None = None
    """The id of the selected one."""
    marked: bool = False
    """Whether there were ever marks or notes: then none are taken that came with the trace, not in place of no more."""


def session_of(snapshot: Snapshot) -> str:
    """Return the first session of a trace, under which things are remembered; `""` while none is known."""
    return next((facts.session for facts in snapshot.sessions() if facts.session), "")


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
        return _remembered(self._read(self._name(session)))

    def keep(self, session: str, remembered: Remembered) -> None:
        """Remember this of a session."""
        self._write(self._name(session), asdict(remembered))

    def layout(self) -> Layout:
        """Return how the panes of the last session that was left shared the room."""
        found = self._read(_LAYOUT)
        shares = found.get("shares")
        shares = shares if isinstance(shares, dict) else {}
        return Layout(
            hidden=frozenset(_words(found.get("hidden"))),
            shares={str(name): share for name, share in shares.items() if isinstance(share, int)},
        )

    def keep_layout(self, layout: Layout) -> None:
        """Have the next session share the room like this."""
        self._write(_LAYOUT, {"hidden": sorted(layout.hidden), "shares": layout.shares})

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self._directory / f"{name}.json").read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, name: str, what: dict[str, Any]) -> None:
        """Write all of it or leave what was there before, also when the program is killed meanwhile."""
        path = self._directory / f"{name}.json"
        part = path.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_text(json.dumps(what, ensure_ascii=True))
            part.chmod(0o600)
            part.replace(path)

    def _name(self, session: str) -> str:
        """Return the name of a session's file; its id may be anything in a foreign trace."""
        return session if _PLAIN.fullmatch(session) else hashlib.sha256(os.fsencode(_printable(session))).hexdigest()


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _remembered(found: dict[str, Any]) -> Remembered:
    """Take what has the right type, whoever wrote it."""
    only, event = found.get("only"), found.get("event")
    return Remembered(
        letters=_words_by(found.get("letters")),
        notes=_words_by(found.get("notes")),
        filters=_words(found.get("filters")),
        hidden=_words(found.get("hidden")),
        only=only if isinstance(only, str) else None,
        off=found.get("off") is True,
        breakpoints=_switches(found.get("breakpoints")),
        event=event if isinstance(event, str) else None,
        marked=found.get("marked") is True,
    )


def _words(found: object) -> list[str]:
    return [word for word in found if isinstance(word, str)] if isinstance(found, Iterable) else []


def _words_by(found: object) -> dict[str, str]:
    items = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in items if isinstance(key, str) and isinstance(value, str)}


def _switches(found: object) -> dict[str, bool]:
    items = found.items() if isinstance(found, dict) else ()
    return {key: value for key, value in items if isinstance(key, str) and isinstance(value, bool)}
