"""What may change an event between the recorder and the disk, in its order: withhold → redact → bound."""

from __future__ import annotations

from collections.abc import Mapping
from sys import maxsize
from typing import Any

from ..values import KEYS, Keys
from .blobs import Blobs
from .redact import Redact, Redactor, redactor_of
from .withhold import withhold

__all__ = ["Reviewer"]


class Reviewer:
    """The one place where what is recorded is changed. Most lines pass as they are; the others are revised."""

    def __init__(self, redact: Redact = True, content: bool = True, blobs: Blobs | None = None) -> None:
        self._redactor: Redactor | None = redactor_of(redact)
        self._content = content
        self._blobs = blobs
        self._longest = -1 if not content else maxsize if blobs is None else blobs.bound
        """Bytes of a line that may pass as it is; none may while content is left out."""
        self._has_no_secret = None if self._redactor is None else self._redactor.passes
        self.keys: Keys = KEYS if self._redactor is None else self._redactor.keys
        self.has_own_secrets = not isinstance(redact, bool)
        self.calls_host = self._redactor is not None and self._redactor.calls_host

    @property
    def redacted(self) -> Mapping[str, int]:
        """How many secrets were taken out, by kind."""
        return {} if self._redactor is None else dict(self._redactor.counts)

    def passes(self, line: bytes) -> bool:
        return len(line) <= self._longest and (self._has_no_secret is None or self._has_no_secret(line))

    def revise(self, event: dict[str, Any]) -> dict[str, Any]:
        if not self._content:
            event = withhold(event)
        if self._redactor is not None:
            event = self._redactor.revise(event)
        return event if self._blobs is None else self._blobs.revise(event)
