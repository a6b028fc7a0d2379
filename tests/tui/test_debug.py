from __future__ import annotations

import os
from pathlib import Path
from shutil import copyfile
from threading import Event

import pytest

from capture import TraceContext
from peek_tui.errors import InputError
from peek_tui.state.marks import Marks
from peek_tui.state.marks_file import encode_marks, marks_path
from peek_tui.tui.widgets.rows import Piece
from peek_tui.tui.widgets.tree import DecisionTree
from tests.state.traces import SESSION, TraceFile

from .losing import record_loss
from .screens import opened, text_of
from .story import ROWS, Row


@pytest.fixture
def trace(tmp_path: Path) -> TraceFile:
    return TraceFile(tmp_path / "trace.jsonl")


class TestDamage:
    async def test_line(self, trace: TraceFile) -> None:
        """A line that is no event has a row that says so, its neighbours are whole, and its bytes can be seen."""
        trace.add("log", "first")
        trace.write(b"garbage\n")
        trace.add("log", "second")
        trace.write(b'{"v":1,"torn')
        async with opened([trace.path]) as peek:
            first, damaged, second = text_of(peek.timeline).strip().splitlines()
            assert first.endswith("LOG  · first")
            assert "DMGD ✗ line 2, 7 bytes unreadable: not JSON" in damaged
            assert second.endswith("LOG  · second")
            await peek.press("j")
            shown = text_of(peek.inspector)
            assert "damaged: not JSON: Expecting value" in shown
            assert "raw: garbage" in shown

    async def test_payload(self, trace: TraceFile) -> None:
        """An event whose payload cannot be read keeps its name, and shows the line as it stands."""
        trace.add("log", "first")
        trace.write(b'{"v":1,"id":"5f3a9c1e000000ff","type":"tool_call","name":"search","data":{"q":"\xff"}}\n')
        async with opened([trace.path], (200, 60)) as peek:
            await peek.press("j")
            [line] = [line for line in text_of(peek.timeline).splitlines() if "search" in line]
            assert "✗ search  payload unreadable: not UTF-8 at byte 79" in line
            assert '"data":{"q":"\\xff"}}' in text_of(peek.inspector).replace("\n", "").replace("  ", "")

    async def test_nothing_yet(self, trace: TraceFile) -> None:
        """A trace without events opens, takes every key, and shows the first event when it comes."""
        async with opened([trace.path]) as peek:
            assert text_of(peek.timeline).strip().startswith("there are no events yet")
            await peek.press(*"jkgGsSeEudJK0ixFpptt-=hl1", "tab", "enter", "escape")
            await peek.press("colon", "5", "enter")
            assert peek.row is None
            trace.add("log", "at last")
            await peek.until(lambda: peek.row == 0)
            await peek.until(lambda: "at last" in text_of(peek.timeline))


class TestArriving:
    async def test_tree(self, trace: TraceFile, monkeypatch: pytest.MonkeyPatch) -> None:
        """What arrives in the timeline has no line of the tree drawn again; a tree that is newer has."""
        drawn: list[int] = []
        draw = DecisionTree.draw

        def drawing(tree: DecisionTree, line: int, width: int) -> list[Piece]:
            drawn.append(line)
            return draw(tree, line, width)

        monkeypatch.setattr(DecisionTree, "draw", drawing)
        trace.add("agent_start", "a")
        trace.add("log", "first")
        async with opened([trace.path]) as peek:
            await peek.rest()
            drawn.clear()
            peek.debug.paint(changed=True)
            await peek.rest()
            assert drawn == []
            trace.add("log", "second")
            await peek.until(lambda: "second" in text_of(peek.tree))
            assert sorted(set(drawn)) == [0, 1, 2]


