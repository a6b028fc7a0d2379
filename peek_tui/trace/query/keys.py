"""The keys of the filter language: what the parser knows, and what help and completion tell."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from enum import Enum
from typing import NamedTuple

from .measure import Measure, read_count, read_duration, read_money, read_number

__all__ = ["KEYS", "Key", "Kind", "nearest_key"]


class Kind(Enum):
    """How a key is used."""

    FLAG = "alone"
    WORD = "with words"
    NUMBER = "with a number, and signs"
    TIME = "with a moment, and signs"
    PATH = "followed by a path, with words, or signs and a number"
    TEXT = "with texts"


class Key(NamedTuple):
    """One key."""

    name: str
    kind: Kind
    example: str
    """A whole term."""
    meaning: str
    """One line."""
    read: Callable[[str], Measure | None] = read_number
    """Reads a value, of `Kind.NUMBER` only."""


KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        Key("type", Kind.WORD, "type:tool_*,error", "the kind of event"),
        Key("name", Kind.WORD, "name:search", "the tool, model, agent or policy"),
        Key("agent", Kind.WORD, "agent:planner", "which agent, in a run of several; agent:* has one"),
        Key("session", Kind.WORD, "session:0af76519", "which run, in a trace of several: its id or how that begins"),
        Key("error", Kind.FLAG, "error", "it failed"),
        Key("dur", Kind.NUMBER, "dur>2s", "how long it took: ns us ms s m h, 1m30s; without a unit ms", read_duration),
        Key("tokens", Kind.NUMBER, "tokens>1k", "tokens in and out together, perhaps in k or M", read_count),
        Key("cost", Kind.NUMBER, "cost>0.01", "dollars", read_money),
        Key("importance", Kind.NUMBER, "importance>0.8", "0 to 1: what its author said, else by rules"),
        Key("conf", Kind.NUMBER, "conf<0.4", "how sure the agent was of a decision, 0 to 1"),
        Key("ts", Kind.TIME, "ts>10:15:00", "when: on the first day, 2025-11-20, 2025-11-20T10:15Z; local without Z"),
        Key("row", Kind.NUMBER, "row>100", "its place in the run, from 0"),
        Key("data", Kind.PATH, "data.arguments.q:Paris", "what is at a path into the payload; of a list, any element"),
        Key("text", Kind.TEXT, 'text:"refund policy"', "a text anywhere in it; so does the text alone"),
    )
}
"""Every key, in the order in which help shows them."""


def nearest_key(key: str) -> str | None:
    """Return the key that somebody may have meant by an unknown one."""
    word = key.lower()
    begun = (known for known in KEYS if len(word) > 1 and (word.startswith(known) or known.startswith(word)))
    return next(begun, None) or next(iter(get_close_matches(word, KEYS, 1)), None)
