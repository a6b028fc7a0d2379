"""The only write path: every event of a session in this process goes through one `Recorder`."""

from __future__ import annotations

import os
import threading
import weakref
from collections import Counter, deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NoReturn, TypeAlias, TypeVar

from ..events import CALLS, NO_EVENT
from ..format import DIGITS, HEAD, LineEncoder, plain_body
from ..interrupts import from_signal_handler
from ..sinks import Lost, Sink
from ..sinks.file import FileSink
from ..sinks.held import Numbers, others
from .clock import Clock
from .conversation import Conversation
from .deltas import Deltas
from .ids import Randomness, new_writer_id
from .review import Reviewer

__all__ = ["Recorder", "Totals"]

_NONE: deque[Lost] = deque()
T = TypeVar("T")

WriteNext: TypeAlias = Callable[[Numbers, bytes, bytes], "tuple[int, OSError | None] | None"]


class Totals:
    """What an `agent_end` sums up: events, errors, calls and tokens."""

    __slots__ = ("errors", "events", "input_tokens", "llm_calls", "output_tokens", "tool_calls")

    def __init__(self) -> None:
        self.events = self.errors = self.llm_calls = self.tool_calls = self.input_tokens = self.output_tokens = 0

    def count(self, type: str, header: dict[str, Any]) -> None:
        """Count what is particular about an event; `events` itself is the recorder's to raise."""
        if type == "tool_call":
            self.tool_calls += 1
        elif type == "llm_request":
            self.llm_calls += 1
        if "error" in header:
            self.errors += 1
        usage = header.get("usage")
        if usage is not None:
            self.input_tokens += usage.get("input_tokens", 0)
            self.output_tokens += usage.get("output_tokens", 0)

    def absorb(self, inner: Totals) -> None:
        """Add what an agent inside this one did."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(inner, name))

    def as_data(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


class Recorder:
    """Numbers, stamps and writes the events of one session; counts what it must drop and says so as soon as it can."""

    def __init__(
        self,
        session: str,
        writer: str,
        sink: Sink,
        clock: Clock,
        randomness: Randomness = os.urandom,
        review: Reviewer | None = None,
    ) -> None:
        self.session = session
        self.clock = clock
        self._time_ns = clock.time_ns
        self._randomness = randomness
        self._review = review
        self._encoder = LineEncoder(session, review)
        self._lost: Counter[str] = Counter()
        self._lost_bytes = 0
        self._deltas = Deltas()
        self._write_to(sink, writer)
        self._closed = False
        # Re-entrant: a signal handler or a destructor of the host may record while this thread is recording.
        self._lock = threading.RLock()
        _recorders.add(self)

    def record(
        self, type: str, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], totals: Totals
    ) -> str:
        """Write one event and return its id, also when the sink refused it: what it leads to keeps its true parent.

        The body is made before the lock is taken: a thread that is interrupted while it holds that stops all others.
        """
        if type == "llm_request":
            id = self._request(name, parent, header, data, totals)
        else:
            try:
                body = self._encoder.body(type, name, header, data)
            except BaseException as error:
                self._lose_unmade(error)
                raise
            id = self._put(type, parent, header, body, totals)
        if self._settle is not None:
            self._wait(self._settle)
        return id

    def _request(self, name: str, parent: str, header: dict[str, Any], data: dict[str, Any], totals: Totals) -> str:
        """Write a request. What it may build on depends on its place in the file, so its body is made under the lock.

        There nothing of the host's is called: it may wait for a thread that waits for the lock. So the host is shown
        what is new of a conversation before, and all of it when it turns out that the file needs that.
        """
        event, seen = self._made(self._without_host, "llm_request", name, header, data)
        try:
            return self._put_request(name, parent, header, event, seen, totals)
        except _NotShownError:
            event, seen = self._made(partial(self._without_host, whole=True), "llm_request", name, header, data)
            return self._put_request(name, parent, header, event, seen, totals)

    def _put_request(
        self,
        name: str,
        parent: str,
        header: dict[str, Any],
        event: dict[str, Any] | None,
        data: dict[str, Any],
        totals: Totals,
    ) -> str:
        with self._lock:
            if self._lost or self._late:
                self._tell_loss(parent)
            data, written = self._deltas.shorten(data)
            if event is None:
                body = self._made(self._encoder.body, "llm_request", name, header, data)
            else:
                body = plain_body({**event, "data": data})
            id = self._put("llm_request", parent, header, body, totals)
            if written is not None:  # only now is its number known: others may have taken some without the lock
                written.id = id
        return id

    def _without_host(
        self, type: str, name: str, header: dict[str, Any], data: dict[str, Any], *, whole: bool = False
    ) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        """Return an event as it may be written if the host has a part in that, else None; and its payload, of a
        conversation with what is new only, unless it is to be `whole`.
        """
        messages = data.get("messages")
        is_talk = isinstance(messages, Conversation)  # of parsed JSON, which is no question
        if not self._encoder.calls_host(header, {**data, "messages": []} if is_talk else data):
            return None, data
        if not isinstance(messages, Conversation):
            event = self._encoder.revised(type, name, header, data)
            return event, event["data"]
        said = messages.whole() if whole else messages.new
        event = self._encoder.revised(type, name, header, {**data, "messages": said})
        new = event["data"]["messages"]
        is_whole = whole or not messages.before.messages
        talk = Conversation(new) if is_whole else Conversation(new, messages.before, _not_shown)
        talk.mark = messages.mark
        return event, {**event["data"], "messages": talk}

    def _made(
        self,
        make: Callable[[str, str, dict[str, Any], dict[str, Any]], T],
        type: str,
        name: str,
        header: dict[str, Any],
        data: dict[str, Any],
    ) -> T:
        try:
            return make(type, name, header, data)
        except BaseException as error:
            self._lose_unmade(error)
            raise

    def _lose_unmade(self, error: BaseException) -> None:
        with self._lock:
            self._numbers.next += 1  # a gap for the event
            self._lose(error, 0)

    def _put(self, type: str, parent: str, header: dict[str, Any], body: bytes, totals: Totals) -> str:
        """Give an event its time and its number, and write it."""
        if self._write_next is not None and others() and not self._lost:
            number = self._put_among_others(self._write_next, parent, body)
            if number is not None:
                totals.events += 1
                if type in CALLS or (header and _counts(header)):
                    with self._lock:
                        totals.count(type, header)
                return _id(number)
        with self._lock:
            if self._lost or self._late:
                self._tell_loss(parent)
            numbers = self._numbers
            numbers.busy += 1
            try:
                number = numbers.next
                numbers.next = number + 1
                id = _id(number)
                self.sink.write(self._encoder.head(self._time_ns(), id, parent) + body)
            except BaseException as error:
                self._lose(error, HEAD + len(body))
                if _is_not_ours(error):
                    raise
            else:
                totals.events += 1
                if type in CALLS or (header and _counts(header)):
                    totals.count(type, header)
                if self._full is not None and self._full():
                    self._next_part()
                if self._closed:  # a task outlived its agent: keep the event, but do not look alive for it
                    self.sink.close()
            finally:
                numbers.busy -= 1
            return id

    def _put_among_others(self, write_next: WriteNext, parent: str, body: bytes) -> int | None:
        """Write without the lock, which threads that compute would hold up; None when that cannot be done."""
        numbers = self._numbers
        head = self._encoder.head(self._time_ns(), self._writer + "00000000", parent)
        if len(head) != HEAD:  # a clock of somebody's own
            return None
        start, rest = head[:DIGITS], head[DIGITS + 8 :] + body
        taken = write_next(numbers, start, rest)
        if taken is None and numbers.busy:
            with self._lock:
                pass
            taken = write_next(numbers, start, rest)
        if taken is None:
            return None
        number, error = taken
        if error is not None:
            with self._lock:
                self._lose(error, HEAD + len(body))
        return number

    @property
    def redacted(self) -> Mapping[str, int]:
        """How many secrets were kept from the disk, by kind."""
        return {} if self._review is None else self._review.redacted

    @property
    def has_own_secrets(self) -> bool:
        """Whether the author has said what else is a secret, by patterns or a function."""
        return self._review is not None and self._review.has_own_secrets

    def drain(self) -> None:
        """Have the sink take what it can, in a bounded time, so that there is room for the last event."""
        if self._drain is not None:
            self._drain()

    def close(self) -> None:
        """Tell a last loss, if there is one, and let go of the sink."""
        with self._lock:
            self.drain()
            if self._lost or self._late:
                self._tell_loss(NO_EVENT)
            self._closed = True
            self.sink.close()

    def after_fork(self) -> None:
        """Go on as another writer: the inherited file and its numbers belong to the parent process."""
        self._lock = threading.RLock()  # another thread may have held the old one when the process forked
        self._lost.clear()
        self._lost_bytes = 0
        writer = new_writer_id(self._randomness)
        self._write_to(self.sink.forked(writer), writer)

    def _next_part(self) -> None:
        """Go on in another file, which can be read without this one."""
        try:
            self._next_file()
        except OSError as error:
            if from_signal_handler(error):
                raise
            return  # there is no room for another one: this one grows
        self._write_to(self.sink, new_writer_id(self._randomness))

    def _write_to(self, sink: Sink, writer: str) -> None:
        """Write to a sink's new file: a writer's numbers, and what its requests build on, are of one file."""
        self.sink = sink
        self._writer = writer
        self._numbers = Numbers(int(writer, 16) << 32)
        """The next event's id as a number: the writer's half above, the count below."""
        self._deltas.forget()
        self._late: deque[Lost] = getattr(sink, "late_losses", _NONE)
        self._drain: Callable[[], None] | None = getattr(sink, "drain", None)
        self._settle: Callable[[], None] | None = getattr(sink, "settle", None)
        self._full: Callable[[], bool] | None = getattr(sink, "is_part_full", None)
        self._write_next: WriteNext | None = sink.write_next if type(sink) is FileSink else None
        self._next_file: Callable[[], None] = getattr(sink, "next_part", sink.close)

    def _wait(self, settle: Callable[[], None]) -> None:
        try:
            settle()
        except OSError as error:
            if from_signal_handler(error):
                raise
            with self._lock:
                self._lose(error, 0)

    def _lose(self, error: BaseException, size: int) -> None:
        reason = error.strerror or str(error) if isinstance(error, OSError) else ""
        self._deltas.forget()
        self._lost[reason or type(error).__name__] += 1
        self._lost_bytes += size

    def _tell_loss(self, parent: str) -> None:
        """Write what was lost. Its number is kept only when it is written: each gap stays one lost event.

        Loss and number are taken first, for a signal handler may record in the middle of this.
        """
        while self._late:
            self._lose(*self._late.popleft())
        numbers = self._numbers
        numbers.busy += 1
        lost, size, number = self._lost, self._lost_bytes, numbers.next
        self._lost, self._lost_bytes, numbers.next = Counter(), 0, number + 1
        data = {"events": lost.total(), "bytes": size, "reasons": dict(lost)}
        try:
            body = self._encoder.body("capture_loss", "", {}, data)
            self.sink.write(self._encoder.head(self._time_ns(), _id(number), parent) + body)
        except BaseException as error:
            self._lost += lost
            self._lost_bytes += size
            if not isinstance(error, Exception) or from_signal_handler(error):
                raise  # the line may stand in the file: its number must not be given again
            if numbers.next == number + 1:
                numbers.next = number
        finally:
            numbers.busy -= 1


class _NotShownError(Exception):
    """The whole of a conversation is needed, of which the host was shown what is new."""


def _not_shown() -> NoReturn:
    raise _NotShownError


def _counts(header: dict[str, Any]) -> bool:
    """Whether a header says something that is summed up."""
    return "usage" in header or "error" in header


def _id(number: int) -> str:
    return "%016x" % number  # noqa: UP031  # in a third of the time that a format specifier takes


def _is_not_ours(error: BaseException) -> bool:
    """Whether an error while writing is more than a sink's refusal, and must go on."""
    return not isinstance(error, OSError) or from_signal_handler(error)


_recorders: weakref.WeakSet[Recorder] = weakref.WeakSet()


def _after_fork() -> None:
    for recorder in list(_recorders):
        recorder.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
