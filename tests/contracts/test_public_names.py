from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest

import capture
import peek_tui

MODULES = sorted(
    module.name
    for package in (capture, peek_tui)
    for module in walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


def test_capture_is_sorted() -> None:
    """The public names of `capture` are listed in order, each once."""
    assert capture.__all__ == sorted(set(capture.__all__))


@pytest.mark.parametrize("name", capture.__all__)
def test_capture_loads(name: str) -> None:
    """Every public name of `capture` loads in a process that has asked for nothing else."""
    program = f"from capture import {name} as value; assert value is not None"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_capture_lists_what_it_has() -> None:
    """`dir(capture)` is its public names, and a name that is not there is an AttributeError."""
    assert dir(capture) == capture.__all__
    with pytest.raises(AttributeError, match="'capture' has no attribute 'nothing'"):
        import_module("capture").nothing  # noqa: B018


@pytest.mark.parametrize("module", MODULES)
def test_modules(module: str) -> None:
    """Every name that a module lists is there."""
    loaded = import_module(module)
    missing = [name for name in getattr(loaded, "__all__", ()) if not hasattr(loaded, name)]
    assert missing == []
