"""Python values as JSON and back, without silent loss.

JSON cannot hold tuples, sets, bytes, datetimes, NaN, keys that are no strings, integers beyond 64 bits or lone
surrogates, and the fast encoders turn some of them into something else without a word. Here each becomes an object
whose first key is `$type`, and everything else becomes `{"$type":"opaque","class":…,"repr":…}`, so writing a value
never raises.

Most values are plain JSON already. They take the short way: one look over the containers, one call of the encoder.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from math import isfinite
from typing import Any

from .interrupts import from_signal_handler

try:
    import orjson
except ImportError:  # the library must work beside a host that has nothing but the standard library
    _dumps: Callable[[Any, None, int], bytes] | None = None
    _NEWLINE = 0
    _loads: Callable[[bytes], Any] = json.loads
else:
    _dumps = orjson.dumps
    _NEWLINE = orjson.OPT_APPEND_NEWLINE
    _loads = orjson.loads

__all__ = ["JSON_KEYS", "KEYS", "Keys", "copy_plain", "dump_line", "is_plain", "load_json", "restore"]

MAX_DEPTH = 200
"""Levels of JSON below which containers are written as opaque; orjson itself stops at 254."""
MAX_NODES = 200_000
"""Containers looked at before a value is taken for one that shares or contains itself without end."""
MAX_KEYS = 10_000
"""Names of keys that are remembered; a program may make up new ones for ever."""
MAX_KEY = 100
"""Characters of one that is."""
MAX_REPR = 10_000
"""Characters of a foreign `repr` that are kept."""

_TOO_DEEP = "<too deep or too many>"
_MIN_INT, _MAX_INT = -(2**63), 2**64 - 1
_BEYOND = 2.0**63
_ESCAPED = re.compile(r"\\(?:\\|u([0-9a-f]{4}))")


def copy_plain(value: Any) -> Any:
    """Return a copy of `value` in plain JSON, with a `$type` object for everything JSON cannot hold. Never raises."""
    return _Careful().copy(value)


def load_json(text: bytes) -> Any:
    """Parse JSON as generously as the format allows: what the fast parser refuses goes to `json`.

    Raises ValueError (bad UTF-8 included) or RecursionError when neither can read it.
    """
    try:
        value = _loads(text)
        if not _perhaps_rounded(value):
            return value
    except ValueError:
        pass
    return json.loads(text.decode("utf-8"), strict=False, parse_int=_integer)


def restore(value: Any) -> Any:
    """Turn the `$type` objects in a parsed payload back into the Python values they stand for, opaque ones excepted.

    A set comes back frozen, so that it can be an item or a key again. A foreign value nested too deep to be walked is
    returned as it is.
    """
    try:
        return _restore(value)
    except RecursionError:
        return value


def _restore(value: Any) -> Any:
    if isinstance(value, list):
        return [_restore(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("$type")
    reader = _RESTORE.get(kind) if isinstance(kind, str) else None
    if reader is None:
        return {key: _restore(item) for key, item in value.items()}
    try:
        return reader(value)
    except (KeyError, TypeError, ValueError):
        return value  # somebody else's object that happens to look like one of ours


class Keys:
    """Names of keys that were looked at and are written as they are, so that of a dict like others nothing else is
    asked.
    """

    def __init__(self) -> None:
        self.known: set[object] = set()

    def special(self, key: str) -> bool:
        """Whether a key, or what stands under it, needs care."""
        return key.startswith("$")  # as ours do

    def learn(self, keys: Iterable[object]) -> bool:
        """Look at keys that are not all known; return whether all may be written as they are."""
        for key in keys:
            if key not in self.known:
                if type(key) is not str or self.special(key):
                    return False
                if len(self.known) < MAX_KEYS and len(key) <= MAX_KEY:
                    self.known.add(key)
        return True


class _JsonKeys(Keys):
    def special(self, key: str) -> bool:
        return False


KEYS = Keys()
"""For whoever has nothing against any name."""
JSON_KEYS = _JsonKeys()
"""For what is only compared, or is no value of the host's but a foreign record: there a `$` means nothing of ours."""


def is_plain(value: dict[str, Any] | list[Any], keys: Keys = KEYS) -> bool:
    """Whether every container, number and key in `value` is one the encoder writes as it is.

    Strings that cannot be encoded are the encoder's to refuse. The list grows while it is walked, so neither depth nor
    a cycle costs stack; a cycle ends at the bound.
    """
    known = keys.known
    containers: list[Any] = [value]
    for node in containers:
        items = node
        if type(node) is dict:
            if not known.issuperset(node) and not keys.learn(node):
                return False
            items = node.values()
        for item in items:
            kind = type(item)
            if kind is str:  # the most frequent first: this loop is most of what a large payload costs us
                continue
            if kind is dict or kind is list:
                containers.append(item)
            elif kind is float:
                if not isfinite(item):
                    return False
            elif kind is not int and kind is not bool and item is not None:
                return False
        if len(containers) > MAX_NODES:
            return False
    return _dumps is not None or all(map(_suits_json, containers))


