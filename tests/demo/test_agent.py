from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from peek_tui.demo import agent, client

from .cases import Case, Event, read, solve

SUPPORT = "claude-sonnet-5-5"
LEDGER = "gpt-5.4-mini"


def turn(name: str, model: str) -> list[tuple[str, str]]:
    return [("agent_turn", name), ("llm_request", model), ("llm_response", model)]


def call(tool: str) -> list[tuple[str, str]]:
    return [("tool_call", tool), ("tool_result", tool)]


def ledger_step(tool: str) -> list[tuple[str, str]]:
    return [*turn("ledger", LEDGER), ("decision", tool), *call(tool)]


STORY = [
    ("agent_start", "support_agent"),
    ("user_message", ""),
    ("prompt_policy", "refund_limit"),
    *turn("support_agent", SUPPORT),
    ("decision", "lookup_customer + list_charges"),
    *call("lookup_customer"),
    *call("list_charges"),
    *turn("support_agent", SUPPORT),  # the provider is overloaded
    ("llm_request", SUPPORT),
    ("llm_response", SUPPORT),
    ("decision", "ask_ledger"),
    ("tool_call", "ask_ledger"),
    ("subagent_start", "ledger"),
    ("agent_start", "ledger"),
    *ledger_step("find_payments"),  # raises
    *ledger_step("find_payments"),
    ("repair_attempt", ""),
    *ledger_step("start_export"),  # the mistake, in the decision
    *ledger_step("check_export"),  # the loop
    *ledger_step("check_export"),
    *ledger_step("check_export"),
    *ledger_step("check_export"),
    *ledger_step("check_export"),
    *turn("ledger", LEDGER),
    ("agent_end", "ledger"),
    ("subagent_end", "ledger"),
    ("tool_result", "ask_ledger"),
    *turn("support_agent", SUPPORT),
    ("decision", "issue_refund"),
    ("checkpoint", "before a refund"),
    ("safety_check", "refund_limit"),
    ("policy_violation", "refund_limit"),
    ("refusal", "refund_limit"),
    *turn("support_agent", SUPPORT),
    ("decision", "request_approval"),
    *call("request_approval"),
    *turn("support_agent", SUPPORT),
    ("decision", "send_email"),
    *call("send_email"),
    *turn("support_agent", SUPPORT),
    ("agent_end", "support_agent"),
]

WRONG = re.compile(r"€312\.00|amount_cents\W+31200|refund of 31200 cents")
"""The sum as nobody paid it: 312 złoty taken for euros."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The demo, with what its servers sent."""
    return solve(agent.QUESTION, tmp_path_factory.mktemp("run") / "trace.jsonl")


def named(events: list[Event], type: str, name: str) -> Event:
    """The one event of this type and name."""
    [event] = [event for event in events if (event["type"], event["name"]) == (type, name)]
    return event


class TestStory:
    def test_events(self, run: Case) -> None:
        """The demo's trace tells its story in this order."""
        assert [(event["type"], event["name"]) for event in run.events] == STORY

    def test_parents(self, run: Case) -> None:
        """Tool calls belong to decisions, decisions to turns, and turns to an agent."""
        types = {event["id"]: event["type"] for event in run.events}
        ledger = named(run.events, "agent_start", "ledger")
        parents = {(event["type"], types.get(event["parent"], "")) for event in run.events if event is not ledger}
        assert parents == {
            ("agent_start", ""),
            ("user_message", "agent_start"),
            ("prompt_policy", "agent_start"),
            ("agent_turn", "agent_start"),
            ("agent_end", "agent_start"),
            ("llm_request", "agent_turn"),
            ("llm_response", "llm_request"),
            ("decision", "agent_turn"),
            ("checkpoint", "agent_turn"),
            ("safety_check", "agent_turn"),
            ("policy_violation", "agent_turn"),
            ("refusal", "agent_turn"),
            ("repair_attempt", "agent_turn"),
            ("tool_call", "decision"),
            ("tool_result", "tool_call"),
            ("subagent_start", "tool_call"),
            ("subagent_end", "subagent_start"),
        }

    def test_decisions(self, run: Case) -> None:
        """Decisions say what the model said: its confidence, what else it thought of, and what it went by."""
        decisions = [event for event in run.of("decision") if "agent" not in event]
        assert [event["data"]["confidence"] for event in decisions] == [0.96, 0.9, 0.91, 0.94, 0.97]
        asked = decisions[1]["data"]
        assert asked["reasoning"] == (
            "4 charges, and a day or an amount proves nothing: a duplicate pays the same invoice again."
        )
        assert asked["alternatives"] == ["guess by day and amount"]
        assert [json.loads(text) for text in asked["evidence"]] == [
            event["data"]["result"] for event in run.of("tool_result")[:2]
        ]

    def test_two_calls_at_once(self, run: Case) -> None:
        """The case opens with two calls of one decision."""
        opening = run.of("decision")[0]
        calls = [event["name"] for event in run.of("tool_call") if event["parent"] == opening["id"]]
        assert calls == ["lookup_customer", "list_charges"]

    def test_overloaded_once(self, run: Case) -> None:
        """Exactly one model call is answered 529, and tried again."""
        answers = [(event.get("agent", ""), event["data"]["http"]["status"]) for event in run.of("llm_response")]
        assert answers == [("", 200), ("", 529), ("", 200), *[("ledger", 200)] * 9, *[("", 200)] * 4]
        attempts = [event["data"]["attempt"] for event in run.of("llm_request")]
        assert attempts == [1, 1, 2, *[1] * 13]

    def test_tool_that_raises(self, run: Case) -> None:
        """One tool raises, and the turn after it repairs that: these and the 529 are the only errors."""
        overload, failed = [event for event in run.events if "error" in event]
        assert (overload["type"], failed["type"], failed["name"]) == ("llm_response", "tool_result", "find_payments")
        assert failed["error"]["type"] == "ValueError"
        assert failed["error"]["message"] == "a month is written YYYY-MM, not “October 2026”"
        [repair] = run.of("repair_attempt")
        assert repair["data"]["outcome"] == "success"


