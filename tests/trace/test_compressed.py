from __future__ import annotations

import fcntl
import gzip
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peek_tui.trace.compressed import read_head
from peek_tui.trace.imported import AnyTail, ImportedTail, UndecidedTail, open_tail
from peek_tui.trace.tail import Block, Tail

from .importers.foreign import DATA

RANDOM = random.Random(5)
LINES = [b'{"v":1,"n":%d,"text":"%s"}\n' % (number, RANDOM.randbytes(40).hex().encode()) for number in range(5_000)]
TEXT = b"".join(LINES)


class Kind(NamedTuple):
    """A way to compress."""

    name: str
    suffix: str
    compress: Callable[[bytes], bytes]


KINDS = [
    Kind("gzip", ".gz", gzip.compress),
    Kind("zstd", ".zst", zstandard.ZstdCompressor(write_checksum=True).compress),
]

Open = Callable[[bytes], AnyTail]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> Kind:
    kind = request.param
    assert isinstance(kind, Kind)
    return kind


@pytest.fixture
def path(tmp_path: Path, kind: Kind) -> Path:
    return tmp_path / f"run.jsonl{kind.suffix}"


@pytest.fixture
def opened(path: Path) -> Iterator[Open]:
    """Open a file with this content."""
    with ExitStack() as tails:

        def open_file(content: bytes) -> AnyTail:
            path.write_bytes(content)
            tail = open_tail(path)
            tails.callback(tail.close)
            return tail

        yield open_file


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(content)


def text_of(tail: AnyTail, budget: int = 100_000) -> bytes:
    """Read on to the end; blocks follow each other."""
    text = b""
    while not tail.at_end():
        if block := tail.read(budget):
            text += block.lines
            assert tail.bytes_at(block.offset, len(block.lines)) == block.lines
    return text


@pytest.mark.parametrize("budget", [1, 777, 100_000, 1 << 24])
def test_whole(kind: Kind, opened: Open, budget: int) -> None:
    """A compressed file is the lines it holds, with their places and numbers in the text."""
    lines = LINES[:100] if budget == 1 else LINES
    tail = opened(kind.compress(b"".join(lines)))
    assert isinstance(tail, Tail)
    assert tail.format == "peek"
    blocks = []
    while not tail.at_end():
        blocks.append(tail.read(budget))
    whole = Block(0, b"".join(block.lines for block in blocks if block))
    read = list(whole.split(1))
    assert [line.text + b"\n" for line in read] == lines
    assert [line.number for line in read] == list(range(1, len(lines) + 1))
    assert all(tail.bytes_at(line.offset, len(line.text)) == line.text for line in read)
    assert (tail.unfinished, tail.trouble, tail.writer_lives(), tail.changed()) == (False, None, False, None)


def test_named_otherwise(kind: Kind, opened: Open, path: Path) -> None:
    """A file is compressed by what it holds, whatever it is called."""
    opened(kind.compress(TEXT))
    other = path.rename(path.with_name("trace"))
    tail = open_tail(other, "peek")
    assert (text_of(tail), tail.format) == (TEXT, "peek")
    tail.close()


def test_members(kind: Kind, opened: Open) -> None:
    """Members or frames one after the other, empty ones and padding too, are one text."""
    parts = [TEXT[:1], b"", TEXT[1:70_000], TEXT[70_000:]]
    tail = opened(b"".join(map(kind.compress, parts)) + bytes(512))
    assert (text_of(tail), tail.trouble, tail.at_end()) == (TEXT, None, True)


def test_both_kinds(opened: Open) -> None:
    """Members of either kind may follow each other."""
    tail = opened(b"".join(kind.compress(TEXT) for kind in KINDS))
    assert (text_of(tail), tail.trouble) == (TEXT * 2, None)


def test_skippable_frames(tmp_path: Path) -> None:
    """Frames of zstd that hold no text are passed over, also at the beginning."""
    skipped = b"\x53\x2a\x4d\x18" + (10_000).to_bytes(4, "little") + bytes(10_000)
    path = tmp_path / "run.jsonl.zst"
    path.write_bytes(skipped + KINDS[1].compress(TEXT) + skipped + KINDS[1].compress(b"end\n"))
    tail = open_tail(path)
    assert (text_of(tail), tail.trouble) == (TEXT + b"end\n", None)
    tail.close()


