from __future__ import annotations

from pathlib import Path

import pytest

from peek_tui.config import Config, read_config
from peek_tui.errors import InputError


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


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[keys", "is no TOML: "),
        ("keys = 1", "[keys] must be a table"),
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