def _perhaps_rounded(value: Any) -> bool:
    """Whether a number may have been an integer beyond 64 bits, which orjson rounds to a float without a word.

    A look at what was parsed costs a fraction of a look at the text: in 100 KB of it a pattern takes milliseconds.
    """
    containers: list[Any] = [[value]]
    for node in containers:
        for item in node.values() if type(node) is dict else node:
            kind = type(item)
            if kind is dict or kind is list:
                containers.append(item)
            elif kind is float and not -_BEYOND < item < _BEYOND:
                return True
    return False


def _suits_json(node: dict[Any, Any] | list[Any]) -> bool:
    """Whether the standard library's encoder takes integers as orjson does, which refuses long ones otherwise."""
    items = node.values() if type(node) is dict else node
    return all(_MIN_INT <= item <= _MAX_INT for item in items if type(item) is int)


def dump_line(value: Any) -> bytes:
    """Encode plain JSON as a line of UTF-8. Raises TypeError, ValueError or RecursionError for what is not."""
    if _dumps is not None:
        return _dumps(value, None, _NEWLINE)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


class _Careful:
    """One careful copy of a value into plain JSON, bounded in depth and in size."""

    def __init__(self) -> None:
        self._path: set[int] = set()
        self._depth = 0
        self._left = MAX_NODES

    def copy(self, value: Any) -> Any:
        try:
            if value is None or isinstance(value, bool):
                return value
            if isinstance(value, str):
                return _text(value)
            if isinstance(value, int):
                return int(value) if _MIN_INT <= value <= _MAX_INT else {"$type": "int", "value": _digits(value)}
            if isinstance(value, float):
                return float(value) if isfinite(value) else {"$type": "float", "value": str(float(value))}
            if isinstance(value, bytes | bytearray | memoryview):
                return {"$type": "bytes", "base64": base64.b64encode(bytes(value)).decode()}
            if isinstance(value, datetime):
                return {"$type": "datetime", "value": value.isoformat()}
            if isinstance(value, dict | list | tuple | set | frozenset):
                return self._container(value)
            return _opaque(value, _text(repr(value)[:MAX_REPR]))
        except RecursionError:
            return _opaque(value, _TOO_DEEP)
        except Exception as error:  # a value whose own methods raise must not cost the event
            if from_signal_handler(error):
                raise
            return _opaque(value, "<unreadable>")

    def _container(self, value: Any) -> Any:
        self._left -= 1
        if id(value) in self._path:
            return _opaque(value, "<contains itself>")
        if self._depth >= MAX_DEPTH or self._left < 0:
            return _opaque(value, _TOO_DEEP)
        depth = self._depth
        self._path.add(id(value))
        try:
            if isinstance(value, dict):
                return self._mapping(list(value.items()))
            if isinstance(value, list):
                return self._items(value, 1)
            return {"$type": "tuple" if isinstance(value, tuple) else "set", "items": self._items(value, 2)}
        finally:
            self._path.discard(id(value))
            self._depth = depth

    def _items(self, values: Any, levels: int) -> list[Any]:
        self._depth += levels
        copies = []
        for item in list(values):  # a comprehension would cost each level one more frame of the host's stack
            copies.append(self.copy(item))  # noqa: PERF401
        return copies

    def _mapping(self, items: list[tuple[Any, Any]]) -> Any:
        if not all(isinstance(key, str) and not key.startswith("$") and _text(key) == key for key, _ in items):
            self._depth += 3
            pairs = []
            for key, item in items:
                pairs.append([self.copy(key), self.copy(item)])
            return {"$type": "dict", "items": pairs}
        self._depth += 1
        copies = {}
        for key, item in items:
            copies[_text(key)] = self.copy(item)
        return copies


def _text(text: str) -> Any:
    """Return `text` as a plain string, or escaped and marked when it holds lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        escaped = text.replace("\\", "\\\\").encode("utf-8", "backslashreplace").decode()
        return {"$type": "str", "escaped": escaped}
    return str.__str__(text)  # of a subclass, such as an enum of words, the text and not what it would print


def _integer(digits: str) -> Any:
    """Read an integer of any length; one beyond the interpreter's limit of digits stays the text it is."""
    try:
        return int(digits)
    except ValueError:
        return {"$type": "int", "value": digits}


def _digits(number: int) -> str:
    try:
        return str(number)
    except ValueError:  # beyond the interpreter's limit of digits (sys.set_int_max_str_digits)
        return hex(number)


def _opaque(value: Any, text: Any) -> dict[str, Any]:
    try:
        name = f"{type(value).__module__}.{type(value).__qualname__}"
    except Exception as error:  # a metaclass may say anything
        if from_signal_handler(error):
            raise
        name = "<unreadable>"
    return {"$type": "opaque", "class": name, "repr": text}


def _unescape(match: re.Match[str]) -> str:
    code = match.group(1)
    return chr(int(code, 16)) if code else "\\"


_RESTORE: dict[str, Callable[[dict[str, Any]], Any]] = {
    "bytes": lambda v: base64.b64decode(v["base64"], validate=True),
    "tuple": lambda v: tuple(_restore(item) for item in v["items"]),
    "set": lambda v: frozenset(_restore(item) for item in v["items"]),
    "dict": lambda v: {_restore(key): _restore(item) for key, item in v["items"]},
    "datetime": lambda v: datetime.fromisoformat(v["value"]),
    "int": lambda v: int(v["value"], 0),
    "float": lambda v: float(v["value"]),
    "str": lambda v: _ESCAPED.sub(_unescape, v["escaped"]),
}
