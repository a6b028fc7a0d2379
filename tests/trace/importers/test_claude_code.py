from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from capture.events import NO_EVENT

from .foreign import DATA, SESSION, Event, Transcript, events_of, foreign_lines, load, text, thinking, tool

RUN = SESSION.replace("-", "")
USAGE = {"input_tokens": 35, "output_tokens": 7, "cache_read_tokens": 20, "cache_write_tokens": 5}


@pytest.fixture
def run() -> Transcript:
    """A run that begins with a prompt."""
    transcript = Transcript()
    transcript.user("Hello")
    return transcript


def types(events: list[Event]) -> list[str]:
    return [event["type"] for event in events]


def only(events: list[Event], type: str) -> Event:
    [event] = [event for event in events if event["type"] == type]
    return event


def test_beginning(run: Transcript) -> None:
    """A run begins where its first line says it does, and the prompt is a message of its own."""
    start, said = events_of(run.lines)
    assert (start["type"], start["name"], start["parent"], start["session"]) == (
        "agent_start",
        "claude-code",
        NO_EVENT,
        RUN,
    )
    assert start["data"] == {
        "agent_name": "claude-code",
        "framework": "claude-code",
        "cwd": "/home/dev/proj",
        "git": {"branch": "main"},
        "version": "2.1.327",
    }
    assert start["source"] == {"kind": "claude-code", "type": "user", "line": 1}
    assert said == {
        "v": 1,
        "ts": 1_795_176_000_000_000_000,
        "id": said["id"],
        "parent": start["id"],
        "session": RUN,
        "type": "user_message",
        "name": "",
        "source": {"kind": "claude-code", "type": "user", "line": 1, "raw": run.records[0]},
        "data": {"content": "Hello"},
    }


def test_what_stands_before(run: Transcript) -> None:
    """Lines that do not say yet whose they are wait for the one that does, and keep their place."""
    run.records.insert(0, {"type": "summary", "summary": "Greeting", "leafUuid": "u"})
    run.records.insert(1, {"type": "queue-operation", "operation": "enqueue", "content": "Hello", "sessionId": SESSION})
    assert events_of(run.lines[:2]) == []
    events = events_of(run.lines)
    assert types(events) == ["agent_start", "checkpoint", "log", "user_message"]
    assert {event["session"] for event in events} == {RUN}
    assert (events[1]["name"], events[1]["data"]) == ("summary", {"label": "summary", "memory": "Greeting"})
    assert events[2]["data"] == {"stream": "queue-operation", "text": "Hello", "operation": "enqueue"}


