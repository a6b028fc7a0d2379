"""Somebody looks for what went wrong in a real run: agents that start agents, four levels deep."""

from __future__ import annotations

from pathlib import Path

from .conftest import StartBoth, leave, wait_selected
from .terminal import Terminal

RUN = Path(__file__).parents[1] / "data/claude-code/c0dd4541-edf8-42ad-988b-48514793592b.jsonl"
WIDE = 100
"""From this width on the tree is beside the timeline."""


def test_from_error_to_agent_and_back(both: StartBoth) -> None:
    """From the last error up to the agent it happened in; that folded, passed over, unfolded; and back to the error."""
    for terminal in both(RUN):
        go_to_last_error(terminal)
        for texts in (
            ("▌ 125 ", 'TOOL → Bash  command="echo deny-me"'),
            ("▌ 124 ", "LLM  ← claude-opus-5-5", "136→17 tok Let me"),
            ("▌ 122 ", "LLM  → claude-opus-5-5", "2 messages"),
            ("▌ 110 ", "SUB  ▶ general-purpose  do sub work"),
        ):
            terminal.press("u")
            wait_selected(terminal, *texts)
        terminal.wait_for("prompt: do sub work", " 111/166")
        fold_agent(terminal)
        terminal.press("t")
        wait_selected(terminal, "▌ 110 ", "SUB  ▶ general-purpose")
        terminal.press("e")
        wait_selected(terminal, "▌ 126 ", "TOOL ✗ Bash  PermissionDenied")
        terminal.wait_for(" 127/166")
        leave(terminal, "q")


def go_to_last_error(terminal: Terminal) -> None:
    terminal.wait_for("claude-code", "4 ✗", "166 ev")
    wait_selected(terminal, "▌   0 ", "AGNT ▶ claude-code")
    terminal.press("G", "E")
    wait_selected(terminal, "▌ 126 ", "TOOL ✗ Bash  PermissionDenied")
    terminal.wait_for("PermissionDenied: PreToolUse:Bash hook", " 127/166")
    terminal.press("e")
    terminal.wait_for("no later error")


def fold_agent(terminal: Terminal) -> None:
    """Fold the agent that is selected, pass over it and back, and unfold it, in the tree."""
    terminal.press("t")
    wait_marked(terminal, "▾ ▶ general-purpose", below="· deferred_tools_de")
    terminal.press("h")
    wait_marked(terminal, "▸ ▶ general", "1✗ 25 more 459 tok", below="← Agent  [Subagent")
    terminal.wait_for(" 111/166", "prompt: do sub work")
    terminal.press("j")
    wait_marked(terminal, "← Agent  [Subagent", below="▾ → claude-opus-5-5")
    terminal.wait_for(" 139/166", "result: [1]")
    terminal.press("k")
    wait_marked(terminal, "▸ ▶ general", below="← Agent  [Subagent")
    terminal.press("l")
    wait_marked(terminal, "▾ ▶ general-purpose", below="· deferred_tools_de")


def wait_marked(terminal: Terminal, *texts: str, below: str) -> None:
    """Wait until the line that is marked in the tree says all of this, and the one below it that."""

    def marked() -> bool:
        lines = [line[72:] if len(terminal.lines[0]) > WIDE else line for line in terminal.lines]
        found = [at for at, line in enumerate(lines) if line.startswith(("▌", "│▌"))]
        return len(found) == 1 and all(text in lines[found[0]] for text in texts) and below in lines[found[0] + 1]

    terminal.wait_until(marked, f"a marked line with {texts} over {below!r}")
