"""Another Python on this machine, with an environment of its own: packages of people who build agents, none of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

__all__ = ["find_python", "prepare"]

_HOME = Path(__file__).parents[3] / ".venv-other"
_PACKAGES = (
    f"anthropic=={version('anthropic')}",
    f"openai=={version('openai')}",
    f"opentelemetry-sdk=={version('opentelemetry-api')}",
    "pytest==9.2.0",
    "uvicorn==0.54.0",
)


def find_python() -> Path | None:
    """Return a Python of another minor version than this one's, new enough to be recorded; None when there is none."""
    for candidate in _candidates():
        asked = subprocess.run(
            [candidate, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True, check=False
        )
        minor = tuple(map(int, asked.stdout.split()))
        if asked.returncode == 0 and (3, 11) <= minor != sys.version_info[:2]:
            return candidate
    return None


def prepare(python: Path) -> Path:
    """Return the Python of the environment; make it if it is not there."""
    installed, wanted = _HOME / "installed.txt", "\n".join([str(python), *_PACKAGES])
    if not installed.exists() or installed.read_text() != wanted:
        _uv("venv", "--quiet", "--clear", "--python", str(python), str(_HOME))
        _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", str(_HOME / "bin" / "python"), *_PACKAGES)
        installed.write_text(wanted)
    return _HOME / "bin" / "python"


def _candidates() -> Iterator[Path]:
    for minor in range(14, 10, -1):
        if found := shutil.which(f"python3.{minor}"):
            yield Path(found)
    homes = [Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"]
    homes.append(Path.home() / ".local" / "share" / "uv" / "python")
    for home in homes:
        yield from sorted(home.glob("*3.1*/bin/python3"), reverse=True)


def _uv(*arguments: str) -> None:
    from uv import find_uv_bin

    subprocess.run([find_uv_bin(), *arguments], check=True)
