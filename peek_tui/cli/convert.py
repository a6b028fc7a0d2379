"""`peek convert`: any format Peek can read, as a trace file of our own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from peek_tui.errors import InputError, UsageError
from peek_tui.paths import state_directory
from peek_tui.render import units
from peek_tui.state.marks import Marks
from peek_tui.state.marks_file import encode_marks, marks_path, read_marks
from peek_tui.state.memory import Memory, session_of
from peek_tui.trace.blobs import BLOB_KEY, BlobError, Reference, blob_directory, read_bytes, references
from peek_tui.trace.model import DAMAGED
from peek_tui.trace.store import Snapshot, Store

from .options import SRC_HELP, FormatOption
from .output import data_stream, note, print_json, print_line
from .source import loaded_store

_STDOUT = "-"


def run(
    source: Annotated[str, typer.Argument(metavar="SRC", help=SRC_HELP)] = "latest",
    *,
    output: Annotated[str, typer.Option("-o", "--out", metavar="FILE", help="The new file to write; - for stdout.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: how many events, how many not.")] = False,
    format: FormatOption = None,
) -> None:
    """Write a trace file of our own with everything SRC says.

    A foreign line stands under `source.raw` of the event it became; a line that cannot be read stands as it was.
    Marks and notes go along in FILE.marks.json, and are shown where FILE is opened with that beside it.

    Example: `peek convert transcript.jsonl -o run.jsonl`
    """
    if output == _STDOUT and as_json:
        raise UsageError("with -o - the trace itself goes to stdout, and --json would too; leave one of them out")
    with loaded_store(source, format) as store, _opened(output) as stream:
        snapshot = store.snapshot()
        blobs = _Blobs(store.paths, None if output == _STDOUT else blob_directory(Path(output)))
        stream.writelines(_lines(snapshot, blobs))
        _check_unchanged(store)
        marks = _marks_of(snapshot, store.paths)
        if marks and output != _STDOUT:
            with _new_file(marks_path(Path(output))) as file:
                file.write(encode_marks(session_of(snapshot), marks))
        damaged = snapshot.types()[DAMAGED]
        events, unread = len(snapshot) - damaged, damaged + store.unread
        formats = ", ".join(sorted(set(store.formats)))
    if as_json:
        print_json({"events": events, "unread": unread, "format": formats})
        return
    say = note if output == _STDOUT else print_line
    say(f"{output}: {units.count(events)} events, read as {formats}")
    if unread:
        say(f"{units.count(unread)} of its lines could not be read")
    if marks:
        where = (
            f"go with it in {marks_path(Path(output))}"
            if output != _STDOUT
            else "stay here: a pipe has no place for them"
        )
        say(f"its marks and notes ({units.count(len(marks))}) {where}")


class _Blobs:
    """Takes the big values along, which stand in files beside a trace."""

    def __init__(self, traces: list[Path], directory: Path | None) -> None:
        """`directory` is where they go; None when there is no place for them."""
        self._traces = traces
        self._directory = directory
        self._seen: set[str] = set()

    def take(self, data: Mapping[str, Any]) -> None:
        """Copy what a payload refers to, and say what cannot be had."""
        for wanted in references(data):
            if wanted.name not in self._seen:
                self._seen.add(wanted.name)
                self._copy(wanted)

    def _copy(self, wanted: Reference) -> None:
        if self._directory is None:
            note(f"the big value {wanted.name} stays where it is: there is no place for it beside stdout")
            return
        try:
            content = read_bytes(wanted, self._traces)
        except BlobError as error:
            note(f"a big value is left out: {error}")
            return
        self._directory.mkdir(mode=0o700, exist_ok=True)
        if not (self._directory / wanted.name).exists():
            with _new_file(self._directory / wanted.name) as file:
                file.write(content)


def _opened(output: str) -> AbstractContextManager[BinaryIO]:
    return data_stream() if output == _STDOUT else _new_file(Path(output))


def _lines(snapshot: Snapshot, blobs: _Blobs) -> Iterator[bytes]:
    """Yield the lines in the order of the run."""
    for row in range(len(snapshot)):
        raw = snapshot.raw(row)
        if BLOB_KEY in raw:
            blobs.take(snapshot.event(row).data)
        yield raw + b"\n"


def _marks_of(snapshot: Snapshot, traces: list[Path]) -> Marks:
    """Return the marks and notes that the debugger would show."""
    remembered = Memory(state_directory()).recall(session_of(snapshot))
    return Marks(remembered.letters, remembered.notes) or read_marks(traces)


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write that is only there afterwards if all went well.

    Raises `UsageError` when it is there already or cannot be written.
    """
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} exists already; give another -o FILE") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(file, "wb") as stream:
            yield stream
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None
        raise


def _check_unchanged(store: Store) -> None:
    """Refuse what was read of a file that was cut meanwhile. Raises `InputError`."""
    for path in store.changed:
        raise InputError(f"{path} was cut while it was read; try again")
