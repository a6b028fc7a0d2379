"""Texts that are code: in which language they are written, and what the pieces of a line are.

Every line is looked at by itself, when it is drawn: to colour a page costs no more than to draw it, however long the
text is. (Pygments takes 0.1 s to begin with Python and 0.5 ms for each line of it.)
"""

from __future__ import annotations

import keyword
import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from operator import attrgetter
from typing import NamedTuple

__all__ = ["Code", "Token", "language_of", "lines_in_prose", "lines_of"]

_LONGEST = 10_000
"""Characters of a line up to which it is looked at; a longer one stays plain."""
_LOOKED_AT = 2_000
"""Characters of a text by which its language is told."""
_CACHED = 512

_DOUBLE, _SINGLE = r'"[^"\\]*(?:\\.[^"\\]*)*"?', r"'[^'\\]*(?:\\.[^'\\]*)*'?"
_NUMBER = r"(?P<number>\b\d[\w.]*)"
_SHELL_WORDS = "if then elif else fi for while until do done case esac in function return export local set exit"

_LANGUAGES = {
    "json": rf"(?P<name>{_DOUBLE}(?=\s*:))|(?P<string>{_DOUBLE})|(?P<keyword>\b(?:true|false|null)\b)|{_NUMBER}",
    "python": rf"(?P<comment>#.*)|(?P<string>(?:\b[rRbBfFuU]{{1,2}})?(?:\"\"\".*?(?:\"\"\"|$)|'''.*?(?:'''|$)"
    rf"|{_DOUBLE}|{_SINGLE}))|(?P<name>(?<=\bdef )\w+|(?<=\bclass )\w+|(?<!\w)@[\w.]+)"
    rf"|(?P<keyword>\b(?:{'|'.join(keyword.kwlist)})\b)|{_NUMBER}",
    "shell": rf"(?P<comment>(?<!\S)#.*)|(?P<string>{_DOUBLE}|'[^']*'?)|(?P<name>\$(?:\w+|\{{[^}}]{{0,60}}\}}|[@*#?$!])"
    rf"|(?<!\S)--?\w[\w-]*)|(?P<keyword>\b(?:{'|'.join(_SHELL_WORDS.split())})\b(?!-)|[|&;<>]+)",
    "diff": r"(?P<comment>^(?:diff |index |--- |\+\+\+ |@@ ).*)|(?P<added>^\+.*)|(?P<removed>^-.*)",
    "quoted": r"(?P<string>.+)",  # inside of a Python text of many lines
}

_BY_KEY = {"command": "shell", "cmd": "shell", "script": "shell", "patch": "diff", "diff": "diff", "code": "python"}
_BY_FENCE = {"py": "python", "python3": "python", "bash": "shell", "sh": "shell", "console": "shell", "zsh": "shell"}
_BEGINS = {
    "json": re.compile(r"\s*(?:\{\s*(?:\"|\}\s*\Z)|\[\s*(?:[\"{\[\]]|-?\d|true\b|false\b|null\b))"),
    "shell": re.compile(r"#!.*sh\b"),
}
_HAS_LINE = {
    "diff": re.compile(r"^(?:diff --git |@@ -\d|--- .*\n\+\+\+ )", re.MULTILINE),
    "python": re.compile(
        r"^(?:#!.*python|(?:async )?def \w+\(|class \w+\b.*:$|import [\w.]+$|from [\w.]+ import )", re.MULTILINE
    ),
}
_FENCE = "```"


class Token(NamedTuple):
    """A piece of a line: `name`, `string`, `number`, `keyword`, `comment`, `added` or `removed`."""

    first: int
    end: int
    kind: str


class Code(NamedTuple):
    """A line of code, or the part of it that stands on a line of the screen."""

    language: str
    line: str
    """The whole line, as it is shown: what a piece of it is depends on what stands before."""
    start: int = 0

    def tokens(self, length: int) -> Iterator[Token]:
        """Yield what can be told of so many characters of the line, counted from where the part begins."""
        tokens = _tokens(self.language, self.line)
        for at in range(bisect_right(tokens, self.start, key=attrgetter("end")), len(tokens)):
            first, end, kind = tokens[at]
            if first >= self.start + length:
                return
            yield Token(max(0, first - self.start), min(length, end - self.start), kind)


def language_of(key: str, text: str) -> str:
    """Return the language of a text with this key, told by its looks or by the key; `""` for prose."""
    head = text[:_LOOKED_AT]
    found = [language for language, beginning in _BEGINS.items() if beginning.match(head)]
    if "\n" in head:
        found += [language for language, line in _HAS_LINE.items() if line.search(head)]
    return found[0] if found else _BY_KEY.get(key, "")


def lines_of(text: str, language: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a text, each with its language."""
    inside = False
    for line in text.rstrip("\n").split("\n"):
        if language != "python":
            yield line, language
            continue
        turns = (line.count('"""') + line.count("'''")) % 2 == 1
        yield line, "quoted" if inside and not turns else language
        inside ^= turns


def lines_in_prose(text: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of what somebody says, each with its language: that of the block of code it is in."""
    if language_of("", text) == "json":
        yield from lines_of(text, "json")
        return
    language = ""
    inside = False
    for line in text.rstrip("\n").split("\n"):
        if line.lstrip().startswith(_FENCE):
            inside = not inside
            language = _named(line) if inside else ""
            yield line, ""
        else:
            yield line, language


def _named(fence: str) -> str:
    """Return the language that the line before a block of code names; `""` for one that is not known here."""
    word = fence.strip(" `~").lower()
    language = _BY_FENCE.get(word, word)
    return language if language in _LANGUAGES else ""


@cache
def _pattern(language: str) -> re.Pattern[str]:
    return re.compile(_LANGUAGES[language])  # when it is needed: all of them would delay the first screen by 5 ms


@lru_cache(_CACHED)
def _tokens(language: str, line: str) -> tuple[Token, ...]:
    if len(line) > _LONGEST:
        return ()
    found = _pattern(language).finditer(line)
    return tuple(
        Token(match.start(), match.end(), match.lastgroup or "") for match in found if match.end() > match.start()
    )
