"""Write `docs/format.md` from the code that implements the format: `make docs`. A test keeps the two in step."""

from __future__ import annotations

import sys
from pathlib import Path

from capture._core.records import Common
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
    return "\n".join([*_introduction(), *_header(), *_vocabulary(), *_values()]) + "\n"


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


def _values() -> list[str]:
    return [
        "## Values JSON cannot hold",
        "",
        'Bytes are `{"$type":"bytes","base64":…}`; tuples, sets, datetimes, NaN and infinities, integers beyond 64',
        "bits, lone surrogates and keys that are no strings likewise have a `$type` (`capture/values.py`); the rest is",
        '`{"$type":"opaque","class":…,"repr":…}`.',
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
