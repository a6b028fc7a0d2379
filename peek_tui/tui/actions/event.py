"""What is done with the selected event: read, copied, compared."""

from __future__ import annotations

from .action import Action

__all__ = ["EVENT"]

EVENT: tuple[Action, ...] = ()
