"""Going somewhere."""

from __future__ import annotations

from .action import BOTH, Action

__all__ = ["FIND", "JUMP", "MOVE", "STEP"]

MOVE = (
    Action("next-line", "move(1)", ("j", "down"), "Move", "next line", BOTH),
    Action("previous-line", "move(-1)", ("k", "up"), "Move", "previous line", BOTH),
    Action("half-page-down", "half(1)", ("ctrl+d",), "Move", "half a page down", BOTH),
    Action("half-page-up", "half(-1)", ("ctrl+u",), "Move", "half a page up", BOTH),
    Action("page-down", "page(1)", ("pagedown", "space"), "Move", "page down", BOTH),
    Action("page-up", "page(-1)", ("pageup",), "Move", "page up", BOTH),
    Action("start", "start", ("g", "home"), "Move", "to the start", BOTH),
    Action("end", "end", ("G", "end"), "Move", "to the end; a live trace is followed again", BOTH),
)

FIND = (
    Action(
        "find-session",
        "search",
        ("slash",),
        "Find",
        "only sessions that hold some words",
        ("sessions",),
        hint="find",
    ),
    Action("failed", "failed", ("e",), "Find", "only sessions that failed, or all", ("sessions",), hint="failed"),
    Action("search", "search", ("slash",), "Find", "look for a text or pattern as you type it", hint="find"),
    Action("next-hit", "next_hit(1)", ("n",), "Find", "next event that holds the text"),
    Action("previous-hit", "next_hit(-1)", ("N",), "Find", "previous event that holds the text"),
)

JUMP = (
    Action("jump-back", "jump(-1)", ("left_square_bracket",), "Move", "back to where the last jump began"),
    Action("jump-forward", "jump(1)", ("right_square_bracket",), "Move", "forward again"),
)

STEP = (
    Action("step", "step(1)", ("s",), "Step", "next event of this agent", hint="step"),
    Action("step-back", "step(-1)", ("S",), "Step", "previous event of this agent", hint="step"),
    Action("next-error", "seek_error(1)", ("e",), "Step", "next error", hint="error"),
    Action("previous-error", "seek_error(-1)", ("E",), "Step", "previous error", hint="error"),
    Action("next-alert", "seek_alert(1)", ("w",), "Step", "next alert or warning", hint="alert"),
    Action("previous-alert", "seek_alert(-1)", ("W",), "Step", "previous alert or warning", hint="alert"),
    Action("over", "over(1)", ("o",), "Step", "over what belongs to it, to what follows", hint="over"),
    Action("over-back", "over(-1)", ("O",), "Step", "back over what belongs to the one before"),
    Action("finish", "finish", ("f",), "Step", "to the end of the span this is in"),
    Action("run", "run(1)", ("c",), "Step", "run to the next breakpoint or alert; live, wait for it", hint="run"),
    Action("run-back", "run(-1)", ("C",), "Step", "run back to the previous breakpoint or alert", hint="run"),
    Action("break", "break", ("b",), "Step", "set or remove a breakpoint on this type and name"),
    Action("breakpoints", "breakpoints", ("B",), "Step", "the breakpoints, to turn them off or on"),
    Action("alerts", "alerts", ("A",), "Step", "all alerts, to go to one", hint="alerts"),
    Action("suspects", "suspects", ("Q",), "Step", "what most likely made the run fail, with the reasons"),
    Action("next-suspect", "next_suspect", ("full_stop",), "Step", "to the next suspect"),
    Action("next-decision", "seek_decision(1)", ("right_curly_bracket",), "Step", "next decision"),
    Action("previous-decision", "seek_decision(-1)", ("left_curly_bracket",), "Step", "previous decision"),
    Action("next-same", "seek_same(1)", ("asterisk",), "Step", "next event of this type and name"),
    Action("previous-same", "seek_same(-1)", ("number_sign",), "Step", "previous event of this type and name"),
    Action(
        "nearest-before",
        "seek_near(-1)",
        ("less_than_sign",),
        "Step",
        "nearest request to a model, or other type, before",
    ),
    Action(
        "nearest-after",
        "seek_near(1)",
        ("greater_than_sign",),
        "Step",
        "nearest request to a model, or other type, after",
    ),
    Action("near-type", "choose_near", ("comma",), "Step", "choose the type that nearest before and after go to"),
    Action("cross", "cross", ("r",), "Step", "from a call to its result, or from a result to its call"),
    Action("parent", "up", ("u",), "Step", "up to what this event belongs to", hint="up"),
    Action("child", "down", ("d",), "Step", "down to the first event that belongs to it", hint="down"),
    Action("next-sibling", "sibling(1)", ("J",), "Step", "next event with the same parent"),
    Action("previous-sibling", "sibling(-1)", ("K",), "Step", "previous event with the same parent"),
)
