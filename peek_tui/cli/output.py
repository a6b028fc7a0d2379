"""Everything a command writes: data to stdout, narration to stderr, and the code it exits with."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Any, BinaryIO, NoReturn, ParamSpec

import orjson

from peek_tui.errors import InputError, PeekError, UsageError
from peek_tui.render.text import clean, escape_json

__all__ = ["Exit", "close_quietly", "data_stream", "ending", "fail", "note", "print_json", "print_line"]

P = ParamSpec("P")


class Exit(IntEnum):
    """How a command ends."""

    OK = 0
    NO = 1
    """The answer is no."""
    USAGE = 2
    UNREADABLE = 3
    INTERRUPTED = 130


def print_line(text: str) -> None:
    """Write a line of data for people, safe for their terminal."""
    sys.stdout.write(f"{clean(text)}\n")


def print_json(value: Any) -> None:
    """Write a line of data for programs; still safe for a terminal."""
    sys.stdout.write(f"{escape_json(_encode(value))}\n")


def data_stream() -> BinaryIO:
    """Return where a command writes data that is no text of ours: stdout, unless that is a terminal.

    Raises `UsageError` for a terminal, which would obey it.
    """
    if sys.stdout.isatty():
        raise UsageError("this is data for a program or a file, not for a terminal; give -o FILE or a pipe")
    return sys.stdout.buffer


def note(text: str) -> None:
    """Write a line of narration."""
    sys.stdout.flush()
    sys.stderr.write(f"{_clean_lines(text)}\n")


def fail(message: str, code: Exit) -> NoReturn:
    """End the command with one sentence about what was wrong."""
    note(f"peek: {message}")
    raise SystemExit(code)


def close_quietly() -> None:
    """The reader of our output is gone: say nothing of it, now or when the interpreter flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _encode(value: Any) -> str:
    try:
        return orjson.dumps(value).decode()
    except (TypeError, ValueError):  # what only the generous parser could read: huge numbers, lone surrogates, depth
        return "".join(_pieces(value))


class _Ready(str):
    """Text that is JSON already."""

    __slots__ = ()


def _pieces(value: Any) -> Iterator[str]:
    """Yield a value as JSON, piece by piece and without recursion: it may be as deep as the parser allows."""
    import json

    rest = [value]
    while rest:
        part = rest.pop()
        if isinstance(part, _Ready):
            yield part
        elif isinstance(part, dict) and part:
            signs = ["{", *[","] * (len(part) - 1)]
            pairs = zip(signs, part.items(), strict=True)
            opened = [piece for sign, (key, item) in pairs for piece in (_Ready(f"{sign}{json.dumps(key)}:"), item)]
            rest += reversed([*opened, _Ready("}")])
        elif isinstance(part, list) and part:
            signs = ["[", *[","] * (len(part) - 1)]
            opened = [piece for sign, item in zip(signs, part, strict=True) for piece in (_Ready(sign), item)]
            rest += reversed([*opened, _Ready("]")])
        else:
            yield json.dumps(part)


def _clean_lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))


def ending(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command end as CLI.md says, whatever it raises."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            close_quietly()
        except KeyboardInterrupt:
            raise SystemExit(Exit.INTERRUPTED) from None
        except PeekError as error:
            fail(str(error), Exit.UNREADABLE if isinstance(error, InputError) else Exit.USAGE)

    return run
