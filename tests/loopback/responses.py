"""OpenAI's Responses API: one response, as JSON or as a stream of events.

Both forms come from the same response object, so a client that streams and one that does not read the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from peek_tui.demo.wire import Block, JSONObject, OpenAIChat, Reply, Text, Thinking, Tokens, invalid_request, wire_id
from peek_tui.demo.wire.format import Frame, dump, pieces_of_json, pieces_of_text
from peek_tui.demo.wire.reply import Failure

__all__ = ["OpenAIResponses", "response", "response_events"]

_CREATED = 1_795_143_600


class OpenAIResponses(OpenAIChat):
    """The format of `POST /v1/responses`. Its errors are those of chat completions."""

    def objection(self, headers: Mapping[str, str], request: JSONObject) -> Failure | None:
        missing = [key for key in ("model", "input") if not request.get(key)]
        return invalid_request(f"Missing required parameter: '{missing[0]}'.") if missing else None

    def answer(self, reply: Reply, request: JSONObject, request_id: str, tokens: Tokens) -> JSONObject:
        return response(reply, wire_id("resp_", request_id), request, _usage(tokens, reply))

    def frames(self, whole: JSONObject, request: JSONObject) -> Iterator[Frame]:
        for number, event in enumerate(response_events(whole)):
            kind = event["type"]
            yield Frame(_event_bytes({**event, "sequence_number": number}), ".delta" in kind, kind == _last(whole))

    def error_frame(self, failure: Failure, request_id: str) -> bytes:
        keys = ("message", "param", "code")
        return _event_bytes({"type": "error", **{key: getattr(failure, key) for key in keys}, "sequence_number": 99})


def response(reply: Reply, id: str, request: JSONObject, usage: JSONObject) -> JSONObject:
    """The whole answer, as a request without `stream` gets it."""
    cut = reply.stop_reason == "max_tokens"
    return {
        "id": id,
        "object": "response",
        "created_at": _CREATED,
        "status": "incomplete" if cut else "completed",
        "background": False,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "instructions": request.get("instructions"),
        "max_output_tokens": request.get("max_output_tokens"),
        "model": request["model"],
        "output": [_item(block, id, index) for index, block in enumerate(reply.blocks)],
        "parallel_tool_calls": True,
        "previous_response_id": request.get("previous_response_id"),
        "reasoning": {"effort": None, "summary": None},
        "store": True,
        "temperature": 1.0,
        "text": {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": request.get("tools", []),
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": usage,
        "user": None,
        "metadata": {},
    }


def response_events(whole: JSONObject) -> Iterator[JSONObject]:
    """The same answer as the events of a stream."""
    opening = {**whole, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    yield {"type": "response.created", "response": opening}
    yield {"type": "response.in_progress", "response": opening}
    for index, item in enumerate(whole["output"]):
        yield {"type": "response.output_item.added", "output_index": index, "item": _empty(item)}
        yield from _item_events(index, item)
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": _last(whole), "response": whole}


def _last(whole: JSONObject) -> str:
    return f"response.{whole['status']}"


def _item(block: Block, response_id: str, index: int) -> JSONObject:
    if isinstance(block, Text):
        part = {"type": "output_text", "annotations": [], "logprobs": [], "text": block.text}
        id = wire_id("msg_", response_id, index)
        return {"id": id, "type": "message", "status": "completed", "role": "assistant", "content": [part]}
    if isinstance(block, Thinking):
        summary = [{"type": "summary_text", "text": block.text}]
        return {"id": wire_id("rs_", response_id, index), "type": "reasoning", "summary": summary}
    return {
        "id": wire_id("fc_", response_id, index),
        "type": "function_call",
        "status": "completed",
        "arguments": dump(dict(block.input)).decode(),
        "call_id": block.id or wire_id("call_", response_id, index),
        "name": block.name,
    }


def _empty(item: JSONObject) -> JSONObject:
    empty: JSONObject = {"message": {"content": []}, "reasoning": {"summary": []}, "function_call": {"arguments": ""}}
    status = {"status": "in_progress"} if "status" in item else {}
    return {**item, **status, **empty[item["type"]]}


def _item_events(index: int, item: JSONObject) -> Iterator[JSONObject]:
    place = {"item_id": item["id"], "output_index": index}
    match item["type"]:
        case "function_call":
            for piece in pieces_of_json(item["arguments"]):
                yield {"type": "response.function_call_arguments.delta", **place, "delta": piece}
            done = {"name": item["name"], "arguments": item["arguments"]}
            yield {"type": "response.function_call_arguments.done", **place, **done}
        case "message":
            [part] = item["content"]
            place |= {"content_index": 0}
            yield {"type": "response.content_part.added", **place, "part": {**part, "text": ""}}
            for piece in pieces_of_text(part["text"]):
                yield {"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []}
            yield {"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []}
            yield {"type": "response.content_part.done", **place, "part": part}
        case "reasoning":
            [part] = item["summary"]
            place |= {"summary_index": 0}
            yield {"type": "response.reasoning_summary_part.added", **place, "part": {**part, "text": ""}}
            for piece in pieces_of_text(part["text"]):
                yield {"type": "response.reasoning_summary_text.delta", **place, "delta": piece}
            yield {"type": "response.reasoning_summary_text.done", **place, "text": part["text"]}
            yield {"type": "response.reasoning_summary_part.done", **place, "part": part}


def _event_bytes(event: JSONObject) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), dump(event))


def _usage(tokens: Tokens, reply: Reply) -> JSONObject:
    read = tokens.fresh + tokens.written + tokens.read
    thought = any(isinstance(block, Thinking) for block in reply.blocks)
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": tokens.read},
        "output_tokens": tokens.output,
        "output_tokens_details": {"reasoning_tokens": 1 if thought else 0},
        "total_tokens": read + tokens.output,
    }
