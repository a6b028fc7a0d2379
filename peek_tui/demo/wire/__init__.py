"""How the demo's model server writes down what a model says: one format for each provider.

`capture.wire` reads what this package writes; neither knows the other, so each is a check of the other.
"""

from __future__ import annotations

from .anthropic import AnthropicMessages, event_bytes, message, stream_events
from .format import JSONObject, Tokens, Wire, invalid_request, wire_id
from .openai import OpenAIChat, chunk_bytes, completion, completion_chunks
from .reply import Block, Failure, Reply, Text, Thinking, ToolUse, overloaded

__all__ = [
    "AnthropicMessages",
    "Block",
    "Failure",
    "JSONObject",
    "OpenAIChat",
    "Reply",
    "Text",
    "Thinking",
    "Tokens",
    "ToolUse",
    "Wire",
    "chunk_bytes",
    "completion",
    "completion_chunks",
    "event_bytes",
    "invalid_request",
    "message",
    "overloaded",
    "stream_events",
    "wire_id",
]
