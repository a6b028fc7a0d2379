from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import capture
from capture import TraceContext
from capture.instrument.answer import Answer, Asking
from capture.testing import ManualClock, read_events
from capture.wire.anthropic import AnthropicMessages
from peek_tui.demo.wire import event_bytes

START = event_bytes({"type": "message_start", "message": {"type": "message", "content": []}})


def text(piece: str, index: int = 0) -> bytes:
    delta = {"type": "text_delta", "text": piece}
    return event_bytes({"type": "content_block_delta", "index": index, "delta": delta})


def asking(ctx: TraceContext) -> Asking:
    return Asking(ctx, ctx.record_llm_request("claude"), ctx._parent_of_calls(), watched=False)


def begin(ctx: TraceContext, status: int = 200, **headers: str) -> Answer:
    answer = Answer(asking(ctx), AnthropicMessages(), "claude")
    answer.begin(status, {"content-type": "text/event-stream", **headers})
    answer.chunk(START)
    return answer


def recorded(ctx: TraceContext, type: str) -> list[dict[str, Any]]:
    return [event for event in read_events(ctx.path) if event["type"] == type]


def pieces(ctx: TraceContext) -> list[Any]:
    return [event["data"].get("text", event["data"].get("thinking")) for event in recorded(ctx, "llm_chunk")]


class TestPieces:
    def test_first_at_once(self, ctx: TraceContext) -> None:
        """The first word is recorded when it has come."""
        answer = begin(ctx)
        assert pieces(ctx) == []
        answer.chunk(text("a"))
        assert pieces(ctx) == []
        answer.chunk(text(" b"))
        assert pieces(ctx) == ["a "]

    def test_size(self, ctx: TraceContext) -> None:
        """Later ones are recorded when 512 characters have come together."""
        answer = begin(ctx)
        for piece in ("a ", "b" * 510 + " ", "c ", "d" * 511):
            answer.chunk(text(piece))
        assert pieces(ctx) == ["a ", "b" * 510 + " c "]
        answer.chunk(text("e" * 599 + " "))
        assert pieces(ctx)[2:] == ["d" * 511 + "e" * 599 + " "]

    def test_time(self, ctx: TraceContext, clock: ManualClock) -> None:
        """Or when a second has gone by since the last one, and a piece comes."""
        answer = begin(ctx)
        answer.chunk(text("a "))
        clock.advance(0.999)
        answer.chunk(text("b "))
        assert pieces(ctx) == ["a "]
        clock.advance(0.001)
        answer.chunk(text("c "))
        assert pieces(ctx) == ["a ", "b c "]

    @pytest.mark.parametrize(
        "secret",
        [
            "sk-ant-api03-Zx81kQpLm2Vn7Rt4Ws9Yb3",
            "Authorization: Bearer aB3dE5gH7jK9mN1p",
            '{"api_key": "aB3dE5gH7jK9mN1p"}',
            "password = 'hunter2hunter2'",
            "Cookie: sid=aB3dE5gH7j; csrf=K9mN1pQ3rS; theme=dark",
            '{"set-cookie": "sid=aB3dE5gH7j; Path=/; HttpOnly"}',
            f"-----BEGIN RSA PRIVATE KEY-----\n{'MIIEowIB AAKCAQEA' * 30}\n-----END RSA PRIVATE KEY-----",
        ],
    )
    def test_secret(self, ctx: TraceContext, clock: ManualClock, secret: str) -> None:
        """A secret is redacted wherever the pieces of the wire, and the chunks, would cut it."""
        whole = f"So here it is: {secret} and that is all."
        for size in (1, 5, 13):
            answer = begin(ctx)
            for at in range(0, len(whole), size):
                clock.advance(2)
                answer.chunk(text(whole[at : at + size]))
            answer.closed()
            *_, response = recorded(ctx, "llm_response")
            chunks = [event for event in recorded(ctx, "llm_chunk") if event["parent"] == response["parent"]]
            assert "".join(chunk["data"]["text"] for chunk in chunks) == response["data"]["content"][0]["text"]
            assert "[redacted:" in response["data"]["content"][0]["text"]

    @pytest.mark.parametrize(
        "redact", [[r"\d{4} \d{4} \d{4}"], lambda text: re.sub(r"\d{4} \d{4} \d{4}", "[card]", text)]
    )
    def test_own_secret(self, tmp_path: Path, redact: Any) -> None:
        """What only the author knows for a secret is looked for in whole lines."""
        capture.init(redact=redact, clock=(clock := ManualClock()))
        with TraceContext("desk", path=tmp_path / "run.jsonl") as ctx:
            answer = begin(ctx)
            for piece in ("Yes.\n", "It is 4127 ", "4128 4129", " and ", "no other.\n", "Bye"):
                clock.advance(2)
                answer.chunk(text(piece))
            said = pieces(ctx)
            answer.closed()
        assert [re.sub(r"\[.*\]", "[]", piece) for piece in said] == ["Yes.\n", "It is [] and no other.\n"]

    def test_long_word(self, ctx: TraceContext) -> None:
        """A text without spaces waits for its end up to 4,096 characters."""
        answer = begin(ctx)
        for _ in range(9):
            answer.chunk(text("x" * 512))
        assert pieces(ctx) == ["x" * 4608]
        answer.chunk(text("顾客" * 300))
        assert pieces(ctx)[1:] == ["顾客" * 300]

    def test_end_mark(self, ctx: TraceContext) -> None:
        """The provider's end mark is the end, whether or not the reader then reads on or closes the stream."""
        answer = begin(ctx)
        answer.chunk(text("a") + event_bytes({"type": "message_stop"}))
        assert [event["data"]["closed_by"] for event in recorded(ctx, "llm_response")] == ["server"]
        answer.chunk(b"\n")
        answer.ended()
        assert len(recorded(ctx, "llm_response")) == 1

    def test_end(self, ctx: TraceContext) -> None:
        """The end records what is left, before the answer."""
        answer = begin(ctx)
        answer.chunk(text("a") + text("b") + text("c "))
        answer.chunk(text("d"))
        answer.closed()
        assert [event["type"] for event in read_events(ctx.path)[2:]] == ["llm_chunk", "llm_chunk", "llm_response"]
        assert pieces(ctx) == ["abc ", "d"]

    def test_kinds_stay_apart(self, ctx: TraceContext) -> None:
        """Text, thinking and each tool call are pieces of their own."""

        def call(id: str, name: str) -> bytes:
            block = {"type": "tool_use", "id": id, "name": name, "input": {}}
            return event_bytes({"type": "content_block_start", "index": len(id), "content_block": block})

        def arguments(index: int, piece: str) -> bytes:
            delta = {"type": "input_json_delta", "partial_json": piece}
            return event_bytes({"type": "content_block_delta", "index": index, "delta": delta})

        thinking = {"type": "content_block_delta", "index": 9, "delta": {"type": "thinking_delta", "thinking": "hm"}}
        answer = begin(ctx)
        answer.chunk(
            event_bytes(thinking) + text("a") + text("b")
            + call("1", "x") + arguments(1, "{") + arguments(1, "}") + call("12", "y") + arguments(2, "{}") + text("c")
        )  # fmt: skip
        answer.closed()
        assert [event["data"] for event in recorded(ctx, "llm_chunk")] == [
            {"thinking": "hm"},
            {"text": "ab"},
            {"tool_call": {"id": "1", "name": "x", "arguments": "{}"}},
            {"tool_call": {"id": "12", "name": "y", "arguments": "{}"}},
            {"text": "c"},
        ]


