"""What agents read and write all day, from what every Python installation has: code, paths, prose."""

from __future__ import annotations

import argparse
import inspect
import os
import pydoc_data.topics
from pathlib import Path

__all__ = ["pieces"]

_SIZE = 1_000


def pieces(count: int) -> dict[str, list[str]]:
    """Return that many texts of 1,000 characters of each kind, none of which holds a secret."""
    library = Path(os.__file__).parent
    texts = {
        "code": inspect.getsource(argparse),
        "paths": "\n".join(map(str, sorted(library.glob("*/*.py")))),
        "prose": "\n\n".join(pydoc_data.topics.topics.values()),
    }
    return {name: _cut(text, count) for name, text in texts.items()}


def _cut(text: str, count: int) -> list[str]:
    starts = range(0, len(text) - _SIZE, _SIZE)
    return [text[start : start + _SIZE] for start in starts][:count]
