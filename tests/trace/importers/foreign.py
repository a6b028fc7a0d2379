"""Foreign lines with known content, and the events that an importer makes of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from capture.format import parse_line
from capture.values import restore
from peek_tui.trace.importers import FORMATS
from peek_tui.trace.store import Snapshot, Store

__all__ = ["DATA", "SESSION", "Event", "Record", "Stream", "Transcript", "events_of", "foreign_lines", "load", "shared"]

DATA = Path(__file__).parents[2] / "data" / "claude-code"
SESSION = "0af76519-16cd-43dd-8448-eb211c80319c"

Event = dict[str, Any]
Record = dict[str, Any]


def shared(folder: str) -> list[Path]:
    """Return the real traces in a folder beside the project; where there are none the test is skipped, not in CI."""
    paths = sorted((Path(__file__).parents[4] / "shared" / "traces" / folder).rglob("*.jsonl"))
    if not paths and os.environ.get("CI") == "true":
        pytest.fail(f"../shared/traces/{folder} is not there")
    if not paths:
        pytest.skip(f"../shared/traces/{folder} is not there")
    return paths


def load(*paths: Path) -> Snapshot:
    """Read files as `peek` does."""
    return Store.load(paths).snapshot()


def events_of(lines: Iterable[bytes], format: str = "claude-code", path: Path = Path("run.jsonl")) -> list[Event]:
    """Import lines; the untouched record stands in `source.raw` again as it was."""
    importer = FORMATS[format].importer(path)
    made = [event for number, line in enumerate(lines, 1) for event in importer.take(line, number)]
    return [restore(parse_line(line).event) for line in made]


def foreign_lines(path: Path) -> list[bytes]:
    """Return the lines of a file."""
    return path.read_bytes().splitlines()


class _Lines:
    """Lines that are written one after the other, a second apart."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    @property
    def lines(self) -> list[bytes]:
        return [json.dumps(record).encode() for record in self.records]

    def write(self, path: Path) -> Path:
        path.write_bytes(b"".join(line + b"\n" for line in self.lines))
        return path

    def _time(self) -> str:
        return f"2026-11-20T12:00:{len(self.records):02d}.000Z"


class Transcript(_Lines):
    """A transcript; each line's parent is the one before unless it says another."""

    format = "claude-code"

    def add(self, type: str, **keys: Any) -> str:
        """Append a line and return its uuid."""
        uuid = f"uuid-{len(self.records)}"
        last = next((record["uuid"] for record in reversed(self.records) if "uuid" in record), None)
        common = {"type": type, "uuid": uuid, "parentUuid": last, "timestamp": self._time(), "isSidechain": False}
        where = {"sessionId": SESSION, "cwd": "/home/dev/proj", "version": "2.1.327", "gitBranch": "main"}
        self.records.append({**common, **where, **keys})
        return uuid

    def user(self, content: Any, **keys: Any) -> str:
        return self.add("user", message={"role": "user", "content": content}, **keys)

    def answer(self, id: str, *blocks: Record, output: int = 7, stop: str | None = "tool_use", **keys: Any) -> str:
        return self.add("assistant", message=message(id, blocks, output, stop), **keys)

    def result(self, id: str, content: Any = "ok", **keys: Any) -> str:
        error = {"is_error": True} if keys.pop("is_error", False) else {}
        return self.user([{"type": "tool_result", "tool_use_id": id, "content": content, **error}], **keys)


class Stream(_Lines):
    """What stream-json prints."""

    format = "claude-stream-json"

    def add(self, type: str, **keys: Any) -> str:
        """Append a line and return its uuid."""
        uuid = f"uuid-{len(self.records)}"
        self.records.append({"type": type, "session_id": SESSION, "uuid": uuid, **keys})
        return uuid

    def init(self, **keys: Any) -> str:
        return self.add("system", subtype="init", cwd="/home/dev/proj", model="model-1", tools=["Bash"], **keys)

    def answer(self, id: str, *blocks: Record, parent: str | None = None, **keys: Any) -> str:
        return self.add("assistant", message=message(id, blocks, 1, None), parent_tool_use_id=parent, **keys)

    def user(self, content: Any, parent: str | None = None, **keys: Any) -> str:
        return self.add("user", message={"role": "user", "content": content}, parent_tool_use_id=parent, **keys)

    def result(self, id: str, content: Any = "ok", parent: str | None = None, **keys: Any) -> str:
        return self.user([{"type": "tool_result", "tool_use_id": id, "content": content}], parent, **keys)

    def end(self, **keys: Any) -> str:
        said = {"is_error": False, "duration_ms": 1200, "num_turns": 2, "result": "Done.", "total_cost_usd": 0.25}
        return self.add("result", **{"subtype": "success", **said, **keys})


def message(id: str, blocks: Iterable[Record], output: int, stop: str | None) -> Record:
    """Return the message of an assistant line: 10 tokens in, 20 of them from the cache and 5 to it beside."""
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 20,
        "cache_creation_input_tokens": 5,
        "output_tokens": output,
    }
    common = {"id": id, "type": "message", "role": "assistant", "model": "model-1"}
    return {**common, "content": list(blocks), "stop_reason": stop, "usage": usage}


def text(text: str) -> Record:
    return {"type": "text", "text": text}


def thinking(text: str) -> Record:
    return {"type": "thinking", "thinking": text, "signature": "c2ln"}


def tool(id: str, name: str = "Bash", **arguments: Any) -> Record:
    return {"type": "tool_use", "id": id, "name": name, "input": arguments}
