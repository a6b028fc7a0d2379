"""What all tests share: a place of their own, nothing swallowed in silence, and programs in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import settings

import capture
from capture._core import asked, config, guard, spans

RunPython = Callable[..., CompletedProcess[str]]

settings.register_profile("peek", database=None, deadline=None, max_examples=60)
settings.load_profile("peek")


@pytest.fixture(autouse=True)
def peek_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Traces and indexes go below the test's own directory, and nothing of one test's recording reaches the next."""
    monkeypatch.setenv("PEEK_DIR", str(tmp_path))
    for name in ("CACHE", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setattr(asked, "_observed", dict(asked._observed))  # what was decorated at import stays known
    config.configure(config.Config())
    yield tmp_path
    capture.end_session()
    capture.uninstall()
    config.configure(config.Config())
    spans.move(None)


@pytest.fixture
def swallowed() -> list[Exception]:
    """What the guard kept from the host. To ask for it is to say that there will be something, and to look at it."""
    return []


@pytest.fixture(autouse=True)
def nothing_in_silence(request: pytest.FixtureRequest) -> Iterator[None]:
    """An exception that the guard swallowed fails the test, unless the test asks for `swallowed`."""
    expected = "swallowed" in request.fixturenames
    errors: list[Exception] = request.getfixturevalue("swallowed") if expected else []
    guard.on_swallowed.append(errors.append)
    yield
    guard.on_swallowed.clear()
    if errors and not expected:
        raise errors[0]


@pytest.fixture
def run_python(tmp_path: Path) -> RunPython:
    """Run a program in a process of its own, and expect silence and an empty working directory of it."""
    place = tmp_path / "cwd"
    place.mkdir()

    def run(
        program: str | Path, *arguments: str | Path, code: int = 0, quiet: bool = True, **environment: str
    ) -> CompletedProcess[str]:
        script = ["-c", program] if isinstance(program, str) else [str(program)]
        done = subprocess.run(
            [sys.executable, *script, *map(str, arguments)],
            cwd=place,
            env={**os.environ, "PEEK_DEBUG": "1", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert not quiet or done.stderr == ""
        assert list(place.iterdir()) == []
        return done

    return run