class TestEnd:
    def test_times(self, ctx: TraceContext, clock: ManualClock) -> None:
        """The answer knows when its first token came, and the time and size of every piece of the wire."""
        answer = begin(ctx)
        clock.advance(0.25)
        answer.chunk(text("a"))
        clock.advance(0.25)
        answer.chunk(text("b"))
        clock.advance(0.5)
        answer.closed()
        [response] = recorded(ctx, "llm_response")
        assert response["data"]["time_to_first_token_ms"] == 250.0
        assert response["data"]["chunks"] == [[0.0, len(START)], [250.0, len(text("a"))], [500.0, len(text("b"))]]
        assert response["duration_ms"] == 1000.0

    def test_once(self, ctx: TraceContext) -> None:
        """An answer ends once, however many ways it ends."""
        answer = begin(ctx)
        answer.failed(ValueError("no"))
        answer.ended()
        answer.closed()
        [response] = recorded(ctx, "llm_response")
        assert (response["data"]["closed_by"], response["error"]["message"]) == ("error", "no")

    @pytest.mark.parametrize(("status", "error"), [(200, None), (399, None), (400, "HTTP 400"), (529, "HTTP 529")])
    def test_unread(self, ctx: TraceContext, status: int, error: str | None) -> None:
        """A body that nobody reads has failed if its status says so."""
        answer = Answer(asking(ctx), AnthropicMessages(), "claude")
        answer.begin(status, {"content-type": "application/json"})
        answer.closed()
        [response] = recorded(ctx, "llm_response")
        assert response.get("error") == (error and {"type": error, "message": ""})
        assert response["data"]["http"]["status"] == status

    def test_failed_stream(self, ctx: TraceContext) -> None:
        """A status that says failure is read as a body, whatever type it claims to be."""
        answer = Answer(asking(ctx), AnthropicMessages(), "claude")
        answer.begin(500, {"content-type": "text/event-stream"})
        answer.chunk(b'{"type":"error","error":{"type":"api_error","message":"no"}}')
        answer.ended()
        [response] = recorded(ctx, "llm_response")
        assert response["error"] == {"type": "api_error", "message": "no"}
