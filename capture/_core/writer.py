"""Which sink a session writes to, as `init()` says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..sinks import Sink
from ..sinks.file import FileSink, beside
from .run import this_run

if TYPE_CHECKING:
    from .config import Config

__all__ = ["Mode", "SinkOrCallback", "open_sink"]

Mode: TypeAlias = Literal["direct", "queued", "durable"]
"""What `record_*` waits for: the kernel, nobody, the disk."""
SinkOrCallback: TypeAlias = "Sink | Callable[[bytes], object]"


def open_sink(settings: Config, path: Path, writer: str) -> Sink:
    """Return the sink of a session whose trace file, if it has one, is `path`, and whose writer has this id."""
    sink = _file(settings, path, writer) if settings.sink is None else _sink(settings.sink)
    if settings.tee is not None:
        from ..sinks.tee import TeeSink

        sink = TeeSink(sink, _sink(settings.tee))
    if settings.mode == "queued":
        from ..sinks import queued

        sink = queued.QueuedSink(sink, queued.QUEUE_BYTES, queued.CLOSE_WITHIN)
    return sink


def _file(settings: Config, path: Path, writer: str) -> Sink:
    run = this_run()
    # A shell that `peek run` started may have several programs at once: each takes itself for the run's own.
    aside = beside(path, writer) if run is not None and path == run.path else None
    file = FileSink(path, aside)
    if settings.mode == "durable":
        from ..sinks.durable import DurableSink

        file = DurableSink(path, aside)
    if settings.rotate is None:
        return file
    from ..sinks.parts import PartsSink

    return PartsSink(file, settings.rotate)


def _sink(given: SinkOrCallback) -> Sink:
    if not callable(given):
        return given
    from ..sinks.callback import CallbackSink

    return CallbackSink(given)
