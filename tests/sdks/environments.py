"""The virtual environments the programs run in: packages that agree on their requirements share one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

__all__ = ["ENVIRONMENTS", "prepare", "renew", "version"]

_PINS = Path(__file__).parent / "pins"
_HOME = Path(__file__).parents[2] / ".venv-sdks"
ENVIRONMENTS = tuple(sorted(path.stem for path in _PINS.glob("*.in")))
"""Their names; `pins/NAME.in` says what is asked for, `pins/NAME.txt` what that came to be."""


def prepare(name: str) -> Path:
    """Return the Python of an environment that has exactly what is pinned; make it if it is not there."""
    home, pins = _HOME / name, _PINS / f"{name}.txt"
    python, installed = home / "bin" / "python", home / "installed.txt"
    if not installed.exists() or installed.read_text() != pins.read_text():
        print(f"installing {name} …", file=sys.stderr, flush=True)
        _uv("venv", "--quiet", "--allow-existing", "--python", sys.executable, str(home))
        _uv("pip", "sync", "--quiet", "--python", str(python), str(pins))
        installed.write_text(pins.read_text())
    return python


def renew() -> None:
    """Pin the newest versions that `pins/*.in` allow."""
    for name in ENVIRONMENTS:
        given, pins = _PINS / f"{name}.in", _PINS / f"{name}.txt"
        options = ("--quiet", "--upgrade", "--no-header", "--no-annotate", "--python-version", "3.11")
        _uv("pip", "compile", *options, str(given), "--output-file", str(pins))


def version(environment: str, package: str) -> str | None:
    """Return the version of a package that an environment is there for, None if it is not."""
    if not re.search(rf"^{re.escape(package)}\b(?!-)", (_PINS / f"{environment}.in").read_text(), re.MULTILINE):
        return None
    for line in (_PINS / f"{environment}.txt").read_text().splitlines():
        name, _, version = line.partition("==")
        if name == package:
            return version.partition(" ")[0]
    return None


def _uv(*arguments: str) -> None:
    from uv import find_uv_bin

    subprocess.run([find_uv_bin(), *arguments], check=True)
