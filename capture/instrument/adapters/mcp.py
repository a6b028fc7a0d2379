"""MCP client sessions: the tools they call, by a tee around what the session is given to talk through.

A session takes a pair of streams, or since version 2 a dispatcher that owns them. We stand in between, and pass on
every message as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from .._patch import Patch
from ..registry import Undo
from .mcp_tee import Reading, Writing, dispatched, watch_sending

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have the client sessions of MCP tell, given `mcp.client.session`; return what ends that."""

    def teed(patch: Patch) -> Callable[..., None]:
        def __init__(session: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            given = (_tee(patch, args, kwargs) if patch.on else None) or (args, kwargs)
            patch.original(session, *given[0], **given[1])
            _watch(session, given[1].get("write_stream"))

        return __init__

    return Patch(module.ClientSession, "__init__", teed).undo


@guarded(None)
def _watch(session: Any, stream: Any) -> None:
    """Watch the requests of a session that talks through a tee: one that is given up is answered by nobody."""
    if isinstance(stream, Writing):
        watch_sending(session, stream)


@guarded(None)
def _tee(patch: Patch, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """Return the arguments with a tee in the place of what they give to talk through; None if they give nothing."""
    named = {**dict(zip(("read_stream", "write_stream"), args, strict=False)), **kwargs}
    if named.get("dispatcher") is not None:
        dispatched(patch, named["dispatcher"])
        return None
    if named.get("read_stream") is None or named.get("write_stream") is None:
        return None
    writing = Writing(patch, named["write_stream"])
    return (), {**named, "read_stream": Reading(named["read_stream"], writing), "write_stream": writing}
