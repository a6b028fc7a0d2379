from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from peek_tui.errors import NoTraceError, UsageError
from peek_tui.trace.imported import ImportedTail, UndecidedTail, open_tail
from peek_tui.trace.model import DAMAGED, Damage
from peek_tui.trace.sources import resolve
from peek_tui.trace.store import Store
from peek_tui.trace.tail import Tail
from tests.state.traces import TraceFile

from .importers.foreign import DATA, Stream, Transcript, load, text, tool

pytestmark = pytest.mark.usefixtures("half")


@pytest.fixture
def run() -> Transcript:
    """A run with a prompt, a call and its result."""
    transcript = Transcript()
    transcript.user("Hello")
    transcript.answer("msg_1", tool("t1"))
    transcript.result("t1")
    return transcript


class TestDamage:
    def test_in_the_middle(self, run: Transcript, tmp_path: Path) -> None:
        """A line that is no JSON is damage at the user's own file and line, and its neighbours load."""
        path = tmp_path / "run.jsonl"
        first, second, third = run.lines
        path.write_bytes(b"\n".join([first, b"", second, second[:100], third, b"[1]", b""]))
        snapshot = load(path)
        torn, no_object = snapshot.stats().damaged
        assert torn[:2] == (str(path), 4)
        assert torn.reason.startswith("not JSON: Unterminated string")
        assert no_object == Damage(str(path), 6, "not a JSON object but an array", "line")
        assert [snapshot.type(row) for row in range(len(snapshot))] == [
            "agent_start",
            "user_message",
            "llm_response",
            "tool_call",
            DAMAGED,
            "tool_result",
            DAMAGED,
        ]
        assert snapshot.event(4).raw == second[:100]
        assert snapshot.stats().orphans == 0

    @pytest.mark.parametrize("line", [b"\x00" * 80, b'{"type":"user","x":"\xff"}', b'"text"', b"{" * 100_000])
    def test_any(self, line: bytes, run: Transcript, tmp_path: Path) -> None:
        """Bytes of any kind cost their own line only."""
        path = run.write(tmp_path / "run.jsonl")
        path.write_bytes(path.read_bytes() + line + b"\n" + run.lines[1].replace(b"msg_1", b"msg_2") + b"\n")
        stats = load(path).stats()
        assert ([damage.line for damage in stats.damaged], stats.types["llm_response"]) == ([4], 2)

    def test_byte_order_mark(self, run: Transcript, tmp_path: Path) -> None:
        """A mark at the start and carriage returns are no damage."""
        path = tmp_path / "run.jsonl"
        path.write_bytes(b"\xef\xbb\xbf" + b"".join(line + b"\r\n" for line in run.lines))
        assert (load(path).stats().damaged, len(load(path))) == ((), 5)


class TestUndecided:
    def test_empty(self, run: Transcript, tmp_path: Path) -> None:
        """A file that is empty when it is opened is told by its first line when that comes."""
        path = tmp_path / "run.jsonl"
        path.touch()
        store = Store([path])
        assert (store.advance(), store.formats, len(store.snapshot())) == (False, ["peek"], 0)
        path.write_bytes(run.lines[0])
        assert (store.advance(), store.formats, store.snapshot().stats().unfinished) == (False, ["peek"], True)
        run.write(path)
        assert (store.advance(), store.formats, len(store.snapshot())) == (True, ["claude-code"], 5)

    def test_ours(self, tmp_path: Path) -> None:
        """A trace of ours that is empty when it is opened is read as one."""
        trace = TraceFile(tmp_path / "trace.jsonl")
        store = Store([trace.path])
        trace.add("log")
        assert (store.advance(), store.formats, len(store.snapshot())) == (True, ["peek"], 1)

    def test_half_a_line(self, tmp_path: Path) -> None:
        """Half a line is unfinished, whatever it will be."""
        path = tmp_path / "run.jsonl"
        path.write_bytes(b'{"type":"us')
        assert Store.load([path]).snapshot().stats().unfinished
        tail = open_tail(path)
        assert isinstance(tail, UndecidedTail)
        assert (tail.read(100), tail.ending(100), tail.at_end(), tail.changed()) == (None, None, True, None)
        assert tail.bytes_at(0, 3) == b'{"t'
        tail.close()

    def test_waiting_lines(self, tmp_path: Path) -> None:
        """Lines that do not say whose they are make a file unfinished, not empty for good."""
        path = tmp_path / "run.jsonl"
        path.write_bytes(b'{"type":"summary","summary":"So far","leafUuid":"u"}\n')
        store = Store.load([path])
        assert (store.unread, len(store.snapshot()), store.snapshot().stats().unfinished) == (1, 0, True)

    def test_neither(self, tmp_path: Path) -> None:
        """A file that is of no format is read as ours, and found damaged."""
        path = tmp_path / "notes.txt"
        path.write_bytes(b"hello\n")
        assert isinstance(open_tail(path), Tail)


