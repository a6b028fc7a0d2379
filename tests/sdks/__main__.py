"""`python -m tests.sdks`: run the matrix and print what is seen of which version; exit 1 if anything is amiss."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from .cases import CASES, Case
from .environments import ENVIRONMENTS, prepare, renew, version
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
    failed = done = 0
    for environment in ENVIRONMENTS:
        cases = [case for case in CASES if all(version(environment, package) for package in case.packages)]
        for case in cases:
            if given.only is None or given.only in f"{environment} {case.program}":
                done += 1
                failed += not _passes(case, environment, prepare(environment))
    print(f"\n{table()}")
    print(f"{done - failed} passed, {failed} failed")
    return int(failed > 0 or done == 0)


def _passes(case: Case, environment: str, python: Path) -> bool:
    started = time.monotonic()
    findings = check(case, python, older=environment.startswith("older"))
    packages = ", ".join(f"{package} {version(environment, package)}" for package in case.packages)
    print(f"{'FAILED' if findings else 'passed'}  {packages}  {time.monotonic() - started:.1f} s", flush=True)
    for finding in findings:
        print(finding)
    return not findings


if __name__ == "__main__":
    sys.exit(main())
