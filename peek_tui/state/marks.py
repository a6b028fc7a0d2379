"""Marks and notes somebody has put on events. They are known by the events' ids, so that they outlive the program."""

from __future__ import annotations

from typing import NamedTuple

from peek_tui.render.text import cell_width
from peek_tui.trace.store import Snapshot

__all__ = ["Mark", "Marks", "is_letter"]


def is_letter(text: str) -> bool:
    """Whether a text can be a mark: one letter or digit, which takes one column."""
    return len(text) == 1 and text.isalnum() and cell_width(text) == 1


class Mark(NamedTuple):
    """One event that is marked, or has a note, or both."""

    row: int
    letters: str
    note: str


class Marks:
    """Letters on events, one event a letter; and notes."""

    def __init__(self, letters: dict[str, str] | None = None, notes: dict[str, str] | None = None) -> None:
        self.letters = {letter: id for letter, id in (letters or {}).items() if is_letter(letter)}
        """The id of the event with each letter."""
        self.notes = dict(notes or {})
        """The note on the event with each id."""

    def __len__(self) -> int:
        """Return how many marks and notes there are."""
        return len(self.letters) + len(self.notes)

    def toggle(self, letter: str, id: str) -> bool:
        """Put a letter on an event, or take it off that has it; return whether it is there now."""
        if self.letters.get(letter) == id:
            del self.letters[letter]
            return False
        self.letters.pop(letter, None)  # the last one is the one that was put on last
        self.letters[letter] = id
        return True

    def note(self, id: str, text: str) -> None:
        """Write a note on an event; an empty one is none."""
        if text.strip():
            self.notes[id] = text.strip()
        else:
            self.notes.pop(id, None)

    def letters_of(self, id: str) -> str:
        """Return the letters on an event."""
        return "".join(sorted(letter for letter, marked in self.letters.items() if marked == id))

    def sign(self, id: str) -> str:
        """Return what stands before an event's row: a letter, or a sign that there is a note."""
        return self.letters_of(id)[:1] or ("✎" if id in self.notes else "")

    def all(self, snapshot: Snapshot) -> list[Mark]:
        """Return the events that are marked or have a note and are there, in order."""
        found = []
        for id in {*self.letters.values(), *self.notes}:
            handle = snapshot.find(id)
            if handle is not None:
                found.append(Mark(snapshot.row(handle), self.letters_of(id), self.notes.get(id, "")))
        return sorted(found)

    def next(self, snapshot: Snapshot, row: int, by: int) -> int | None:
        """Return the nearest marked row after `row`, or before it when `by` is -1; round the end if need be."""
        rows = [mark.row for mark in self.all(snapshot)][::by]
        beyond = [at for at in rows if (at > row if by > 0 else at < row)]
        return next(iter([*beyond, *rows]), None)
