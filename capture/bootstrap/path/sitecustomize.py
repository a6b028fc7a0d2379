"""What `peek run` has a Python process do before its program: record it.

This directory stands first in PYTHONPATH and holds this file alone, so nothing of ours is in the program's way. The
recorder is loaded from where Peek is installed, under a name of its own; then the `sitecustomize` that the program
would have had takes the place of this one. Any Python may come by here: the syntax is that of the oldest.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
_PACKAGE = os.path.dirname(os.path.dirname(_HERE))  # noqa: PTH120
_PRIVATE_NAME = "_peek_capture"


class _Finder:
    """Finds the recorder, once; without `importlib.util`, whose import takes longer."""

    def find_spec(self, name, path, target=None):  # type: ignore[no-untyped-def]
        if name != _PRIVATE_NAME:
            return None
        from importlib.machinery import ModuleSpec, SourceFileLoader

        file = os.path.join(_PACKAGE, "__init__.py")  # noqa: PTH118
        spec = ModuleSpec(name, SourceFileLoader(name, file), origin=file, is_package=True)
        spec.submodule_search_locations = [_PACKAGE]
        spec.has_location = True
        return spec


def _begin():  # type: ignore[no-untyped-def]
    from importlib import import_module

    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        import_module(_PRIVATE_NAME)
    finally:
        sys.meta_path.remove(finder)
    import_module(_PRIVATE_NAME + ".bootstrap.begin").begin()


sys.path[:] = [entry for entry in sys.path if entry != _HERE]  # children still find it through the environment
if sys.version_info >= (3, 11):  # noqa: UP036 - see above
    try:
        _begin()  # type: ignore[no-untyped-call]
    except Exception:
        if os.environ.get("PEEK_DEBUG"):
            import traceback

            traceback.print_exc()
sys.modules.pop(__name__, None)
__import__("sitecustomize")  # the program's own; what it raises, also that there is none, is what `site` expects
