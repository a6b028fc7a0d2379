"""Foreign formats, opened as what they are: told by what their lines say, never by a file's name.

An importer turns lines of a foreign format into lines of ours, a line at a time, so that a file that still grows is
followed by the same code.

They are loaded when a file turns out not to be one of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .formats import FORMATS, HEAD, Format, Importer, detect

__all__ = ["FORMATS", "HEAD", "Format", "Importer", "detect"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import formats

    return getattr(formats, name)
