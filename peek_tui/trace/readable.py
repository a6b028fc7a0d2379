"""Whether what was read is a trace at all."""

from __future__ import annotations

from peek_tui.errors import InputError

from .model import DAMAGED
from .store import Snapshot

__all__ = ["check_readable", "is_readable"]

_BOM = b"\xef\xbb\xbf"
_HEAD = 64


def is_readable(snapshot: Snapshot) -> bool:
    """Whether anything in it is an event, or there is nothing in it yet."""
    return not len(snapshot) or snapshot.types()[DAMAGED] < len(snapshot)


def check_readable(snapshot: Snapshot, source: str) -> None:
    """Refuse what is no trace at all; a damaged trace is read as far as it goes. Raises `InputError`."""
    if not len(snapshot) and snapshot.unfinished and not _may_begin(snapshot.head(_HEAD)):
        raise InputError(f"{source} is not a trace Peek can read: it does not begin with a JSON object")
    if not is_readable(snapshot):
        damage = snapshot.event(0).damage
        assert damage is not None
        raise InputError(f"{source} is not a trace Peek can read: line {damage.line} is {damage.reason}")


def _may_begin(head: bytes) -> bool:
    """Whether the rest of a line that begins so could make it an event."""
    text = head.removeprefix(_BOM).lstrip(b" \t\r\n\0")
    return text[:1] in (b"", b"{") or _BOM.startswith(head)
