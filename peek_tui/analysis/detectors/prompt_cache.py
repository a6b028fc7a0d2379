"""Prompt cache broken: something early in a conversation changed, and what was cached is paid for again.

Rule: a model call takes less than `KEPT` of what the call before (of the same agent and model) had in the cache, at
least `LEAST` tokens, although its input is no shorter and it comes within `LIFE` seconds; and between the two requests
some message, the system prompt or the tools changed. The first thing that changed is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..alerts import Alert, Found
from ..episodes import number, quoted
from ..news import News
from ..streaks import by_kind
from ..usages import Spent, Usages
from ..values import differ, word_of

__all__ = ["PromptCache"]

KEPT = 0.5
LEAST = 1024
LIFE = 300


class PromptCache:
    """Finds caches that were broken."""

    rule = "prompt_cache_broken"

    def __init__(self) -> None:
        self._last: Usages | None = None
        """The last call of each agent and model."""

    def take(self, news: News) -> Iterator[Found]:
        import numpy as np

        usages = news.usages if self._last is None else self._last.followed_by(news.usages)
        usages = usages.at(by_kind(usages.name, usages.agent))
        follows = (usages.agent[1:] == usages.agent[:-1]) & (usages.name[1:] == usages.name[:-1])
        self._last = usages.at(np.append(~follows, True)[: len(usages.row)])
        before, after = usages.at(slice(None, -1)), usages.at(slice(1, None))
        cached = before.cache_read + before.cache_write
        lost = follows & (cached >= LEAST) & (after.cache_read < KEPT * cached) & (after.input >= before.input)
        pairs = zip(before.at(lost).each(), after.at(lost).each(), strict=True)
        for one, other in sorted(pairs, key=lambda pair: pair[1].row):
            yield from self._broken(news, one, other)

    def _broken(self, news: News, before: Spent, spent: Spent) -> Iterator[Found]:
        rows = [news.parent_row(one.row) for one in (before, spent)]
        if min(rows) < 0 or news.snapshot.ts(rows[1]) - news.snapshot.ts(before.row) > LIFE * 1_000_000_000:
            return
        first, second = (news.whole(row) for row in rows)
        changed = _first_change(first.data, second.data)
        if changed is None:
            return
        lost = before.cache_read + before.cache_write - spent.cache_read
        name = quoted(news.word("name", spent.name), "a model")
        title = (
            f"the prompt cache of {name} was broken at {number(second.row)}: {changed} changed,"
            f" and {number(lost)} tokens were read anew"
        )
        ids = first.id, second.id, news.event(spent.row).id
        yield Found(spent.row, Alert(self.rule, "medium", title, ids, first.row, spent.row))


def _first_change(before: Any, after: Any) -> str | None:
    """Return what is the first thing to differ in a request, in the order in which a cache sees it."""
    if differ(before.get("tools"), after.get("tools")):
        return "the list of tools"
    if differ(before.get("system"), after.get("system")):
        return "the system prompt"
    old, new = (data.get("messages") if isinstance(data.get("messages"), list) else [] for data in (before, after))
    for index, (one, other) in enumerate(zip(old, new, strict=False)):
        if _content(one) != _content(other):
            role = other.get("role") if isinstance(other, dict) else None
            return f"message {index + 1} ({quoted(word_of(role), 'no role')})"
    return f"message {len(new) + 1} went, which" if len(new) < len(old) else None


def _content(message: Any) -> Any:
    """Return a message without the marks that say where the cache ends: they move with every request."""
    if isinstance(message, dict):
        return {key: _content(value) for key, value in message.items() if key != "cache_control"}
    if isinstance(message, list):
        return [_content(one) for one in message]
    return message
