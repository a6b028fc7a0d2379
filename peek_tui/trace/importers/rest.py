"""Lines that are no word of the conversation: what the program around the model noted, and what nobody knows yet."""

from __future__ import annotations

from typing import Any, NamedTuple

from .conversation import Agent, block_text
from .lines import Lines, items, mapping, word

__all__ = ["write_rest"]

_WHERE = {"agentId", "isSidechain", "logicalParentUuid", "parentUuid", "parent_tool_use_id", "sessionId", "session_id"}
_ENVELOPE = _WHERE | {"cwd", "entrypoint", "gitBranch", "timestamp", "type", "userType", "uuid", "version"}
"""Keys that say where a line belongs, not what it says; they stay in `source.raw`."""
_RETRY = ("retryAttempt", "maxRetries", "retryInMs")
_TEXTS = ("content", "message", "text", "prompt", "lastPrompt", "output", "stdout", "stderr")
_NOTES = {
    "api-request-blob",
    "api-request-shape",
    "atis-latch",
    "cost-state",
    "last-prompt",
    "queue-operation",
    "tools-used",
}


class _Meaning(NamedTuple):
    """The event that a line becomes."""

    type: str
    name: str
    data: dict[str, Any]
    error: dict[str, str] | None = None


def write_rest(lines: Lines, agent: Agent, record: dict[str, Any], parent: str, cost_usd: float | None = None) -> str:
    """Write a line as what it means, a `log` when that is nothing special, under its own type when nobody knows it.

    Return the event's id when what follows is based on it, as after a compaction, or `""`.
    """
    call = agent.calls.get(word(_said(record).get("toolUseID")))
    meaning = _known(record) or _log(record) or _unknown(lines, record)
    id = lines.add(
        meaning.type,
        lines.line_id(meaning.type),
        call.id if call else parent,
        meaning.name,
        meaning.data,
        agent=agent.word,
        error=meaning.error,
        cost_usd=cost_usd,
    )
    return id if meaning.type == "checkpoint" else ""


def _known(record: dict[str, Any]) -> _Meaning | None:
    match record.get("type"), record.get("subtype"):
        case "system", "compact_boundary":
            return _Meaning("checkpoint", "compact", {"label": "compact", "state": record.get("compactMetadata")})
        case "system", "api_error":
            error = {"type": "api_error", "message": _error_text(record)}
            return _Meaning("error", "api_error", {key: record.get(key) for key in _RETRY}, error)
        case "summary" as label, _:
            return _Meaning("checkpoint", label, {"label": label, "memory": record.get("summary")})
        case "file-history-snapshot" as label, _:
            return _Meaning("checkpoint", label, {"label": label, "state": record.get("snapshot")})
        case "user", _ if record.get("isCompactSummary"):
            memory = mapping(record.get("message")).get("content")
            return _Meaning("checkpoint", "compact-summary", {"label": "compact-summary", "memory": memory})
        case "attachment", _ if _said(record).get("type") == "prompt_snapshot":
            parameters = {key: value for key, value in _said(record).items() if key != "type"}
            return _Meaning("prompt_policy", "", {"policy_parameters": parameters})
    return None


def _log(record: dict[str, Any]) -> _Meaning | None:
    match record.get("type"):
        case "attachment":
            stream = word(_said(record).get("type")) or "attachment"
        case "system":
            stream = word(record.get("subtype")) or "system"
        case "user" | "assistant":
            return _Meaning(
                "log", "meta", {"stream": "meta", "text": block_text(mapping(record.get("message"))) or None}
            )
        case str(stream) if stream in _NOTES:
            pass
        case _:
            return None
    key, text = _text(record)
    details = {name: value for name, value in _details(_said(record)).items() if name not in (key, "rendered")}
    return _Meaning("log", stream, {"stream": stream, "text": text or None, **details})


def _unknown(lines: Lines, record: dict[str, Any]) -> _Meaning:
    return _Meaning(lines.own_type(word(record.get("type"))), "", _details(record))


def _said(record: dict[str, Any]) -> dict[str, Any]:
    return mapping(record.get("attachment")) if record.get("type") == "attachment" else record


def _details(said: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in _ENVELOPE}


def _text(record: dict[str, Any]) -> tuple[str, str]:
    """Return what a line says to a person, if it says anything, and the key it stands under."""
    said = _said(record)
    found = [(key, text) for key in _TEXTS if (text := word(said.get(key)))]
    found += [("rendered", text) for block in items(record.get("rendered")) if (text := block_text(block))]
    return found[0] if found else ("", "")


def _error_text(record: dict[str, Any]) -> str:
    """Return the innermost message: the error of a failed call is wrapped once by each layer it passed."""
    text, error = word(record.get("content")), mapping(record.get("error"))
    for _ in range(4):
        text, error = word(error.get("message")) or text, mapping(error.get("error"))
    return text
