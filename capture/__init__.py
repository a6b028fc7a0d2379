"""Record what an agent decides, calls and says, as a trace that `peek` opens while it runs or after it crashed.

```python
import capture
capture.install()                                        # model calls record themselves

with capture.TraceContext(agent_name="my_agent") as ctx:  # or `async with`
    ctx.record_decision(reasoning="…", confidence=0.85, chosen_action="search")
```

Nothing here raises into the program that uses it, changes a result, or writes to its working directory. Importing this
package loads no other library; each name loads what it needs when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._version import __version__

if TYPE_CHECKING:
    from ._core.context import TraceContext
    from ._core.ids import EventId
    from ._core.session import current, end_session, init, start_session
    from .errors import CaptureError, LineError, UsageError
    from .instrument.decorators import trace_agent, trace_llm_call, trace_tool
    from .instrument.one_client import wrap
    from .instrument.registry import install, uninstall

__all__ = [
    "CaptureError",
    "EventId",
    "LineError",
    "TraceContext",
    "UsageError",
    "__version__",
    "current",
    "end_session",
    "init",
    "install",
    "start_session",
    "trace_agent",
    "trace_llm_call",
    "trace_tool",
    "uninstall",
    "wrap",
]

_HOME = {
    "CaptureError": "errors",
    "EventId": "_core.ids",
    "LineError": "errors",
    "TraceContext": "_core.context",
    "UsageError": "errors",
    "current": "_core.session",
    "end_session": "_core.session",
    "init": "_core.session",
    "install": "instrument.registry",
    "start_session": "_core.session",
    "trace_agent": "instrument.decorators",
    "trace_llm_call": "instrument.decorators",
    "trace_tool": "instrument.decorators",
    "uninstall": "instrument.registry",
    "wrap": "instrument.one_client",
}


if not TYPE_CHECKING:  # a type checker that sees this takes every misspelt name for a public one

    def __getattr__(name: str) -> Any:
        """Load a public name at its first use (PEP 562)."""
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        value = getattr(import_module(f".{_HOME[name]}", __name__), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
