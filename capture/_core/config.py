"""What `init()` sets, and where traces go when nobody says."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .blobs import BLOB_BYTES
from .clock import Clock, SystemClock
from .ids import Randomness

if TYPE_CHECKING:
    from ..sinks.parts import Rotation
    from .redact import Redact
    from .writer import Mode, SinkOrCallback

__all__ = ["Config", "configure", "default_directory", "host_names", "in_force"]


def _redact_by_default() -> bool:
    return os.environ.get("PEEK_REDACT") != "0"


def _content_by_default() -> bool:
    return os.environ.get("PEEK_CONTENT") != "0"


def _hosts_by_default() -> frozenset[str]:
    return host_names(os.environ.get("PEEK_HOSTS", ""))


def host_names(given: Iterable[str]) -> frozenset[str]:
    """Return hosts as a URL names them, `name` or `name:port`. Each may be given as a URL, all in one text with commas
    between them.
    """
    hosts = given.split(",") if isinstance(given, str) else given
    names = (host.strip().rpartition("://")[2].partition("/")[0].lower() for host in hosts)
    return frozenset(filter(None, names))


@dataclass(frozen=True)
class Config:
    """How this process records. One is in force at a time; `init()` replaces it."""

    agent_name: str = ""
    """Names the session that opens by itself; the program's name when empty."""
    directory: Path | None = None
    """Holds the traces of contexts that name no path; `default_directory()` when None."""
    tags: Sequence[str] = ()
    """Put on every session."""
    blob_bytes: int = BLOB_BYTES
    """Bytes of a string from which on it goes to a file beside the trace."""
    redact: Redact = field(default_factory=_redact_by_default)
    """Whether secrets are taken out, and what else is (`capture._core.redact`)."""
    content: bool = field(default_factory=_content_by_default)
    """Whether what model, user and tools said is recorded, or only its shape."""
    hosts: frozenset[str] = field(default_factory=_hosts_by_default)
    """Whatever is posted to these is a model call, whether or not its path is one we know."""
    mode: Mode = "direct"
    """What recording an event waits for."""
    rotate: Rotation | None = None
    """When a trace goes on in another file."""
    sink: SinkOrCallback | None = None
    """Takes the lines instead of a file."""
    tee: SinkOrCallback | None = None
    """Takes them as well."""
    clock: Clock = field(default_factory=SystemClock)
    randomness: Randomness = os.urandom

    def trace_directory(self) -> Path:
        return self.directory if self.directory is not None else default_directory() / "traces"


_config = Config()


def in_force() -> Config:
    """Return the configuration of this process."""
    return _config


def configure(config: Config) -> None:
    """Put `config` in force for every context that opens from now on."""
    global _config
    _config = config


def default_directory() -> Path:
    """Return `$PEEK_DIR`, else the user's state directory for Peek, where platformdirs also puts it; never the
    working one.
    """
    chosen = os.environ.get("PEEK_DIR")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/peek"
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "peek"
    state = os.environ.get("XDG_STATE_HOME", "").strip()
    return (Path(state) if state.startswith("/") else Path.home() / ".local/state") / "peek"