class TestAnswers:
    def test_one_answer(self, run: Transcript) -> None:
        """The lines of one answer are one response with all its blocks, its tokens counted once."""
        run.answer("msg_1", thinking("hm"))
        run.answer("msg_1", text("I look."))
        run.answer("msg_1", tool("t1", command="ls"))
        events = events_of(run.lines)
        assert types(events[2:]) == ["llm_chunk", "llm_chunk", "llm_response", "tool_call"]
        response = only(events, "llm_response")
        assert (response["name"], response["parent"], response["usage"]) == ("model-1", events[1]["id"], USAGE)
        assert response["data"] == {
            "provider": "anthropic",
            "model": "model-1",
            "response_id": "msg_1",
            "content": [thinking("hm"), text("I look."), tool("t1", command="ls")],
            "tool_calls": [{"id": "t1", "name": "Bash", "arguments": {"command": "ls"}}],
            "finish_reason": "tool_use",
            "usage_raw": run.records[1]["message"]["usage"],
        }
        assert response["source"]["lines"] == [2, 3, 4]
        assert [event["data"] for event in events[2:4]] == [{"thinking": "hm"}, {"text": "I look."}]
        assert all("usage" not in event for event in events if event["type"] != "llm_response")

    def test_last_answer(self, run: Transcript) -> None:
        """An answer that has ended is written with its last line, not after it."""
        run.answer("msg_1", thinking("hm"), stop="end_turn")
        run.answer("msg_1", text("Done."), stop="end_turn")
        events = events_of(run.lines)
        assert types(events[2:]) == ["llm_chunk", "llm_response"]
        assert events[-1]["data"]["content"] == [thinking("hm"), text("Done.")]

    @pytest.mark.parametrize("next", ["user", "system", "attachment", "last-prompt", "cost-state", "another answer"])
    def test_closed(self, run: Transcript, next: str) -> None:
        """An answer of which no more can come is written with the next line of the conversation, before it."""
        run.answer("msg_1", text("I look."), stop=None)
        if next == "another answer":
            run.answer("msg_2", text("Done."), stop="end_turn")
        else:
            run.add(next, message={"content": "go on"}, attachment={"type": "date"})
        events = events_of(run.lines)
        assert types(events)[2:4] == ["llm_chunk", "llm_response"]
        assert events[3]["source"] == {"kind": "claude-code", "type": "assistant", "line": 2}
        assert events[3]["ts"] == events[2]["ts"]

    @pytest.mark.parametrize("type", ["queue-operation", "progress", "file-history-snapshot", "new-thing"])
    def test_not_closed(self, run: Transcript, type: str) -> None:
        """What is written beside the conversation does not cut an answer in two."""
        run.answer("msg_1", text("I look."), stop=None)
        run.add(type)
        run.answer("msg_1", tool("t1"))
        response = only(events_of(run.lines), "llm_response")
        assert response["data"]["content"] == [text("I look."), tool("t1")]

    def test_tokens_that_grow(self, run: Transcript) -> None:
        """Of counts that grow from line to line the last and highest one counts."""
        run.answer("msg_1", thinking("hm"), output=1, stop=None)
        run.answer("msg_1", text("I look."), output=1, stop=None)
        run.answer("msg_1", tool("t1"), output=260)
        assert only(events_of(run.lines), "llm_response")["usage"] == {**USAGE, "output_tokens": 260}

    def test_tokens_that_grow_late(self, run: Transcript, tmp_path: Path) -> None:
        """What is counted after the response was written is added by a chunk, and the sum is right."""
        run.answer("msg_1", tool("t1"), output=1, stop=None)
        run.answer("msg_1", tool("t2"), output=260)
        events = events_of(run.lines)
        assert types(events[2:]) == ["llm_response", "tool_call", "llm_chunk", "tool_call"]
        assert events[4]["usage"] == {
            "input_tokens": 0,
            "output_tokens": 259,
            "cache_read_tokens": 0,
            "cache_write_tokens": 0,
        }
        snapshot = load(run.write(tmp_path / "run.jsonl"))
        assert snapshot.usage()[:2] == (35, 260)
        assert snapshot.tree().sums(0).tokens == 295

    def test_more_of_an_answer(self, run: Transcript) -> None:
        """A tool that answers while the model still writes does not make a second answer."""
        run.answer("msg_1", tool("t1"))
        run.result("t1")
        run.answer("msg_1", text("And now"))
        run.answer("msg_1", tool("t2"))
        events = events_of(run.lines)
        response = only(events, "llm_response")
        assert types(events[2:]) == ["llm_response", "tool_call", "tool_result", "llm_chunk", "tool_call"]
        assert [event["parent"] for event in events[5:]] == [response["id"]] * 2

    def test_reasoning(self, run: Transcript) -> None:
        """Tokens of thoughts are counted apart where the provider says them."""
        run.answer("msg_1", text("Done."), stop="end_turn")
        run.records[-1]["message"]["usage"]["output_tokens_details"] = {"thinking_tokens": 3}
        assert only(events_of(run.lines), "llm_response")["usage"] == {**USAGE, "reasoning_tokens": 3}

    def test_failed(self, run: Transcript) -> None:
        """An API error in the model's place is a response that failed."""
        run.answer("msg_1", text("API Error: 529"), stop="stop_sequence", isApiErrorMessage=True, error="overloaded")
        assert only(events_of(run.lines), "llm_response")["error"] == {
            "type": "overloaded",
            "message": "API Error: 529",
        }

    def test_refusal(self, run: Transcript) -> None:
        """A model that refuses is a refusal beside its response."""
        run.answer("msg_1", text("I will not."), stop="refusal")
        events = events_of(run.lines)
        assert types(events[2:]) == ["llm_response", "refusal"]
        assert (events[3]["parent"], events[3]["data"]) == (events[2]["id"], {"reason": "I will not."})


