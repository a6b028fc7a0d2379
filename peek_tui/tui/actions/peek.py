"""The program itself."""

from __future__ import annotations

from .action import BOTH, Action

__all__ = ["PEEK"]

PEEK = (
    Action("help", "help", ("question_mark",), "Peek", "these keys", BOTH, hint="keys"),
    Action("back", "back", ("escape",), "Peek", "back", BOTH),
    Action("leave", "leave", ("q",), "Peek", "back, then quit; the agent runs on", BOTH, hint="quit"),
    Action("interrupt", "interrupt", ("ctrl+c",), "Peek", "stop what goes on; else quit"),
    Action("quit", "app.quit", ("ctrl+c",), "Peek", "quit", ("sessions",)),
)
