from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import capture
from peek_tui.demo import agent, client, desk
from peek_tui.demo.model import SupportModel
from peek_tui.demo.server import ModelServer

STORY = [
    ("agent_start", "support_agent"),
    ("user_message", ""),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("decision", "lookup_customer + list_charges"),
    ("tool_call", "lookup_customer"),
    ("tool_result", "lookup_customer"),
    ("tool_call", "list_charges"),
    ("tool_result", "list_charges"),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),  # the provider is overloaded
    ("llm_response", "claude-sonnet-5-5"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("decision", "issue_refund"),  # the mistake
    ("checkpoint", "before a refund"),
    ("safety_check", "refund_limit"),
    ("tool_call", "issue_refund"),
    ("tool_result", "issue_refund"),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("decision", "get_invoice"),
    ("tool_call", "get_invoice"),
    ("tool_result", "get_invoice"),
    ("repair_attempt", ""),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("decision", "issue_refund"),
    ("checkpoint", "before a refund"),
    ("safety_check", "refund_limit"),
    ("refusal", "refund_limit"),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("decision", "search_policy"),
    ("tool_call", "search_policy"),
    ("tool_result", "search_policy"),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("decision", "request_approval"),
    ("tool_call", "request_approval"),
    ("tool_result", "request_approval"),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("decision", "send_email"),
    ("tool_call", "send_email"),
    ("tool_result", "send_email"),
    ("agent_turn", "support_agent"),
    ("llm_request", "claude-sonnet-5-5"),
    ("llm_response", "claude-sonnet-5-5"),
    ("agent_end", "support_agent"),
]

Event = dict[str, Any]


def read(path: Path) -> list[Event]:
    """The events of a trace, but for the chunks: how many there are is a matter of time."""
    events = [json.loads(line) for line in path.read_bytes().splitlines()]
    return [event for event in events if event["type"] != "llm_chunk"]


def of(events: list[Event], *types: str) -> list[Event]:
    return [event for event in events if event["type"] in types]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    """One run of the demo, as its trace tells it."""
    return read(agent.run(0, tmp_path_factory.mktemp("run") / "trace.jsonl"))


class TestStory:
    def test_events(self, events: list[Event]) -> None:
        """The demo's trace tells its story in this order."""
        assert [(event["type"], event["name"]) for event in events] == STORY

    def test_parents(self, events: list[Event]) -> None:
        """Tool calls belong to decisions, decisions to turns, and turns to the agent."""
        types = {event["id"]: event["type"] for event in events}
        parents = {(event["type"], types.get(event["parent"], "")) for event in events}
        assert parents == {
            ("agent_start", ""),
            ("user_message", "agent_start"),
            ("agent_turn", "agent_start"),
            ("agent_end", "agent_start"),
            ("llm_request", "agent_turn"),
            ("llm_response", "llm_request"),
            ("decision", "agent_turn"),
            ("checkpoint", "agent_turn"),
            ("safety_check", "agent_turn"),
            ("refusal", "agent_turn"),
            ("repair_attempt", "agent_turn"),
            ("tool_call", "decision"),
            ("tool_result", "tool_call"),
        }

    def test_decisions(self, events: list[Event]) -> None:
        """Decisions say what the model said: its confidence, what else it thought of, and what it went by."""
        decisions = of(events, "decision")
        assert [event["data"]["confidence"] for event in decisions] == [0.96, 0.62, 0.9, 0.93, 0.88, 0.94, 0.97]
        mistake = decisions[1]["data"]
        assert mistake["reasoning"] == (
            "Two charges of €49.00 on 2026-10-17, ch_9003 and ch_9004, both for “Extra seat”: "
            "same day, same amount — that is the duplicate. I refund the second."
        )
        assert mistake["alternatives"] == ["get_invoice", "search_policy"]
        assert [json.loads(text) for text in mistake["evidence"]] == [
            event["data"]["result"] for event in of(events, "tool_result")[:2]
        ]

    def test_links(self, events: list[Event]) -> None:
        """A decision links the one whose results it goes by, and the refusal it answers to."""
        question, *_ = of(events, "user_message")
        decisions = [event["id"] for event in of(events, "decision")]
        refused = [of(events, "safety_check")[1]["id"], of(events, "refusal")[0]["id"]]
        assert [event["links"] for event in of(events, "decision")] == [
            [question["id"]],
            [decisions[0]],
            [decisions[1]],
            [decisions[2]],
            [decisions[3], *refused],
            [decisions[4]],
            [decisions[5]],
        ]

    def test_mistake(self, events: list[Event]) -> None:
        """The wrong refund fails in the tool, and the next turn repairs it."""
        [failed] = [event for event in of(events, "tool_result") if "error" in event]
        assert failed["error"]["type"] == "peek_tui.demo.desk.RefundError"
        assert failed["error"]["message"] == "ch_9004 is not a duplicate: inv_322 has been paid once, and exactly"
        [repair] = of(events, "repair_attempt")
        assert repair["data"]["outcome"] == "success"

    def test_refusal(self, events: list[Event]) -> None:
        """The first refund passes the guard, the second is above the limit and is never made."""
        passed, blocked = of(events, "safety_check")
        assert (passed["data"]["outcome"], blocked["data"]["outcome"]) == ("pass", "block")
        [refusal] = of(events, "refusal")
        assert refusal["data"] == {
            "reason": "a refund of 31200 cents is above the limit of 25000",
            "policy_name": "refund_limit",
            "risk_level": "high",
            "blocked_action": "issue_refund",
            "safe_alternative": "request_approval",
        }
        refunds = [event["data"]["arguments"] for event in of(events, "tool_call") if event["name"] == "issue_refund"]
        assert refunds == [{"charge_id": "ch_9004", "amount_cents": 4900, "reason": "duplicate of ch_9003"}]

    def test_overloaded_once(self, events: list[Event]) -> None:
        """Exactly one model call is answered 529, and tried again."""
        statuses = [event["data"]["http"]["status"] for event in of(events, "llm_response")]
        assert statuses == [200, 529, 200, 200, 200, 200, 200, 200, 200]
        attempts = [event["data"]["attempt"] for event in of(events, "llm_request")]
        assert attempts == [1, 1, 2, 1, 1, 1, 1, 1, 1]


