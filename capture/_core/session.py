"""The session of a program without a `with`: opened by hand, or by the first event nobody opened one for."""

from __future__ import annotations

import atexit
import functools
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, cast

from . import config
from .blobs import BLOB_BYTES
from .clock import Clock, SystemClock
from .context import TraceContext
from .exit import ended_by, left_by_unknown_exit, watch_exit
from .failure import status_of
from .guard import guarded
from .ids import Randomness
from .roots import only
from .run import this_run
from .spans import here

if TYPE_CHECKING:
    from ..sinks.parts import Rotation
    from .redact import Redact
    from .writer import Mode, SinkOrCallback

__all__ = ["current", "end_session", "init", "start_session"]

P = ParamSpec("P")

_CALLER = 4
"""Frames from `init` to who called it: there is the guard between them, and what lets through what it takes."""
_session: TraceContext | None = None
_stop_watching: Callable[[], object] = bool
_lock = threading.RLock()


def _after_fork() -> None:
    """Forget a lock that another thread may have held when the process forked."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _taking_what_it_knows(function: Callable[P, None]) -> Callable[P, None]:
    """Call a function with those arguments that it has, and warn of others: with one misspelled the rest still hold."""
    known = cast(FunctionType, function).__kwdefaults__ or {}

    @functools.wraps(function)
    def run(*args: Any, **given: Any) -> None:
        cast(Any, function)(**{name: value for name, value in given.items() if name in known})
        strange = [*(["one without a name"] if args else []), *(repr(name) for name in given if name not in known)]
        if strange:
            from .settings import tell_strange

            tell_strange(strange, _CALLER - 1)

    return cast(Callable[P, None], run)


@guarded(None)
@_taking_what_it_knows
def init(
    *,
    agent_name: str = "",
    directory: str | os.PathLike[str] | None = None,
    tags: Sequence[str] = (),
    blob_bytes: int = BLOB_BYTES,
    redact: Redact | None = None,
    content: bool | None = None,
    hosts: Iterable[str] | None = None,
    mode: Mode = "direct",
    rotate_bytes: int | None = None,
    rotate_seconds: float | None = None,
    keep_parts: int | None = None,
    sink: SinkOrCallback | None = None,
    tee: SinkOrCallback | None = None,
    clock: Clock | None = None,
    randomness: Randomness = os.urandom,
) -> None:
    """Configure how this process records. Optional: without it, or with no arguments, the defaults hold, as they do for
    an argument that is of no use, of which a Python warning tells, and of one that it does not have.

    `agent_name` names a session that opens by itself; `directory` holds the traces of contexts that name no path;
    `tags` go on every session. A string of more than `blob_bytes` bytes goes to a file beside the trace.
    `clock` and `randomness` are for tests (`capture.testing`).

    `mode` is what recording an event waits for: `direct`, the kernel, so that a kill of the process loses nothing;
    `durable`, the disk, so that a loss of power does not either; `queued`, nobody: another thread writes, what a slow
    sink has no room for is dropped and counted, and a kill loses what waits. A trace goes on in another file after
    `rotate_bytes` or `rotate_seconds`; `keep_parts` of them stay, the first and the latest. `sink`, a function that
    takes a line or a `capture.sinks.Sink`, is written to instead of a file, `tee` beside it.

    `redact` is about secrets, which are taken out of every event by default (or as `PEEK_REDACT` says): False leaves
    them in, a list of regular expressions takes out what matches them too, and a function is given every text, with the
    secrets gone, and returns what is to be written: of a conversation that grows, what is new. `content=False` (or
    `PEEK_CONTENT=0`) keeps of all that model, user and tools say only its shape and size.

    `install()` knows a model call by its path and body, on any host. Of `hosts`, such as `["models.internal:8080"]`
    (or `PEEK_HOSTS=models.internal:8080,…`), it takes everything that is posted through httpx and httpx2 for one.
    """
    from .settings import Settings, listed  # a program that configures nothing need not import it

    given, defaults = Settings(), config.Config()
    place = given.usable("directory", directory, None)
    named = given.usable("hosts", listed(hosts), None)
    config.configure(
        config.Config(
            agent_name=given.usable("agent_name", agent_name, ""),
            directory=None if place is None else Path(place).absolute(),
            tags=tuple(given.usable("tags", listed(tags), ())),
            blob_bytes=given.usable("blob_bytes", blob_bytes, BLOB_BYTES),
            redact=given.usable("redact", redact, defaults.redact),
            content=defaults.content if content is None else content,
            hosts=defaults.hosts if named is None else config.host_names(named),
            mode=given.usable("mode", mode, "direct"),
            rotate=_rotation(
                given.usable("rotate_bytes", rotate_bytes, None),
                given.usable("rotate_seconds", rotate_seconds, None),
                given.usable("keep_parts", keep_parts, None),
            ),
            sink=given.usable("sink", sink, None),
            tee=given.usable("tee", tee, None),
            clock=clock or SystemClock(),
            randomness=randomness,
        )
    )
    given.tell(_CALLER)  # last, for Python may be told to make errors of warnings


def _rotation(bytes: int | None, seconds: float | None, keep: int | None) -> Rotation | None:
    if bytes is None and seconds is None:
        return None
    from ..sinks.parts import Rotation

    return Rotation(bytes, seconds, keep)


def current() -> TraceContext:
    """Return the innermost open context of the running task; else the one session that is open; else open one."""
    return open_context() or start_session()


def open_context() -> TraceContext | None:
    """Return what `current` returns if it need not open a session for it, else None."""
    place = here()
    if place is not None:
        return place.span.context
    return _session or only()


def start_session(
    agent_name: str = "",
    path: str | os.PathLike[str] | None = None,
    session: str | None = None,
    tags: Sequence[str] | None = None,
) -> TraceContext:
    """Open the process's session, for a program that cannot use a `with`; it ends with `end_session()` or the process.

    The parameters are those of `TraceContext`. A session that is already open is returned as it is.
    """
    global _session, _stop_watching
    with _lock:
        if _session is None:
            context = TraceContext(agent_name, path, session, tags)
            context._start()
            _session = context  # only now: other threads look at it without the lock
            _stop_watching = watch_exit()
            atexit.register(_end_at_exit)
        return _session


@guarded(None)
def end_session(status: str = "completed", error: BaseException | None = None) -> None:
    """End the process's session: `completed`, `error` or `cancelled`. Without an open one it does nothing."""
    global _session
    with _lock:
        session, _session = _session, None
    if session is not None:
        _stop_watching()
        atexit.unregister(_end_at_exit)
        session._end("error" if error is not None else status, error)


@guarded(None)
def _end_at_exit() -> None:
    """End the session as the program ended. How it did `peek run` sees better, when nobody in here knows."""
    run = this_run()
    if _session is not None and run is not None and run.is_supervised and left_by_unknown_exit():
        _session._leave()
        return
    uncaught = ended_by()
    status = status_of(uncaught)
    end_session(status, uncaught if status == "error" else None)
