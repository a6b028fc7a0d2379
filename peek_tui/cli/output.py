"""Everything a command writes: data to stdout, narration to stderr, and the code it exits with."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Any, NoReturn, ParamSpec

import orjson

from peek_tui.errors import InputError, PeekError
from peek_tui.render.text import clean, escape_json

__all__ = ["Exit", "close_quietly", "ending", "fail", "note", "print_json", "print_line"]

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
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
    except (TypeError, ValueError):  # what only the generous parser could read: huge numbers, lone surrogates
        import json

        return json.dumps(value)


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