class TestTools:
    def test_result(self, run: Transcript) -> None:
        """A result belongs to its call, says how long it took, and led to the next answer."""
        run.answer("msg_1", tool("t1", command="ls"))
        run.result("t1", "a.txt")
        run.answer("msg_2", text("Done."), stop="end_turn")
        _, _, response, call, result, second = events_of(run.lines)
        assert (call["name"], call["parent"], call["data"]) == (
            "Bash",
            response["id"],
            {"arguments": {"command": "ls"}},
        )
        assert (result["name"], result["parent"], result["duration_ms"]) == ("Bash", call["id"], 1000.0)
        assert (result["data"], "error" in result) == ({"result": "a.txt", "is_error": False}, False)
        assert (second["parent"], second["links"]) == (response["parent"], [result["id"]])

    @pytest.mark.parametrize(
        ("content", "type", "message"),
        [
            ("exit 1", "ToolError", "exit 1"),
            ("<tool_use_error>no</tool_use_error>", "tool_use_error", "<tool_use_error>no</tool_use_error>"),
            ([text("a"), {"type": "image"}, text("b")], "ToolError", "a\n\nb"),
        ],
    )
    def test_failed(self, run: Transcript, content: Any, type: str, message: str) -> None:
        """A tool that failed has an error in the tool's own words."""
        run.answer("msg_1", tool("t1"))
        run.result("t1", content, is_error=True)
        result = only(events_of(run.lines), "tool_result")
        assert (result["error"], result["data"]["result"]) == ({"type": type, "message": message}, content)

    def test_denied(self, run: Transcript) -> None:
        """A tool that a hook or a rule did not allow violated a policy."""
        decision = {"decision": "reject", "source": "hook", "reasonCode": "hook:PreToolUse"}
        run.answer("msg_1", tool("t1"))
        run.result("t1", "no", is_error=True, toolDenialKind="permission-rule", permissionDecision=decision)
        *_, call, result, violation = events_of(run.lines)
        assert result["error"]["type"] == "PermissionDenied"
        assert (violation["type"], violation["name"], violation["parent"]) == (
            "policy_violation",
            "hook:PreToolUse",
            call["id"],
        )
        assert violation["data"] == {
            "policy_name": "hook:PreToolUse",
            "violation_type": "permission-rule",
            "details": {"tool": "Bash", "reason": "no", **decision},
        }

    def test_denied_by_a_person(self, run: Transcript) -> None:
        """A tool that a person did not allow is their decision, not a violation."""
        decision = {"decision": "reject", "source": "user_reject"}
        run.answer("msg_1", tool("t1"))
        run.result("t1", "not now", is_error=True, permissionDecision=decision)
        assert events_of(run.lines)[-1]["type"] == "decision"

    def test_allowed(self, run: Transcript) -> None:
        """A tool that was allowed needs no word about it."""
        run.answer("msg_1", tool("t1"))
        run.result("t1", permissionDecision={"decision": "accept", "source": "config"})
        assert types(events_of(run.lines))[-1] == "tool_result"

    def test_at_the_provider(self, run: Transcript) -> None:
        """A tool that ran at the provider's is a call and a result as well."""
        call = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "x"}}
        found = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [{"type": "web_search_result"}]}
        run.answer("msg_1", call, found, text("Found."), stop="end_turn")
        events = events_of(run.lines)
        assert types(events[2:]) == ["llm_response", "tool_call", "tool_result"]
        assert events[4]["parent"] == events[3]["id"]

    def test_same_id_again(self, run: Transcript) -> None:
        """An id that an answer gives again names another call, and a result belongs to the latest."""
        for message in ("msg_1", "msg_2"):
            run.answer(message, tool("t1"))
            run.result("t1")
        events = events_of(run.lines)
        calls = [event["id"] for event in events if event["type"] == "tool_call"]
        assert [event["parent"] for event in events if event["type"] == "tool_result"] == calls
        assert len({event["id"] for event in events}) == len(events)

    def test_unknown_call(self, run: Transcript) -> None:
        """A result whose call is lost names the call it had, and the tree says it is missing."""
        run.answer("msg_1", tool("t1"))
        run.result("t1")
        whole, cut = events_of(run.lines), events_of(run.lines[:1] + run.lines[2:])
        assert cut[-1]["parent"] == only(whole, "tool_call")["id"]


