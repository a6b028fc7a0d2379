"""What recording a text costs that is made to keep redaction busy, against code of the same length."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path
from time import process_time

from capture import TraceContext

from .measure import Plan, Row, against, milliseconds
from .texts import pieces

__all__ = ["measure"]

GOAL = 2.0
BYTES = 1_000_000
PIECES = (
    *("a", "-", "_", "=", ":", "A", "B", "9.", "J", "G", '["', "sk-", "ghp_", "eyJ.", "AKIA", "://a:", "Bearer "),
    *("key=a1", "?key=", "password=", "word: ", 'password: "a', '"token":"', "cookie: a=", "token token=", '["key","'),
    *("-----BEGIN PRIVATE KEY-----", "a_b_c_d_e_f_g_h_i_j_", "k-a0a0a0a0a0a0a0a0", "://a:b@", "Bearer a1a1a1a1a1a1"),
)
"""What secrets begin with, look like, or are told by: each is said again and again."""


def measure(plan: Plan) -> list[Row]:
    """Measure one event with such a text, for the piece that takes longest, and for the one in the middle."""
    size = plan.choose(BYTES, 10_000)
    paths = (plan.traces.directory / f"hostile-{number}.jsonl" for number in count())
    texts = {piece: (piece * size)[:size] for piece in PIECES} | {"": _code(size)}
    sides = {piece: partial(_record, paths, text) for piece, text in texts.items()}
    taken = plan.rounds(5, sides)
    code = taken.pop("")
    slowest_first = sorted(PIECES, key=lambda piece: against(taken[piece], code)[0], reverse=True)
    rows = []
    for which, piece in (("the slowest", slowest_first[0]), ("the middle one", slowest_first[len(PIECES) // 2])):
        ratio, compared = against(taken[piece], code)
        figure = f"redacted, {size // 1000:,} KB of {piece!r}, {which} of {len(PIECES)}"
        other = f"{milliseconds(code)} code"
        rows.append(Row(figure, milliseconds(taken[piece]), other, compared, f"≤ {GOAL:.0f}×", ratio <= GOAL))
    return rows


def _record(paths: Iterator[Path], text: str) -> float:
    path = next(paths)
    with TraceContext("bench", path) as context:
        start = process_time()
        context.record_log("stdout", text)
        taken = process_time() - start
    path.unlink()
    return taken


def _code(size: int) -> str:
    code = "".join(pieces(size)["code"])
    return (code * (size // len(code) + 1))[:size]
