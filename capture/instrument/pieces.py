"""Where a streamed answer may be cut into chunks: never inside what may turn out to be a secret.

Each chunk is redacted by itself, and of a token that is cut neither half is known as one.
"""

from __future__ import annotations

import re
import string

from ..wire import Delta

__all__ = ["held_back", "joined"]

_MOST = 4096
"""Characters that wait for their rest. A longer text without a space is no secret that a pattern finds."""
_AROUND = string.whitespace + "\"'\\[{("
_WORD = "".join(sign for sign in map(chr, range(33, 127)) if sign not in "\"'")
_LEADING = (":", "=", "earer", "asic", "oken", "word", "swd", "pwd", "cret", "key", "rization", "okie")
"""How a word ends that gives away the next one: a name, its sign, `Bearer`."""
_LEADERS = 3
_COOKIES = re.compile(r"[A-Za-z-]{0,40}okie[\"'\\]{0,15}+: {0,2}+[\"'\\]{0,15}+[^\r\n\"'\\]*+\Z", re.IGNORECASE)
"""A header with cookies goes on to the end of its line, or of its quotes."""


def joined(deltas: list[Delta]) -> list[Delta]:
    """Return neighbours of one kind, and of one tool call, as one."""
    joined: list[Delta] = []
    for delta in deltas:
        if joined and (joined[-1].kind, joined[-1].call_id) == (delta.kind, delta.call_id):
            joined[-1] = joined[-1]._replace(text=joined[-1].text + delta.text)
        else:
            joined.append(delta)
    return joined


def held_back(deltas: list[Delta], *, lines: bool = False) -> list[Delta]:
    """Take from the end what the next piece may go on with, and return it: the last line, if somebody has told what
    else is a secret, for nobody can tell how that begins.
    """
    if not deltas or not deltas[-1].text:
        return []
    last = deltas.pop()
    cut = _cut(last.text, last.text.rfind("\n") + 1 if lines else len(last.text))
    if cut > 0:
        deltas.append(last._replace(text=last.text[:cut]))
    return [last._replace(text=last.text[cut:])] if cut < len(last.text) else []


def _cut(text: str, end: int) -> int:
    """Return where the last word before `end` begins, with the words before it that give it away. A private key is one
    word, and so are cookies.
    """
    cut = len(text[:end].rstrip(_WORD))
    for _ in range(_LEADERS):
        before = text[:cut].rstrip(_AROUND)
        if not before[-8:].lower().endswith(_LEADING):
            break
        cut = len(before.rstrip(":=").rstrip(_AROUND).rstrip(_WORD))
    if cookies := _COOKIES.search(text, max(0, cut - _MOST), cut):
        cut = cookies.start()
    key = text.rfind("-----BEGIN ")
    if key >= 0 and text.count("-----", key, cut) < 4:  # around BEGIN, and around END
        cut = min(cut, key)
    return cut if len(text) - cut <= _MOST else len(text)