class TestTurns:
    def test_rewind(self, run: Transcript) -> None:
        """After a rewind the conversation goes on from an earlier line, whatever the file's order."""
        first = run.answer("msg_1", text("Ready"), stop="end_turn")
        run.user("First try")
        run.answer("msg_2", text("One"), stop="end_turn")
        again = run.user("Second try", parentUuid=first)
        run.user("Aside", parentUuid=first)
        run.answer("msg_3", text("Two"), stop="end_turn", parentUuid=again)
        events = events_of(run.lines)
        root = events[0]["id"]
        prompts = {event["data"]["content"]: event for event in events if event["type"] == "user_message"}
        answers = {
            event["name"] + event["data"]["response_id"]: event for event in events if event["type"] == "llm_response"
        }
        ready = answers["model-1msg_1"]["id"]
        assert {event["parent"] for event in prompts.values()} == {root}
        assert [event.get("links") for event in prompts.values()] == [None, [ready], [ready], [ready]]
        assert answers["model-1msg_2"]["parent"] == prompts["First try"]["id"]
        assert answers["model-1msg_3"]["parent"] == prompts["Second try"]["id"]

    def test_compaction(self, run: Transcript) -> None:
        """A compaction is a checkpoint, and what follows it belongs to the turn it happened in."""
        last = run.answer("msg_1", tool("t1"))
        details = {"trigger": "auto", "preTokens": 150_000}
        run.add("system", subtype="compact_boundary", parentUuid=None, logicalParentUuid=last, compactMetadata=details)
        run.user("So far: …", isCompactSummary=True)
        run.answer("msg_2", text("On we go"), stop="end_turn")
        events = events_of(run.lines)
        boundary, summary, after = events[-3:]
        assert (boundary["type"], boundary["data"]) == ("checkpoint", {"label": "compact", "state": details})
        assert (summary["type"], summary["data"]["memory"]) == ("checkpoint", "So far: …")
        assert (after["parent"], after["links"]) == (events[1]["id"], [summary["id"]])

    def test_meta(self, run: Transcript) -> None:
        """What the program says in a person's place is noted, and begins no turn."""
        run.user("Caveat: …", isMeta=True)
        run.answer("msg_1", text("Hi"), stop="end_turn")
        _, prompt, meta, answer = events_of(run.lines)
        assert (meta["type"], meta["data"]) == ("log", {"stream": "meta", "text": "Caveat: …"})
        assert answer["parent"] == prompt["id"]

    def test_word_beside_a_result(self, run: Transcript) -> None:
        """What a person says in the line of a result is a message of its own."""
        run.answer("msg_1", tool("t1"))
        run.result("t1", "stopped")
        run.records[-1]["message"]["content"].append(text("[Request interrupted by user]"))
        assert types(events_of(run.lines))[-2:] == ["tool_result", "user_message"]


class TestOtherLines:
    def test_unknown_types(self, run: Transcript, tmp_path: Path) -> None:
        """A line of a type nobody knows is carried under its own name, and counted."""
        run.add("moon-phase", phase="full")
        run.add("moon-phase", phase="new")
        run.add("tool_call", note="not one of ours")
        snapshot = load(run.write(tmp_path / "run.jsonl"))
        assert snapshot.stats().types == {
            "moon-phase": 2,
            "agent_start": 1,
            "user_message": 1,
            "claude-code.tool_call": 1,
        }
        event = snapshot.event(2)
        assert (event.type, event.data, event.parent) == ("moon-phase", {"phase": "full"}, snapshot.event(1).id)
        assert event.fields["source"]["raw"] == run.records[1]

    def test_nobody_known(self) -> None:
        """Lines that never say whose they are do not wait for ever."""
        note = json.dumps({"type": "note", "sessionId": SESSION}).encode()
        assert (len(events_of([note] * 63)), len(events_of([note] * 65))) == (0, 66)

    def test_no_type(self, run: Transcript) -> None:
        """A record without a type is carried too."""
        run.records.append({"note": "?"})
        event = events_of(run.lines)[-1]
        assert (event["type"], event["data"]) == ("claude-code.", {"note": "?"})

    def test_hook(self, run: Transcript) -> None:
        """What a hook did stands under the call it was about."""
        run.answer("msg_1", tool("t1"))
        run.add("attachment", attachment={"type": "hook_success", "toolUseID": "t1", "stdout": "fine"})
        *_, call, hook = events_of(run.lines)
        assert (hook["name"], hook["parent"]) == ("hook_success", call["id"])
        assert hook["data"] == {"stream": "hook_success", "text": "fine", "toolUseID": "t1"}

    def test_failed_call(self, run: Transcript) -> None:
        """A call of the model that failed and is tried again is an error in the provider's words."""
        inner = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        run.add("system", subtype="api_error", error={"status": 529, "error": inner}, retryAttempt=1, maxRetries=10)
        event = events_of(run.lines)[-1]
        assert (event["type"], event["error"]) == ("error", {"type": "api_error", "message": "Overloaded"})
        assert event["data"] == {"retryAttempt": 1, "maxRetries": 10}

    def test_snapshot(self, run: Transcript) -> None:
        """A snapshot of the files is a checkpoint."""
        run.add("file-history-snapshot", messageId="m", snapshot={"trackedFileBackups": {}})
        event = events_of(run.lines)[-1]
        assert (event["type"], event["data"]["state"]) == ("checkpoint", {"trackedFileBackups": {}})

    def test_cost(self, run: Transcript) -> None:
        """Totals that are said again count what they have grown by; a total that starts anew counts whole."""
        for total in (0.5, 0.75, 0.25):
            run.add("cost-state", totalCostUSD=total)
        assert [event["cost_usd"] for event in events_of(run.lines)[2:]] == [0.5, 0.25, 0.25]


