"""A model call as a conversation: who says what, and what is new since the request before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from peek_tui.render import units
from peek_tui.render.text import clean
from peek_tui.trace.model import Event

from .entry import Entry, Path
from .layout import Layout
from .speech import Said, said_in, speaker_of
from .subject import Subject

__all__ = ["conversation", "is_spoken"]

_KINDS = {"thought": "dim", "call": "speaker", "result": "dim", "other": "dim"}
_SIGNS = {"call": "→ ", "result": "← ", "thought": "(thinks) "}
_FENCE = "```"


def is_spoken(event: Event) -> bool:
    """Whether there is a conversation in an event."""
    return event.type in ("llm_request", "llm_response")


def conversation(subject: Subject, layout: Layout) -> Iterator[Entry]:
    """Yield a request with what the one before it said already folded away, or what a response says."""
    event = subject.whole
    if event.type == "llm_response":
        yield from _message(_answer(event), ("data",), layout, "")
        return
    messages = _messages(event)
    old = _shared(messages, _messages(subject.before)) if subject.before is not None else 0
    yield from _settings(event, subject.before, layout)
    if old:
        path: Path = ("data", "messages", "old")
        folded = layout.is_folded(path, at_first=True)
        yield Entry(0, "", f"{_number(old)} as in the request before", "branch", path, folded)
        if not folded:
            for at, message in enumerate(messages[:old]):
                yield from _message(message, ("data", "messages", at), layout, "")
    for at, message in enumerate(messages[old:], old):
        yield from _message(message, ("data", "messages", at), layout, "+" if subject.before is not None else "")
    if old == len(messages) and old:
        yield Entry(0, "", "nothing is new in this one", "dim", ())


def _messages(event: Event | None) -> Sequence[Any]:
    messages = event.data.get("messages") if event is not None else None
    return messages if isinstance(messages, list) else []


def _shared(messages: Sequence[Any], before: Sequence[Any]) -> int:
    """Return how many messages both begin with."""
    pairs = enumerate(zip(messages, before, strict=False))
    return next((at for at, (one, other) in pairs if _differ(one, other)), min(len(messages), len(before)))


def _differ(one: Any, other: Any) -> bool:
    """Whether two values differ; those that are nested deeper than Python follows them count as if they did."""
    try:
        return bool(one != other)
    except RecursionError:
        return True


def _number(messages: int) -> str:
    return f"{units.count(messages)} message{'' if messages == 1 else 's'}"


def _answer(event: Event) -> dict[str, Any]:
    data = event.data
    content, calls = data.get("content"), data.get("tool_calls")
    blocks = content if isinstance(content, list) else [content]
    spoken = any(isinstance(block, dict) and block.get("type") == "tool_use" for block in blocks)
    return {"role": "assistant", "content": content, "tool_calls": None if spoken else calls}


def _settings(event: Event, before: Event | None, layout: Layout) -> Iterator[Entry]:
    """Yield the model, the system prompt and the tools, each folded, with a sign where it changed."""
    for key in ("model", "system", "tools", "settings"):
        value = event.data.get(key)
        if value in (None, "", [], {}):
            continue
        path: Path = ("data", key)
        sign = "+" if before is not None and _differ(before.data.get(key), value) else ""
        if isinstance(value, str) and "\n" not in value and len(value) < layout.width - len(key) - 4:
            yield Entry(0, key, clean(value), "string", path, sign=sign)
            continue
        folded = layout.is_folded(path, at_first=True)
        yield Entry(0, key, _size(value) if folded else "", "branch", path, folded, sign)
        if not folded:
            yield from (
                layout.text(2, value, path, prose=True)
                if isinstance(value, str)
                else layout.value(2, "", value, (*path, ""))
            )


def _size(value: Any) -> str:
    if isinstance(value, str):
        return f"{units.count(len(value))} characters"
    names = [_name(item) for item in value] if isinstance(value, list) else list(value)
    return clean(", ".join(name for name in names if name))


def _name(tool: Any) -> str:
    if not isinstance(tool, dict):
        return ""
    function = tool.get("function")
    return str(
        tool.get("name") or (function.get("name") if isinstance(function, dict) else "") or tool.get("type") or ""
    )


def _message(message: Any, path: Path, layout: Layout, sign: str) -> Iterator[Entry]:
    path = (*path, "said")
    folded = layout.is_folded(path, at_first=False)
    pieces = list(said_in(message))
    beginning = clean(_beginning(pieces)) if folded else ""
    yield Entry(0, clean(speaker_of(message)), beginning, "speaker", path, folded, sign)
    if not folded:
        for at, said in enumerate(pieces):
            yield from (entry._replace(sign=sign) for entry in _piece(said, (*path, at), layout))


def _beginning(pieces: list[Said]) -> str:
    first = next((said for said in pieces if said.body), None)
    return "" if first is None else f"{_SIGNS.get(first.kind, '')}{first.head} {str(first.body)[:200]}".strip()


def _piece(said: Said, path: Path, layout: Layout) -> Iterator[Entry]:
    lead = f"{_SIGNS.get(said.kind, '')}{said.head}".rstrip()
    if not isinstance(said.body, str):
        yield from layout.value(2, lead, said.body, path, _KINDS.get(said.kind, "string"))
        return
    if lead and "\n" not in said.body:
        yield from layout.text(2, f"{lead} {said.body}", path, _KINDS[said.kind], prose=True)
        return
    if lead:
        yield Entry(2, "", clean(lead), _KINDS[said.kind], path)
    indent = 4 if lead else 2
    if said.kind == "text":
        yield from _prose(said.body, indent, path, layout)
    else:
        yield from layout.text(indent, said.body, path, prose=False)


def _prose(text: str, indent: int, path: Path, layout: Layout) -> Iterator[Entry]:
    """Yield a text; what stands between fences is code."""
    kind = "string"
    for entry in layout.text(indent, text, path, prose=True):
        fence = entry.text.lstrip().startswith(_FENCE)
        yield entry._replace(kind="dim" if fence else kind) if entry.folded is None else entry
        if fence:
            kind = "string" if kind == "code" else "code"
