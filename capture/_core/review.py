"""What may change an event between the recorder and the disk, in its order: withhold → redact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..values import KEYS, Keys
from .redact import Redact, Redactor, redactor_of
from .withhold import withhold

__all__ = ["Reviewer"]


class Reviewer:
    """The one place where what is recorded is changed. Most lines pass as they are; the others are revised."""

    def __init__(self, redact: Redact = True, content: bool = True) -> None:
        self._redactor: Redactor | None = redactor_of(redact)
        self._content = content
        self.keys: Keys = KEYS if self._redactor is None else self._redactor.keys

    @property
    def redacted(self) -> Mapping[str, int]:
        """How many secrets were taken out, by kind."""
        return {} if self._redactor is None else dict(self._redactor.counts)

    def passes(self, line: bytes) -> bool:
        return self._content and (self._redactor is None or self._redactor.passes(line))

    def revise(self, event: dict[str, Any]) -> dict[str, Any]:
        if not self._content:
            event = withhold(event)
        return event if self._redactor is None else self._redactor.revise(event)