class TestRequests:
    @pytest.fixture
    def requests(self) -> list[Event]:
        """The requests of a real run."""
        events = events_of(foreign_lines(DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"))
        return [event for event in events if event["type"] == "llm_request"]

    def test_messages(self, requests: list[Event]) -> None:
        """Messages that a request names by their hash are found among what was said."""
        assert [len(request["data"]["messages"]) for request in requests] == [2, 2, 2, 2, 3]
        assert requests[1]["data"]["messages"] == [
            {
                "role": "assistant",
                "content": [text("Let me check."), tool("toolu_0", command="echo deny-me", description="d")],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "content": "PreToolUse:Bash hook error: peek: breakpoint denied",
                        "is_error": True,
                        "tool_use_id": "toolu_0",
                    }
                ],
            },
        ]

    def test_missing_message(self, requests: list[Event]) -> None:
        """A message that is nowhere stands as its hash."""
        hash = "aed9c0"
        said, missing = requests[3]["data"]["messages"]
        assert (said["role"], list(missing), missing["hash"][:6]) == ("assistant", ["hash"], hash)

    def test_what_stays_the_same(self, requests: list[Event]) -> None:
        """A request says what it repeats of the one before, and no more."""
        first, second = requests[0]["data"], requests[1]["data"]
        assert ("base" in first, len(first["tools"]), first["settings"]["max_tokens"]) == (False, 1, 128_000)
        assert (second["base"], second["keep"]) == (requests[0]["id"], 2)
        assert second["same"] == ["system", "tools", "settings"]
        assert {"system", "tools", "settings"}.isdisjoint(second)

    def test_answer(self) -> None:
        """An answer belongs to its request, and took as long as it was after it."""
        events = events_of(foreign_lines(DATA / "denied-tool.jsonl"))
        requests = [event["id"] for event in events if event["type"] == "llm_request"]
        responses = [event for event in events if event["type"] == "llm_response"]
        assert [event["parent"] for event in responses] == requests
        assert [event["duration_ms"] for event in responses] == [48.0, 33.0, 35.0, 17.0]


