"""Pydantic AI: agents, tools and model calls, by the spans it makes.

They go to a tracer of ours. An agent whose spans the host sends elsewhere goes on with that, and is seen there.
"""

from __future__ import annotations

import sys
from types import ModuleType

from ..registry import Undo
from .tracer import tracer_provider

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have the agents of Pydantic AI tell, given `pydantic_ai`; return what ends that."""
    provider = tracer_provider(sys.modules["opentelemetry.trace"], "pydantic-ai")  # imported: the agents use it
    agents, settings = module.Agent, sys.modules["pydantic_ai.models.instrumented"].InstrumentationSettings
    ours = settings(tracer_provider=provider)
    if not agents._instrument_default:
        agents.instrument_all(ours)

    def undo() -> None:
        if agents._instrument_default is ours:
            agents.instrument_all(False)

    return undo
