"""Marks and notes."""

from __future__ import annotations

from peek_tui.render.summary import summary
from peek_tui.render.text import clean_line
from peek_tui.render.units import count
from peek_tui.state.choosing import Choice
from peek_tui.state.marks import is_letter
from peek_tui.state.prompt import Prompt

from .filtering import Filtering
from .prompts import Asked

__all__ = ["Marking"]


class Marking(Filtering):
    """`m`, `'`, `M` and `a`."""

    def action_mark(self) -> None:
        self.ask(Asked(Prompt("mark ", one_key=True), "a letter; the same one again takes it off", self._mark))

    def action_go_mark(self) -> None:
        hint = "a letter that was put on an event; ' the next mark, \" the one before"
        self.ask(Asked(Prompt("go to mark ", one_key=True), hint, self._go_mark))

    def action_note(self) -> None:
        event = self.view.selected
        if event is not None:
            text = self.view.marks.notes.get(event.id, "")
            prompt = Prompt("note ", text=text)
            self.ask(Asked(prompt, "what you want to remember of this event; nothing takes it off", self.note))

    def action_marks(self) -> None:
        snapshot = self.browse.snapshot
        marks = self.view.marks.all(snapshot)
        if not marks:
            note = self.keymap.key("note")
            self.say(
                f"there are no marks: {self.keymap.key('mark')} and a letter put one on an event, {note} writes a note"
            )
            return
        choices = [
            Choice(
                f"{mark.letters or ' '} {count(mark.row)}",
                f"{clean_line(mark.note)}{'  ' if mark.note else ''}{snapshot.type(mark.row)} "
                f"{snapshot.name(mark.row)} {summary(snapshot.event(mark.row))}",
            )
            for mark in marks
        ]
        self.choose("marks and notes", choices, lambda at: None if at is None else self._go_marked(marks[at].row))

    def _mark(self, letter: str) -> None:
        event = self.view.selected
        if event is None or not is_letter(letter):
            self.say("a mark is a letter or a digit")
            return
        is_set = self.view.marks.toggle(letter, event.id)
        self.view.times.marked = event.ts if is_set else None
        self.remember()
        self.sync(changed=True)
        self.tell(f"mark {letter} {'set' if is_set else 'taken off'}")

    def _go_mark(self, letter: str) -> None:
        marks, snapshot = self.view.marks, self.browse.snapshot
        if letter in "'\"":
            here = self.browse.selected
            row = marks.next(snapshot, -1 if here is None else here, 1 if letter == "'" else -1)
        else:
            handle = snapshot.find(marks.letters.get(letter, ""))
            row = None if handle is None else snapshot.row(handle)
        if row is None:
            self.say(f"there is no mark {letter}: {self.keymap.key('mark')} and a letter put one on an event")
        else:
            self._go_marked(row)

    def _go_marked(self, row: int) -> None:
        self.view.times.marked = self.browse.snapshot.ts(row)
        self.go_row(row)

    def note(self, text: str) -> None:
        """Write a note on the selected event."""
        event = self.view.selected
        if event is not None:
            self.view.marks.note(event.id, text)
            self.remember()
            self.sync(changed=True)
