"""Looking into a payload: the values at a path, as a query writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from capture.values import restore

__all__ = ["leaf_text", "leaves_at"]


def leaves_at(data: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values at `path` that contain no others.

    Of a list any element will do, and a key may itself have dots in it: `("gen_ai", "model")` also leads to
    `{"gen_ai.model": …}`. What JSON cannot hold is looked at as what it stands for.
    """
    waiting: list[tuple[Any, int]] = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, dict) and "$type" in value:
            value = restore(value)
        if isinstance(value, list | tuple | frozenset):
            waiting.extend((item, depth) for item in value)
        elif isinstance(value, dict):
            for end in range(depth + 1, len(path) + 1):
                key = ".".join(path[depth:end])
                if key in value:
                    waiting.append((value[key], end))
        elif depth == len(path):
            yield value


def leaf_text(value: Any) -> str:
    """Return a value that contains no others as a query writes it: numbers, `true`, `false` and `null` as in JSON."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value)
    except TypeError:  # bytes, a date
        return str(value)
    except ValueError:  # beyond the interpreter's limit of digits
        return hex(value)
