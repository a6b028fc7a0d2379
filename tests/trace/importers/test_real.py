"""The real traces beside the project, against a reading of each file in a few lines that shares no code."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from peek_tui.trace.store import Snapshot

from .foreign import foreign_lines, load, shared

KEYS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")


class Counted(NamedTuple):
    """What a run comes to."""

    messages: int
    calls: int
    results: int
    failed: int
    tokens: int


def counted(records: list[dict[str, Any]]) -> Counted:
    messages = {line["message"]["id"]: line["message"]["usage"] for line in records if line["type"] == "assistant"}
    contents = [line["message"]["content"] for line in records if line["type"] in ("assistant", "user")]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    kinds = Counter(block["type"] for block in blocks)
    return Counted(
        messages=len(messages),
        calls=kinds["tool_use"],
        results=kinds["tool_result"],
        failed=sum(bool(block.get("is_error")) for block in blocks),
        tokens=sum(usage.get(key) or 0 for usage in messages.values() for key in KEYS),
    )


def read(snapshot: Snapshot) -> Counted:
    types, tokens = snapshot.types(), snapshot.usage().total
    return Counted(types["llm_response"], types["tool_call"], types["tool_result"], snapshot.errors(), tokens)


def runs() -> list[Path]:
    return [path for folder in ("claude-code", "claude-code-runs") for path in shared(folder)]


def test_all_open() -> None:
    """Every real file opens without damage, a broken tree or a lost event, and says as much as it says."""
    for path in runs():
        snapshot = load(path)
        files = [path, *sorted(path.with_suffix("").rglob("*.jsonl"))]
        stats = snapshot.stats()
        assert (stats.damaged, stats.missing, stats.cycles, stats.unfinished) == ((), (), 0, False), path
        assert stats.orphans == 0 or "subagents" in path.parts, path
        assert read(snapshot) == counted([json.loads(line) for file in files for line in foreign_lines(file)]), path


def test_nothing_lost() -> None:
    """Every record of every real file stands untouched in the source of one event."""
    for path in runs():
        snapshot = load(path)
        sources = (snapshot.event(row).fields["source"] for row in range(len(snapshot)))
        kept = [json.dumps(source["raw"], sort_keys=True) for source in sources if "raw" in source]
        files = [path, *sorted(path.with_suffix("").rglob("*.jsonl"))]
        said = [json.dumps(json.loads(line), sort_keys=True) for file in files for line in foreign_lines(file)]
        assert Counter(kept) == Counter(said), path


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("c4-train-fasttext.jsonl", Counted(35, 34, 34, 1, 15_298)),
        ("coder-count-dataset-tokens.jsonl", Counted(37, 36, 36, 3, 0)),
        ("gpt5-crack-7z-hash.easy.jsonl", Counted(20, 19, 19, 2, 14_133)),
    ],
)
def test_known(name: str, known: Counted) -> None:
    """Three runs, by their numbers."""
    [path] = [path for path in shared("claude-code-runs") if path.name == name]
    assert read(load(path)) == known == counted([json.loads(line) for line in foreign_lines(path)])
