"""Lines as Hypothesis makes them up: what `capture` writes, what others write, and what becomes of both on a disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from capture.events import NO_EVENT
from capture.format import encode_event
from tests.state.traces import NOON, SESSION

__all__ = ["DAMAGES", "HEADERS", "IDS", "LINES", "OWN_IDS", "OWN_LINES", "PAYLOADS", "SESSIONS", "TYPES", "WORDS"]


def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what is usual in nine of ten cases: a line of which everything is odd shows little."""
    return st.integers(0, 9).flatmap(lambda chance: odd if chance == 9 else usual)


# -- values ------------------------------------------------------------------------------------------------------------

ODD_WORDS = st.sampled_from(
    [
        "", "a\\b", 'q"uote', '"', "\\", "tab\t", "nul\0", "\0", "\x01", "Zoë", "\u2028", "\x7f", "\ud800", "é" * 20,
        *("x" * size for size in (23, 24, 38, 39, 40, 41, 300)), "x" * 38 + "\0", "x" * 39 + "\0",
    ]
) | st.text(max_size=45)  # fmt: skip
WORDS = mostly(st.sampled_from(["", "search", "nul", "x" * 38, "x" * 39]), ODD_WORDS)
TYPES = mostly(
    st.sampled_from(["log", "tool_call", "tool_result", "llm_response", "llm_chunk", "agent_start", "agent_end"]),
    ODD_WORDS,
)
SESSIONS = mostly(
    st.sampled_from([SESSION, SESSION, "0" * 32, "A" * 32, "é" * 16]),
    st.sampled_from(["run 7", '"' * 16, "", "nul\0" * 8, "x" * 31 + "\0", "x" * 33]),
)
OWN_IDS = st.builds("{:08x}{:08x}".format, st.sampled_from([1, 0x5F3A9C1E, 2**32 - 1]), st.integers(0, 40))
IDS = mostly(
    OWN_IDS | st.just(NO_EVENT),
    st.sampled_from(
        [
            "", "0000000000000005", "5F3A9C1E0000000A", "5f3a9c1effffffff", "5f3a9c1e80000000", "span-1", "x" * 16,
            "5f3a9c1e0000000", "5f3a9c1e000000011", "é" * 8, "5f3a9c1e" + "\0" * 8, "5f3a9c1e0000000\n",
        ]
    ),
)  # fmt: skip
TIMES = mostly(
    st.integers(NOON, NOON + 9),
    st.sampled_from(
        [0, -1, 1, 10**18 - 1, 10**18, 9 * 10**18 - 1, 9 * 10**18, 2**63 - 1, 2**63, 10**19, -(2**63), -(2**63) - 1]
    ),
)
NUMBERS = mostly(
    st.floats(0, 1e7).map(json.dumps) | st.integers(0, 10**9).map(str),
    st.sampled_from(
        [
            "0", "-0", "0.0", "-0.0", "7", "-7.5", "0.5", "00.5", "007.5", "00", "1.", ".5", "1e-05", "1E5", "1e+5",
            "1e22", "1e999", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "12345678901234567",
            "0.12345678901234567", "1234567.12345678", "12345678.1", "1234567.123456789", "9999999.99999999", "NaN",
            "Infinity", "null", "true", '"7"', "[]", "9" * 400, "", "1_0", "1 ", " 1", "1.5e", "--1", "1.-5", "0x1",
        ]
    )
    | st.floats(allow_nan=False).map(json.dumps),
)  # fmt: skip
COUNTS = mostly(st.integers(0, 9000), st.sampled_from([2**40, 2**40 + 1, 2**70, -1, 2.0, 2.5, None, "7", float("nan")]))
KEYS = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens", "novel")
USAGES = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, COUNTS))
PAYLOADS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    WORDS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=2,
)
_DURATION = 12345.678
"""Stands where another spelling of a number will stand."""
_ERROR = {"type": "ValueError", "message": "no"}
HEADERS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "duration_ms": st.just(_DURATION),
        "error": mostly(
            st.just(_ERROR), st.sampled_from([{}, None, "no", "", [], {"data": {"a": 1}, "message": 'x,"data":{'}])
        ),
        "agent": mostly(WORDS, st.sampled_from([None, 7])),
        "task": mostly(WORDS, st.just(7)),
        "usage": mostly(USAGES, st.sampled_from([None, {}, [], 7])),
        "cost_usd": mostly(st.floats(0, 9), st.sampled_from([0, 1e300, 10**30, -1.5, None, "1", float("nan")])),
        "importance": mostly(st.floats(0, 1), st.sampled_from([None, "high"])),
        "links": mostly(st.lists(IDS, max_size=2), st.none()),
        "source": mostly(st.none(), st.just({"kind": "other", "raw": {"data": {}}})),
    },
)
SOME_HEADERS = HEADERS.flatmap(
    lambda header: (
        st.sets(st.sampled_from(sorted(header)), max_size=2).map(
            lambda keys: {key: header[key] for key in header if key in keys}
        )
        if header
        else st.just(header)
    )
)

