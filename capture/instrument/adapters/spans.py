"""GenAI spans, from whichever tracer, as events of ours: written when they start, completed when they end."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from ..._core.failure import Failure
from ..._core.session import current
from . import genai
from .runs import Runs

__all__ = ["Spans"]


class Spans:
    """The open spans of the tracers in this process."""

    def __init__(self, observer: str) -> None:
        self._runs = Runs(observer)

    def started(
        self, key: Hashable, parent: Hashable, scope: str, name: str, attributes: Mapping[str, Any], live: Any = None
    ) -> None:
        """A span starts. `live` is the span, whose attributes may be asked for later."""
        runs = self._runs
        match genai.kind_of(attributes):
            case "agent":
                runs.agent(key, parent, genai.agent_of(attributes, name))
            case "turn":
                runs.turn(key, parent, genai.agent_of(attributes, name))
            case "tool":
                runs.tool(key, parent, genai.tool_of(attributes, name), genai.arguments_of(attributes))
            case "model":
                now = live if live is not None else attributes
                model = genai.model_of(attributes)
                runs.model(key, parent, scope, model, lambda: genai.request_of(getattr(now, "attributes", now)))
            case _:
                runs.passed(key, parent)

    def ended(self, key: Hashable, scope: str, name: str, attributes: Mapping[str, Any], error: Failure | None) -> None:
        """A span has ended."""
        outcome: dict[str, Any] = {}
        match genai.kind_of(attributes):
            case "tool":
                outcome = {"result": genai.result_of(attributes)}
            case "model":
                outcome = genai.response_of(attributes)
                if self._runs.is_passed(key):  # only now it is clear what it was
                    self.started(key, key, scope, name, attributes)
            case "guardrail":
                verdict = attributes.get("gen_ai.guardrail.verdict.type")
                current().record_safety_check(name, str(verdict or ("fail" if error else "pass")))
        self._runs.end(key, error=error, **outcome)