class TestGuardrail:
    def test_chain(self, run: Case) -> None:
        """From the policy to the refusal, each event links the one before, and the next decision goes by them."""
        policy, check, violation, refusal = chain = run.of(
            "prompt_policy", "safety_check", "policy_violation", "refusal"
        )
        assert [event["type"] for event in chain] == ["prompt_policy", "safety_check", "policy_violation", "refusal"]
        assert [event.get("links") for event in chain] == [None, [policy["id"]], [check["id"]], [violation["id"]]]
        refund = named(run.events, "decision", "issue_refund")
        events = [refund["id"], check["id"], violation["id"], refusal["id"]]
        assert named(run.events, "decision", "request_approval")["links"] == events

    def test_said(self, run: Case) -> None:
        """Each says its part: the limit, what was blocked, how it was broken, and what to do instead."""
        policy, check, violation, refusal = (
            event["data"] for event in run.of("prompt_policy", "safety_check", "policy_violation", "refusal")
        )
        assert policy["policy_parameters"] == {"limit_cents": 25_000, "above": "request_approval"}
        assert (check["outcome"], check["risk_level"], check["blocked_action"]) == ("block", "high", "issue_refund")
        assert violation["details"] == {"amount_cents": 31_200, "limit_cents": 25_000}
        assert refusal == {
            "reason": "a refund of 31200 cents is above the limit of 25000",
            "policy_name": "refund_limit",
            "risk_level": "high",
            "blocked_action": "issue_refund",
            "safe_alternative": "request_approval",
        }

    def test_safe_alternative(self, run: Case) -> None:
        """The refund is never made; the next call is the alternative that the refusal names."""
        [refusal] = run.of("refusal")
        calls = [event["name"] for event in run.of("tool_call") if event["id"] > refusal["id"]]
        assert calls == [refusal["data"]["safe_alternative"], "send_email"]
        assert run.called("issue_refund") == []

    def test_checkpoint(self, run: Case) -> None:
        """What cannot be undone begins with a checkpoint of the whole conversation."""
        [checkpoint] = run.of("checkpoint")
        assert checkpoint["data"]["state"] == {"turn": 3}
        assert [message["role"] for message in checkpoint["data"]["memory"]["messages"]] == [
            "user",
            *["assistant", "user"] * 2,
        ]


