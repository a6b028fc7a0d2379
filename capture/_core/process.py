"""What an `agent_start` says about the process, read without starting another one."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from .._version import __version__
from ..interrupts import from_signal_handler

__all__ = ["describe_process", "program_name"]


def describe_process() -> dict[str, Any]:
    """Return the fields of a root `agent_start` that tell which program ran, where and in which version."""
    return {
        "argv": _arguments(),
        "cwd": _working_directory(),
        "pid": os.getpid(),
        "host": os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME"),
        "python": ".".join(map(str, sys.version_info[:3])),
        "git": _git(),
        "capture": {"version": __version__},
    }


def program_name() -> str:
    """Return the name of the running program, for a session that nobody named."""
    if sys.argv and sys.argv[0] == "-m":  # the interpreter has not looked for the module yet
        return _module().removesuffix(".__main__")
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name:  # python -m package
        return str(spec.name.removesuffix(".__main__"))
    return Path(sys.argv[0]).stem if sys.argv and sys.argv[0] not in ("", "-c", "-") else "python"


def _arguments() -> list[str]:
    return ["-m", _module(), *sys.argv[1:]] if sys.argv and sys.argv[0] == "-m" else list(sys.argv)


def _module() -> str:
    """Return what stands behind `-m` on the command line, or right at it."""
    word = sys.orig_argv[-len(sys.argv)]
    return word.partition("m")[2] if word.startswith("-") else word


def _working_directory() -> str | None:
    try:
        return str(Path.cwd())
    except OSError as error:  # it was deleted under the program
        if from_signal_handler(error):
            raise
        return None


def _git() -> dict[str, str] | None:
    """Return the commit checked out where the program runs. Whether it is dirty would take a process to find out."""
    try:
        here = Path.cwd()
        root = next((level for level in (here, *here.parents) if (level / ".git").exists()), None)
        commit = None if root is None else _commit(root / ".git")
    except (OSError, UnicodeDecodeError) as error:
        if from_signal_handler(error):
            raise
        return None
    return {"commit": commit} if commit else None


def _commit(git: Path) -> str | None:
    if git.is_file():  # a worktree or submodule: "gitdir: <path>"
        git = (git.parent / git.read_text().removeprefix("gitdir:").strip()).resolve()
    head = (git / "HEAD").read_text().strip()
    if not head.startswith("ref:"):
        return head
    ref = head.removeprefix("ref:").strip()
    common = (git / (git / "commondir").read_text().strip()) if (git / "commondir").exists() else git
    if (common / ref).exists():
        return (common / ref).read_text().strip()
    packed = (common / "packed-refs").read_text().splitlines() if (common / "packed-refs").exists() else []
    return next((line.split()[0] for line in packed if line.endswith(f" {ref}")), None)
