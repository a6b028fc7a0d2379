"""Secrets do not reach the disk, and nothing else is kept from it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from time import process_time
from typing import Any

import pytest

import capture
from capture import TraceContext
from capture._core.redact import Redactor
from capture._core.redact_patterns import GROUPS, is_secret
from capture.testing import read_events
from capture.values import dump_line, restore

from .secrets import LOOK_ALIKES, SECRETS


def written(path: Path) -> str:
    return path.read_text()


def record(path: Path, *values: Any) -> list[Any]:
    """Record calls with these arguments, and return what was written of them."""
    with TraceContext("desk", path=path) as ctx:
        for value in values:
            ctx.record_tool_call("tool", value)
    return [event["data"]["arguments"] for event in read_events(path) if event["type"] == "tool_call"]


class TestCorpus:
    def test_sizes(self) -> None:
        """The corpus is as large as is asked for."""
        assert len(SECRETS) >= 60
        assert len(LOOK_ALIKES) >= 40

    @pytest.mark.parametrize("name", SECRETS)
    def test_secret(self, tmp_path: Path, name: str, encoder: str) -> None:
        """No secret is in the file, wherever it stood: in a text, under a key, as a key, in JSON in a text, in an
        error, in the event's name.
        """
        secret, said = SECRETS[name]
        told = said if isinstance(said, str) else json.dumps(said)
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_tool_call("tool", said)
            ctx.record_tool_result("tool", [(said,), {"nested": {"deep": [said]}}])
            ctx.record_log("stdout", f"before\n{told}\tafter")
            ctx.record_log("stdout", json.dumps({"text": told}))
            ctx.record_tool_call("tool", {told: 1})
            ctx.record_decision("why", 0.5, told)
            ctx.record_error(ValueError(told))
        text = written(tmp_path / "run.jsonl")
        assert secret not in text
        assert max(secret.split("\n"), key=len) not in text
        end = read_events(tmp_path / "run.jsonl")[-1]
        assert sum(end["data"]["redacted"].values()) >= 7

    @pytest.mark.parametrize("filler", ["lorem ipsum ", "A. B: [G_9-J@=] "])
    def test_in_a_long_text(self, filler: str) -> None:
        """A secret deep in a long line is found, whether what secrets begin with is rare in it or frequent."""
        redactor = Redactor()
        for secret, said in SECRETS.values():
            around = filler * 1_000
            event = {"data": {"text": f"{around}\n{said if isinstance(said, str) else json.dumps(said)}\n{around}"}}
            assert not redactor.passes(dump_line(event))
            assert secret not in str(redactor.revise(event))

    @pytest.mark.parametrize("said", LOOK_ALIKES, ids=range(len(LOOK_ALIKES)))
    def test_look_alike(self, tmp_path: Path, said: Any, encoder: str) -> None:
        """What only looks like a secret is written as it is, also as part of a text that holds one."""
        token = SECRETS["github personal"][0]
        told = said if isinstance(said, str) else json.dumps(said)
        one, two, three = record(tmp_path / "run.jsonl", said, told, {token: said})
        assert (one, two) == (said, told)
        assert three == {"[redacted:github_token]": said}


class TestKinds:
    def test_counts(self, tmp_path: Path) -> None:
        """The end of the run says how many secrets of which kind were taken out."""
        token, url = SECRETS["github personal"][0], SECRETS["url"][1]
        record(tmp_path / "run.jsonl", f"{token} {token}", {"a": url, "password": "x"}, {token: [f"{token}"]})
        end = read_events(tmp_path / "run.jsonl")[-1]
        assert end["data"]["redacted"] == {"github_token": 4, "password_in_url": 1, "by_name": 1}

    def test_none(self, tmp_path: Path) -> None:
        """A run without secrets says nothing of them."""
        record(tmp_path / "run.jsonl", "hello")
        assert "redacted" not in read_events(tmp_path / "run.jsonl")[-1]["data"]

    def test_names(self) -> None:
        """No kind is a name under which a number would be taken for a secret: the counts themselves are recorded."""
        kinds = [pattern.kind for group in GROUPS for pattern in group.patterns]
        assert [kind for kind in kinds if is_secret(kind, "7")] == []

    def test_what_stays(self, tmp_path: Path) -> None:
        """Only the secret goes: what tells where it stood stays."""
        password = SECRETS["url"][0]
        said = [
            f"psql postgres://desk:{password}@db/orders",
            "curl -H 'Authorization: Bearer abcdef0123456789' https://api/x?key=AbCd1234efgh&page=2",
            json.dumps({"user": "desk", "password": password, "retries": 3}),
        ]
        assert record(tmp_path / "run.jsonl", *said) == [
            "psql postgres://desk:[redacted:password_in_url]@db/orders",
            "curl -H 'Authorization: Bearer [redacted:http_auth]' https://api/x?key=[redacted:in_query]&page=2",
            json.dumps({"user": "desk", "password": "[redacted:by_name]", "retries": 3}),
        ]

    def test_escapes(self, tmp_path: Path) -> None:
        """A token is found behind an escape of JSON, of a URL, of a terminal."""
        token = SECRETS["npm"][0]
        said = [f"a\n{token}", f"a\\n{token}", json.dumps(json.dumps(f"\t{token}")), f"x%3D{token}", f"\x1b[32m{token}"]
        assert token not in json.dumps(record(tmp_path / "run.jsonl", *said))

    def test_bytes(self, tmp_path: Path) -> None:
        """A secret in bytes is taken out of them; bytes without one are as they were."""
        token = SECRETS["npm"][0]
        dirty, clean = record(tmp_path / "run.jsonl", f"a {token}".encode(), bytes(range(256)))
        assert restore(dirty) == b"a [redacted:npm_token]"
        assert restore(clean) == bytes(range(256))

    def test_values_of_python(self, tmp_path: Path) -> None:
        """Under a secret's name it goes whatever it is: bytes, a tuple, a set, an object."""
        said = {"password": b"hunter2", "api_key": ("abcdef0123456789",), "secret": {"hunter2"}, "pwd": Path("hunter2")}
        (written,) = record(tmp_path / "run.jsonl", said)
        gone = "[redacted:by_name]"
        assert restore(written) == {"password": gone, "api_key": (gone,), "secret": {gone}, "pwd": gone}

    def test_below_a_name(self, tmp_path: Path) -> None:
        """Under a name that is always a secret's no text stays, however deep; of a pair the first is such a name."""
        said = [{"credentials": {"user": {"v": "hunter2", "tries": 3}}}, [["accept", "text/html"], ["x-api-key", "k1"]]]
        gone = "[redacted:by_name]"
        below, pairs = record(tmp_path / "run.jsonl", *said)
        assert below == {"credentials": {"user": {"v": gone, "tries": gone}}}
        assert pairs == [["accept", "text/html"], ["x-api-key", gone]]

    def test_list_of_secrets(self, tmp_path: Path) -> None:
        """Of a text with a thousand secrets nothing is written."""
        (said,) = record(tmp_path / "run.jsonl", " ".join([SECRETS["npm"][0]] * 1000))
        assert said == "[redacted:many]"


