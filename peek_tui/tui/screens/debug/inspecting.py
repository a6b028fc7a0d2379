"""What is done with the event that is looked at: seen in another way, compared, copied, given to another program."""

from __future__ import annotations

from peek_tui.state.inspect import Subject, views_of
from peek_tui.state.inspect.copied import PARTS, event_json, part
from peek_tui.state.prompt import Prompt
from peek_tui.tui.clipboard import copy, keep
from peek_tui.tui.outside import pipe_to, show_in_editor

from .prompts import Asked, Prompts

__all__ = ["Inspecting"]

_COMPARISONS = ("changes", "since the mark")
_WHICH = "  ".join(f"{key} {name}" for key, name in PARTS.items())


class Inspecting(Prompts):
    """The views of the inspector, and ways out of it."""

    def action_view(self) -> None:
        self.parts.inspector.next_view()
        self.sync(changed=False)

    def action_changes(self) -> None:
        inspector, subject = self.parts.inspector, self._looked_at()
        if subject is None:
            return
        order = ["payload", *(view for view in views_of(subject) if view in _COMPARISONS)]
        at = order.index(inspector.view) if inspector.view in order else 0
        inspector.show_view(order[(at + 1) % len(order)])
        self.sync(changed=False)

    def action_copy(self) -> None:
        self.ask(Asked(Prompt("copy ", one_key=True), _WHICH, self._copy))

    def action_pipe(self) -> None:
        self.ask(Asked(Prompt("|"), "a shell command that gets this event as JSON", self._pipe))

    def action_edit(self) -> None:
        subject = self._looked_at()
        if subject is None:
            return
        path = keep(event_json(subject.whole).encode("utf-8", "backslashreplace"), ".json")
        try:
            said = show_in_editor(self.app, path)
        finally:
            path.unlink(missing_ok=True)
        self._told(said)

    def follow_link(self) -> bool:
        """Go to the event whose id stands on the inspector's line; return whether there is one."""
        entry = self.parts.inspector.entry
        ids = [] if entry is None or entry.folds else entry.text.split()
        handle = next((found for id in ids if (found := self.browse.snapshot.find(id)) is not None), None)
        if handle is None:
            return False
        self.go(lambda: self.browse.select(self.browse.snapshot.row(handle)))
        return True

    def _copy(self, key: str) -> None:
        entry, subject = self.parts.inspector.entry, self._looked_at()
        text = None if subject is None else part(subject, () if entry is None else entry.path, key)
        if text is not None:
            self._told(copy(text, self._write))

    def _pipe(self, command: str) -> None:
        subject = self._looked_at()
        if subject is not None and command.strip():
            self._told(pipe_to(self.app, command, event_json(subject.whole) + "\n"))

    def _looked_at(self) -> Subject | None:
        """Return the event that the inspector shows, or would if there were room for it; say so when there is none."""
        row = self.browse.row
        subject = self.parts.inspector.subject or (None if row is None else self.subject(row))
        if subject is None:
            self.say("there is no event here")
        return subject

    def _write(self, text: str) -> None:
        if self.app._driver is not None:
            self.app._driver.write(text)

    def _told(self, said: str) -> None:
        self.sync(changed=False)
        if said:
            self.say(said)
