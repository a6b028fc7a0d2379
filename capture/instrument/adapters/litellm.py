"""LiteLLM: model calls that do not pass the tap, by a custom logger.

LiteLLM calls a logger with exactly these names of parameters, and in silence not at all if one is called otherwise.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from ..._core.guard import guarded
from ..registry import Undo
from .runs import Runs

__all__ = ["instrument"]


def instrument(module: ModuleType) -> Undo:
    """Have LiteLLM tell, given `litellm`; return what ends that."""
    base = sys.modules["litellm.integrations.custom_logger"].CustomLogger  # imported: `litellm` needs it
    logger: _Logger = type("PeekLogger", (_Logger, base), {})()
    module.callbacks.append(logger)
    return logger.leave


class _Logger:
    """What LiteLLM calls: first in the task that asks, at the end in whichever thread or task it likes."""

    runs: Runs | None = Runs("litellm")

    def leave(self) -> None:
        """Record no further call. LiteLLM has copied the logger into lists of its own by now."""
        self.runs = None

    @guarded(None)
    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        key = kwargs.get("litellm_call_id")
        if self.runs is not None and not self.runs.is_open(key):  # a further attempt is seen on the wire
            self.runs.model(key, None, str(kwargs.get("custom_llm_provider")), str(model), lambda: _asked(kwargs))

    @guarded(None)
    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        if self.runs is not None:
            self.runs.end(kwargs.get("litellm_call_id"), **_answer(response_obj), cost_usd=kwargs.get("response_cost"))

    @guarded(None)
    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        if self.runs is not None:
            self.runs.end(kwargs.get("litellm_call_id"), error=kwargs.get("exception"))

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.log_success_event(kwargs, response_obj, start_time, end_time)

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.log_failure_event(kwargs, response_obj, start_time, end_time)


def _asked(kwargs: Any) -> dict[str, Any]:
    settings = dict(kwargs.get("optional_params") or {})
    return {
        "provider": kwargs.get("custom_llm_provider"),
        "messages": kwargs.get("messages"),
        "tools": settings.pop("tools", None),
        "settings": settings or None,
    }


def _answer(response: Any) -> dict[str, Any]:
    """Return the fields of a `ModelResponse`: LiteLLM gives every provider's answer OpenAI's shape."""
    whole = response.model_dump() if hasattr(response, "model_dump") else {}
    choice: dict[str, Any] = next(iter(whole.get("choices") or ()), {})
    message, usage = choice.get("message") or {}, whole.get("usage") or {}
    counts = {"input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens")}
    return {
        "response_id": whole.get("id"),
        "model": whole.get("model"),
        "content": message.get("content"),
        "tool_calls": [
            {"id": call.get("id"), **(call.get("function") or {})} for call in message.get("tool_calls") or ()
        ]
        or None,
        "finish_reason": choice.get("finish_reason"),
        "usage": {key: value for key, value in counts.items() if value is not None} or None,
        "usage_raw": usage or None,
    }