class TestRecording:
    def test_the_trace_is_what_the_server_sent(self, tmp_path: Path) -> None:
        """The trace holds every answer as the server sent it, with its id, its bytes and its usage."""
        capture.install()
        path = tmp_path / "trace.jsonl"
        with (
            ModelServer(SupportModel()) as server,
            client.connect(server.base_url) as anthropic,
            capture.TraceContext(agent_name="support_agent", path=path) as trace,
        ):
            agent.work_on(agent.QUESTION, anthropic, trace)
        responses = of(read(path), "llm_response")
        recorded = [(event["data"]["http"]["request_id"], event["data"].get("usage_raw")) for event in responses]
        assert recorded == [(exchange.request_id, exchange.usage) for exchange in server.exchanges]
        streamed = [sum(length for _, length in event["data"].get("chunks", ())) for event in responses]
        sent = [len(exchange.response) if exchange.usage else 0 for exchange in server.exchanges]
        assert streamed == sent

    def test_spoken(self, tmp_path: Path) -> None:
        """Someone who watches hears the model word by word."""
        heard: list[str] = []
        agent.run(0, tmp_path / "trace.jsonl", heard.append)
        assert heard[:4] == ["“Twice”", " can", " be", " one"]
        assert heard[-5:] == [" and", " moved", " no", " money.", "\n\n"]

    def test_default_place(self, traces: Path) -> None:
        """Without a path the trace goes where traces live."""
        assert agent.run(0).parent == traces

    def test_proxy(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy in the environment is not asked for a server on this machine."""
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert len(read(agent.run(0, tmp_path / "trace.jsonl"))) == len(STORY)


class TestProgram:
    def test_prints_the_path_last(self, tmp_path: Path) -> None:
        """The program's only output is the trace's path; what the model says is on stderr."""
        path = tmp_path / "trace.jsonl"
        program = [sys.executable, "-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path)]
        done = subprocess.run(program, capture_output=True, text=True, encoding="utf-8", check=True)
        assert done.stdout == f"{path}\n"
        assert done.stderr.endswith("That refund failed and moved no money.\n\n")
        assert len(read(path)) == len(STORY)

    def test_without_the_client(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Anthropic's package the demo says what to install."""
        monkeypatch.setitem(sys.modules, "anthropic", None)
        with pytest.raises(SystemExit, match=r'pip install "peek-tui\[demo\]"'):
            client.connect("http://127.0.0.1:9")


class TestDesk:
    def test_schema(self) -> None:
        """The model is told a tool's name, what it does, and which arguments it takes."""
        assert desk.SCHEMAS[3] == {
            "name": "issue_refund",
            "description": "Give a payment back to the card it came from. Cannot be undone.",
            "input_schema": {
                "type": "object",
                "properties": {
                    "charge_id": {"type": "string"},
                    "amount_cents": {"type": "integer"},
                    "reason": {"type": "string"},
                },
                "required": ["charge_id", "amount_cents", "reason"],
            },
        }
