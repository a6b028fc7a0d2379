"""Each action of the registry, by its key, on a real trace."""

from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.tui.actions import Action, actions_of
from peek_tui.tui.actions.action import SECTIONS

from .exercises import EXERCISES, answers, event, finding, marking, moving, panes, peek, showing, stepping, timing
from .screens import opened

__all__ = ["answers", "event", "finding", "marking", "moving", "panes", "peek", "showing", "stepping", "timing"]

REGISTERED = actions_of("debug")
LAST = ("leave", "interrupt")
"""What ends the application."""


def test_complete() -> None:
    """Every action of the debugger is exercised here."""
    assert set(EXERCISES) == {action.call for action in REGISTERED}


@pytest.mark.parametrize("section", SECTIONS)
async def test_section(story: Path, section: str) -> None:
    """Each action of a section does what the help says of it."""
    async with opened([story]) as peek:
        for action in REGISTERED:
            if action.section == section and action.call not in LAST:
                await peek.press("escape", "0", "g")
                assert (peek.row, peek.timeline.has_focus, peek.debug.browse.filtered) == (0, True, False)
                await EXERCISES[action.call](peek, action.keys[0])


@pytest.mark.parametrize(
    "action", [action for action in REGISTERED if action.call in LAST], ids=lambda action: action.name
)
async def test_end(story: Path, action: Action) -> None:
    """What ends the application ends it well."""
    async with opened([story]) as peek:
        await EXERCISES[action.call](peek, action.keys[0])
