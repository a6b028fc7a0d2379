"""Everything a command writes: data to stdout, narration to stderr, and the code it exits with."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from enum import IntEnum
from io import StringIO
from typing import Any, BinaryIO, NoReturn, ParamSpec

import orjson

from capture.values import JSON_KEYS, copy_plain, is_plain
from peek_tui.errors import InputError, PeekError, UsageError
from peek_tui.render.text import clean, escape_json

__all__ = [
    "Exit",
    "close_quietly",
    "data_stream",
    "ending",
    "fail",
    "flush",
    "give_up_writing",
    "note",
    "of_others",
    "print_json",
    "print_line",
    "writes_unicode",
]

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
    _write(f"{clean(text)}\n")


def print_json(value: Any) -> None:
    """Write a line of data for programs; still safe for a terminal."""
    text = escape_json(_encode(value))
    _write(f"{text if text.isascii() or writes_unicode() else _in_ascii(text)}\n")


@contextmanager
def data_stream() -> Iterator[BinaryIO]:
    """Give what a command writes data to that is no text of ours: stdout, unless that is a terminal.

    Raises `UsageError` for a terminal, which would obey it.
    """
    if sys.stdout.isatty():
        raise UsageError("this is data for a program or a file, not for a terminal; give -o FILE or a pipe")
    try:
        yield sys.stdout.buffer
    except OSError as error:
        give_up_writing(error)


@contextmanager
def of_others() -> Iterator[None]:
    """Have what a library prints to stdout, such as help, be written by us, and the process end if it cannot be."""
    held = _Held()
    try:
        with redirect_stdout(held):
            yield
    finally:
        ending(_write)(held.getvalue())


def writes_unicode() -> bool:
    """Whether stdout has bytes for every character."""
    return (sys.stdout.encoding or "").lower().startswith("utf")


def flush() -> None:
    """Let go of what was written: somebody may wait for it."""
    try:
        sys.stdout.flush()
    except OSError as error:
        give_up_writing(error)


def note(text: str) -> None:
    """Write a line of narration."""
    flush()
    with suppress(OSError):  # what cannot be said is no reason to fail
        sys.stderr.write(f"{_clean_lines(text)}\n")


def fail(message: str, code: Exit) -> NoReturn:
    """End the command with one sentence about what was wrong."""
    note(f"peek: {message}")
    raise SystemExit(code)


def close_quietly() -> None:
    """The reader of our output is gone: say nothing of it, now or when the interpreter flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def give_up_writing(error: OSError) -> NoReturn:
    """Raise `UsageError` for a stdout that takes nothing, a full disk's say; a reader that is gone stays what it is."""
    if isinstance(error, BrokenPipeError):
        raise error
    close_quietly()
    raise UsageError(f"the output cannot be written: {error.strerror}; give it another place") from None


class _Held(StringIO):
    """Stands for stdout, and looks like it to whoever decides by that on colours and lines."""

    encoding = ""

    def __init__(self) -> None:
        super().__init__()
        self._terminal = sys.stdout.isatty()
        self.encoding = sys.stdout.encoding

    def isatty(self) -> bool:
        return self._terminal


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
    except OSError as error:
        give_up_writing(error)


def _encode(value: Any) -> str:
    try:
        text = orjson.dumps(value).decode()
    except (TypeError, ValueError):  # what only the generous parser could read: huge numbers, lone surrogates, depth
        return "".join(_pieces(value))
    if "null" in text and not is_plain(value, JSON_KEYS):  # as which NaN and infinities are written without a word
        return "".join(_pieces(value))
    return text


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
            yield json.dumps(copy_plain(part) if isinstance(part, float) else part)


def _in_ascii(text: str) -> str:
    """Return JSON with escapes for what is not ASCII: half of what else an encoding has is no JSON in UTF-8."""
    import json

    return "".join(char if char.isascii() else json.dumps(char)[1:-1] for char in text)


def _clean_lines(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))


def ending(command: Callable[P, None]) -> Callable[P, None]:
    """Make a command end as CLI.md says, whatever it raises."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            try:
                command(*args, **kwargs)
            finally:
                flush()
        except BrokenPipeError:
            close_quietly()
        except KeyboardInterrupt:
            raise SystemExit(Exit.INTERRUPTED) from None
        except PeekError as error:
            fail(str(error), Exit.UNREADABLE if isinstance(error, InputError) else Exit.USAGE)

    return run
