"""Keys that a user has chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.config import Config
from peek_tui.tui.actions import ACTIONS, PRESETS, Keymap
from peek_tui.tui.actions.action import SCREENS, key_name, key_of

from .exercises import EXERCISES, answers, event, finding, moving, panes, stepping
from .screens import opened, text_of
from .story import Row

__all__ = ["answers", "event", "finding", "moving", "panes", "stepping"]


def keys_of(keymap: Keymap, name: str) -> tuple[str, ...]:
    return next(action.keys for action in keymap.actions if action.name == name)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: f"{action.name}-{action.screens[0]}")
def test_as_they_are_shown(action: object) -> None:
    """A key may be written as the help shows it."""
    keys = [key for action in ACTIONS for key in action.keys if key != "shift+tab"]
    assert [key_of(key_name(key)) for key in keys] == keys


def test_chosen() -> None:
    """An action has the keys that were chosen for it, and a key whose action got others is free."""
    keymap = Keymap(ACTIONS, {"next-error": ("^N",), "hide": ("e", "x"), "step": ()})
    assert keymap.problems == []
    assert keys_of(keymap, "next-error") == ("ctrl+n",)
    assert keys_of(keymap, "hide") == ("e", "x")
    assert keys_of(keymap, "step") == ()
    assert "s/S" not in {hint.keys for hint in keymap.hints("debug")}


def test_taken() -> None:
    """A key that another action has is not given away, and what to do about it is said."""
    keymap = Keymap(ACTIONS, {"next-error": ("x",), "step": ("ctrl+n",)})
    assert keymap.problems == [
        "config.toml: x is the key of hide, so next-error does not get it; give hide another one, or none with []"
    ]
    assert keys_of(keymap, "next-error") == ("e",)
    assert keys_of(keymap, "step") == ("ctrl+n",)


def test_both_want_it() -> None:
    """Of two actions that are to have the same key one gets it."""
    keymap = Keymap(ACTIONS, {"next-error": ("ctrl+n",), "step": ("ctrl+n",)})
    assert len(keymap.problems) == 1
    assert {keys_of(keymap, "next-error"), keys_of(keymap, "step")} in ({("ctrl+n",), ("s",)}, {("e",), ("ctrl+n",)})


def test_unknown() -> None:
    """A name that no action has is told, with one that may have been meant."""
    assert Keymap(ACTIONS, {"next-eror": ("e",)}).problems == [
        "config.toml: there is no action next-eror; next-error is the nearest"
    ]


class TestPresets:
    @pytest.mark.parametrize("preset", PRESETS)
    def test_no_collision(self, preset: str) -> None:
        """In a preset no key belongs to two actions, and no action lost all of its keys."""
        keymap = Keymap(ACTIONS, preset=preset)
        assert PRESETS[preset].keys() <= {action.name for action in ACTIONS} - {"preset"}
        for screen in SCREENS:
            keys = [key for action in keymap.of(screen) for key in action.keys]
            assert sorted(keys) == sorted(set(keys))
            assert all(action.keys for action in keymap.of(screen))

    def test_chosen_on_top(self) -> None:
        """What a user has chosen counts more than the preset, and is checked against the preset's keys."""
        keymap = Keymap(ACTIONS, {"over": ("ctrl+n",), "hide": ("N",), "next-same": ("n",)}, "gdb")
        [problem] = keymap.problems
        assert problem.startswith("config.toml: N is the key of over-back, so hide does not get it; give over-back ")
        wanted = {"over": ("ctrl+n",), "next-same": ("n",), "hide": ("x",), "over-back": ("N", "O")}
        assert {name: keys_of(keymap, name) for name in wanted} == wanted
        assert keymap.changed == {**PRESETS["gdb"], "over": ("ctrl+n",), "next-same": ("n",)}

    @pytest.mark.parametrize(
        ("preset", "name"), [(preset, name) for preset, keys in PRESETS.items() for name in keys], ids=str
    )
    async def test_pressed(self, story: Path, preset: str, name: str) -> None:
        """Every key of a preset does what its action does."""
        call = next(action.call for action in ACTIONS if action.name == name)
        async with opened([story], config=Config(preset=preset)) as peek:
            for key in PRESETS[preset][name]:
                await peek.press("escape", "0", "g")
                await EXERCISES[call](peek, key)

    async def test_said(self, story: Path) -> None:
        """The help names the preset, and what is said of keys means those of the preset."""
        async with opened([story], config=Config(preset="less")) as peek:
            await peek.press("B")
            assert peek.bar("keys") == " there are no breakpoints: ! sets one, :break takes any filter"
            await peek.press("question_mark")
            rows = peek.app.screen.query_one("#help")
            assert str(rows.border_title) == "keys, as less has them"
            assert "  ! " in text_of(rows)


async def test_pressed(story: Path) -> None:
    """The keys that were chosen work, those they replace do not, and the line of keys shows them."""
    async with opened([story], config=Config(keys={"next-error": ("^N",), "previous-error": ()})) as peek:
        await peek.press("e")
        assert peek.row == 0
        await peek.press("ctrl+n")
        assert peek.row == Row.OVERLOADED
        await peek.press("G", "E")
        assert peek.event.type == "agent_end"
        assert " ^N error " in peek.bar("keys")


async def test_said_where_nothing_is_shown(story: Path) -> None:
    """A timeline in which the filters leave nothing says how to take them back by the keys that were chosen."""
    async with opened([story], config=Config(keys={"undo": ("^N",), "filters": ("^Y",)})) as peek:
        await peek.press("ampersand", *"name=nobody", "enter")
        await peek.until(lambda: "takes back" in text_of(peek.timeline))
        said = text_of(peek.timeline).strip()
        assert said == "nothing passes the filters: ^N takes back the last, ^Y turns all off"


async def test_problem_is_said(story: Path) -> None:
    """What is wrong with the choice is said as the screen opens."""
    async with opened([story], config=Config(keys={"next-error": ("x",)})) as peek:
        assert peek.bar("keys").startswith(" config.toml: x is the key of hide")


async def test_first_time(story: Path) -> None:
    """Somebody who is here for the first time is told where to begin, until the first key; and never again."""
    async with opened([story], first_time=True) as peek:
        assert peek.bar("keys").startswith(" the first time here: ? lists the keys")
        await peek.press("j")
        assert "first time" not in peek.bar("keys")
    async with opened([story], first_time=True) as peek:
        assert "first time" not in peek.bar("keys")


class TestMouse:
    async def test_types(self, story: Path) -> None:
        """A click on a group of types shows or hides it."""
        async with opened([story]) as peek:
            at = peek.bar("types").index("[3 dec")
            await peek.pilot.click("#types", offset=(at + 2, 0))
            await peek.rest()
            assert peek.debug.browse.shown.hidden == {"3"}

    async def test_keys(self, story: Path) -> None:
        """A click on a hint at the bottom does what its key does."""
        async with opened([story]) as peek:
            await peek.pilot.click("#keys", offset=(peek.bar("keys").index("error"), 0))
            await peek.until(lambda: peek.row == Row.OVERLOADED)
