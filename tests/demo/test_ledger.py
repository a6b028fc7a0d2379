from __future__ import annotations

import threading
from pathlib import Path

import pytest

from peek_tui.demo import agent
from peek_tui.demo.server import Failure, Reply, ScriptedModel, Text

from .cases import Case, Event, solve


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The demo, whose support agent asks the ledger agent."""
    return solve(agent.QUESTION, tmp_path_factory.mktemp("run") / "trace.jsonl")


def of_ledger(run: Case) -> list[Event]:
    return [event for event in run.events if event.get("agent") == "ledger"]


class TestSubagent:
    def test_place(self, run: Case) -> None:
        """What the ledger agent records names it and its thread, and stands between the marks of a subagent."""
        events = of_ledger(run)
        assert {event["task"] for event in events} == {"ledger_0"}
        assert {event["session"] for event in run.events} == {run.events[0]["session"]}
        assert [event["type"] for event in run.events if "task" in event] == [event["type"] for event in events]
        [start], [end] = run.of("subagent_start"), run.of("subagent_end")
        assert run.events[run.events.index(start) + 1 : run.events.index(end)] == events
        assert (events[0]["type"], events[-1]["type"]) == ("agent_start", "agent_end")

    def test_beneath_the_call(self, run: Case) -> None:
        """All of it hangs beneath the call that asked for it."""
        [call] = run.called("ask_ledger")
        assert [event for event in of_ledger(run) if call not in run.above(event)] == []

    def test_beneath_its_start(self, run: Case) -> None:
        """The ledger agent's run is a child of its `subagent_start`."""
        [start] = run.of("subagent_start")
        assert of_ledger(run)[0]["parent"] == start["id"]

    def test_said(self, run: Case) -> None:
        """The marks say what was asked and what was found; the finding is the result of the call."""
        [start], [end] = run.of("subagent_start"), run.of("subagent_end")
        assert start["data"]["prompt"] == (
            "Did customer 4127 pay an invoice twice in October 2026? "
            "Which payment was the second, and how many euro cents was it?"
        )
        finding = {
            "charge_id": "ch_9002",
            "invoice": "inv_310",
            "amount_cents": 31_200,
            "note": "The export was still queued after 5 looks; this is from the payments.",
        }
        assert (end["data"]["status"], end["data"]["result"]) == ("completed", finding)
        [result] = run.called("ask_ledger", "tool_result")
        assert result["data"]["result"] == finding

    def test_goes_by_the_question(self, run: Case) -> None:
        """Its first decision links the mark that asked, and each later one the decision before."""
        [start] = run.of("subagent_start")
        decisions = [event for event in of_ledger(run) if event["type"] == "decision"]
        before = [start["id"], *(event["id"] for event in decisions[:-1])]
        assert [event["links"] for event in decisions] == [[id] for id in before]

    def test_leaves_no_thread(self, tmp_path: Path) -> None:
        """Its thread ends with its work."""
        threads = set(threading.enumerate())
        solve("Customer 8008, October", tmp_path / "trace.jsonl")
        for thread in set(threading.enumerate()) - threads:
            thread.join(5)
        assert set(threading.enumerate()) <= threads


class TestLoop:
    def test_same_call(self, run: Case) -> None:
        """It makes the same call five times, with equal arguments."""
        calls = run.called("check_export")
        assert [event["data"]["arguments"] for event in calls] == [{"export_id": "exp_2026-10"}] * 5
        assert [event["agent"] for event in calls] == ["ledger"] * 5

    def test_same_result(self, run: Case) -> None:
        """It gets the same result each time, which helps nobody and is no error."""
        unhelpful = {"result": {"export_id": "exp_2026-10", "status": "queued", "rows": 0}, "is_error": False}
        results = run.called("check_export", "tool_result")
        assert [event["data"] for event in results] == [unhelpful] * 5

    def test_nobody_says_so(self, run: Case) -> None:
        """The agent does not call it a loop: that is for those who read the trace."""
        assert run.of("behavior_alert") == []


class TestFailing:
    def test_no_model(self, tmp_path: Path) -> None:
        """A ledger agent that cannot ask its model fails, as its marks and the call say, and the run goes on."""
        refused = ScriptedModel(Failure(401, "invalid_request_error", "no credit", code="billing_not_active"))
        run = solve(agent.QUESTION, tmp_path / "trace.jsonl", refused)
        [end] = run.of("subagent_end")
        [result] = run.called("ask_ledger", "tool_result")
        assert (end["data"]["status"], end["error"]["type"]) == ("error", "openai.AuthenticationError")
        assert result["error"]["message"] == end["error"]["message"]
        assert run.answer == f"I cannot look into it: {end['error']['message']}."

    def test_no_finding(self, tmp_path: Path) -> None:
        """An answer that is no finding is passed on in its own words."""
        run = solve(agent.QUESTION, tmp_path / "trace.jsonl", ScriptedModel(Reply((Text("The books are closed"),))))
        assert run.of("subagent_end")[0]["error"]["type"] == "peek_tui.demo.ledger.NoFindingError"
        assert run.answer == "I cannot look into it: The books are closed."
