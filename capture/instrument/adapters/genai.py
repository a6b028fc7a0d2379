"""What a span of OpenTelemetry is in our words: by its attributes, never by its name.

The conventions are still in development, so each field has the names it was given over time: OpenTelemetry's GenAI,
OpenInference's, Traceloop's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["agent_of", "arguments_of", "kind_of", "model_of", "request_of", "response_of", "result_of", "tool_of"]

Attributes = Mapping[str, Any]

_KINDS = {
    "chat": "model",
    "generate_content": "model",
    "text_completion": "model",
    "embeddings": "model",
    "llm": "model",
    "embedding": "model",
    "invoke_agent": "agent",
    "invoke_workflow": "agent",
    "agent": "agent",
    "workflow": "agent",
    "execute_event_loop_cycle": "turn",
    "execute_tool": "tool",
    "retrieval": "tool",
    "tool": "tool",
    "retriever": "tool",
    "run_guardrail": "guardrail",
    "guardrail": "guardrail",
}
_OPERATION = ("gen_ai.operation.name", "openinference.span.kind", "traceloop.span.kind")
_MODEL = ("gen_ai.request.model", "gen_ai.response.model", "llm.model_name")
_AGENT = ("gen_ai.agent.name", "agent.name", "gen_ai.workflow.name", "traceloop.entity.name")
_TOOL = ("gen_ai.tool.name", "tool.name", "traceloop.entity.name")
_ARGUMENTS = (
    "gen_ai.tool.call.arguments",
    "tool_arguments",
    "tool.parameters",
    "input.value",
    "traceloop.entity.input",
)
_RESULT = ("gen_ai.tool.call.result", "tool_response", "output.value", "traceloop.entity.output")
_REQUEST = {
    "provider": ("gen_ai.provider.name", "gen_ai.system", "llm.provider"),
    "messages": ("gen_ai.input.messages", "gen_ai.prompt", "input.value"),
    "system": ("gen_ai.system_instructions",),
    "tools": ("gen_ai.tool.definitions",),
}
_RESPONSE = {
    "response_id": ("gen_ai.response.id",),
    "model": ("gen_ai.response.model", "gen_ai.request.model", "llm.model_name"),
    "content": ("gen_ai.output.messages", "gen_ai.completion", "output.value"),
}
_USAGE = {
    "input_tokens": ("gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens", "llm.token_count.prompt"),
    "output_tokens": ("gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens", "llm.token_count.completion"),
    "cache_read_tokens": (
        "gen_ai.usage.cache_read.input_tokens",
        "gen_ai.usage.cache_read_input_tokens",
        "llm.token_count.prompt_details.cache_read",
    ),
    "cache_write_tokens": (
        "gen_ai.usage.cache_write.input_tokens",
        "gen_ai.usage.cache_creation.input_tokens",
        "gen_ai.usage.cache_write_input_tokens",
        "llm.token_count.prompt_details.cache_write",
    ),
    "reasoning_tokens": ("gen_ai.usage.reasoning.output_tokens", "llm.token_count.completion_details.reasoning"),
}


def kind_of(attributes: Attributes) -> str:
    """Return `agent`, `turn`, `model`, `tool` or `guardrail`; empty for a span that is none of these."""
    if operation := _first(attributes, _OPERATION):
        return _KINDS.get(str(operation).lower(), "")
    if attributes.get("mcp.method.name") == "tools/call":
        return "tool"
    return "model" if "gen_ai.request.model" in attributes else ""


def agent_of(attributes: Attributes, span_name: str) -> str:
    """Return an agent's name, the span's if it has none."""
    return str(_first(attributes, _AGENT) or span_name)


def tool_of(attributes: Attributes, span_name: str) -> str:
    """Return a tool's name, the span's if it has none."""
    return str(_first(attributes, _TOOL) or span_name)


def model_of(attributes: Attributes) -> str:
    """Return a model's name, empty while it is not known."""
    return str(_first(attributes, _MODEL) or "")


def arguments_of(attributes: Attributes) -> Any:
    """Return what a tool was called with, None if the span does not say."""
    return _value(_first(attributes, _ARGUMENTS))


def result_of(attributes: Attributes) -> Any:
    """Return what a tool gave back, None if the span does not say."""
    return _value(_first(attributes, _RESULT))


def request_of(attributes: Attributes) -> dict[str, Any]:
    """Return the fields of an `llm_request`."""
    fields = {field: _value(_first(attributes, names)) for field, names in _REQUEST.items()}
    prefix = "gen_ai.request."
    settings = {name[len(prefix) :]: value for name, value in attributes.items() if name.startswith(prefix)}
    settings.pop("model", None)
    return {**fields, "settings": settings or None}


def response_of(attributes: Attributes) -> dict[str, Any]:
    """Return the fields of an `llm_response`."""
    usage = {field: _first(attributes, names) for field, names in _USAGE.items()}
    counts = {field: value for field, value in usage.items() if value is not None}
    reasons = attributes.get("gen_ai.response.finish_reasons") or ()
    return {
        **{field: _value(_first(attributes, names)) for field, names in _RESPONSE.items()},
        "finish_reason": str(reasons[0]) if reasons else None,
        "usage": counts or None,
    }


def _first(attributes: Attributes, names: tuple[str, ...]) -> Any:
    return next((attributes[name] for name in names if attributes.get(name) is not None), None)


def _value(given: Any) -> Any:
    """Return what an attribute says: structures stand in attributes as JSON."""
    if not isinstance(given, str) or given[:1] not in ("{", "["):
        return given
    try:
        return json.loads(given)
    except ValueError:
        return given
