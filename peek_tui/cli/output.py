"""Everything a command writes: data to stdout, narration to stderr, and the code it exits with."""

from __future__ import annotations

import os
import sys
from enum import IntEnum
from typing import Any, NoReturn

import orjson

from peek_tui.render.text import clean, escape_json

__all__ = ["Exit", "close_quietly", "fail", "note", "print_json", "print_line"]


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