@pytest.mark.parametrize("options", [{"level": 19}, {"write_content_size": False}, {"level": -5}], ids=str)
@pytest.mark.parametrize("text", [TEXT, bytes(3_000_000) + b"\n", b"\n", RANDOM.randbytes(300_000) + b"\n"], ids=len)
def test_frames(tmp_path: Path, options: dict[str, Any], text: bytes) -> None:
    """Frames of any header and any kind of block are read."""
    path = tmp_path / "run.jsonl.zst"
    path.write_bytes(zstandard.ZstdCompressor(**options).compress(text))
    tail = open_tail(path, "peek")
    assert (text_of(tail), tail.trouble) == (text, None)
    tail.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(cuts=st.lists(st.floats(0, 1), max_size=6), members=st.lists(st.integers(0, 30_000), max_size=4))
def test_growing(kind: Kind, path: Path, cuts: list[float], members: list[int]) -> None:
    """However a compressed file grows, its lines are the same, and it is in trouble only between two pieces."""
    starts = sorted([0, *members, 30_000])
    whole = b"".join(kind.compress(TEXT[start:end]) for start, end in pairwise(starts))
    path.write_bytes(b"")
    tail, text = open_tail(path), b""
    places = [0, *sorted(int(cut * len(whole)) for cut in cuts), len(whole)]
    for start, end in pairwise(places):
        append(path, whole[start:end])
        tail = tail.settled()
        text += text_of(tail)
        assert tail.changed() is None
    assert text == TEXT[: TEXT.rfind(b"\n", 0, 30_000) + 1]
    assert (tail.trouble, tail.unfinished) == (None, True)
    tail.close()


def test_flushed(tmp_path: Path) -> None:
    """What a program has flushed is there before it ends its stream."""
    with (tmp_path / "run.gz").open("wb") as file, gzip.GzipFile(fileobj=file, mode="wb") as stream:
        stream.write(TEXT)
        stream.flush()
        file.flush()
        tail = open_tail(tmp_path / "run.gz")
        assert (text_of(tail), tail.trouble) == (TEXT, "the gzip stream is cut off after 5,000 lines")
        assert tail.writer_lives() is None
        fcntl.flock(file, fcntl.LOCK_EX)
        assert (tail.trouble, tail.writer_lives()) == (None, True)
    assert (text_of(tail), tail.trouble, tail.writer_lives()) == (b"", None, False)
    tail.close()


