from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from capture.instrument._imports import when_imported


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a module that can be imported and has not been."""
    (tmp_path / "library_under_test.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    finders = list(sys.meta_path)
    yield "library_under_test"
    sys.modules.pop("library_under_test", None)
    sys.meta_path[:] = finders


def test_imported_already() -> None:
    """A module that is there is given at once."""
    seen: list[ModuleType] = []
    finders = list(sys.meta_path)
    when_imported("json", seen.append)
    assert seen == [sys.modules["json"]]
    assert sys.meta_path == finders


def test_imported_later(library: str) -> None:
    """One that is not is given when its import has ended, once, and looks as if nobody had watched."""
    seen: list[ModuleType] = []
    finders = list(sys.meta_path)
    when_imported(library, seen.append)
    assert seen == []
    module = importlib.import_module(library)
    assert seen == [module]
    assert module.value == 1
    assert type(module.__loader__).__module__ != "capture.instrument._imports"
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert sys.meta_path == finders
    importlib.reload(module)
    assert seen == [module]


def test_two_watchers(library: str) -> None:
    """Several may wait for one module."""
    seen: list[str] = []
    when_imported(library, lambda _: seen.append("first"))
    when_imported(library, lambda _: seen.append("second"))
    importlib.import_module(library)
    assert sorted(seen) == ["first", "second"]


def test_looked_for_first(library: str) -> None:
    """To ask whether a library is there, as many do before they import it, is not to import it."""
    seen: list[ModuleType] = []
    when_imported(library, seen.append)
    spec = importlib.util.find_spec(library)
    assert spec is not None
    assert spec.origin is not None
    assert spec.origin.endswith("library_under_test.py")
    assert seen == []
    module = importlib.import_module(library)
    assert seen == [module]


def test_waits_no_longer(library: str) -> None:
    """Who does not want to know any more is not told, and others are."""
    seen: list[str] = []
    finders = list(sys.meta_path)
    forget = when_imported(library, lambda _: seen.append("first"))
    when_imported(library, lambda _: seen.append("second"))
    forget()
    importlib.import_module(library)
    assert seen == ["second"]
    assert sys.meta_path == finders


def test_never_installed(library: str) -> None:
    """A module that does not exist is as absent as before, and can still be waited for."""
    seen: list[ModuleType] = []
    when_imported("no_such_library", seen.append)
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match=r"^No module named 'no_such_library'$"):
            importlib.import_module("no_such_library")
    assert seen == []


def test_broken_library(library: str, tmp_path: Path) -> None:
    """An import that fails does so as it would without us."""
    (tmp_path / "library_under_test.py").write_text("raise KeyError('theirs')\n")
    seen: list[ModuleType] = []
    when_imported(library, seen.append)
    with pytest.raises(KeyError, match="theirs"):
        importlib.import_module(library)
    assert seen == []
    assert library not in sys.modules


def test_broken_callback(library: str, swallowed: list[Exception]) -> None:
    """A callback that raises does not break the import."""

    def broken(module: ModuleType) -> None:
        raise RuntimeError("ours")

    when_imported(library, broken)
    assert importlib.import_module(library).value == 1
    assert [str(error) for error in swallowed] == ["ours"]
