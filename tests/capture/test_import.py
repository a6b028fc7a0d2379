"""What it costs a host to have the library: nothing but the standard library, and nothing before it is used."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import capture
from tests.conftest import RunPython

MODULES = """
import json, sys
before = set(sys.modules)
{program}
print(json.dumps(sorted(set(sys.modules) - before)))
"""

WITHOUT_ORJSON = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "orjson":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocker())
import capture
from capture import values
assert values._dumps is None

@capture.trace_tool
def search(query): return [query]

with capture.TraceContext("desk", path=sys.argv[1]) as ctx:
    ctx.record_decision("why", evidence={1: (b"\\xff", float("nan"), 2**64, "\\ud800")}, chosen_action="Zoë")
    search("x" * 10)
assert "orjson" not in sys.modules
"""


def loaded(run_python: RunPython, program: str) -> list[str]:
    names: list[str] = json.loads(run_python(MODULES.format(program=program)).stdout)
    return names


def foreign(names: list[str]) -> list[str]:
    return [name for name in names if name.partition(".")[0] not in {*sys.stdlib_module_names, "capture"}]


def test_import(run_python: RunPython) -> None:
    """`import capture` loads two modules of its own and nothing outside the standard library."""
    names = loaded(run_python, "import capture")
    assert foreign(names) == []
    assert [name for name in names if name.startswith("capture")] == ["capture", "capture._version"]


def test_use(run_python: RunPython) -> None:
    """To record loads orjson, when it is there, and no other library."""
    names = loaded(run_python, "import capture\ncapture.install()\ncapture.current().record_log('x')")
    assert {name.partition(".")[0] for name in foreign(names)} == {"orjson"}
    assert "asyncio" not in names


def test_without_orjson(tmp_path: Path, run_python: RunPython) -> None:
    """Everything works with the standard library alone."""
    run_python(WITHOUT_ORJSON, tmp_path / "run.jsonl")
    lines = (tmp_path / "run.jsonl").read_bytes().splitlines()
    assert [json.loads(line)["type"] for line in lines] == [
        "agent_start", "decision", "tool_call", "tool_result", "agent_end"
    ]  # fmt: skip
    assert b'"name":"Zo\xc3\xab"' in lines[1]
    evidence = [
        {"$type": "bytes", "base64": "/w=="},
        {"$type": "float", "value": "nan"},
        {"$type": "int", "value": "18446744073709551616"},
        {"$type": "str", "escaped": "\\ud800"},
    ]
    assert json.loads(lines[1])["data"]["evidence"] == {
        "$type": "dict", "items": [[1, {"$type": "tuple", "items": evidence}]]
    }  # fmt: skip


def test_under_another_name(run_python: RunPython, tmp_path: Path) -> None:
    """The package works under another name, beside a host's own `capture`."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/peek_capture").symlink_to(Path(capture.__file__).parent)
    (tmp_path / "lib/capture.py").write_text("OURS = True")
    program = """
import sys
import capture, peek_capture
assert capture.OURS
peek_capture.install()
with peek_capture.TraceContext("desk") as ctx:
    peek_capture.trace_tool(lambda: None)()
print(ctx.path)
assert [name for name in sys.modules if name.startswith("capture.")] == []
"""
    path = Path(run_python(program, PYTHONPATH=str(tmp_path / "lib")).stdout.strip())
    assert len(path.read_bytes().splitlines()) == 4


class TestNames:
    def test_sorted(self) -> None:
        """The public names are listed in order."""
        assert capture.__all__ == sorted(capture.__all__)

    def test_loaded_when_used(self) -> None:
        """Every public name is there when it is asked for, and listed."""
        assert [name for name in capture.__all__ if getattr(capture, name, None) is None] == []
        assert dir(capture) == capture.__all__
        assert set(capture._HOME) == set(capture.__all__) - {"__version__"}

    def test_unknown(self) -> None:
        """A name that is not public raises as any module does."""
        with pytest.raises(AttributeError, match=r"^module 'capture' has no attribute 'nonsense'$"):
            capture.nonsense  # type: ignore[attr-defined]  # noqa: B018
