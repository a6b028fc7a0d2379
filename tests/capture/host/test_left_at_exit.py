"""A stream that its reader keeps, half read, until the process ends."""

from __future__ import annotations

from pathlib import Path

from capture.testing import read_events
from tests.conftest import RunPython
from tests.loopback import LoopbackServer, Reply, Text

PROGRAM = """
import sys
import capture, httpx2

capture.install()
capture.start_session(path=sys.argv[2])
client = httpx2.Client(trust_env=False, headers={"authorization": "Bearer k"})
body = {"model": "gpt-test", "stream": True, "messages": [{"role": "user", "content": "hi"}]}
response = client.send(client.build_request("POST", sys.argv[1], json=body), stream=True)
pieces = response.iter_raw()
print("choices" in next(pieces).decode())
"""


def test_recorded(run_python: RunPython, tmp_path: Path) -> None:
    """What came is recorded as closed by the consumer, before the session ends."""
    path = tmp_path / "run.jsonl"
    with LoopbackServer(Reply((Text("hello " * 99),)), pace=0.001) as server:
        assert run_python(PROGRAM, f"{server.openai_url}/chat/completions", path).stdout == "True\n"
    events = [
        (event["type"], event["data"].get("closed_by")) for event in read_events(path) if event["type"] != "llm_chunk"
    ]
    assert events == [("agent_start", None), ("llm_request", None), ("llm_response", "consumer"), ("agent_end", None)]
