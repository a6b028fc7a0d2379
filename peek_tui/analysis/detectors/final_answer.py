"""Empty or hedging final answer: the run ends, and its answer says nothing, or mostly that it is not sure.

Rule: the last answer of the run's own agent has no text and calls nothing; or one of its sentences says that it does
not know (`UNSURE`), or at least `SHARE` of them, and no fewer than `LEAST`, hedge (`HEDGES`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..alerts import Alert, Found, Severity
from ..ending import Ending, answer_text, endings
from ..episodes import number
from ..news import News

__all__ = ["FinalAnswer"]

SHARE = 0.5
LEAST = 2

UNSURE = re.compile(
    r"\b(?:i am|i'm|i’m|we are|we're) (?:not (?:entirely |completely |really |quite )?(?:sure|certain)|unsure)\b"
    r"|\bi (?:do not|don't|don’t) know (?:if|whether|what|which|how|the answer|for sure)\b"
    r"|\b(?:i|we) (?:can(?:not|'t|’t)|could(?: not|n't|n’t)) (?:say|tell|be sure|determine)\b"
    r"|\bit is (?:unclear|not clear) (?:whether|if|what|which)\b",
    re.IGNORECASE,
)
HEDGES = re.compile(
    r"\b(?:might|may|maybe|perhaps|possibly|probably|presumably|i think|i believe|it seems|appears to|seems to|likely"
    r"|not (?:sure|certain)|unclear|as far as i (?:can tell|know)|i guess)\b",
    re.IGNORECASE,
)

_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 20_000


class FinalAnswer:
    """Looks at how runs answer."""

    rule = "final_answer"

    def __init__(self) -> None:
        self._starts: dict[int, int] = {}

    def take(self, news: News) -> Iterator[Found]:
        for ending in endings(news, self._starts):
            answer = ending.answer
            if answer is None or "content" not in answer.data or answer.error is not None:
                continue
            text = answer_text(answer).strip()
            if not text and not _said_elsewhere(ending):
                yield self._found(ending, "medium", f"the final answer at {number(answer.row)} is empty")
            elif says := _hedges(text):
                yield self._found(ending, "low", f"the final answer at {number(answer.row)} {says}")

    def _found(self, ending: Ending, severity: Severity, title: str) -> Found:
        assert ending.answer is not None
        id, row = ending.answer.id, ending.answer.row
        return Found(ending.first, Alert(self.rule, severity, title, (id,), row, row))


def _said_elsewhere(ending: Ending) -> bool:
    return ending.said is not None and bool(ending.said.data.get("result"))


def _hedges(text: str) -> str:
    """Return in words how an answer hedges; nothing if it does not."""
    sentences = [one for one in _SENTENCES.split(_CODE.sub("", text[:_LONGEST])) if one.strip()]
    unsure = next((one for one in sentences if UNSURE.search(one)), None)
    if unsure is not None:
        return f"is not sure: “{' '.join(unsure.split())[:120]}”"
    hedging = sum(1 for one in sentences if HEDGES.search(one))
    if hedging >= LEAST and hedging >= SHARE * len(sentences):
        return f"hedges in {hedging} of {len(sentences)} sentences"
    return ""
