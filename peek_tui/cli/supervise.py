"""A program that runs in our place: it has the terminal, gets the signals, and how it ends is how we end."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence

__all__ = ["start", "wait"]

_PASSED_ON = (
    signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
)  # fmt: skip
_FROM_TERMINAL = frozenset({signal.SIGINT, signal.SIGQUIT, signal.SIGHUP})
"""What a terminal sends to every process in its foreground, the program among them."""
_WATCHED = {*_PASSED_ON, signal.SIGCHLD}
_BY_KERNEL = 0x80
"""`si_code` of a signal that no process sent."""


def start(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Start a program in our process group, with our terminal and files, and return its pid.

    From then on signals wait for `wait`. Raises OSError when it cannot be started.
    """
    signal.signal(signal.SIGCHLD, lambda *_: None)  # one that is ignored, as some shells have it, is never seen
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    # What Python ignores for itself, a program expects to find as it is for everyone else.
    return os.posix_spawnp(
        command[0], list(command), environment, setsigmask=before, setsigdef=(signal.SIGPIPE, signal.SIGXFSZ)
    )


def wait(pid: int) -> int:
    """Pass on every signal until the program ends; return its exit code, or minus the signal that killed it."""
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        number, has_it = _next_signal()
        if number in _PASSED_ON and not has_it:
            os.kill(pid, number)  # the pid is the program's until we have waited for it


def _next_signal() -> tuple[int, bool]:
    """Return the next signal, and whether the program has got it as well."""
    if hasattr(signal, "sigwaitinfo"):
        info = signal.sigwaitinfo(_WATCHED)
        return info.si_signo, info.si_code == _BY_KERNEL
    number = signal.sigwait(_WATCHED)
    return number, number in _FROM_TERMINAL and _in_foreground()


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