class TestChoice:
    def test_off(self, tmp_path: Path) -> None:
        """With `redact=False` everything is written as it was said."""
        capture.init(redact=False)
        said = [value for _, value in SECRETS.values()]
        assert record(tmp_path / "run.jsonl", *said) == said

    def test_off_by_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`PEEK_REDACT=0` says the same for a program that is not changed."""
        monkeypatch.setenv("PEEK_REDACT", "0")
        capture.init()
        said = [value for _, value in SECRETS.values()]
        assert record(tmp_path / "run.jsonl", *said) == said

    def test_own_patterns(self, tmp_path: Path) -> None:
        """Patterns of one's own are looked for beside ours, across what JSON would escape."""
        capture.init(redact=[r'case "\d+"', re.compile("customer-[0-9]+")])
        token = SECRETS["npm"][0]
        assert record(tmp_path / "run.jsonl", f'case "12" of customer-77 with {token}', "case 12") == [
            "[redacted:own] of [redacted:own] with [redacted:npm_token]",
            "case 12",
        ]
        assert read_events(tmp_path / "run.jsonl")[-1]["data"]["redacted"] == {"npm_token": 1, "own": 2}

    def test_function(self, tmp_path: Path) -> None:
        """A function is given every text with the secrets gone, and returns what is written."""
        capture.init(redact=lambda text: text.replace("desk", "—"))
        said = {"desk": ["the desk", {"a": f"desk {SECRETS['npm'][0]}"}], "n": 1}
        expected = {"—": ["the —", {"a": "— [redacted:npm_token]"}], "n": 1}
        assert record(tmp_path / "run.jsonl", said) == [expected]
        assert said["n"] == 1

    def test_format_stays(self, tmp_path: Path) -> None:
        """Nothing that a function or a pattern does makes an event unreadable: what the format says stays."""
        for redact in (str.upper, [r"[a-z0-9]+"]):
            capture.init(redact=redact)
            path = tmp_path / f"{type(redact).__name__}.jsonl"
            with TraceContext("desk", path=path) as ctx:
                call = ctx.record_tool_call("tool", {"q": "refund"})
                ctx.record_log("stdout", "hello")
                ctx.record_error(ValueError("no such charge"))
            start, tool, log, error, end = read_events(path)
            types = [event["type"] for event in (start, tool, log, error, end)]
            assert types == ["agent_start", "tool_call", "log", "error", "agent_end"]
            assert (tool["id"], tool["parent"], start.keys() >= {"v", "ts", "session"}) == (call, start["id"], True)
            assert log["data"] == ({"stream": "STDOUT", "text": "HELLO"} if redact is str.upper else log["data"])
            assert log["data"].keys() == {"stream", "text"}
            assert {"type", "message"} <= error["error"].keys()

    def test_function_that_fails(self, tmp_path: Path, swallowed: list[Exception]) -> None:
        """What a function fails on is not written; the run goes on."""
        broken = ValueError("broken")

        def fail(text: str) -> str:
            if "private" in text:
                raise broken
            return text

        capture.init(redact=fail)
        assert record(tmp_path / "run.jsonl", "private", "public") == ["[redacted:failed]", "public"]
        assert swallowed == [broken]


