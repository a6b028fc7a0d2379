"""Takes secrets out of events before they reach the disk, and counts them by kind.

Most lines hold none. They are told by a look for what each pattern begins with (`redact_patterns`), over the encoded
line, all texts of it at once; keys by their names, which are remembered. Only an event that this look objects to is
gone through text by text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ..interrupts import from_signal_handler
from ..values import Keys, dump_line
from .guard import swallow
from .redact_patterns import GROUPS, Group, Pattern, is_always_secret, is_secret, may_be_secret

__all__ = ["Redact", "Redactor", "redactor_of"]

Redact: TypeAlias = "bool | Callable[[str], str] | Sequence[str | re.Pattern[str]]"
"""What `init(redact=…)` takes: whether to, a function that is given each text after that, or patterns beside ours."""

_MANY = 1000
"""Secrets of one kind from which on a text goes as a whole: it is a list of them, or made to keep us busy."""
_LONG = 4096
"""Bytes of a line from which on it is looked through by leaps,"""
_RARE = 1000
"""as long as so many lie between two anchors in the mean,"""
_OFTEN = 8
"""the first few left out."""
_SAID = ("name", "error", "agent", "task", "links", "source", "data")
"""What an event says in words of the host's. The rest says where it stands, and a reader needs that as it is."""
_ONE_TEXT = {"bytes": "base64", "str": "escaped", "opaque": "repr"}
"""Values that JSON cannot hold and are one text, and where that stands."""
_TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")


class _Search:
    """How one group of patterns is looked for.

    What only some lines need is compiled at the first one, for it takes milliseconds; perhaps by two threads at once,
    but without a lock that one of them might hold while another forks.
    """

    def __init__(self, group: Group) -> None:
        self.anchor = group.anchor
        self._byte = group.anchor.encode()
        self._gate = re.compile(group.gate.encode())
        self._is_before_gate = group.gate.startswith((group.anchor, re.escape(group.anchor)))
        self.gate = self._gate.search
        self._group = group
        self._hinted: Callable[[bytes, int], object] | None = None
        self._in_text: list[tuple[str, re.Pattern[str], str]] | None = None

    def finds(self, line: bytes) -> bool:
        """Whether there may be something in a line."""
        found = self._first(line) if self._byte in line else None
        return found is not None and self.hinted(line, found.start())

    def _first(self, line: bytes) -> re.Match[bytes] | None:
        """Return where the gate finds something first. An expression goes from byte to byte to the next anchor, `find`
        leaps: while anchors are rare, that is many times as quick.
        """
        if not self._is_before_gate:
            return self.gate(line)
        byte, match, enough = self._byte, self._gate.match, -_OFTEN * _RARE
        place = line.find(byte)
        while place >= enough and place >= 0:
            if found := match(line, place):
                return found
            place = line.find(byte, place + 1)
            enough += _RARE
        return None if place < 0 else self.gate(line, place)

    def hinted(self, line: bytes, start: int) -> bool:
        """Whether there may be something in a line, where the gate found something first."""
        if self._hinted is None:
            self._hinted = re.compile(self._group.hint.encode()).search
        return self._hinted(line, start) is not None

    @property
    def in_text(self) -> list[tuple[str, re.Pattern[str], str]]:
        """Kind, pattern and what stands in its place."""
        if self._in_text is None:
            self._in_text = [(one.kind, re.compile(one.whole), _instead(one)) for one in self._group.patterns]
        return self._in_text


class _HarmlessKeys(Keys):
    """Names of keys under which no secret stands, and which are none."""

    def special(self, key: str) -> bool:
        return super().special(key) or may_be_secret(key) or not _passes(key.encode("utf-8", "replace"))


