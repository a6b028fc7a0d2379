"""What is done with the selected event: read, copied, compared."""

from __future__ import annotations

from .action import Action

__all__ = ["EVENT"]

EVENT = (
    Action("why", "why", ("Y",), "Event", "why: the chain of causes, from this event back to a root"),
    Action("mark", "mark", ("m",), "Event", "mark this event with a letter"),
    Action("go-mark", "go_mark", ("apostrophe",), "Event", "to a mark: its letter; ' the next, \" the one before"),
    Action("marks", "marks", ("M",), "Event", "all marks and notes"),
    Action("note", "note", ("a",), "Event", "write a note on this event"),
    Action("view", "view", ("v",), "Event", "next view: payload, conversation, changes, raw line", hint="view"),
    Action("changes", "changes", ("D",), "Event", "compare it with the one before it; again, with the mark"),
    Action("copy", "copy", ("y",), "Event", "copy its value, path, event, id or line: the next key says which"),
    Action("pipe", "pipe", ("vertical_line",), "Event", "pipe it as JSON to a shell command"),
    Action("edit", "edit", ("ctrl+e",), "Event", "read it in $EDITOR, or in a pager"),
)
