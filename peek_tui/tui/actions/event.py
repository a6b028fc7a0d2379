"""What is done with the selected event: read, copied, compared."""

from __future__ import annotations

from .action import Action

__all__ = ["EVENT"]

EVENT = (
    Action("mark", "mark", ("m",), "Event", "mark this event with a letter"),
    Action("go-mark", "go_mark", ("apostrophe",), "Event", "to a mark: its letter; ' the next, \" the one before"),
    Action("marks", "marks", ("M",), "Event", "all marks and notes"),
    Action("note", "note", ("a",), "Event", "write a note on this event"),
)
