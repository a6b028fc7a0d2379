from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import pytest

import capture
import peek_tui

MODULES = sorted(
    module.name
    for package in (capture, peek_tui)
    for module in walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("package", [capture, peek_tui], ids=["capture", "peek_tui"])
def test_sorted(package: ModuleType) -> None:
    """The public names of a package are listed in order, each once."""
    assert package.__all__ == sorted(set(package.__all__))


@pytest.mark.parametrize(
    ("package", "name"), [(package.__name__, name) for package in (capture, peek_tui) for name in package.__all__]
)
def test_loads(package: str, name: str) -> None:
    """Every public name loads in a process that has asked for nothing else."""
    program = f"from {package} import {name} as value; assert value is not None"
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("package", [capture, peek_tui], ids=["capture", "peek_tui"])
def test_lists_what_it_has(package: ModuleType) -> None:
    """`dir` of a package is its public names, and a name that is not there is an AttributeError."""
    assert dir(package) == package.__all__
    with pytest.raises(AttributeError, match=f"'{package.__name__}' has no attribute 'nothing'"):
        package.nothing  # noqa: B018


@pytest.mark.parametrize("module", MODULES)
def test_modules(module: str) -> None:
    """Every name that a module lists is there."""
    loaded = import_module(module)
    missing = [name for name in getattr(loaded, "__all__", ()) if not hasattr(loaded, name)]
    assert missing == []