# -- lines -------------------------------------------------------------------------------------------------------------


def _spelled(line: bytes, number: str) -> bytes:
    return line.replace(str(_DURATION).encode(), number.encode())


OWN_LINES = st.builds(
    _spelled, st.builds(encode_event, TIMES, IDS, IDS, SESSIONS, TYPES, WORDS, SOME_HEADERS, PAYLOADS), NUMBERS
)
"""What `capture` writes or, but for the values, could."""

Change = Callable[[bytes], bytes]


def _reordered(line: bytes, order: list[int]) -> bytes:
    try:
        event = json.loads(line.decode(), strict=False)
    except ValueError:
        return line
    keys = list(event)
    order = [place % len(keys) for place in order]
    return json.dumps({keys[place]: event[keys[place]] for place in [*order, *range(len(keys))]}).encode() + b"\n"


def _after_name(extra: bytes) -> Change:
    return lambda line: line.replace(b',"data":', b"," + extra + b',"data":', 1)


def _cut(line: bytes, share: float) -> bytes:
    return line[: int(share * len(line))] + b"\n"


def _overwritten(line: bytes, share: float, with_: bytes) -> bytes:
    at = int(share * (len(line) - 1))
    return line[:at] + with_ + line[at + len(with_) :]


def _inserted(line: bytes, share: float, extra: bytes) -> bytes:
    at = int(share * (len(line) - 1))
    return line[:at] + extra + line[at:]


_SHARES = st.floats(0, 1, exclude_max=True)
_BYTES = st.sampled_from([b"\0", b'"', b"\\", b"\xff", b"{", b"}", b",", b"0", b"9", b"a", b"F", b" ", b"\r", b"\x0b"])
_EXTRAS = _BYTES | st.binary(max_size=9) | st.sampled_from([b'","name":"', b',"data":{', b"}}", b"\0" * 40, b"[" * 99])

DAMAGES = st.one_of(
    st.builds(_cut, OWN_LINES, _SHARES),
    st.builds(_overwritten, OWN_LINES, _SHARES, _BYTES),
    st.builds(_inserted, OWN_LINES, _SHARES, _EXTRAS),
).map(lambda line: line if line.endswith(b"\n") else line + b"\n")
"""Lines of ours that were torn, or of which bytes were changed."""

CHANGES: list[Change] = [
    lambda line: line[:-1] + b"\r\n",
    lambda line: b"\xef\xbb\xbf" + line,
    lambda line: line.replace(b'":', b'": '),
    lambda line: line[:-1] + b" \n",
    lambda line: line[:-2] + b',"error":{"type":"E"},"name":"behind"}\n',
    lambda line: line[:-2] + b',"data":[]}\n',
    lambda line: line[:-2] + b"}}\n",
    lambda line: line.replace(b',"data":', b',"data":7,"x":', 1),
    lambda line: line.replace(b',"data":', b',"DATA":', 1),
    lambda line: line.replace(b'"v":1', b'"v":2'),
    lambda line: line.replace(b',"id":"', b',"id":7,"x":"'),
    _after_name(b'"agent":null'),
    _after_name(b'"agent":"a","agent":"b"'),
    _after_name(b'"agent":"a","agent":null'),
    _after_name(b'"error":{"type":"E"},"error":null'),
    _after_name(b'"duration_ms":1.5,"duration_ms":2.5'),
    _after_name(b'"duration_ms":1.5,"duration_ms":null'),
    _after_name(b'"cost_usd":1.5,"cost_usd":null'),
    _after_name(b'"usage":{"input_tokens":1},"usage":{"input_tokens":2,"input_tokens":3}'),
    _after_name(b'"type":"again"'),
    _after_name(b'"novel":{"data":{}}'),
    _after_name(b'"usage":{"input_tokens":"\xff"}'),
    _after_name(b'"usage":{"novel":"\xff"}'),
    _after_name(b'"error":{"message":"\xff"}'),
    _after_name(b'"error":{"message":"\\ud800"}'),
    _after_name(b'"error":{"message":"\\x"}'),
    _after_name(b'"error":{"message":"\t"}'),
    _after_name(b'"error":{"message":01}'),
    _after_name(b'"error":{"message":' + b"[" * 2000 + b"]" * 2000 + b"}"),
]
_OTHERS = [b"", b" ", b"\t\r", b"{}", b"[]", b"null", b"nonsense", b"\xff", b"\0" * 200, b'{"type":"log"}', b"[" * 9999]

LINES = mostly(
    OWN_LINES,
    st.one_of(
        DAMAGES,
        st.builds(lambda line, change: change(line), OWN_LINES, st.sampled_from(CHANGES)),
        st.builds(_reordered, OWN_LINES, st.lists(st.integers(0, 9), max_size=9)),
        st.sampled_from(_OTHERS).map(lambda text: text + b"\n"),
    ),
)
"""Any line that may stand in a trace."""
