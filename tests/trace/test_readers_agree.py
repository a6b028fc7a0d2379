"""The three ways of reading a block: as vectors by fixed-width headers, as vectors after decoding, and line by line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peek_tui.trace.batch import Batch, BatchReader, Vocabulary
from peek_tui.trace.check import is_sound
from peek_tui.trace.ids import Ids

from .lines import LINES

START = b'{"v":1,"ts":1763640000000000000,"id":"5f3a9c1e00000000","parent":"0000000000000000","session":"' + b"5" * 32
LINE = START + b'","type":"log","name":"a","data":{}}\n'
_WHOLE_NUMBERS = ("at", "length", "ts", "id", "parent", "session", "type", "name", "agent", "failed")


def said(batch: Batch) -> list[dict[str, Any]]:
    """What a batch says of each event, but for payloads that are damaged."""
    rows = zip(*batch.spending, strict=True)
    spent = {
        int(at): (tuple(map(int, counts)), spelled(cost), spelled(importance)) for at, counts, cost, importance in rows
    }
    return [
        {
            **{name: int(getattr(batch, name)[index]) for name in _WHOLE_NUMBERS},
            "duration": spelled(batch.duration[index]),
            "spent": spent.get(index),
            "damage": damage if (damage := batch.damage.get(index)) and damage[1] == "line" else None,
            "agents": (agent[0].type, agent[0].id, agent[0].parent, agent[0].name, agent[1])
            if (agent := batch.agents.get(index))
            else None,
            "imported": index in batch.imported,
        }
        for index in range(len(batch))
    ]


def spelled(number: float) -> str:
    """Return a number so that NaN equals NaN, and minus nothing is nothing."""
    return str(float(number) + 0.0)


def in_order(line: bytes) -> bool:
    """Whether a line tells nothing behind its payload, as far as it can be read."""
    try:
        pairs: Any = json.loads(line.decode(), strict=False, object_pairs_hook=lambda pairs: pairs)
    except (ValueError, RecursionError):
        return True
    keys = [key for key, _ in pairs] if isinstance(pairs, list) and pairs and isinstance(pairs[0], tuple) else []
    return "data" not in keys[:-1]


def line_of(block: bytes, batch: Batch, index: int) -> bytes:
    return block[batch.at[index] :][: batch.length[index]]


def check(lines: list[bytes]) -> None:
    """Read a block in every way.

    A file that says `capture` wrote it is taken at its word: there, nothing is looked for behind the payload.
    """
    reader = BatchReader(Vocabulary(), Ids())
    block = b"".join(line for line in lines if in_order(line))
    for _ in range(2):  # the second time all words are known
        compare(block, reader.read(block, ours=True), reader.read_few(block))
    block = b"".join(lines)
    compare(block, reader.read(block, ours=False), reader.read_few(block))


def compare(block: bytes, many: Batch, few: Batch) -> None:
    """Compare what was read as vectors with what was read line by line; damage to payloads may have been put off."""
    assert said(many) == said(few)
    assert many.lines == few.lines
    assert many.damage.items() <= few.damage.items()
    put_off = few.damage.keys() - many.damage.keys()
    assert not any(is_sound(line_of(block, few, index)) for index in put_off)
    for index in range(len(many)):
        if many.payload[index] and index not in few.damage:
            line = line_of(block, many, index)
            assert spoken(line[many.payload[index] : -1]) == spoken(line)["data"]


def spoken(text: bytes) -> Any:
    """Return what JSON says, its NaNs as words so that they are equal."""
    return json.loads(text, strict=False, parse_constant=str)


@settings(max_examples=300)
@given(st.lists(LINES, min_size=1, max_size=8))
def test_agree(lines: list[bytes]) -> None:
    """Each line says the same whichever way it is read, and the lines before it make no difference."""
    check(lines)


@pytest.mark.parametrize(
    ("keys", "is_seen"),
    [
        (b"", True),
        (b'"duration_ms":1.5', True),
        (b'"duration_ms":12345.678901,"agent":"planner","usage":{"input_tokens":1},"cost_usd":0.25', True),
        (b'"agent":"a","task":"t"', True),
        (b'"agent":"%b"' % (b"x" * 130), False),
        (b'"error":{"type":"E","message":",\\"data\\":{}"}', False),
        (b'"source":{"kind":"x","raw":{"a":1,"data":{}}}', False),
    ],
)
def test_where_payloads_begin(keys: bytes, is_seen: bool) -> None:
    """Where a payload begins is known of a line that was read as a vector, and of no other."""
    line = with_key(keys) if keys else LINE
    reader, block = (
        BatchReader(Vocabulary(), Ids()),
        LINE + line + 2 * LINE,
    )  # the last two are within a window of its end
    payloads = reader.read(block, ours=True).payload.tolist()
    assert payloads == [LINE.rindex(b"{}"), line.rindex(b"{}") if is_seen else 0, 0, 0]
    assert not reader.read(block, ours=False).payload.any()


@pytest.mark.parametrize("end", [b"\n", b"x\n", LINE[:130] + b"\n", LINE[20:]])
def test_short_last_line(end: bytes) -> None:
    """A line shorter than a header may stand at the end of a block."""
    check([LINE, end])
    check([end])


def with_key(key: bytes) -> bytes:
    """Return a line with one more key before its payload."""
    return LINE.replace(b',"data"', b"," + key + b',"data"')


@pytest.mark.parametrize("sign", [b"\0", b" ", b":", b"x", b""])
@pytest.mark.parametrize("key", [b'"task":"a"', b'"agent":"a"', b'"duration_ms":1.5'])
def test_commas(sign: bytes, key: bytes) -> None:
    """A key has a comma before it."""
    check([with_key(key).replace(b"," + key, sign + key)])
    check([with_key(key).replace(key + b",", key + sign)])


@pytest.mark.parametrize("word", [b"nul\0", b"nul", b"\0", b"", b"x" * 39, b"x" * 38 + b"\0"])
def test_words(word: bytes) -> None:
    """A word is told from others by every byte it has, NULs at its end included."""
    others = [LINE.replace(b'"name":"a"', b'"name":"%b"' % other) for other in (b"nul", b"nul\0", b"", b"\0")]
    check([LINE.replace(b'"name":"a"', b'"name":"%b"' % word), *others])
    check([*others, LINE.replace(b'"name":"a"', b'"name":"%b"' % word)])


@pytest.mark.parametrize("key", [b'"duration_ms":%b', b'"cost_usd":%b', b'"usage":{"input_tokens":7},"cost_usd":%b'])
@pytest.mark.parametrize(
    "number",
    [
        b"007.5", b"00.5", b"0.5", b"-0.0", b"1e22", b"1e999", b"9.5e18", b"9" * 400, b"9223372036854775807",
        b"-9223372036854775807", b"9223372036854775295", b"9223372036854775296", b"12345678.12345678", b"1.", b"NaN",
    ],
)  # fmt: skip
def test_numbers(key: bytes, number: bytes) -> None:
    """A number is what JSON makes of it, and none where that is too much to be added up."""
    check([with_key(key % number)])


@pytest.mark.parametrize(
    "usage",
    [
        b"", b'"input_tokens":1', b'"input_tokens":01', b'"input_tokens":1,"output_tokens":2', b'"output_tokens":2',
        b'"output_tokens":2,"input_tokens":1', b'"input_tokens":1,"input_tokens":2', b'"input_tokens":12345678',
        b'"input_tokens":1099511627776', b'"input_tokens":1099511627777', b'"input_tokens":-1', b'"input_tokens":1.0',
        b'"input_tokens":1.5', b'"input_tokens":null', b'"input_tokens":', b'"input_tokens":1,', b',"input_tokens":1',
        b'"novel":1', b'"input_tokens":1,"novel":2', b'"input_tokens":1"output_tokens":2', b'"input_tokens" :1',
        b'"output_tokens":2,"reasoning_tokens":3', b'"input_tokens":1,"reasoning_tokens":{}',
    ],
)  # fmt: skip
def test_usages(usage: bytes) -> None:
    """Tokens are what JSON makes of them, in any order and number."""
    key = b'"usage":{%b}' % usage
    check(
        [with_key(key), with_key(key + b',"cost_usd":0.25'), with_key(b'"cost_usd":0.25,' + key), with_key(b"x" + key)]
    )


@pytest.mark.parametrize(
    "key",
    [
        b'"error":{}', b'"error":{"message":"\xff"}', b'"error":{"message":"\\ud800"}', b'"error":"no"', b'"error":""',
        b'"cost_usd":1e300', b'"cost_usd":-0.5', b'"usage":{"novel":"\xff"}', b'"task":"\xff"',
        b'"agent":"a","agent":null', b'"agent":"a","agent":"b"', b'"agent":null', b'"agent":""',
    ],
)  # fmt: skip
def test_rarer_keys(key: bytes) -> None:
    """The header's rarer keys mean the same in every way of reading."""
    check([with_key(key)])