class TestTail:
    def test_served_again(self, run: Transcript, tmp_path: Path) -> None:
        """An event is served again as it was read, also when the foreign file is gone."""
        path = run.write(tmp_path / "run.jsonl")
        tail = open_tail(path)
        assert isinstance(tail, ImportedTail)
        block = tail.read(1 << 20)
        assert block is not None
        lines = list(block.split(1))
        path.unlink()
        assert [tail.bytes_at(line.offset, len(line.text)) for line in lines] == [line.text for line in lines]
        assert block.numbers == [1, 1, 2, 2, 3]
        assert (tail.read(1 << 20), tail.ending(1 << 20)) == (None, None)
        tail.close()

    def test_truncated(self, run: Transcript, tmp_path: Path) -> None:
        """A foreign file that shrinks is noticed, and what was read of it stays."""
        path = run.write(tmp_path / "run.jsonl")
        store = Store.load([path])
        path.write_bytes(b"")
        assert (store.changed, store.snapshot().event(1).data) == ([path], {"content": "Hello"})

    def test_no_spool_left(self, run: Transcript, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing is left behind, and nothing stands beside the foreign file."""
        spools = tmp_path / "spools"
        spools.mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(spools))
        store = Store.load([run.write(tmp_path / "run.jsonl")])
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["run.jsonl", "spools"]
        opened = Path("/proc/self/fd")
        before = len(list(opened.iterdir()))
        store.close()
        assert len(list(opened.iterdir())) == before - 2

    def test_status(self, run: Transcript, tmp_path: Path) -> None:
        """Whether a foreign run still runs is not known, unless what it comes through holds our lock."""
        path = run.write(tmp_path / "run.jsonl")
        store = Store.load([path])
        assert store.status() == "unknown"
        with path.open("rb") as pipe:
            fcntl.flock(pipe, fcntl.LOCK_EX)
            assert store.status() == "running"

    def test_missing(self, tmp_path: Path) -> None:
        """A file that is not there is said to be missing, by any format."""
        with pytest.raises(NoTraceError, match="there is no such file"):
            open_tail(tmp_path / "nothing.jsonl", "claude-code")


class TestFormat:
    def test_overrides(self, tmp_path: Path) -> None:
        """A format given by name is what a file is read as, whatever it looks like."""
        stream = Stream()
        stream.user("Hello")
        path = stream.write(tmp_path / "run.jsonl")
        assert [Store.load([path], format).formats for format in (None, "claude-code", "peek")] == [
            ["claude-stream-json"],
            ["claude-code"],
            ["peek"],
        ]

    def test_unknown(self, tmp_path: Path) -> None:
        """A name that is no format's is refused with those that are."""
        with pytest.raises(UsageError, match=r"^nope: there is no such format; there are peek, claude-code, claude-"):
            open_tail(tmp_path / "run.jsonl", "nope")


class TestSources:
    MAIN = DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"

    def test_transcript(self, tmp_path: Path) -> None:
        """A transcript comes with the files of its subagents, a directory with those of each one in it."""
        subagents = sorted((self.MAIN.with_suffix("") / "subagents").glob("*.jsonl"))
        assert resolve(str(self.MAIN), tmp_path) == [self.MAIN, *subagents]
        others = [DATA / "denied-tool.jsonl", DATA / "stream.jsonl"]
        assert resolve(str(DATA), tmp_path) == [self.MAIN, *subagents, *others]

    def test_ids_are_no_numbers(self, tmp_path: Path) -> None:
        """No event is missed between ids that an importer made."""
        transcript = Transcript()
        for number in range(3_000):
            transcript.records.append({"type": "log", "sessionId": "s", "cwd": "/", "note": number})
        assert load(transcript.write(tmp_path / "run.jsonl")).stats().missing == ()


def test_mixed(tmp_path: Path, run: Transcript) -> None:
    """Foreign files and ours are read side by side."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    trace.add("log")
    stream = Stream()
    stream.answer("msg_1", text("Hi"), session_id="another")
    paths = [trace.path, run.write(tmp_path / "a.jsonl"), stream.write(tmp_path / "b.jsonl")]
    store = Store.load(paths)
    assert store.formats == ["peek", "claude-code", "claude-stream-json"]
    assert (store.snapshot().stats().sessions, len(store.snapshot())) == (2, 7)
