"""A run that is known row by row: an agent that shops for a lamp, with a helper, and two things that go wrong."""

from __future__ import annotations

from pathlib import Path

import capture
from capture import TraceContext
from capture.testing import ManualClock, SeededRandomness

__all__ = ["ROWS", "Row", "record_story"]


class Row:
    """Where in the story things happen."""

    MESSAGE = 1
    TURN = 2
    REQUEST = 3
    CHUNKS = (4, 5)
    RESPONSE = 6
    DECISION = 7
    CALL = 8
    RESULT = 9
    OVERLOADED = 12
    MISTAKE = 15
    BUY = 18
    SOLD_OUT = 19
    HELPER = (20, 21, 22, 23, 24)
    REFUSAL = 25
    TURNS = (2, 10, 26, 33, 40, 47, 54, 61)
    DECISIONS = (7, 15, 30, 37, 44, 51, 58, 65)
    END = 68


ROWS = Row.END + 1
USAGE = {"input_tokens": 1_000, "output_tokens": 50, "cache_read_tokens": 900}
OVERLOADED = {"type": "overloaded_error", "message": "HTTP 529"}


class SoldOutError(Exception):
    """Nothing is left."""


def record_story(path: Path) -> None:
    """Record the run: 69 events, one each half second from 2025-11-20 08:00:00 UTC on."""
    capture.init(clock=_Written(path), randomness=SeededRandomness())
    try:
        with TraceContext(agent_name="shopper", path=path, tags=["story"]) as agent:
            _shop(agent)
    finally:
        capture.init()


class _Written:
    """A clock that goes by what is written, half a second an event: who else runs decides how often it is looked at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._clock = ManualClock()

    def time_ns(self) -> int:
        events = self._path.read_bytes().count(b"\n") if self._path.exists() else 0
        return self._clock.time_ns() + events * 500_000_000

    def steady_ns(self) -> int:
        return self._clock.steady_ns()


def _shop(agent: TraceContext) -> None:
    agent.record_user_message("Find me a blue lamp, and buy it.")
    agent.record_agent_turn("shopper", 1, "understand")
    _ask(agent, "I should look what there is.", chunks=("I should look", " what there is."))
    alternatives = [{"action": "ask"}, {"action": "guess"}]
    agent.record_decision("Nobody has looked yet.", 0.9, "search", alternatives)
    agent.record_tool_call("search", {"colour": "blue", "what": "lamp"})
    agent.record_tool_result("search", {"lamps": [{"id": "L1", "price": 12}, {"id": "L2", "price": 30}]})
    agent.record_agent_turn("shopper", 2, "buy")
    agent.record_llm_request("model-1", [{"role": "user", "content": "Which one?"}])
    agent.record_llm_response("model-1", error=OVERLOADED)
    _ask(agent, "The cheap one.")
    agent.record_decision("Cheap is good.", 0.62, "buy", evidence=["L1 costs 12"])
    agent.record_checkpoint({"money": 40}, label="before buying")
    agent.record_safety_check("spending", "pass", "low", "12 of 40")
    agent.record_tool_call("buy", {"id": "L1"})
    agent.record_tool_result("buy", error=SoldOutError("L1 is sold out"))
    with TraceContext(agent_name="scout") as scout:
        scout.record_agent_turn("scout", 1, "find another")
        scout.record_tool_call("search", {"colour": "navy"})
        scout.record_tool_result("search", {"lamps": []})
    agent.record_refusal("30 is too much", "spending", "high", "buy L2")
    for turn in range(3, 9):
        agent.record_agent_turn("shopper", turn, f"look in shop {turn}")
        agent.record_user_message("Go on.")
        _ask(agent, f"Shop {turn} may have one.")
        agent.record_decision(f"Shop {turn} is next.", 0.5, "visit")
        agent.record_tool_call("visit", {"shop": turn})
        agent.record_tool_result("visit", f"Shop {turn} is closed.")


def _ask(agent: TraceContext, answer: str, chunks: tuple[str, ...] = ()) -> None:
    question = f"What next? ({answer[5:7].strip()})"  # each asks something else
    agent.record_llm_request("model-1", [{"role": "user", "content": question}])
    for chunk in chunks:
        agent.record_llm_chunk(chunk, model="model-1")
    agent.record_llm_response("model-1", [{"type": "text", "text": answer}], usage=USAGE)
