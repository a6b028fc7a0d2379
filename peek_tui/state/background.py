"""Work beside the event loop: files are read in a thread, what they say is shown in the loop.

What passes from one to the other is immutable; the thread says that there is news, and the screen takes it when it
likes to.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread, main_thread
from time import monotonic
from weakref import WeakSet

__all__ = ["Background", "end_all"]


_STARTED: WeakSet[Background] = WeakSet()


def end_all(seconds: float) -> None:
    """Stop every thread that works beside the event loop, and wait for them so long together.

    A thread that is still at work in a library while the interpreter is taken down can take the process down with it.
    """
    end = monotonic() + seconds
    for each in list(_STARTED):
        each.stop()
        each.join(max(0.0, end - monotonic()))


class Background:
    """A thread that works until it is stopped. Subclasses say what it does, and what it lets go of at its end."""

    is_waited_for = True
    """Whether a program that ends waits for what the thread still does, and for its letting go."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        """What ended the work too early; whoever is told of news raises it."""
        self._stopped = False
        self._wake = Event()
        self._tell: Callable[[], object] = lambda: None
        self._thread: Thread | None = None

    def start(self, tell: Callable[[], object]) -> None:
        """Begin. `tell` is called in the thread, each time there is news."""
        if not self._stopped:
            self._tell = tell
            _STARTED.add(self)
            self._thread = Thread(target=self._run, name=type(self).__name__, daemon=not self.is_waited_for)
            self._thread.start()

    @property
    def started(self) -> bool:
        """Whether the work was begun."""
        return self._thread is not None

    def stop(self) -> None:
        """End soon, without waiting for it: within the slice that is being read."""
        self._stopped = True
        self._wake.set()
        if self._thread is None:
            self.close()

    def join(self, seconds: float) -> bool:
        """Wait until the thread has ended, and return whether it has."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def work(self) -> None:
        """Do it, until `stopped`."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what was used, in the thread that used it."""

    @property
    def stopped(self) -> bool:
        """Whether to end: it was stopped, or the program ends and has had no time to stop it."""
        return self._stopped or not main_thread().is_alive()

    def wake(self) -> None:
        """End the rest that the thread takes."""
        self._wake.set()

    def rest(self, seconds: float) -> None:
        """Do nothing for so long, unless there is a reason to go on."""
        self._wake.wait(seconds)
        self._wake.clear()

    def tell(self) -> None:
        """Say that there is news."""
        if not self._stopped:
            self._tell()

    def _run(self) -> None:
        try:
            self.work()
        except Exception as error:  # whatever it is, the screen raises it
            self.failure = error
            self.tell()
        finally:
            self.close()
