"""The model requests of a Claude Code transcript.

An `api-request` line names its messages by the SHA-256 of their JSON with sorted keys, and repeats none that an earlier
request had (`base`, `keep`), as our own format does. `api-request-blob` lines hold some of the messages; the others are
said elsewhere in the transcript. A message counts as found only when its hash is the one that was asked for.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from .conversation import Agent
from .lines import Lines, items, mapping, word

__all__ = ["REQUEST_LINES", "Request", "Requests"]

REQUEST_LINES = frozenset({"api-request", "api-request-blob", "api-request-shape"})
_KEPT = 512
"""Messages that are kept to be found: those of the last request and since are enough, a reset may want more."""

Message = dict[str, Any]


class Request(NamedTuple):
    """A request that was written."""

    id: str
    ts: int
    shape: str
    settings: dict[str, Any]


class Requests:
    """Finds the messages of requests among what was said."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.sent: dict[str, Request] = {}
        """By the id that answers refer to."""
        self._shapes: dict[str, dict[str, Any]] = {}
        self._known: dict[str, Message] = {}
        self._said: dict[str, list[tuple[str, Message]]] = {}
        self._wanted = False
        """Whether the transcript has requests at all; older versions write none."""

    def take(self, agent: Agent, record: dict[str, Any]) -> None:
        """Take one of `REQUEST_LINES`."""
        self._wanted = True
        match record.get("type"):
            case "api-request":
                self._request(agent, record)
            case "api-request-blob":
                self._know(word(record.get("hash")), mapping(record.get("message")))
            case _:
                self._shapes[word(record.get("shapeHash"))] = mapping(record.get("shape"))

    def said(self, agent: Agent, id: str, message: Message) -> None:
        """Take note of a message that a later request may hold; `id` is shared by the lines of one answer."""
        if not self._wanted:
            return
        role, content = word(message.get("role")), message.get("content")
        said = self._said.setdefault(agent.key, [])
        if said and id and said[-1][0] == id:
            content = items(said.pop()[1]["content"]) + items(content)
        said.append((id, {"role": role, "content": content}))

    def _request(self, agent: Agent, record: dict[str, Any]) -> None:
        lines, reference = self._lines, word(record.get("id"))
        params = dict(mapping(record.get("params")))
        model, shape = word(params.pop("model", "")), word(record.get("shapeHash"))
        base, tail = word(record.get("base")), record.get("tail")
        messages = self._find(agent, tail if isinstance(tail, list) else [])
        data: dict[str, Any] = {"provider": "anthropic", "model": model or None, "messages": messages}
        whole = {**mapping(self._shapes.get(shape)), "settings": params}
        if base:
            same = self._same(base, shape, params)
            data |= {"base": lines.id("llm_request", base), "keep": record.get("keep"), "same": same}
            whole = {key: value for key, value in whole.items() if key not in same}
        data |= {key: whole[key] for key in ("system", "tools", "settings") if key in whole}
        data["extra"] = {key: record[key] for key in ("querySource", "cacheControl") if key in record} or None
        known = not reference or reference in self.sent
        id = lines.line_id("llm_request") if known else lines.id("llm_request", reference)
        lines.add("llm_request", id, agent.turn, model, data, agent=agent.word)
        self.sent[reference] = Request(id, lines.ts, shape, params)

    def _same(self, base: str, shape: str, settings: dict[str, Any]) -> list[str]:
        """Return what a request has in common with the one it is based on, beside messages."""
        before = self.sent.get(base)
        if before is None:
            return []
        same = ["system", "tools"] if before.shape == shape else []
        return [*same, "settings"] if before.settings == settings else same

    def _find(self, agent: Agent, hashes: list[Any]) -> list[Message]:
        """Return the messages with these hashes; one that is nowhere stands as its hash."""
        for message in _as_sent([message for _, message in self._said.pop(agent.key, [])]):
            self._know(_digest(message), message)
        return [self._known.get(word(hash), {"hash": hash}) for hash in hashes]

    def _know(self, hash: str, message: Message) -> None:
        self._known[hash] = message
        if len(self._known) > _KEPT:
            self._known.pop(next(iter(self._known)))


def _as_sent(said: list[Message]) -> list[Message]:
    """Return what was said in the forms in which it may have been sent: each alone, and each side's run as one."""
    forms: list[Message] = []
    run: Message = {"role": "", "content": []}
    for message in said:
        blocks = {"role": message["role"], "content": items(message["content"])}
        run = {**blocks, "content": run["content"] + blocks["content"]} if run["role"] == blocks["role"] else blocks
        forms += [message, blocks, run]
    return forms


def _digest(message: Message) -> str:
    try:
        return sha256(orjson.dumps(message, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except TypeError:  # huge integers, lone surrogates: not what was sent
        return ""