class TestWrongAnswer:
    def test_answer(self, run: Case) -> None:
        """The final answer names a sum that was never paid, and all looks well."""
        assert run.answer == (
            "**Zoë Łukaszewicz was charged twice.** ✅\n\n"
            "- ch_9002 took €312.00 that had been paid already.\n"
            "- That is above what I may refund alone: finance decides (apr_9002, now waiting).\n"
            "- The customer has been told, in their own language."
        )
        assert run.of("llm_response")[-1]["data"]["content"] == [{"type": "text", "text": run.answer}]
        assert run.events[-1]["data"]["status"] == "completed"

    def test_truth(self, run: Case) -> None:
        """What was paid stands in two earlier results: 312 złoty, which were 72.61 euros."""
        [_, charge, *_] = named(run.events, "tool_result", "list_charges")["data"]["result"]
        assert (charge["id"], charge["amount"]) == ("ch_9002", "312.00 PLN")
        [_, payment, *_] = run.called("find_payments", "tool_result")[1]["data"]["result"]
        assert payment == {
            "charge_id": "ch_9002",
            "invoice": "inv_310",
            "amount": 31_200,
            "currency": "PLN",
            "booked_eur_cents": 7_261,
        }

    def test_path(self, run: Case) -> None:
        """The wrong sum begins with one decision of the ledger agent and goes on to the last message; no step fails."""
        events = [event for event in run.events if event["type"] not in ("llm_request", "llm_response")]
        wrong = [event for event in events if WRONG.search(json.dumps(event["data"], ensure_ascii=False))]
        assert [(event["type"], event["name"]) for event in wrong] == [
            ("decision", "start_export"),
            ("subagent_end", "ledger"),
            ("tool_result", "ask_ledger"),
            ("decision", "issue_refund"),
            ("checkpoint", "before a refund"),
            ("safety_check", "refund_limit"),
            ("policy_violation", "refund_limit"),
            ("refusal", "refund_limit"),
            ("decision", "request_approval"),
            ("tool_call", "request_approval"),
            ("tool_result", "request_approval"),
            ("decision", "send_email"),
            ("tool_call", "send_email"),
        ]
        assert [event for event in wrong if "error" in event] == []

    def test_the_mistake_goes_by_the_truth(self, run: Case) -> None:
        """The decision that first names the wrong sum has the true one as its evidence."""
        mistake = named(run.events, "decision", "start_export")
        looked = [event for event in run.of("decision") if event["name"] == "find_payments"][1]
        assert mistake["data"]["reasoning"].startswith("inv_310 was paid a second time by ch_9002, with €312.00.")
        assert mistake["links"] == [looked["id"]]
        [evidence] = mistake["data"]["evidence"]
        assert json.loads(evidence)[1]["booked_eur_cents"] == 7_261

    def test_way_back(self, run: Case) -> None:
        """Links lead from the last decision back to the question, and one of those decisions holds the mistake."""
        by_id = {event["id"]: event for event in run.events}
        back = [named(run.events, "decision", "send_email")]
        while links := back[-1].get("links"):
            back.append(by_id[links[0]])
        assert [event["name"] for event in back] == [
            "send_email",
            "request_approval",
            "issue_refund",
            "ask_ledger",
            "lookup_customer + list_charges",
            "",
        ]
        assert back[-1]["data"]["content"] == agent.QUESTION
        assert back[3] in run.above(named(run.events, "decision", "start_export"))


class TestRecording:
    def test_the_trace_is_what_the_servers_sent(self, run: Case) -> None:
        """The trace holds every answer as it was sent, with its id, its bytes and its usage."""
        responses = sorted(run.of("llm_response"), key=lambda event: event.get("agent", ""))
        recorded = [(event["data"]["http"]["request_id"], event["data"].get("usage_raw")) for event in responses]
        assert recorded == [(exchange.request_id, exchange.usage) for exchange in run.exchanges]
        streamed = [sum(length for _, length in event["data"].get("chunks", ())) for event in responses]
        assert streamed == [len(exchange.response) if exchange.usage else 0 for exchange in run.exchanges]

    def test_tokens(self, run: Case) -> None:
        """Tokens mean the same for both providers: the input includes what came from the cache."""
        responses = sorted(run.of("llm_response"), key=lambda event: event.get("agent", ""))
        recorded = [event.get("usage") for event in responses]
        sent = [exchange.usage for exchange in run.exchanges]
        assert recorded[:7] == [
            usage
            and {
                "input_tokens": sum(count for key, count in usage.items() if key.endswith("input_tokens")),
                "output_tokens": usage["output_tokens"],
                "cache_read_tokens": usage["cache_read_input_tokens"],
                "cache_write_tokens": usage["cache_creation_input_tokens"],
            }
            for usage in sent[:7]
        ]
        assert recorded[7:] == [
            usage
            and {
                "input_tokens": usage["prompt_tokens"],
                "output_tokens": usage["completion_tokens"],
                "cache_read_tokens": usage["prompt_tokens_details"]["cached_tokens"],
                "reasoning_tokens": 0,
            }
            for usage in sent[7:]
        ]

    def test_spoken(self, tmp_path: Path) -> None:
        """Someone who watches hears the models word by word."""
        heard: list[str] = []
        agent.run(0, tmp_path / "trace.jsonl", heard.append)
        assert heard[:4] == ["“Twice”", " can", " be", " one"]
        assert '{"charge_id":' in heard
        assert heard[-4:] == [" their", " own", " language.", "\n\n"]

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
        """The program's only output is the trace's path; what the models say is on stderr."""
        path = tmp_path / "trace.jsonl"
        program = [sys.executable, "-m", "peek_tui.demo.agent", "--speed", "0", "--out", str(path)]
        done = subprocess.run(program, capture_output=True, text=True, encoding="utf-8", check=True)
        assert done.stdout == f"{path}\n"
        assert done.stderr.endswith("- The customer has been told, in their own language.\n\n")
        assert len(read(path)) == len(STORY)

    @pytest.mark.parametrize(
        ("package", "connect", "said"),
        [
            ("anthropic", client.connect_anthropic, "the demo speaks through the Anthropic client"),
            ("openai", client.connect_openai, "the demo speaks through the OpenAI client"),
        ],
    )
    def test_without_a_client(
        self, monkeypatch: pytest.MonkeyPatch, package: str, connect: Callable[[str], object], said: str
    ) -> None:
        """Without a provider's package the demo says in one sentence what to install."""
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(SystemExit) as left:
            connect("http://127.0.0.1:9")
        assert str(left.value) == f'{said}: pip install "peek-tui[demo]"'
