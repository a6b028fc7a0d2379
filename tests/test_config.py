from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.config import PRESETS, Config, read_config
from peek_tui.errors import InputError
from peek_tui.tui.actions import PRESETS as TABLES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_none(path: Path) -> None:
    """Nobody needs a configuration."""
    assert read_config(path) == Config()


def test_keys(path: Path) -> None:
    """An action has a key, several, or none."""
    path.write_text('[keys]\nnext-error = "^N"\nstep = ["s", "enter"]\nhide = []\n')
    assert read_config(path).keys == {"next-error": ("^N",), "step": ("s", "enter"), "hide": ()}


def test_preset(path: Path) -> None:
    """Keys follow the habits of another program, but for those that are chosen."""
    path.write_text('[keys]\npreset = "gdb"\nstep = "s"\n')
    assert read_config(path) == Config(keys={"step": ("s",)}, preset="gdb")
    assert tuple(TABLES) == PRESETS


def test_screen(path: Path) -> None:
    """The theme, the mouse and the pace are chosen once and for all."""
    path.write_text('[screen]\ntheme = "light"\nmouse = false\nslow_link = true\n')
    assert read_config(path) == Config(theme="light", mouse=False, slow_link=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("screen = 1", "[screen] must be a table"),
        ("[screen]\ntheme = 'pink'", "'pink' is no theme; there are dark, light, safe, ansi"),
        ("[screen]\ntheme = ['dark']", "is no theme"),
        ("[screen]\nmouse = 1", "mouse is true or false, not 1"),
        ("[screen]\ncolour = 1", "[screen] has no 'colour'; it has theme, mouse and slow_link"),
        ("preset = 'gdb'", "'preset' stands alone; put it below [keys] or [screen], whichever has it"),
        ("[colours]\ntheme = 'dark'", "there is no [colours]; there are [keys] and [screen]"),
        ("[keys", "is no TOML: "),
        ("keys = 1", "[keys] must be a table"),
        ("[keys]\npreset = 'emacs'", "'emacs' is no preset of keys; there are default, gdb, less"),
        ("[keys]\npreset = ['gdb']", "is no preset of keys"),
        ("[keys]\nstep = 1", "the keys of step must be a key or a list of keys"),
        ('[keys]\nstep = ["s", ""]', "the keys of step must be a key or a list of keys"),
    ],
)
def test_wrong(path: Path, text: str, said: str) -> None:
    """What is wrong is said in one sentence, with the file it stands in."""
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_config(path)
    assert str(raised.value).startswith(str(path))
    assert said in str(raised.value)


def test_unreadable(path: Path) -> None:
    """A configuration that is no text is said to be none."""
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        read_config(path)