class TestReading:
    async def test_cannot_go_on(self, story: Path) -> None:
        """When there is no reading on, what was read stays, and why there is no more is said."""

        def more() -> list[Path]:
            raise InputError("the directory cannot be read: Permission denied")

        async with opened([story], read=False, more=more) as peek:
            said = " nothing more is read: the directory cannot be read: Permission denied"
            await peek.until(lambda: peek.bar("keys") == said)
            await peek.press("j", "j")
            assert peek.row == 2

    @pytest.mark.parametrize("filtered", [False, True])
    async def test_end_while_it_is_read(self, story: Path, trace: TraceFile, filtered: bool) -> None:
        """Who goes to the end while a finished run is read comes to its end and stays there, whatever comes later."""
        read_on = Event()

        def more() -> list[Path]:
            assert read_on.wait(30)
            return []

        copyfile(story, trace.path)
        async with opened([trace.path], read=False, more=more) as peek:
            await peek.press(*("ampersand", *"-zebra", "enter") if filtered else (), "G")
            assert peek.debug.browse.follow
            assert "FOLLOW" not in peek.bar("title")  # nobody waits for more of it
            read_on.set()
            await peek.until(lambda: peek.row == Row.END and not peek.debug.browse.follow)
            trace.add("log", "late")
            await peek.until(lambda: len(peek.debug.browse.rows) == ROWS + 1)
            assert peek.row == Row.END
            await peek.press("k", "G")
            assert peek.row == Row.END + 1

    async def test_followed_to_its_end(self, trace: TraceFile) -> None:
        """The last event of a run that is followed is selected when it ends, and stays so when its file grows again."""
        with TraceContext(agent_name="a", path=trace.path) as agent:
            agent.record_tool_call("search", {})
            async with opened([trace.path], follow=True, at_failure=True) as peek:
                agent.record_tool_result("search", error=ValueError("no lamp"))
                await peek.until(lambda: peek.row == 2)
                assert "FOLLOW" in peek.bar("title")
                agent.__exit__(None, None, None)
                await peek.until(lambda: not peek.debug.browse.follow)
                assert peek.event.type == "agent_end"
                trace.add("log", "late")
                await peek.until(lambda: len(peek.debug.browse.rows) == 5)
                await peek.until(peek.has_read)
                assert peek.event.type == "agent_end"

    async def test_begun_again(self, trace: TraceFile) -> None:
        """When the file is rewritten the new one is shown, from the same place, and nothing of the old one is left."""
        for number in range(5):
            trace.add("tool_call", f"old-{number}")
        async with opened([trace.path]) as peek:
            await peek.press("j", "j", "t", "minus", "t")
            os.truncate(trace.path, 0)
            for number in range(4):
                trace.add("tool_call", f"new-{number}")
            await peek.until(lambda: "new-3" in text_of(peek.timeline) and peek.has_read())
            assert peek.row == 2
            await peek.until(lambda: "READ AGAIN" in peek.bar("title"))
            assert "old" not in peek.everything()
            assert peek.tree.view.rows == [0, 1, 2, 3]

    async def test_begun_again_frozen(self, trace: TraceFile) -> None:
        """A frozen view stays as it is, and shows the new file when it is let go."""
        trace.add("tool_call", "old")
        async with opened([trace.path]) as peek:
            await peek.press("p")
            os.truncate(trace.path, 0)
            trace.add("tool_call", "new")
            await peek.until(lambda: peek.debug.reader.reading.edition == 1 and peek.debug.reader.reading.settled)
            await peek.press("k", "t", "j", "t")
            assert "old" in text_of(peek.timeline)
            await peek.press("p")
            assert "new" in text_of(peek.timeline)
            assert "old" not in peek.everything()

    async def test_tree_of_a_moment(self, story: Path) -> None:
        """A key that needs the tree, pressed before the first one is there, waits for it."""
        async with opened([story], read=False) as peek:
            await peek.press("d")
            assert peek.row == 1


class TestLoss:
    @pytest.mark.parametrize("size", [(80, 24), (120, 40)])
    async def test_shown(self, tmp_path: Path, size: tuple[int, int]) -> None:
        """What the writer could not write is said in words: in its row, in the event, and in the title."""
        lost = record_loss(tmp_path / "trace.jsonl")
        events, bytes = lost["events"], lost["bytes"]
        async with opened([tmp_path / "trace.jsonl"], size) as peek:
            [line] = [line for line in text_of(peek.timeline).splitlines() if "LOSS" in line]
            assert f"LOSS ✗ {events} events, {bytes:,} bytes lost: " in line
            assert f"{events} LOST" in peek.bar("title")
            await peek.press("G", "k", "k")
            assert peek.event.type == "capture_loss"
            assert text_of(peek.inspector).splitlines()[1:4] == [
                f" lost: {events} events, {bytes:,} bytes",
                f" why: File too large ({events - 1})",
                " why: wrote 112 of 296 bytes (1)",
            ]
            assert "reasons" not in text_of(peek.inspector)

    async def test_nothing_lost(self, story: Path) -> None:
        """Where nothing was lost nothing is said of it."""
        async with opened([story]) as peek:
            assert "LOST" not in peek.bar("title")


class TestPanes:
    @pytest.mark.parametrize("key", ["tab", "shift+tab"])
    async def test_event_alone(self, story: Path, key: str) -> None:
        """Where there is one pane, Tab has nowhere to go, and folds nothing."""
        async with opened([story]) as peek:
            await peek.press("d", "enter")
            before = text_of(peek.inspector)
            await peek.press(key)
            assert peek.inspector.has_focus
            assert text_of(peek.inspector) == before

    async def test_payload_folds(self, story: Path) -> None:
        """The whole of an event folds on its first line, which folding leads to from each line of the payload."""
        async with opened([story]) as peek:
            await peek.press("d", "enter")
            await peek.until(lambda: (peek.row, peek.inspector.has_focus) == (1, True))
            await peek.press("j", "h")
            assert peek.inspector.selected == 0
            before = text_of(peek.inspector)
            await peek.press("h")
            await peek.until(lambda: text_of(peek.inspector).startswith(" ▸ 2025-11-20 08:00:00.500"))
            assert text_of(peek.inspector).splitlines()[2].startswith(" id: ")
            await peek.press("l")
            assert text_of(peek.inspector) == before


