"""What somebody looks for in a trace, and finds with the keys their fingers know."""

from __future__ import annotations

from pathlib import Path

from peek_tui.demo.generate import generate
from tests.state.traces import TraceFile

from .conftest import Start, leave, wait_selected


def test_failure_and_its_prompt(peek: Start, story: Path) -> None:
    """From last night's failure to the prompt that led to it, to the decision, and back to where one was."""
    terminal = peek(story, size=(80, 24))
    terminal.wait_for("■ FINISHED completed", "69 ev")
    terminal.press("e", "e")
    wait_selected(terminal, "▌  19 ", "SoldOutError: L1 is sold out")
    terminal.press("r")
    wait_selected(terminal, "▌  18 ", "TOOL → buy  id=L1")
    terminal.press("<")
    wait_selected(terminal, "▌  13 ", "LLM  → model-1")
    terminal.press("}")
    wait_selected(terminal, "▌  15 ", "DEC  ◆ buy  0.62 Cheap is good.")
    terminal.press("[", "[", "[")
    wait_selected(terminal, "▌  19 ")
    leave(terminal, "q")


def test_safety_events_only(peek: Start, story: Path) -> None:
    """Filtered to what guards the agent, the chain is a few rows, of which each is walked to; `z` brings all back."""
    terminal = peek(story, size=(80, 24))
    terminal.wait_for("69 ev")
    terminal.press("&type:safe", "\t", ",refu", "\t", "enter")
    terminal.wait_for("& type:safety_check,refusal", "1/2")
    terminal.press("j")
    wait_selected(terminal, "▌  25 ", "RFSL ⊘")
    terminal.press("z")
    terminal.wait_for(" 1/69")
    terminal.wait_gone("& type")
    leave(terminal, "q")


def test_two_requests(peek: Start, tmp_path: Path) -> None:
    """Two model requests stand side by side where there is room for both: what is new, what is the same, as it is."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    system = "You pay refunds. Never pay more than {} without asking, and say who calls back."
    said = [{"role": "user", "content": "Pay it back."}, {"role": "assistant", "content": "How much is it?"}]
    trace.add("llm_request", "model-1", {"system": system.format("100 EUR"), "messages": said[:1]})
    trace.add("llm_request", "model-1", {"system": system.format("500 PLN"), "messages": said})
    terminal = peek(trace.path, size=(120, 40))
    terminal.wait_for("2 ev")
    terminal.press("j", "D", "enter")
    terminal.wait_for(
        "row 0, llm_request model-1   ",
        "│ row 1, llm_request model-1, this one",
        "-  You pay refunds. Never pay more than 100 EUR without ",
        " │+  You pay refunds. Never pay more than 500 PLN without",
        "▸ 1 the same",
        "│+  1 assistant: How much is it?",
    )
    terminal.press("j", "j", "j", "j", "j", "j", "l")
    terminal.wait_for("     0 user: Pay it back.  ", " │     0 user: Pay it back.")
    leave(terminal, "q", "q")


def test_marked_and_compared(peek: Start, story: Path) -> None:
    """One event is marked, another one selected: what differs between the two is one key away, two from what is new."""
    terminal = peek(story, size=(80, 24))
    terminal.wait_for("69 ev")
    terminal.press(":8", "enter", "ma", ":22", "enter", "D", "D")
    wait_selected(terminal, "▌  22 ", "TOOL → search")
    terminal.wait_for("since the mark", "since: row 8, tool_call search", "colour: blue", "colour: navy")
    leave(terminal, "q")


def test_left_and_opened_again(peek: Start, story: Path) -> None:
    """A session that is opened again is where it was left, with its filter and its marks."""
    terminal = peek(story, size=(80, 24))
    terminal.wait_for("69 ev")
    terminal.press("e", "ma", "&error", "enter")
    terminal.wait_for("& error", "1/2")
    leave(terminal, "q")
    again = peek(story, size=(80, 24))
    again.wait_for("& error", "1/2")
    wait_selected(again, "▌  12a ")
    leave(again, "q")


def test_word_in_a_large_trace(peek: Start, tmp_path: Path) -> None:
    """A word is looked for while it is typed and while the trace is read, and no key waits for that."""
    generate(tmp_path / "large.jsonl", 60_000)
    trace = TraceFile(tmp_path / "large.jsonl", "5f3a9c1f")
    trace.add("log", data={"text": "a needle"})
    trace.add("log", data={"text": "hay"})
    terminal = peek(tmp_path / "large.jsonl", size=(80, 24))
    terminal.wait_for("60,002 ev")
    terminal.press("/needle", "j", "enter")
    terminal.wait_for("/needlej –/0")
    terminal.press("/needle", "enter")
    terminal.wait_for("/needle 1/1")
    wait_selected(terminal, "▌60,000", "a needle")
    leave(terminal, "q", "q")


def test_events_arrive_while_a_filter_is_typed(peek: Start, tmp_path: Path) -> None:
    """10,000 events come while the filter bar is open: what is typed stays, and the filter holds for all of them."""
    trace = TraceFile(tmp_path / "trace.jsonl")
    for number in range(100):
        trace.add("tool_call" if number % 10 else "decision", "work")
    terminal = peek(trace.path, size=(80, 24))
    terminal.wait_for("1/100")
    terminal.press("j", "j", "&type:dec")
    terminal.wait_for("&type:dec█")
    for number in range(10_000):
        trace.add("tool_call" if number % 10 else "decision", "work")
    terminal.press("ision")
    terminal.wait_for("&type:decision█", "3/10,100")
    terminal.press("enter")
    terminal.wait_for("& type:decision", "1/1,010")
    terminal.press("z")
    terminal.wait_for("3/10,100")
    wait_selected(terminal, "▌     2 ")
    leave(terminal, "q")
