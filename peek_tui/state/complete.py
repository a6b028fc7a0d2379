"""What the end of a filter may become: keys of the language, and the types, names and agents that the trace has."""

from __future__ import annotations

import re
from collections.abc import Iterable

from peek_tui.errors import UsageError
from peek_tui.trace.query import KEYS, parse_query
from peek_tui.trace.query.keys import Kind
from peek_tui.trace.store import Snapshot

from .prompt import Completion

__all__ = ["Mistake", "complete_filter", "mistake_in"]

_SIGNS = {Kind.NUMBER: ">", Kind.TIME: ">", Kind.FLAG: "", Kind.PATH: "."}
_LAST = re.compile(r"-?(?P<term>(?:[^\s()\"']|\"[^\"]*(?:\"|$)|'[^']*(?:'|$))*)$")
_PLAIN = re.compile(r"[^\s()\"',:<>=*\\-][^\s()\"',*\\]*")
"""A word that needs no quotes."""
_MOST = 40
"""Completions that are offered at the most."""

Mistake = tuple[int, str]
"""The column of what is wrong, from 0, and what is wrong."""


def complete_filter(text: str, snapshot: Snapshot) -> Completion:
    """Return what the last term of a query may become."""
    match = _LAST.search(text)
    assert match is not None  # an empty term is one
    term, start = match["term"], match.start("term")
    key, sign, value = term.partition(":")
    if not sign:
        return Completion(start, [word for word in _keys() if word.startswith(term) and word != term])
    start += len(term) - len(value) + value.rfind(",") + 1
    begun = text[start:].strip("\"'")
    found = [word for word in _values(key, snapshot) if word.startswith(begun) and word]
    return Completion(start, [_quoted(word) for word in found[:_MOST]])


def mistake_in(text: str) -> Mistake | None:
    """Return what is wrong with a query, if anything is."""
    try:
        parse_query(text)
    except UsageError as error:
        message = re.match(r"(?P<words>.*) \(column (?P<column>\d+)\)", str(error))
        return (0, str(error)) if message is None else (int(message["column"]) - 1, message["words"])
    return None


def _keys() -> list[str]:
    return [key.name + _SIGNS.get(key.kind, ":") for key in KEYS.values()]


def _values(key: str, snapshot: Snapshot) -> Iterable[str]:
    if key == "type":
        return (type for type, _ in snapshot.types().most_common())
    if key in ("name", "agent", "session"):
        return sorted(snapshot.words(key))
    return ()


def _quoted(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    return '"' + re.sub(r'(["\\*])', r"\\\1", word) + '"'