class TestSubagents:
    MAIN = DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"

    def test_files_beside(self) -> None:
        """Subagents in files of their own stand below the calls that started them, three deep."""
        snapshot = load(self.MAIN)
        tree = snapshot.tree()
        starts = [row for row in range(len(snapshot)) if snapshot.type(row) == "subagent_start"]
        assert [snapshot.event(row).data["agent_id"] for row in starts] == [
            "a60b83d7a6a0ed097",
            "a2bb9e7047daa7cf7",
            "a4125619b69cc8337",
        ]
        assert [tree.depth(row) for row in starts] == [5, 9, 13]
        assert {snapshot.name(tree.parent(row)) for row in starts} == {"Agent"}
        assert [snapshot.event(row).agent for row in starts] == [
            "general-purpose-0ed097",
            "general-purpose-aa7cf7",
            "general-purpose-cc8337",
        ]
        assert (snapshot.stats().orphans, snapshot.stats().sessions) == (0, 1)

    def test_prompt(self) -> None:
        """A subagent's prompt is where it begins, not a word of a person."""
        snapshot = load(self.MAIN)
        event = snapshot.event(next(row for row in range(len(snapshot)) if snapshot.type(row) == "subagent_start"))
        assert event.data["prompt"] == "do sub work"
        assert (event.name, event.fields["source"]["line"]) == ("general-purpose", 1)
        assert snapshot.types()["user_message"] == 1

    def test_ends(self) -> None:
        """A subagent ends with the result of its call, or when the notice comes that it has ended in the background."""
        snapshot = load(self.MAIN)
        ends = [snapshot.event(row) for row in range(len(snapshot)) if snapshot.type(row) == "subagent_end"]
        starts = {snapshot.event(row).id for row in range(len(snapshot)) if snapshot.type(row) == "subagent_start"}
        assert [(end.data["status"], end.duration_ms) for end in ends] == [
            ("completed", 2132.0),
            ("completed", 4366.0),
            ("completed", 5942.0),
        ]
        assert {end.parent for end in ends} == starts
        assert (ends[2].data["agent_id"], ends[2].data["result"]) == ("a60b83d7a6a0ed097", "Let me check.")
        assert [snapshot.event(row).name for row in range(len(snapshot)) if snapshot.type(row) == "agent_turn"] == [
            "task-notification"
        ]

    def test_alone(self) -> None:
        """A subagent's file that is opened alone is an orphan, and says so."""
        [path] = DATA.rglob("agent-a60b83d7a6a0ed097.jsonl")
        stats = load(path).stats()
        assert stats.orphans == 2  # its beginning, and the end of the one it started itself

    def test_totals(self) -> None:
        """All agents together spent what the program itself counted."""
        stats = load(self.MAIN).stats()
        said = json.loads(foreign_lines(self.MAIN)[-1])
        [used] = said["modelUsage"].values()
        cached = used["cacheReadInputTokens"] + used["cacheCreationInputTokens"]
        assert stats.usage[:2] == (used["inputTokens"] + cached, used["outputTokens"]) == (2176, 272)
        assert stats.cost_usd == said["totalCostUSD"]

    def test_in_one_file(self, run: Transcript) -> None:
        """Older versions wrote a subagent's lines among the others: they belong to the call with its prompt."""
        run.answer("msg_1", tool("t1", "Task", prompt="Dig", subagent_type="Explore"))
        side = run.user("Dig", isSidechain=True, parentUuid=None)
        run.answer("msg_2", tool("t2"), isSidechain=True, parentUuid=side)
        run.result("t2", isSidechain=True)
        run.result("t1", "Found it", parentUuid="uuid-1")
        events = events_of(run.lines)
        start, end = only(events, "subagent_start"), only(events, "subagent_end")
        call = next(event for event in events if event["type"] == "tool_call")
        assert (start["parent"], start["name"], start["data"]["prompt"]) == (call["id"], "Explore", "Dig")
        assert [event["parent"] for event in events if event.get("agent") == start["agent"]][1] == start["id"]
        assert (end["parent"], end["data"]["result"]) == (start["id"], "Found it")

    @pytest.mark.parametrize(
        ("content", "keys"),
        [
            ("Async agent launched successfully.", {}),
            ("started", {"toolUseResult": {"isAsync": True}}),
            ("<tool_use_error>no such agent</tool_use_error>", {"is_error": True}),
            ("no", {"is_error": True, "toolDenialKind": "permission-rule"}),
        ],
    )
    def test_not_ended(self, run: Transcript, content: str, keys: Event) -> None:
        """A call that left its subagent running, or started none, ends none."""
        run.answer("msg_1", tool("t1", "Agent", prompt="Dig"))
        run.result("t1", content, **keys)
        assert "subagent_end" not in types(events_of(run.lines))


def test_the_whole_of_a_run() -> None:
    """A real run in which a hook denied a tool, event by event."""
    snapshot = load(DATA / "denied-tool.jsonl")
    assert snapshot.stats().types == {
        "log": 23,
        "llm_request": 4,
        "llm_response": 4,
        "llm_chunk": 3,
        "tool_call": 3,
        "tool_result": 3,
        "prompt_policy": 2,
        "agent_start": 1,
        "user_message": 1,
        "policy_violation": 1,
    }
    assert (snapshot.stats().errors, snapshot.stats().usage[:4], snapshot.stats().duration_ms) == (
        2,
        (544, 68, 120, 20),
        820,
    )