def test_cut_off(kind: Kind, opened: Open) -> None:
    """Of a stream that is cut off everything before the cut is there, and where it is cut is said."""
    content = kind.compress(TEXT)
    tail = opened(content[: len(content) // 2])
    text = text_of(tail)
    assert TEXT.startswith(text)
    assert len(text) > 0.4 * len(TEXT)
    count = text.count(b"\n")
    assert tail.trouble == f"the {kind.name} stream is cut off after {count:,} lines"
    assert tail.writer_lives() is None


@pytest.mark.parametrize("rest", [b"\x00\x00no member", b"\n", b"abcd"])
def test_other_bytes_behind(kind: Kind, opened: Open, path: Path, rest: bytes) -> None:
    """What follows a stream and is none is said, and ends it."""
    tail = opened(kind.compress(TEXT) + rest)
    said = f"the {kind.name} stream ends and other bytes follow after 5,000 lines"
    assert (text_of(tail), tail.trouble, tail.at_end()) == (TEXT, said, True)
    append(path, kind.compress(TEXT))
    assert (tail.read(1000), tail.trouble, tail.at_end()) == (None, said, True)


def test_wrong_checksum(kind: Kind, opened: Open) -> None:
    """A stream whose checksum is wrong is read to its end, and said to be damaged."""
    content = bytearray(kind.compress(TEXT))
    content[-5 if kind.name == "gzip" else -1] ^= 1
    tail = opened(bytes(content))
    assert text_of(tail) == TEXT
    trouble = tail.trouble
    assert trouble is not None
    assert trouble.startswith(f"the {kind.name} stream is damaged (")
    assert trouble.endswith("check) after 5,000 lines" if kind.name == "gzip" else "checksum) after 5,000 lines")


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_damage_inside(kind: Kind, opened: Open, place: float) -> None:
    """Of a stream with other bytes inside, everything before them is there."""
    content = kind.compress(TEXT)
    at = int(place * len(content))
    tail = opened(content[:at] + b"\xff" * 300 + content[at + 300 :])
    text = text_of(tail)
    block = 128 * 1024 if kind.name == "zstd" else 0
    good = len(text) if TEXT.startswith(text) else next(i for i, byte in enumerate(text) if byte != TEXT[i])
    assert good >= place * len(TEXT) * 0.95 - block
    assert (tail.trouble or "").startswith(f"the {kind.name} stream is damaged (")


@pytest.mark.parametrize("size", range(1, 12))
def test_beginning(kind: Kind, path: Path, size: int) -> None:
    """A file that holds the first bytes of a stream alone is not taken for a trace; the next ones tell more."""
    content = kind.compress(TEXT)
    path.write_bytes(content[:size])
    tail = open_tail(path)
    assert isinstance(tail, UndecidedTail)
    assert (tail.read(100), tail.at_end(), tail.changed()) == (None, True, None)
    path.write_bytes(content)
    tail = tail.settled()
    assert text_of(tail) == TEXT
    tail.close()


def test_no_stream_at_all(kind: Kind, opened: Open) -> None:
    """A file that begins like a stream and is none is in trouble, not empty."""
    tail = opened(kind.compress(TEXT)[:4] + b"\xff" * 5_000)
    assert text_of(tail) == b""
    assert (tail.trouble or "").startswith(f"the {kind.name} stream is damaged (")
    assert (tail.trouble or "").endswith(") after 0 lines")


def test_bomb(kind: Kind, opened: Open) -> None:
    """A stream that holds a thousand times its size is decompressed as far as it is read."""
    tail = opened(kind.compress(b'{"v":1,"x":"' + bytes(200_000_000) + b'"}\n'))
    assert tail.read(1 << 20) is None
    assert len(tail.bytes_at(0, 200_000_000)) < 5_000_000


def test_ending(kind: Kind, opened: Open) -> None:
    """The end of the text is known when everything was read."""
    tail = opened(kind.compress(TEXT))
    assert tail.ending(1000) is None
    text_of(tail)
    block = tail.ending(1000)
    assert block is not None
    assert TEXT.endswith(block.lines)
    assert 800 < len(block.lines) <= 1000


def test_changed(kind: Kind, opened: Open, path: Path) -> None:
    """A compressed file that is cut or rewritten says so; what was read of it stays."""
    tail = opened(kind.compress(TEXT))
    text_of(tail)
    path.write_bytes(kind.compress(TEXT[:50_000]))
    assert (tail.changed(), tail.bytes_at(0, len(TEXT))) == ("was truncated", TEXT)


@pytest.mark.parametrize("form", ["claude-code", "claude-stream-json"])
def test_foreign(kind: Kind, tmp_path: Path, form: str) -> None:
    """A compressed foreign file is imported like one that is not, with the files of its subagents, compressed too."""
    source = next(DATA.glob("c0dd*.jsonl")) if form == "claude-code" else DATA / "stream.jsonl"
    path = tmp_path / f"{source.name}{kind.suffix}"
    path.write_bytes(kind.compress(source.read_bytes()))
    inside = source.with_suffix("") / "subagents"
    for file in inside.glob("*.jsonl"):
        beside = tmp_path / source.stem / "subagents" / f"{file.name}{kind.suffix}"
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(kind.compress(file.read_bytes()))
    tail, plain = open_tail(path), open_tail(source)
    assert isinstance(tail, ImportedTail)
    assert (tail.format, text_of(tail)) == (form, text_of(plain))
    assert [file.name for file in tail.beside()] == [f"{file.name}{kind.suffix}" for file in plain.beside()]
    tail.close()
    plain.close()


def test_full_disk(kind: Kind, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the text cannot be kept, what was kept is there and the rest is said to be missing."""
    tail = opened(kind.compress(TEXT))
    first = tail.read(1000)

    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.pwrite", fail)
    rest = text_of(tail)
    assert first is not None
    assert TEXT.startswith(first.lines + rest)
    lines = (first.lines + rest).count(b"\n")
    assert tail.trouble == f"no more of the text can be kept (No space left on device) after {lines:,} lines"


@pytest.mark.parametrize("length", [10, 4_000, 500_000])
def test_head(kind: Kind, path: Path, length: int) -> None:
    """The beginning of a file is read without the rest, of one that is not compressed too."""
    path.write_bytes(TEXT)
    assert read_head(path, length) == TEXT[:length]
    path.write_bytes(kind.compress(TEXT[:1000]) * 3)
    head = read_head(path, max(length, 1_000))
    assert (TEXT[:1000] * 3).startswith(head)
    assert len(head) >= 1000
    path.write_bytes(kind.compress(TEXT)[:5_000] + b"\xff" * 500)
    assert TEXT.startswith(read_head(path, 4_000)[:4_000])
