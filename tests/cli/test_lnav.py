from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from capture.events import VOCABULARY
from capture.format import OPTIONAL_KEYS

from .conftest import Peek

FORMAT = files("peek_tui").joinpath("lnav", "peek_log.json").read_text()
INSTALLED = Path("formats", "installed", "peek_log.json")

with_lnav = pytest.mark.skipif(shutil.which("lnav") is None, reason="lnav is not installed")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home"
    (path / ".config").mkdir(parents=True)
    return path


def lnav(*arguments: str | Path, home: Path, xdg: str = "") -> str:
    """Run the real lnav without a screen, and return what it prints."""
    done = subprocess.run(
        ["lnav", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": xdg},
        timeout=60,
        check=True,
    )
    return done.stdout


def select(trace: Path, columns: str, home: Path) -> list[dict[str, Any]]:
    """Return what the columns say of each event."""
    output = lnav("-n", "-c", f";select {columns} from peek_log", "-c", ":write-json-to -", trace, home=home)
    return [dict(row) for row in json.loads(output[output.index("[\n") :])]


# -- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "chosen", "where"),
    [
        ([], None, ".lnav"),
        ([".config"], None, ".config/lnav"),
        ([".config", ".lnav"], None, ".lnav"),
        ([".config", "xdg"], "xdg", "xdg/lnav"),
        ([".config"], "xdg", ".config/lnav"),
        ([".config", ".lnav", "xdg"], "xdg", ".lnav"),
        ([".config"], "", ".config/lnav"),
    ],
)
def test_where(peek: Peek, tmp_path: Path, there: list[str], chosen: str | None, where: str) -> None:
    """The format is installed where lnav looks for it, which depends on what directories there are."""
    home = tmp_path / "home"
    for name in ("", *there):
        (home / name).mkdir()
    xdg = str(home / chosen) if chosen else ""
    done = peek("lnav", HOME=str(home), XDG_CONFIG_HOME=xdg)
    path = home / where / INSTALLED
    assert done.stdout == f"{path}\n"
    assert path.read_text() == FORMAT
    if shutil.which("lnav"):
        assert f"{home / where}\n" in lnav("-h", home=home, xdg=xdg)


def test_again(peek: Peek, home: Path) -> None:
    """Installing what is installed already is no error; programs are told where."""
    peek("lnav", HOME=str(home), XDG_CONFIG_HOME="")
    done = peek("lnav", "--json", HOME=str(home), XDG_CONFIG_HOME="")
    assert json.loads(done.stdout) == {"path": str(home / ".config" / "lnav" / INSTALLED)}


def test_somebody_elses(peek: Peek, home: Path) -> None:
    """A file that somebody changed is left as it is, and the command says so."""
    path = home / ".config" / "lnav" / INSTALLED
    path.parent.mkdir(parents=True)
    path.write_text(FORMAT.replace("Peek trace", "My traces"))
    done = peek("lnav", code=2, HOME=str(home), XDG_CONFIG_HOME="")
    assert done.stderr == (
        f"peek: {path} is there and is not what this version of Peek installs; move it away and try again\n"
    )
    assert "My traces" in path.read_text()


def test_not_writable(peek: Peek, home: Path) -> None:
    """A place that cannot be written is named."""
    (home / ".config" / "lnav").touch()
    done = peek("lnav", code=2, HOME=str(home), XDG_CONFIG_HOME="")
    assert done.stderr == f"peek: {home / '.config' / 'lnav' / INSTALLED} cannot be written: Not a directory\n"


def test_without_lnav(peek: Peek, home: Path) -> None:
    """Whoever has no lnav yet is told where it is."""
    done = peek("lnav", HOME=str(home), XDG_CONFIG_HOME="", PATH="")
    assert done.stderr == "lnav itself is not installed: see https://lnav.org\n"


# -- the format ------------------------------------------------------------------------------------------------------


def test_format_knows_every_type() -> None:
    """Every type of the vocabulary has a level; so has an exception's class; another text has none."""
    [format] = [value for key, value in json.loads(FORMAT).items() if not key.startswith("$")]
    levels = {type: [level for level, text in format["level"].items() if re.search(text, type)] for type in VOCABULARY}
    assert {type: len(found) for type, found in levels.items()} == dict.fromkeys(VOCABULARY, 1)
    for type in ("ValueError", "openai.RateLimitError", "Exception", "overloaded_error", "timeout"):
        assert [level for level, text in format["level"].items() if re.search(text, type)] == ["error"]


def test_format_speaks_of_our_keys() -> None:
    """Every field the format names is one of FORMAT.md's."""
    [format] = [value for key, value in json.loads(FORMAT).items() if not key.startswith("$")]
    keys = {"v", "ts", "id", "parent", "session", "type", "name", "data", *OPTIONAL_KEYS}
    shown = [part["field"] for part in format["line-format"] if isinstance(part, dict)]
    named = {*format["value"], *shown, format["timestamp-field"], format["opid-field"], format["body-field"]}
    assert {field.split("/")[0] for field in named - {"__timestamp__"}} <= keys


@with_lnav
def test_lnav_takes_it(peek: Peek, home: Path, trace: Path, events: list[dict[str, Any]]) -> None:
    """The real lnav, with the format installed, reads every event: its time, level, error and payload."""
    peek("lnav", HOME=str(home), XDG_CONFIG_HOME="")
    assert lnav("-C", home=home) == ""
    columns = """log_level, type, name, session, id, parent, cost_usd, "usage/input_tokens" as input,
        "error/type" as error, log_body as message, data"""
    rows = select(trace, columns, home)
    for key in ("type", "name", "session", "id", "parent"):
        assert [row[key] for row in rows] == [event[key] for event in events]
    assert [row["data"] for row in rows] == [event["data"] for event in events]
    assert [row["log_level"] for row in rows] == ["info"] * 6 + ["error", "info"]
    assert [float(row["cost_usd"]) for row in rows if row["cost_usd"]] == [0.0123]
    assert [int(row["input"]) for row in rows if row["input"]] == [4102]
    assert [(row["error"], row["message"]) for row in rows if row["error"]] == [("ValueError", "too much")]
    shown = lnav("-n", trace, home=home).splitlines()
    assert [line.split()[2] for line in shown] == [event["type"] for event in events]
    assert re.fullmatch(r"2025-11-20 08:00:03\.500 +tool_result +refund +too much *", shown[6])


@with_lnav
def test_lnav_installs_it_itself(home: Path) -> None:
    """`lnav -i` accepts the file, and puts it in the place where `peek lnav` does."""
    source = home / "peek_log.json"
    source.write_text(FORMAT)
    path = home / ".config" / "lnav" / INSTALLED
    assert f"installed -- {path}\n" in lnav("-i", source, home=home)
    assert path.read_text() == FORMAT
