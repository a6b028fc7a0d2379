"""Peek: a terminal debugger for AI agents.

```python
from peek_tui import Debugger

dbg = Debugger.load("run.jsonl")  # any format, any size, damaged or growing
failure = dbg.first(event_type="tool_result", where=lambda event: event.error is not None)
```

Importing this package loads nothing; each name loads what it needs when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .debugger import Debugger, StepSession, TraceEvent

__all__ = ["Debugger", "StepSession", "TraceEvent"]


if not TYPE_CHECKING:  # a type checker that sees this takes every misspelt name for a public one

    def __getattr__(name: str) -> Any:
        """Load a public name at its first use (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(".debugger", __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
