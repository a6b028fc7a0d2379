"""The SRC of a command, opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import NamedTuple

from peek_tui.analysis.rating import rating
from peek_tui.errors import InputError
from peek_tui.paths import cache_directory, trace_directory
from peek_tui.trace.readable import check_readable, is_readable
from peek_tui.trace.sources import Source, find
from peek_tui.trace.store import FIRST_SLICE, Snapshot, Store

from .output import note
from .pipe import Pipe, is_pipe, is_stdin, open_pipe, take_keys

__all__ = ["Arriving", "arriving", "followed", "loaded", "loaded_store", "reading"]

_NAMED = 3
"""Files that are named when some cannot be opened; the others are counted."""


@contextmanager
def loaded(source: str, format: str | None = None) -> Iterator[Snapshot]:
    """Read all of SRC. Raises `InputError` when nothing in it can be read as an event."""
    with loaded_store(source, format) as store:
        yield store.snapshot()


@contextmanager
def loaded_store(source: str, format: str | None = None) -> Iterator[Store]:
    """Read all of SRC, as `loaded` does, for a command that must know what the files are."""
    with reading(source, format) as store:
        while store.advance():
            pass
        yield store


@contextmanager
def reading(source: str, format: str | None = None) -> Iterator[Store]:
    """Begin to read SRC, up to its first event. Raises `InputError` when nothing in it can be read as one."""
    with ExitStack() as stack:
        cache = None if is_pipe(source) else cache_directory()  # the copy of a pipe is never read again
        store = Store(stack.enter_context(_whole(source)).paths, format, cache=cache, rate=rating())
        stack.callback(store.close)
        more = store.advance(FIRST_SLICE)
        while more and not is_readable(store.snapshot()):
            more = store.advance()  # a trace may begin with any amount of damage
        check_readable(store.snapshot(), source)
        yield store


class Arriving(NamedTuple):
    """A SRC that is read as it comes."""

    store: Store
    advance: Callable[[], bool]
    """Reads on, and returns whether there may be more; where nothing has come through a pipe, it waits. Raises
    `InputError` when a pipe was not read to its end.
    """


@contextmanager
def arriving(source: str, format: str | None = None) -> Iterator[Arriving]:
    """Begin to read SRC, as `reading` does, but what comes through a pipe before that has ended."""
    if not is_pipe(source):
        with reading(source, format) as store:
            yield Arriving(store, store.advance)
        return
    with ExitStack() as stack:
        pipe = stack.enter_context(open_pipe(source))
        store = Store([pipe.path], format, rate=rating())
        stack.callback(store.close)
        advance = partial(_advance, store, pipe)
        pipe.start()
        while advance() and not (len(store.snapshot()) and is_readable(store.snapshot())):
            pass
        check_readable(store.snapshot(), source)
        yield Arriving(store, advance)


def _advance(store: Store, pipe: Pipe) -> bool:
    while True:
        ended = pipe.ended
        if store.advance():
            return True
        if ended:
            if pipe.trouble:
                raise InputError(pipe.trouble)
            return False
        pipe.wait()


@contextmanager
def followed(sources: Sequence[str]) -> Iterator[Source]:
    """Give the files of SRCs; those of pipes grow meanwhile, and keys come from the terminal when stdin is one of them.

    Raises `PeekError`.
    """
    with ExitStack() as stack:
        pipes = {source: stack.enter_context(open_pipe(source)) for source in sources if is_pipe(source)}
        if any(map(is_stdin, pipes)):
            take_keys()
        found = _find([str(pipes[source].path) if source in pipes else source for source in sources])
        for pipe in pipes.values():
            pipe.start()
        yield found
        _say_trouble(pipes.values())


@contextmanager
def _whole(source: str) -> Iterator[Source]:
    """Give the files of SRC, a pipe's when it has ended."""
    if not is_pipe(source):
        yield _find([source])
        return
    with open_pipe(source) as pipe:
        pipe.copy()
        if pipe.trouble:
            raise InputError(pipe.trouble)
        yield _find([str(pipe.path)])


def _find(sources: Sequence[str]) -> Source:
    """Find the files of SRCs, and say which ones in their directories are left out."""
    found = find(sources, trace_directory())
    if found.left_out:
        named = ", ".join(f"{path} ({why})" for path, why in list(found.left_out.items())[:_NAMED])
        others = len(found.left_out) - _NAMED
        note(f"peek: left out, because they cannot be opened: {named}{f' and {others:,} more' if others > 0 else ''}")
    return found


def _say_trouble(pipes: Iterable[Pipe]) -> None:
    for pipe in pipes:
        if pipe.trouble:
            note(f"peek: {pipe.trouble}")
