"""Regular expressions somebody typed: compiled, and which plain words whatever matches must hold."""

from __future__ import annotations

import re
import warnings

from peek_tui.errors import UsageError

__all__ = ["compiled", "is_plain", "required_words"]

_PLAIN = re.compile(r"[^\\.^$*+?{}\[\]()|]*+")

_PART = re.compile(
    r"""
    (?P<letter> [\w\ -] (?! [*?{]) )            # must be there, unless it may be repeated no times
    | (?P<or> \| )
    | \\ [^\w]  |  \\ [dDwWsSbBAZ]              # the other escapes take letters with them
    | \[ \^?  \]?  (?: \\. | [^\]\\] )*+  \]
    | \{ [^}]* \}
    | [^\\\[(]                                  # no group: it may be repeated no times too, or be an option
    """,
    re.ASCII | re.DOTALL | re.VERBOSE,
)


def is_plain(pattern: str) -> bool:
    """Return whether a pattern matches itself and nothing else."""
    return _PLAIN.fullmatch(pattern) is not None


def compiled(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    """Return a pattern of Python's `re`. Raises `UsageError` that points at what is wrong with it."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of what a later Python may read differently
            return re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    except re.error as error:
        place = error.pos or 0
        message = f"not a regular expression: {error.msg} (column {place + 1})"
        raise UsageError(f"{message}\n  {pattern}\n  {' ' * place}^") from None
    except (OverflowError, RecursionError) as error:
        raise UsageError(f"not a regular expression: {error}") from None


def required_words(pattern: str) -> list[str]:
    """Return words in ASCII of which any text that matches holds one; none when that is not easily seen.

    It is seen when the pattern has no groups and no escapes that take letters with them: then every alternative gives
    its longest word.
    """
    alternatives, end = [[""]], 0
    while match := _PART.match(pattern, end):
        end = match.end()
        if match["or"]:
            alternatives.append([""])
        elif match["letter"]:
            alternatives[-1][-1] += match["letter"]
        else:
            alternatives[-1].append("")
    words = [max(words, key=len) for words in alternatives]
    return words if end == len(pattern) and all(words) else []