class TestWithheld:
    def test_shape(self, tmp_path: Path) -> None:
        """Without content, an event keeps its shape, its sizes and what says how the run went."""
        capture.init(content=False)
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            messages = [{"role": "user", "content": [{"type": "text", "text": "Refund me"}]}]
            ctx.record_llm_request("claude", messages, provider="anthropic", settings={"temperature": 0.5})
            ctx.record_tool_call("refund", {"cents": 420, "to": "me", "dry": True, "note": None})
            ctx.record_error(ValueError("no such charge"))
        _, request, call, error, _ = read_events(tmp_path / "run.jsonl")
        assert request["data"] == {
            "provider": "anthropic",
            "model": "claude",
            "messages": [{"role": "user", "content": [{"type": "text", "text": "[withheld: 9 characters]"}]}],
            "settings": {"temperature": "[withheld: number]"},
        }
        assert call["name"] == "refund"
        assert call["data"]["arguments"] == {
            "cents": "[withheld: number]", "to": "[withheld: 2 characters]", "dry": True, "note": None
        }  # fmt: skip
        assert error["error"]["type"] == "ValueError"
        assert error["error"]["message"] == "[withheld: 14 characters]"
        assert "no such charge" not in (tmp_path / "run.jsonl").read_text()

    def test_names_in_content(self, tmp_path: Path) -> None:
        """What a thing is called is kept of messages, tools and calls, and never of what is in them."""
        capture.init(content=False)
        ann = {"name": "Ann", "id": "756.1234", "status": "ill", "role": "Ann"}
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            ctx.record_tool_call("lookup", ann)
            ctx.record_tool_result("lookup", [ann])
            ctx.record_user_message(ann)
            ctx.record_checkpoint(state={"patient": ann})
            call = {"id": "call_1", "type": "function", "function": {"name": "lookup", "arguments": ann}}
            messages = [
                {"role": "assistant", "tool_calls": [call]},
                {"role": "assistant", "content": [{"type": "tool_use", "id": "tu_1", "name": "lookup", "input": ann}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "tu_1", "content": [ann]}]},
                {"role": "tool", "tool_call_id": "call_1", "content": ann},
            ]
            ctx.record_llm_request("claude", messages, extra={"user": ann})
        text = written(tmp_path / "run.jsonl")
        assert [word for word in ("Ann", "756.1234", '"ill"') if word in text] == []
        [request] = [event for event in read_events(tmp_path / "run.jsonl") if event["type"] == "llm_request"]
        one, two, three, four = request["data"]["messages"]
        assert (one["tool_calls"][0]["id"], one["tool_calls"][0]["function"]["name"]) == ("call_1", "lookup")
        assert (two["content"][0]["id"], two["content"][0]["name"]) == ("tu_1", "lookup")
        assert (three["content"][0]["tool_use_id"], four["tool_call_id"]) == ("tu_1", "call_1")

    def test_by_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`PEEK_CONTENT=0` says the same for a program that is not changed."""
        monkeypatch.setenv("PEEK_CONTENT", "0")
        capture.init()
        assert record(tmp_path / "run.jsonl", "hello") == ["[withheld: 5 characters]"]


class TestKeys:
    def test_new_names_for_ever(self, tmp_path: Path) -> None:
        """A program that makes up new keys all the time is recorded all the same, and secrets under new ones go."""
        said = [{f"key{number}": number, f"password{number}_pwd": "x"} for number in range(20_000)]
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            for value in said:
                ctx.record_tool_call("x", value)
        payloads = [event["data"]["arguments"] for event in read_events(tmp_path / "run.jsonl")[1:-1]]
        assert payloads == [{**value, f"password{n}_pwd": "[redacted:by_name]"} for n, value in enumerate(said)]


HOSTILE = [
    "a",
    "sk-",
    "-",
    "_",
    "=",
    ":",
    "eyJ.",
    "AKIA",
    "://a:",
    "password=",
    "?key=",
    '"token":"',
    "Bearer ",
    '["',
    '["key',
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile(piece: str) -> None:
    """Four times as much of a text that is made to keep us busy takes no more than about four times as long."""

    def taken(size: int) -> float:
        event = {"data": {"text": piece * (size // len(piece))}}
        line = json.dumps(event).encode()
        best = 1e9
        for _ in range(5):
            redactor = Redactor()
            start = process_time()
            if not redactor.passes(line):
                redactor.revise(event)
            best = min(best, process_time() - start)
        return best

    taken(1_000)  # everything is compiled
    assert taken(400_000) < 10 * taken(100_000) + 0.01
