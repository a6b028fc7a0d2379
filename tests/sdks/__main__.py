"""`python -m tests.sdks`: run the matrix and print what is seen of which version; exit 1 if anything is amiss."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .cases import CASES
from .environments import ENVIRONMENTS, prepare, renew, version
from .guest import HOSTS, check_guest
from .run import check
from .table import table, write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.sdks", description=(sys.modules[__package__].__doc__))
    parser.add_argument("--only", metavar="WORD", help="programs and environments whose name holds this word")
    parser.add_argument("--renew", action="store_true", help="pin the newest versions first")
    parser.add_argument("--table", action="store_true", help="only write the README's table")
    given = parser.parse_args()
    if given.renew:
        renew()
    if given.renew or given.table:
        write()
    if given.table:
        return 0
    jobs = [job for environment in ENVIRONMENTS for job in _jobs(environment)]
    wanted = [job for job in jobs if given.only is None or given.only in f"{job.environment} {job.name}"]
    failed = sum(not _passes(job) for job in wanted)
    print(f"\n{table()}")
    print(f"{len(wanted) - failed} passed, {failed} failed")
    return int(failed > 0 or not wanted)


class _Job(NamedTuple):
    environment: str
    name: str
    packages: tuple[str, ...]
    find: Callable[[Path], list[str]]
    """Returns what is amiss, given the environment's Python."""


def _jobs(environment: str) -> Iterator[_Job]:
    for case in CASES:
        if all(version(environment, package) for package in case.packages):
            find = partial(check, case, environment)
            yield _Job(environment, case.program, case.packages, find)
    for host in HOSTS:
        if version(environment, host.package):
            yield _Job(environment, f"guest {host.adapter}", (host.package,), partial(check_guest, host))


def _passes(job: _Job) -> bool:
    python = prepare(job.environment)
    started = time.monotonic()
    findings = job.find(python)
    names = ", ".join(f"{package} {version(job.environment, package)}" for package in job.packages)
    took = f"{time.monotonic() - started:.1f} s"
    print(f"{'FAILED' if findings else 'passed'}  {job.name}: {names}  {took}", flush=True)
    for finding in findings:
        print(finding)
    return not findings


if __name__ == "__main__":
    sys.exit(main())
