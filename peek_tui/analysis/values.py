"""What can be read out of the texts of a run without knowing its format: values, words, and how things are said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = [
    "ASSUMES",
    "amounts",
    "content_words",
    "differ",
    "overlap",
    "specific_values",
    "text_of",
    "values",
    "word_of",
]

MOST_TEXT = 20_000
"""Characters of one event that are looked at: a page that was fetched says in its beginning what it is."""

_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d[\d,]*(?:\.\d+)?(?![\w])")
_SURE = re.compile(
    r"\b(?:confidence|certainty)(?:[ _]?(?:score|level))?\W{1,4}(?:(?:is|of|at|about)\W{1,3})?\d[\d.]*"
    r"|(?<![\w.])\d[\d.]*\W{0,3}(?:confident|certain|sure)\b",
    re.IGNORECASE,
)
"""How sure somebody says to be of what is said: a number about it, and none that it speaks of."""
_NAME = re.compile(r"(?<![\w.])(?:[A-Z][\w'’-]+)(?:[ ](?:(?:of|the|de|van|von|and|&)[ ])?[A-Z][\w'’-]+)*")
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{3,60})[\"”]")
_MONEY = re.compile(
    r"(?P<before>[$€£¥]|\b(?:USD|EUR|GBP|JPY|PLN|CHF|CAD|AUD|INR|CNY|SEK))\s?(?P<a>\d[\d,]*(?:\.\d+)?)"
    r"|(?<![\d.,])(?P<b>\d[\d,]*(?:\.\d+)?)\s?(?P<after>€|£|USD|EUR|GBP|JPY|PLN|zł|CHF|CAD|AUD|INR|CNY|SEK)(?!\w)"
)
_CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "zł": "PLN"}
_DASHED = re.compile(r"\b[A-Za-z][\w-]*")
_ID_LENGTHS = range(4, 42)
_TOKEN = re.compile(r"[A-Za-z0-9_/][\w@./:#-]*\w")
_PLAIN_NUMBER = re.compile(r"\d[\d.,:-]*")
_LONG_NUMBER = 3
"""Digits from which on a number is not in a text by chance."""
_MIXED = 20
"""What a word with digits and letters counts more than its length."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_'-]{2,}")
_STOP = frozenset(
    """
    about after all also and any are based been before being between both but can code could did does done each
    ensure execute first following for from general given had has have her here him his how information into
    it's its let let's may might more most must need next not now once one only onto other our out over per plan
    please provide provided result results run same she should solve some step steps such task than that the
    their them then there these they this those two use used using via was were what when where which who whom
    why will with would you your
    """.split()  # noqa: SIM905  a hundred words are easier to read as a text
)
"""Words that do not say what a text is about."""


def text_of(value: Any, limit: int = MOST_TEXT) -> str:
    """Return the texts in a payload's value, in their order, up to so many characters."""
    if isinstance(value, str):
        return value[:limit]
    pieces: list[str] = []
    rest = [value]
    room = limit
    while rest and room > 0:
        part = rest.pop()
        if isinstance(part, str):
            pieces.append(part[:room])
            room -= len(part) + 1
        elif isinstance(part, Mapping):
            block = isinstance(part.get("type"), str)
            rest += [part[key] for key in reversed(list(part)) if not (block and key in _NOT_TEXT)]
        elif isinstance(part, list | tuple):
            rest += reversed(part)
        elif isinstance(part, int | float):
            pieces.append(word_of(part))
    return "\n".join(pieces)


_NOT_TEXT = frozenset({"type", "id", "signature", "tool_use_id", "cache_control"})
"""Keys of a block of a message that say nothing to its reader."""


def word_of(value: Any) -> str:
    """Return a payload's value as a word: nothing for what is no text, number or truth value, however deep it goes."""
    if isinstance(value, str):
        return value
    try:
        return str(value) if isinstance(value, int | float) else ""
    except ValueError:  # more digits than Python writes
        return ""


def differ(one: Any, other: Any) -> bool:
    """Whether two values of payloads are different; of those that go too deep to be compared nothing is claimed."""
    try:
        return bool(one != other)
    except RecursionError:
        return False


def values(text: str) -> set[str]:
    """Return the numbers, ids and names a text speaks of, in one spelling each."""
    found = {_number(match) for match in _NUMBER.findall(_SURE.sub(" ", text))}
    for match in _NAME.finditer(text):
        name = match[0]
        if " " in name or not _begins_sentence(text, match.start()):
            found.add(name.lower())
    found.update(quoted.lower() for quoted in _QUOTED.findall(text))
    found.update(id.lower() for id in _ids(text))
    return {value for value in found if len(value) > 1}


def _ids(text: str) -> Iterator[str]:
    """Yield the words with letters and digits."""
    for word in _DASHED.findall(text):
        id = word.rstrip("-")
        if len(id) in _ID_LENGTHS and any(map(str.isdecimal, id)):
            yield id


def specific_values(text: str) -> list[str]:
    """Return the values in a text that hardly stand anywhere by chance, as they are written, the most specific first.

    These are words with digits and letters such as ids and paths, addresses, long numbers, and what stands in quotes.
    """
    found: dict[str, int] = {}
    for match in _TOKEN.finditer(text):
        word = match[0]
        digits = any(map(str.isdigit, word))
        mixed = digits and not _PLAIN_NUMBER.fullmatch(word)
        if mixed or "@" in word or (digits and sum(map(str.isdigit, word)) >= _LONG_NUMBER):
            found.setdefault(word, len(word) + (_MIXED if mixed or "@" in word else 0))
    for match in _QUOTED.finditer(text):
        found.setdefault(match[1], len(match[1]))
    return sorted(found, key=lambda word: -found[word])


def amounts(text: str) -> dict[str, set[str]]:
    """Return the amounts of money in a text: each number with the currencies it stands in."""
    found: dict[str, set[str]] = {}
    for match in _MONEY.finditer(text):
        unit = match["before"] or match["after"]
        found.setdefault(_number(match["a"] or match["b"]), set()).add(_CURRENCIES.get(unit, unit))
    return found


def _number(text: str) -> str:
    plain = text.strip("$€£").replace(",", "")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _begins_sentence(text: str, at: int) -> bool:
    before = text[max(0, at - 3) : at].rstrip(" *#_`\"'(-")
    return not before or before[-1] in ".!?:\n"


def content_words(text: str) -> set[str]:
    """Return the words that say what a text is about."""
    return {word for word in map(str.lower, _WORD.findall(text)) if word not in _STOP}


def overlap(part: set[str], whole: set[str]) -> float:
    """Return which share of `part` is in `whole`; 1 when there is nothing to share."""
    return len(part & whole) / len(part) if part else 1.0


ASSUMES = re.compile(
    r"\b(?:assum(?:e|es|ed|ing|ptions?)|hypothetical(?:ly)?|sample (?:data|dataset|file|input|text|code)|mock(?:ed)?"
    r"|simulat(?:e|ed|es|ing|ion)|placeholder|dummy|for (?:demonstration|illustration|example|simplicity)|let'?s say"
    r"|suppose|imagine|fictional|example data|made[- ]up|pretend|approximat(?:e|ely|ion)|roughly|estimate[ds]?"
    r"|typically|generally|usually|likely|probably|presum(?:e|ed|ably)|i (?:believe|think|recall)|general knowledge"
    r"|should be|might be|your[-_ ](?:api[-_ ]key|file|path|url|video)|path/to|replace (?:this|with|the))\b",
    re.IGNORECASE,
)
"""Words with which a text goes beyond what is known."""
