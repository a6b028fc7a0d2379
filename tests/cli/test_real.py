from __future__ import annotations

import json

import pytest

from tests.trace.importers.foreign import foreign_lines, shared

from .conftest import Peek, lines

TOKENS = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens")


@pytest.mark.parametrize("name", ["c4-train-fasttext", "coder-count-dataset-tokens", "gpt5-crack-7z-hash.easy"])
def test_stats(peek: Peek, name: str) -> None:
    """What `peek stats` says of a real run is what counting its lines gives."""
    [path] = [path for path in shared("claude-code-runs") if path.stem == name]
    messages = [json.loads(line)["message"] for line in foreign_lines(path) if b'"message": {' in line[:60]]
    blocks = [block for message in messages for block in message["content"]]
    usage = {message["id"]: message["usage"] for message in messages if "usage" in message}
    [said] = lines(peek("stats", path, "--json"))
    assert (said["types"]["llm_response"], said["types"]["tool_call"], said["errors"], said["tokens"]["total"]) == (
        len(usage),
        sum(block["type"] == "tool_use" for block in blocks),
        sum(bool(block.get("is_error")) for block in blocks),
        sum(counts[key] for counts in usage.values() for key in TOKENS),
    )
    assert (said["damaged"], said["orphans"], said["missing"], said["sessions"]) == ([], 0, [], 1)
