"""What the providers' bodies have in common."""

from __future__ import annotations

import json
from typing import Any

from ..values import load_json

__all__ = ["dict_of", "dicts_of", "error_of", "index_of", "parsed_arguments", "read_object", "text_of", "unreadable"]

_ERROR_TEXT = 2_000
"""Characters kept of an error body that is not the provider's own."""


def read_object(body: bytes | str) -> dict[str, Any]:
    """Parse a body. Raises ValueError when it is no JSON object."""
    value = parsed(body)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def parsed(body: bytes | str) -> Any:
    """Parse a body. Raises ValueError when it is no JSON."""
    try:
        return load_json(body.encode() if isinstance(body, str) else bytes(body))
    except RecursionError:
        raise ValueError("JSON nested too deep") from None


def unreadable(body: bytes) -> dict[str, Any]:
    """Return the `extra` of a body that is no JSON object: all of it, as text if it is text."""
    try:
        return {"body": parsed(body)}
    except ValueError:
        pass
    try:
        return {"body": body.decode()}
    except UnicodeDecodeError:
        return {"body": bytes(body)}


def error_of(body: dict[str, Any] | bytes, status: int) -> dict[str, Any]:
    """Return an event's `error` from a body that is no answer: the provider's own type and message if it has them."""
    if isinstance(body, bytes | bytearray):
        return {"type": f"HTTP {status}", "message": body.decode("utf-8", "replace")[:_ERROR_TEXT]}
    error = body.get("error")
    if not isinstance(error, dict):
        return {"type": f"HTTP {status}", "message": json.dumps(body, ensure_ascii=False)[:_ERROR_TEXT]}
    kind = error.get("type") or error.get("status") or error.get("code")
    return {"type": str(kind or f"HTTP {status}"), "message": str(error.get("message", ""))}


def dict_of(value: Any) -> dict[str, Any]:
    """Return `value` if it is an object: a body may hold anything where one is expected."""
    return value if isinstance(value, dict) else {}


def dicts_of(value: Any) -> list[dict[str, Any]]:
    """Return the objects in `value` if it is an array."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    """Return `value` if it is a string."""
    return value if isinstance(value, str) else ""


def index_of(piece: dict[str, Any], otherwise: int) -> int:
    """Return the place a piece of a stream names."""
    index = piece.get("index")
    return index if isinstance(index, int) and index >= 0 else otherwise


def parsed_arguments(text: str) -> Any:
    """Return a tool call's arguments; the text itself when the stream was cut inside them, or they are no JSON."""
    try:
        return parsed(text) if text else {}
    except ValueError:
        return text
