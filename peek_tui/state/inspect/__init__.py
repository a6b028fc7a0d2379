"""What the inspector says of an event: its views, each a list of lines that fold."""

from __future__ import annotations

from .entry import Entry, Path
from .layout import column, wrapped
from .outline import VIEWS, LayingOut, Outline, views_of
from .subject import Subject

__all__ = ["VIEWS", "Entry", "LayingOut", "Outline", "Path", "Subject", "column", "views_of", "wrapped"]
