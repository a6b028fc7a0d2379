from __future__ import annotations

import asyncio
from pathlib import Path

from capture import TraceContext

from .screens import SIZES, Peek, opened


async def until(peek: Peek, text: str) -> None:
    """Wait until the line of open calls says this."""
    async with asyncio.timeout(30):
        while text not in peek.bar("flight"):
            await peek.pilot.pause(0.05)


async def test_now(tmp_path: Path) -> None:
    """While a run goes on, a line says which calls are open, and what a model has said so far; then it is gone."""
    path = tmp_path / "run.jsonl"
    with TraceContext(agent_name="a", path=path) as agent:
        request = agent.record_llm_request("model-1", [{"role": "user", "content": "hello"}])
        agent.record_llm_chunk("Once upon\x1b[2J", parent=request)
        async with opened([path], size=(100, 30)) as peek:
            await until(peek, "now  → model-1 ")
            assert "…Once upon␛[2J" in peek.bar("flight")
            agent.record_llm_response("model-1", content="Once upon", parent=request)
            await until(peek, "no call is open")
            agent.record_tool_call("bash", {"command": "sleep 9"})
            await until(peek, "→ bash")
            assert peek.app.screen.query_one("#flight").display


async def test_over(story: Path) -> None:
    """Of a run that is over nothing is said, and no line is taken."""
    for size in SIZES:
        async with opened([story], size=size) as peek:
            assert not peek.app.screen.query_one("#flight").display
