"""The filter language: which events are wanted.

A query is read once and answers three ways, which agree: of one whole event (`Query.holds`), of the bytes of its line
(`Query.could_hold`), and of columns (`Query.mask`). `select` goes through a trace with all three.
"""

from __future__ import annotations

from .columns import Columns
from .facts import tokens_of
from .keys import KEYS, Key
from .nodes import EVERYTHING, NOTHING, Query, any_of, exactly, of_types
from .parser import parse_query
from .select import decided, select

__all__ = [
    "EVERYTHING",
    "KEYS",
    "NOTHING",
    "Columns",
    "Key",
    "Query",
    "any_of",
    "decided",
    "exactly",
    "of_types",
    "parse_query",
    "select",
    "tokens_of",
]
