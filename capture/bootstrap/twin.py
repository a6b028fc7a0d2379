"""The host imports `capture` itself: from then on there is one recorder, not two that see the same calls.

A `capture` that is none of ours is the host's own affair. Ours in the same version becomes another name of the package
that runs already. In another version it takes over, and its sessions belong to the run as those of a child process do.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType

from .._core.guard import guarded
from .._version import __version__
from ..instrument._imports import when_imported
from ..instrument.registry import uninstall

__all__ = ["watch_for_twin"]

_NAME = "capture"
_PACKAGE = __name__.partition(".")[0]
"""Our own name in this process."""


def watch_for_twin() -> None:
    """Wait for the host to import a `capture`."""
    when_imported(_NAME, _imported)


def _imported(module: ModuleType) -> None:
    names = getattr(module, "__all__", ())
    if "TraceContext" not in names or "trace_llm_call" not in names:
        return
    if getattr(module, "__version__", None) == __version__:
        _become_one()
    else:
        uninstall()
        module.install()


def _become_one() -> None:
    """Let every module that `capture` has loaded, or will, be our module of that name."""
    for name in [name for name in sys.modules if name == _NAME or name.startswith(f"{_NAME}.")]:
        sys.modules[name] = import_module(_ours(name))
    sys.meta_path.insert(0, _Twin())


def _ours(name: str) -> str:
    return _PACKAGE + name.removeprefix(_NAME)


class _Twin:
    """Finds the modules of `capture` among ours."""

    @guarded(None)
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not fullname.startswith(f"{_NAME}."):
            return None
        from importlib.util import find_spec

        return None if find_spec(_ours(fullname)) is None else ModuleSpec(fullname, self)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Have the import system make the module that is thrown away right after."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(_ours(module.__name__))