class TestMouse:
    async def test_timeline(self, story: Path) -> None:
        """A click selects the event under it."""
        async with opened([story]) as peek:
            await peek.pilot.click(peek.timeline, offset=(10, 5))
            await peek.rest()
            assert peek.row == 5

    async def test_inspector(self, trace: TraceFile) -> None:
        """A click on a branch folds it, and unfolds it again."""
        trace.add("tool_call", "search", {"arguments": {"q": "refunds"}})
        async with opened([trace.path]) as peek:
            line = text_of(peek.inspector).splitlines().index(" ▾ arguments: {1}")
            for folded in (" ▸ arguments: {1}", " ▾ arguments: {1}"):
                await peek.pilot.click(peek.inspector, offset=(3, line + 1))
                await peek.rest()
                assert text_of(peek.inspector).splitlines()[line] == folded


class TestSelection:
    async def test_inspector_shows_the_selected_event(self, story: Path) -> None:
        """The inspector shows the event that is selected, from its first line."""
        async with opened([story]) as peek:
            for _ in range(5):
                await peek.press("tab", "tab", "G", "escape", "j")
                assert f"id: {peek.event.id}" in "\n".join(
                    "".join(text for text, _ in peek.inspector.draw(line, 80)) for line in range(peek.inspector.lines)
                )
                assert peek.inspector.selected == 0
                assert peek.inspector.scroll_offset.y == 0

    async def test_selection_is_in_sight(self, story: Path) -> None:
        """Wherever one goes, the selected line is on the screen, and it is the only one marked."""
        async with opened([story], (80, 24)) as peek:
            for keys in ("G", "k", "g", ":50%\r", "e", "E", "1", "0", "i", "i", "u", "d", "J", "K", "S", "s"):
                await peek.press(*[{":": "colon", "\r": "enter", "%": "percent_sign"}.get(key, key) for key in keys])
                marked = [line for line in text_of(peek.timeline).splitlines() if line.startswith("▌")]
                assert len(marked) == 1
                assert marked[0].split()[1] == str(peek.row)

    async def test_tree_and_timeline_share_it(self, story: Path) -> None:
        """An event selected in the tree is selected in the timeline, and the other way round."""
        async with opened([story]) as peek:
            await peek.press("t", "j", "j", "j")
            assert peek.event.type == "llm_request"
            await peek.press("t", "e", "e")
            assert peek.tree.view.rows[peek.tree.view.position] == peek.row

    async def test_tree_typed_fast(self, story: Path) -> None:
        """In a tree that was just called for, keys go where they would in one that is seen."""
        async with opened([story], (80, 24)) as peek:
            await peek.press("t", "G")
            assert peek.event.type == "agent_end"
            await peek.press("t", "t", "g", "j")
            assert peek.row == 1


class TestPrompt:
    async def test_given_up(self, story: Path) -> None:
        """Esc gives a typed line up: nothing moves, and keys are keys again."""
        async with opened([story]) as peek:
            await peek.press("colon", "5", "escape", "j")
            assert peek.row == 1

    async def test_keys_are_text(self, story: Path) -> None:
        """While a line is typed, keys that do something else are text."""
        async with opened([story]) as peek:
            await peek.press("colon", *"qjps")
            assert peek.bar("keys").startswith(" :qjps█")
            await peek.press("enter")
            assert peek.bar("keys").startswith(" 'qjps' is no place to go: give 1234")
            assert (peek.row, peek.debug.browse.frozen) == (0, False)

    async def test_typed_fast(self, story: Path) -> None:
        """Keys that arrive all at once are obeyed in their order."""
        async with opened([story]) as peek:
            await peek.press("colon", *"40", "enter", "j", "j", "colon", *"+3", "enter", "k")
            assert peek.row == 44

    @pytest.mark.parametrize("size", [(80, 24), (40, 10)])
    async def test_narrow(self, story: Path, size: tuple[int, int]) -> None:
        """What is typed is in sight on a small screen too."""
        async with opened([story], size) as peek:
            await peek.press("colon", *"12:34:56")
            assert peek.bar("keys").startswith(" :12:34:56█")
            await peek.press(*["9"] * 80)
            assert peek.bar("keys").startswith(" :999")
            assert "999█" in peek.bar("keys")


async def test_marks_that_came(trace: TraceFile) -> None:
    """Marks and notes that lie beside a trace are shown, and that they are there is said."""
    ids = [trace.add("log") for _ in range(3)]
    marks_path(trace.path).write_bytes(encode_marks(SESSION, Marks({"x": ids[1]}, {ids[2]: "look here"})))
    async with opened([trace.path]) as peek:
        assert peek.bar("keys") == " marks and notes came with the trace: M lists them"
        assert [line[5:6] for line in text_of(peek.timeline).splitlines()[:3]] == [" ", "x", "✎"]
        await peek.press("apostrophe", "x")
        assert peek.row == 1
