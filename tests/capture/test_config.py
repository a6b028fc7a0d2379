from __future__ import annotations

from pathlib import Path

import pytest

from capture._core.config import default_directory
from peek_tui.paths import trace_directory


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory without any of the variables that say where things go."""
    for name in ("PEEK_DIR", "XDG_STATE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "value", "place"),
    [
        ("PEEK_DIR", "/srv/peek", "/srv/peek"),
        ("PEEK_DIR", "~/mine", "{home}/mine"),
        ("PEEK_DIR", "relative", "{cwd}/relative"),
        ("PEEK_DIR", "", "{home}/.local/state/peek"),
        ("XDG_STATE_HOME", "/srv/state", "/srv/state/peek"),
        ("XDG_STATE_HOME", "  ", "{home}/.local/state/peek"),
        ("XDG_STATE_HOME", "", "{home}/.local/state/peek"),
    ],
)
def test_places(home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, place: str) -> None:
    """Traces go to `$PEEK_DIR` or the user's state directory; reader and writer agree on where that is."""
    monkeypatch.setenv(name, value)
    expected = Path(place.format(home=home, cwd=Path.cwd()))
    assert default_directory() == expected
    assert trace_directory() == expected / "traces"


@pytest.mark.parametrize("value", ["relative", "./here", "~/state"])
def test_relative_state(home: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """They agree on a state directory that is not absolute too, and it is never the working one."""
    monkeypatch.setenv("XDG_STATE_HOME", value)
    assert default_directory() / "traces" == trace_directory()
    assert Path.cwd() not in default_directory().absolute().parents


def test_macos(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They agree on macOS."""
    from platformdirs.macos import MacOS

    monkeypatch.setattr("sys.platform", "darwin")
    assert default_directory() == MacOS("peek", appauthor=False).user_state_path
