"""What an agent's last message admits: sentences in which it says itself that something is not as it was asked for.

The phrases are general English for not having been able to, falling short, having done something else or something
simpler, and having guessed. They are looked for sentence by sentence outside code, quotations and headings of commands;
what was wrong before and is mended is none (`MENDED`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["KINDS", "Admission", "admissions"]

_WE = r"\b(?:i|we)\b"
_NOT = r"(?:n[o']t|n’t)"
_DELIVERED = r"(?:complete|completed|done|finished|working|work|works|implemented|supported|functional|verified|tested)"

KINDS = {
    "could not": (
        rf"{_WE}(?:'ve|’ve| have| had)? ?(?:was|were|am|are|been|be)? ?(?:unable|not able) to\b",
        rf"{_WE} (?:could ?{_NOT}|cannot|can(?:'|’)?t|did {_NOT} manage to|failed to|ran out of)\b",
        r"\b(?:was|were) (?:unable|not able) to (?:find|complete|get|access|run|verify|test|download|fix|determine)\b",
        rf"\b(?:could ?{_NOT}|cannot|can['’]t) be (?:completed|verified|tested|done|found|determined|accessed)\b",
    ),
    "falls short": (
        r"\bfalls? short\b|\bfell short\b",
        r"\b(?:issue|problem|error|bug|failure)s? (?:is|are|remains?|still)\b.{0,20}\b(?:still|present|unresolved)\b",
        r"\bstill (?:present|fail(?:s|ing)?|broken|missing|unresolved|incomplete|does(?:n't| not))\b",
        rf"\bnot (?:yet |fully |completely |entirely )+{_DELIVERED}\b",
        r"\bpartial(?:ly)? (?:complete|completed|done|implemented|working|success|successful|results?|solution)\b",
        r"\b(?:is|are|was|were|remains?) incomplete\b|\bwas interrupted\b|\btimed out before\b",
        r"\b(?:does|do|did)(?:n't| not) (?:yet )?(?:meet|satisfy|reach|pass|achieve)\b",
        r"\bbest attempt\b|\battempted (?:multiple|several|various|many)\b",
    ),
    "something else": (
        (
            rf"\b(?:was|were|is|are)(?:{_NOT}| not) "
            r"(?:accessible|available|reachable|possible|provided|supported|found|installed)\b"
            r".{0,80}\b(?:instead|so (?:i|we)|alternative|fallback|workaround)\b"
        ),
        r"\binstead of the (?:requested|required|actual|real|specified)\b",
        rf"\b(?:this|it) is(?:{_NOT}| not) the (?:exact|actual|real)\b",
        r"\brepresentative (?:set|sample|example)\b",
        r"\b(?:mock|dummy|fake|synthetic|simulated) (?:data|implementation|results?)\b",
        r"\b(?:may|might|could) (?:slightly )?differ\b",
    ),
    "something simpler": (
        r"\b(?:is|are|heavily|somewhat|includes? a|uses? a|with a) (?:very |highly |heavily )?simplified\b",
        r"\bmakes? (?:some|several|a few|many) (?:approximations|simplifications)\b",
        r"\bwould (?:still )?need to be (?:\w+ed)\b",
        r"\b(?:you'd|you’d|you would) need (?:to|a more)\b",
        r"\bnot production[- ]ready\b",
    ),
    "guessed": (
        rf"{_WE} (?:interpreted|assumed|guessed)\b|\bclosest (?:match|approximation) to\b",
        r"\bbased on (?:my|the) assumptions?\b|\bbest guess\b",
    ),
}
"""Phrases by what they admit."""

MENDED = re.compile(
    r"\b(?:fixed|resolved|solved|corrected|no longer|now works?|root cause|caused by"
    r"|the (?:problem|issue|error) was)\b",
    re.IGNORECASE,
)

_COMPILED = {kind: re.compile("|".join(phrases), re.IGNORECASE) for kind, phrases in KINDS.items()}
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_SENTENCES = re.compile(r"(?<=[.!?:])\s+|\n+")
_LONGEST = 20_000


class Admission(NamedTuple):
    """A sentence that admits something."""

    kind: str
    """One of `KINDS`."""
    sentence: str


def admissions(text: str) -> list[Admission]:
    """Return the sentences of a message that admit something, in order."""
    plain = _CODE.sub("…", text[:_LONGEST])
    found = []
    for sentence in _SENTENCES.split(plain):
        if MENDED.search(sentence):
            continue
        kind = next((kind for kind, phrases in _COMPILED.items() if phrases.search(sentence)), None)
        if kind is not None:
            found.append(Admission(kind, sentence.strip(" -*#>•")))
    return found
