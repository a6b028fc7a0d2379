"""The program itself."""

from __future__ import annotations

from .action import BOTH, Action

__all__ = ["PEEK"]

PEEK = (
    Action("command", "command", ("colon",), "Peek", "go to 1234, +10, 50%, 14:02, an id; or a command", hint="go"),
    Action("palette", "palette", ("ctrl+p",), "Peek", "find an action by its words"),
    Action("help", "help", ("question_mark",), "Peek", "these keys", BOTH, hint="keys"),
    Action("back", "back", ("escape",), "Peek", "back", BOTH),
    Action("leave", "leave", ("q",), "Peek", "back, then quit; the agent runs on", BOTH, hint="quit"),
    Action("suspend", "app.suspend_process", ("ctrl+z",), "Peek", "back to the shell; `fg` comes back here", BOTH),
    Action("redraw", "app.redraw", ("ctrl+l",), "Peek", "draw the screen anew, if something wrote over it", BOTH),
    Action("interrupt", "interrupt", ("ctrl+c",), "Peek", "stop what goes on; else quit"),
    Action("quit", "app.quit", ("ctrl+c",), "Peek", "quit", ("sessions",)),
)
