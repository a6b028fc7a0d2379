"""The events of a trace as somebody else would write them: the same JSON, its keys in another order."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec

__all__ = ["write_foreign"]

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def write_foreign(own: Path, out: Path, seed: int = 7) -> None:
    """Write every event with its payload first and its other keys shuffled: the worst order there is for an index."""
    rng = random.Random(seed)
    with own.open("rb") as lines, out.open("wb") as file:
        for line in lines:
            fields = _decode(line)
            payload = fields.pop("data")
            keys = list(fields)
            rng.shuffle(keys)
            file.write(_encode({"data": payload, **{key: fields[key] for key in keys}}) + b"\n")