class Redactor:
    """Redacts the events of one recorder. A `rewrite` or patterns of one's own cost a look at every single text."""

    def __init__(
        self, patterns: Sequence[str | re.Pattern[str]] = (), rewrite: Callable[[str], str] | None = None
    ) -> None:
        self.counts: Counter[str] = Counter()
        """How many secrets were taken out, by kind."""
        self.keys = _HarmlessKeys()
        self._own = [re.compile(pattern) for pattern in patterns]
        self._rewrite = rewrite
        self.calls_host = rewrite is not None
        self.passes: Callable[[bytes], bool] = _never if self._own or rewrite is not None else _passes
        """Whether a line surely holds no secret among its texts."""

    def revise(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return an event of plain JSON without its secrets; it is changed in place."""
        searches = _hinted(event)
        event.update({key: self._text(event[key], searches) for key in _SAID if isinstance(event.get(key), str)})
        nodes = [event[key] for key in _SAID if isinstance(event.get(key), dict | list)]
        fields = len(nodes)
        for place, node in enumerate(nodes):  # the list grows while it is walked
            if isinstance(node, dict):
                self._mapping(node, searches, place < fields)
            else:
                self._list(node, searches)
            nodes += [item for item in _items(node) if isinstance(item, dict | list)]
        return event

    def _mapping(self, node: dict[str, Any], searches: list[_Search], of_format: bool) -> None:
        """Revise a mapping; one whose keys are the format's keeps these as they are."""
        kind = node.get("$type")
        if kind == "dict":
            node["items"] = [[key, self._value(key, value, searches)] for key, value in node["items"]]
        elif kind == "bytes":
            node["base64"] = self._base64(node["base64"])
        else:
            items = [(key, self._value(key, value, searches)) for key, value in node.items()]
            node.clear()
            node.update(items if of_format else ((self._text(key, searches), value) for key, value in items))

    def _list(self, node: list[Any], searches: list[_Search]) -> None:
        """Revise a list; of two texts, as headers are given, the first may be the second's name."""
        if len(node) == 2 and isinstance(node[0], str) and isinstance(node[1], str):
            node[:] = [self._text(node[0], searches), self._value(node[0], node[1], searches)]
        else:
            node[:] = [self._text(item, searches) if isinstance(item, str) else item for item in node]

    def _value(self, key: Any, value: Any, searches: list[_Search]) -> Any:
        """Return what may stand under a key."""
        if not isinstance(key, str) or not may_be_secret(key):
            return self._text(value, searches) if isinstance(value, str) else value
        if isinstance(value, list):
            return [self._value(key, item, searches) for item in value]
        if isinstance(value, dict):
            return self._under(key, value, searches)
        if isinstance(value, bool) or value is None or not is_secret(key, str(value)):
            return self._text(value, searches) if isinstance(value, str) else value
        return self._mark("by_name")

    def _under(self, key: str, value: dict[str, Any], searches: list[_Search]) -> Any:
        """Return what may stand of a mapping under the name of a secret: below some names no text at all."""
        kind = value.get("$type")
        if kind in _ONE_TEXT:
            text = _bytes_as_text(value) if kind == "bytes" else str(value.get(_ONE_TEXT[kind], ""))
            return self._mark("by_name") if is_secret(key, text) else value
        if kind in {"tuple", "set"}:
            value["items"] = self._value(key, value["items"], searches)
        elif is_always_secret(key) and not _is_schema(value):
            if kind == "dict":
                value["items"] = [[name, self._value(key, item, searches)] for name, item in value["items"]]
            elif kind is None:
                value.update({name: self._value(key, item, searches) for name, item in value.items()})
        return value

    def _text(self, text: str, searches: list[_Search]) -> str:
        for search in searches:
            if search.anchor in text:
                for kind, pattern, instead in search.in_text:
                    text, count = pattern.subn(instead, text, _MANY)
                    if count:
                        self.counts[kind] += count
                    if count == _MANY:
                        return self._mark("many")
        for own in self._own:
            text, count = own.subn("[redacted:own]", text)
            self.counts["own"] += count
        return text if self._rewrite is None else self._rewritten(text, self._rewrite)

    def _rewritten(self, text: str, rewrite: Callable[[str], str]) -> str:
        """Return what the author's function makes of a text. What it fails on is not written."""
        try:
            rewritten = str(rewrite(text))
        except Exception as error:
            swallow(error)
            return self._mark("failed")
        if rewritten != text:
            self.counts["own"] += 1
        return rewritten

    def _base64(self, text: str) -> str:
        try:
            plain = base64.b64decode(text).decode("latin-1")
        except (binascii.Error, ValueError) as error:
            if from_signal_handler(error):
                raise
            return text
        clean = self._text(plain, _SEARCHES)
        return text if clean == plain else base64.b64encode(clean.encode("utf-8")).decode()

    def _mark(self, kind: str) -> str:
        self.counts[kind] += 1
        return f"[redacted:{kind}]"


def redactor_of(redact: Redact) -> Redactor | None:
    """Return what redacts as `init(redact=…)` says, or None when nothing is to be."""
    if isinstance(redact, bool):
        return Redactor() if redact else None
    return Redactor(rewrite=redact) if callable(redact) else Redactor(redact)


def _bytes_as_text(value: dict[str, Any]) -> str:
    try:
        return base64.b64decode(value["base64"]).decode("latin-1")
    except ValueError as error:
        if from_signal_handler(error):
            raise
        return str(value["base64"])


def _is_schema(value: dict[str, Any]) -> bool:
    """Whether a mapping says of what type a secret is, and not what it is."""
    names = [pair[0] for pair in value["items"]] if value.get("$type") == "dict" else value
    return value.get("type") in _TYPES or any(name in names for name in ("$ref", "anyOf", "oneOf", "allOf"))


def _items(node: Any) -> Any:
    return node.values() if isinstance(node, dict) else node


def _hinted(event: dict[str, Any]) -> list[_Search]:
    """Return the searches that may find something in one of an event's texts."""
    try:
        line = dump_line(event)
    except (TypeError, ValueError) as error:  # a name with lone surrogates
        if from_signal_handler(error):
            raise
        return _SEARCHES
    return [search for search in _SEARCHES if search.finds(line)]


def _never(_: bytes) -> bool:
    return False


def _passes(line: bytes) -> bool:
    if len(line) > _LONG:
        return not any(search.finds(line) for search in _SEARCHES)
    for byte, gate, search in _GATES:  # a generator would cost as much again
        if byte in line and (found := gate(line)) and search.hinted(line, found.start()):
            return False
    return True


def _instead(pattern: Pattern) -> str:
    kept = r"\g<keep>" if "(?P<keep>" in pattern.whole else ""
    return f"{kept}[redacted:{pattern.kind}]"


_SEARCHES = [_Search(group) for group in GROUPS]
_GATES = [(ord(search.anchor), search.gate, search) for search in _SEARCHES]
