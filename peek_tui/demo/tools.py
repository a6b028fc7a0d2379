"""What the tools of the demo's agents have in common: how a model is told of them, how they are called, and how slow
they are.
"""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

__all__ = ["Outcome", "Toolbox", "input_schema"]

Tool = Callable[..., Any]


class Outcome(NamedTuple):
    """What became of a tool call that a model asked for."""

    text: str
    failed: bool = False
    forbidden: tuple[str, ...] = ()
    """The events that tell why the call was not made, if it was not."""


class Toolbox:
    """An agent's tools. `scale` is how many real seconds a second of their pretended work takes."""

    def __init__(self, *tools: Tool, scale: float = 0.0) -> None:
        self.tools = {tool.__name__: tool for tool in tools}
        self._scale = scale

    def use(self, name: str, arguments: Mapping[str, Any]) -> Outcome:
        """Call a tool. One that fails does not end the run: the model is told."""
        try:
            return Outcome(json.dumps(self.tools[name](**arguments), ensure_ascii=False))
        except Exception as error:
            return Outcome(str(error), failed=True)

    def _work(self, duration: float) -> None:
        if pause := duration * self._scale:
            time.sleep(pause)


def input_schema(tool: Tool) -> dict[str, Any]:
    """A tool's arguments as JSON Schema: everything is in its signature."""
    parameters = inspect.signature(tool).parameters
    types = {name: {"type": "integer" if p.annotation == "int" else "string"} for name, p in parameters.items()}
    return {"type": "object", "properties": types, "required": list(types), "additionalProperties": False}
