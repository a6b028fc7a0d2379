"""What spans of OpenAI Agents say of a model's answer, in FORMAT.md's words."""

from __future__ import annotations

from typing import Any

__all__ = ["reply_of"]


def reply_of(data: Any) -> dict[str, Any]:
    """Return the fields of a response, of a `ResponseSpanData` or a `GenerationSpanData`."""
    response = getattr(data, "response", None)
    if response is None:
        usage = dict(getattr(data, "usage", None) or {})
        return {"content": getattr(data, "output", None), "usage": usage or None, "usage_raw": usage or None}
    whole = response.model_dump(mode="json", exclude_unset=True)
    usage = whole.get("usage") or {}
    counts = {
        "input_tokens": usage.get("input_tokens"),
        "output_tokens": usage.get("output_tokens"),
        "cache_read_tokens": (usage.get("input_tokens_details") or {}).get("cached_tokens"),
        "reasoning_tokens": (usage.get("output_tokens_details") or {}).get("reasoning_tokens"),
    }
    return {
        "response_id": whole.get("id"),
        "model": whole.get("model"),
        "content": whole.get("output"),
        "finish_reason": whole.get("status"),
        "usage": {key: value for key, value in counts.items() if value is not None} or None,
        "usage_raw": usage or None,
    }
