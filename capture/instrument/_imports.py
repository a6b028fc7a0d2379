"""Do something to a module right after the host imports it. Nothing is ever imported on the host's behalf."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from ._wrap import notify

__all__ = ["when_imported"]

Callback = Callable[[ModuleType], None]


def when_imported(name: str, callback: Callback) -> None:
    """Call `callback` with the module called `name`: now if it is there already, else when its import has ended."""
    module = sys.modules.get(name)
    if module is not None:
        callback(module)
    else:
        sys.meta_path.insert(0, _Finder(name, callback))


class _Finder(MetaPathFinder):
    """Finds one module through the finders behind it, and puts a callback behind its loader."""

    def __init__(self, name: str, callback: Callback) -> None:
        self._name = name
        self._callback = callback

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        try:
            sys.meta_path.remove(self)  # each import is watched once, and the search below must not come back here
        except ValueError:  # it has, or another thread is searching too
            return None
        from importlib.util import find_spec

        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            sys.meta_path.insert(0, self)
            return spec
        spec.loader = _Loader(spec.loader, self._callback)
        return spec


class _Loader(Loader):
    """The original loader, and a guarded callback when it is done."""

    def __init__(self, original: Loader, callback: Callback) -> None:
        self._original = original
        self._callback = callback

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._original.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        if spec is not None:
            spec.loader = self._original
        module.__loader__ = self._original
        self._original.exec_module(module)
        notify(self._callback, module)