def named(name: str) -> bytes:
    return with_key(b'"duration_ms":1.5,"agent":"a"').replace(b'"name":"a"', b'"name":"%b"' % name.encode())


@pytest.mark.parametrize("rest", [b"{", LINE[:-1], LINE[:100] + "é".encode()[:1], b"\xff\0"])
def test_beginning_of_a_line(rest: bytes) -> None:
    """What stands behind the last newline is not read, in whatever way a block is."""
    reader = BatchReader(Vocabulary(), Ids())
    block = LINE + LINE.replace(b'"log"', b'"agent_end"')
    for read in (reader.read_few, lambda lines: reader.read(lines, ours=True), lambda lines: reader.read(lines, False)):
        assert said(read(block + rest)) == said(read(block))
        assert read(block + rest).lines == 2


def test_long_phrases() -> None:
    """A header means the same however long the words in it are."""
    check([named("x" * length) for length in range(130)])


def test_many_phrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trace may have more different headers than are remembered."""
    monkeypatch.setattr("peek_tui.trace.phrases._MOST", 8)
    check([named(f"name {number}") for number in range(100)])


@pytest.mark.parametrize("name", ["llama3:8b", 'say ":5', '":5', '":5,"data":{', ',"data":', '\\":5', "a:{"])
def test_words_like_phrases(name: str) -> None:
    """What looks like the end of a phrase may be said in a word."""
    check([named(json.dumps(name)[1:-1]) for _ in range(2)])


@pytest.mark.parametrize("key", ["task", "error", "source", "links", "usage", "no key of ours"])
@pytest.mark.parametrize("value", ['"%s"', '{"type":"%s"}', '{"%s":1}', '["%s"]'])
def test_no_text(key: str, value: str) -> None:
    """Bytes that are no text cost the line, wherever in its header a block of lines passes over them."""
    text = json.dumps({key: 0})[1:-1].replace("0", value % "a\xff")
    check([LINE, with_key(text.encode("latin-1")), LINE])


@pytest.mark.parametrize("key", ["task", "error", "source", "links", "no key of ours"])
def test_text(key: str) -> None:
    """Keys that say nothing of what an index keeps make no difference to it."""
    check([LINE, with_key(b'"%b":{"type":"a","more":[1]}' % key.encode()), LINE])
