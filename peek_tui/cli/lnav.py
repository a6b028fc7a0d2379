"""`peek lnav`: teach lnav, the log viewer, to read our traces."""

from __future__ import annotations

import os
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from peek_tui.errors import UsageError

from .output import note, print_json, print_line

_FORMAT = "peek_log.json"


def run(as_json: Annotated[bool, typer.Option("--json", help="One JSON object: where it is.")] = False) -> None:
    """Install a format file, so that lnav shows a trace's events with their levels, runs and errors.

    Example: `peek lnav`
    """
    path = _lnav_directory() / "formats" / "installed" / _FORMAT
    _install(files("peek_tui").joinpath("lnav", _FORMAT).read_bytes(), path)
    if as_json:
        print_json({"path": str(path)})
    else:
        print_line(str(path))
    if shutil.which("lnav") is None:
        note("lnav itself is not installed: see https://lnav.org")


def _lnav_directory() -> Path:
    """Return where lnav looks for its formats, by its own rules: it goes to directories that are there already."""
    home, chosen = Path.home(), os.environ.get("XDG_CONFIG_HOME")
    if (home / ".lnav").is_dir():
        return home / ".lnav"
    if chosen and Path(chosen).is_dir():
        return Path(chosen) / "lnav"
    return home / ".config" / "lnav" if (home / ".config").is_dir() else home / ".lnav"


def _install(content: bytes, path: Path) -> None:
    """Write a file that may be there already. Raises `UsageError` when another one is, or it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            stream.write(content)
    except FileExistsError:
        if not path.is_file() or path.read_bytes() != content:
            message = f"{path} is there and is not what this version of Peek installs; move it away and try again"
            raise UsageError(message) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
