"""Do something to a module right after the host imports it. Nothing is ever imported on the host's behalf."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ._wrap import notify

__all__ = ["when_imported"]

Callback = Callable[[ModuleType], None]


def when_imported(name: str, callback: Callback) -> Callable[[], None]:
    """Call `callback` with the module called `name`: now if it is there already, else when its import has ended.

    Returns what makes it wait no longer.
    """
    module = sys.modules.get(name)
    if module is None:
        return _watcher.wait(name, callback)
    callback(module)
    return lambda: None


class _Watcher:
    """Finds the modules that somebody waits for through the finders behind it, and puts callbacks behind their loaders.

    One finder for all of them, which is in `sys.meta_path` only while somebody waits: it is asked at each import.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, list[Callback]] = {}

    def wait(self, name: str, callback: Callback) -> Callable[[], None]:
        self._waiting.setdefault(name, []).append(callback)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)  # no `MetaPathFinder`: importing that takes 20 ms
        return lambda: self._wait_no_longer(name, callback)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._waiting:
            return None
        for finder in list(sys.meta_path):
            find: Any = None if finder is self else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = None if find is None else find(fullname, path, target)
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _Loader(spec.loader)  # type: ignore[assignment]
                return spec
        return None

    def imported(self, module: ModuleType) -> None:
        """Tell those who wait for a module; to look for one without importing it, as `find_spec` does, tells nobody."""
        callbacks = self._waiting.pop(module.__name__, ())
        self._leave_if_idle()
        for callback in callbacks:
            notify(callback, module)

    def _wait_no_longer(self, name: str, callback: Callback) -> None:
        callbacks = self._waiting.get(name, [])
        if callback in callbacks:
            callbacks.remove(callback)
        if not callbacks:
            self._waiting.pop(name, None)
        self._leave_if_idle()

    def _leave_if_idle(self) -> None:
        if not self._waiting and self in sys.meta_path:
            sys.meta_path.remove(self)


class _Loader:
    """The original loader, and a word to the watcher when it is done."""

    def __init__(self, original: Any) -> None:
        self._original = original

    def __getattr__(self, name: str) -> Any:
        """What else a loader can do, for a host that asks the spec of a module it does not import."""
        return getattr(self._original, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._original.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        if spec is not None:
            spec.loader = self._original
        module.__loader__ = self._original
        self._original.exec_module(module)
        notify(_watcher.imported, module)


_watcher = _Watcher()
