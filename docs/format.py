"""Write `docs/format.md` from the code that implements the format: `make docs`. A test keeps the two in step."""

from __future__ import annotations

import sys
from pathlib import Path

from capture._core.common import Common
from capture.events import CALLS, ENDS, NO_EVENT, VOCABULARY
from capture.format import OPTIONAL_KEYS, VERSION, encode_event

__all__ = ["PAGE", "format_page"]

PAGE = Path(__file__).parent / "format.md"

_REQUIRED = {
    "v": ("int", f"format version, always first; {VERSION} here"),
    "ts": ("int", "nanoseconds since 1970 UTC, 19 digits"),
    "id": ("str", "16 hex digits: 8 of the writer, a new one for each file, and 8 of its counter, which never skips"),
    "parent": ("str", "the event this one belongs to; 16 zeros for a root"),
    "session": ("str", "the run, 32 hex digits"),
    "type": ("str", "a word of the vocabulary; an unknown one is carried, shown and counted"),
    "name": ("str", "the one word a row shows; empty when there is none"),
}
_OPTIONAL = {
    "duration_ms": ("float", "on the event that ends something"),
    "error": ("object", "`type`, `message`, `stack`: present exactly when it failed"),
    "agent": ("str", "which agent, in a run with several"),
    "task": ("str", "thread and asyncio task, when it is not the main one"),
    "usage": ("object", "`input_tokens` (cache included), `output_tokens`, `cache_read_tokens`, …"),
    "cost_usd": ("float", "only if known"),
    "importance": ("float", "0..1, only when the author set it"),
    "links": ("[str]", "ids of other events that led to this one"),
    "source": ("object", "on imported events: `kind`, and the untouched record under `raw`"),
}


def format_page() -> str:
    """Return the page."""
    return "\n".join([*_introduction(), *_header(), *_vocabulary(), *_answers(), *_requests(), *_values()]) + "\n"


def _introduction() -> list[str]:
    example = encode_event(
        1763625600123456789,
        "5f3a9c1e00000007",
        "5f3a9c1e00000006",
        "0af7651916cd43dd8448eb211c80319c",
        "tool_call",
        "search",
        {},
        {"arguments": {"q": "refunds"}},
    )
    return [
        "<!-- made by `make docs` from capture/events.py and capture/format.py; do not edit -->",
        "",
        f"# The trace format, version {VERSION}",
        "",
        "A trace is a UTF-8 JSONL file that is only ever appended to: one event a line, each line one `write`. It can",
        "be read with `tail -f`, `grep` and `jq`.",
        "",
        "```json",
        example.decode().rstrip(),
        "```",
        "",
    ]


def _header() -> list[str]:
    lines = ["## One event", "", "The writer puts the keys in this order; a reader takes any.", ""]
    lines += ["| key | type | meaning |", "|---|---|---|"]
    lines += [f"| `{key}` | {kind} | {meaning} |" for key, (kind, meaning) in _REQUIRED.items()]
    lines += [f"| `{key}` | {_OPTIONAL[key][0]}, optional | {_OPTIONAL[key][1]} |" for key in OPTIONAL_KEYS]
    lines += ["| `data` | object | the payload of the type, last |", ""]
    return lines


def _vocabulary() -> list[str]:
    lines = [
        "## Vocabulary",
        "",
        "Each has a method `record_<type>` with the fields of its `data` as parameters.",
        "",
    ]
    lines += ["| type | when | `name` | `data` | belongs to |", "|---|---|---|---|---|"]
    for word in VOCABULARY.values():
        fields = ", ".join(f"`{field}`" for field in word.fields)
        lines.append(f"| `{word.name}` | {word.meaning} | {word.named} | {fields} | {_belongs_to(word.name)} |")
    return [*lines, ""]


def _belongs_to(type: str) -> str:
    if type in ENDS:
        return f"its `{ENDS[type]}`"
    if type in CALLS:
        return "the decision before it, else the open span"
    return "the open span"


def _answers() -> list[str]:
    return [
        "## How an answer ended",
        "",
        "`closed_by` in an `llm_response` says who ended the exchange. The result of a decorated generator that",
        "its caller left early has it too.",
        "",
        "| `closed_by` | means |",
        "|---|---|",
        "| `server` | the provider said its last word: the body ended, or the end mark of its stream had come |",
        "| `consumer` | the agent stopped reading first: it closed the stream, was cancelled or interrupted |",
        "| `error` | reading failed: a timeout, a broken connection; the event's `error` says how |",
        "",
        "A stream that the server ended before its end mark is `server` with the error `IncompleteStream`.",
        "",
    ]


def _requests() -> list[str]:
    return [
        "## Requests that do not repeat themselves",
        "",
        "A request that begins with the messages of an earlier one in its file says only what it adds to that one;",
        "the first of a file, and the first after a loss, are whole. `peek before`, `peek after` and",
        "`peek events --whole` make them whole again. The `data` of one that is not has:",
        "",
        "| key | type | meaning |",
        "|---|---|---|",
        "| `base` | str | the id of that earlier request |",
        "| `keep` | int | how many of its leading messages come first here too |",
        "| `same` | [str] | which of `system`, `tools`, `settings`, … are left out, being the same |",
        "| `messages` | list | what comes after the kept ones |",
        "",
        "Nothing is guessed when a base cannot be built on. The request keeps `base`, `keep` and `same`, and",
        "gains a key that says why: `base_missing`, the id of a base that is not in the trace, or `base_damaged`,",
        "one sentence about a base that is.",
        "",
    ]


def _values() -> list[str]:
    return [
        "## Values JSON cannot hold",
        "",
        'Bytes are `{"$type":"bytes","base64":…}`; tuples, sets, datetimes, NaN and infinities, integers beyond 64',
        "bits, lone surrogates and keys that are no strings likewise have a `$type` (`capture/values.py`); the rest is",
        '`{"$type":"opaque","class":…,"repr":…}`.',
        "",
        "A text of more than a MiB stands in a file of its own, `<trace file name>.blobs/<sha256>`, such as",
        "`run.jsonl.blobs/9f86…` beside `run.jsonl`. In its place stands",
        '`{"$blob":<sha256>,"bytes":<length>,"head":<its beginning>}`. A reader follows names of 64 hex digits',
        "only, to regular files of that length and that hash; where there is none, the beginning is what there",
        "is.",
        "",
        "Marks and notes that people put on events are no part of a trace. `peek convert` writes those of the session",
        "beside it, `<trace file name>.marks.json`, which a debugger that has none of its own for that session shows:",
        '`{"v":1,"session":…,"marks":{<letter>:<id>},"notes":{<id>:<text>}}`. Without that file the trace is the same.',
        "",
        f"Every event may also carry {', '.join(f'`{key}`' for key in Common.__annotations__)}; a `parent` of",
        f"`{NO_EVENT}` is a root.",
    ]


def main() -> None:
    """Write the page."""
    PAGE.write_text(format_page())
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
