"""Run inside a host's environment: does all that a host does with a library, with each function of ours broken in turn.

Prints one line for each function that is called: its name, and what the host felt of it, which must be nothing.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable

from peek_faults import broken, functions_called

import capture

_WATCHED = ("instrument.adapters.", "instrument.joins.")


def caught(work: Callable[[], object]) -> BaseException | None:
    try:
        work()
    except Exception as error:
        return error
    return None


def fail() -> None:
    raise RuntimeError("ours")


def main(name: str) -> None:
    capture.install()
    host = importlib.import_module(name)

    def work() -> None:
        host.work(caught)

    work()
    called = functions_called(work)
    for function, code in sorted(called.items()):
        if function.startswith(_WATCHED) and "<locals>" not in function:
            with broken(code, fail):
                felt = caught(work)
            print(function, "felt" if felt is not None else "unfelt", repr(felt)[:300], sep="\t", flush=True)


main(sys.argv[1])
