"""The pictures of the documentation: `make screenshots` runs the demo agent and draws the debugger on its trace."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from peek_tui.demo.agent import run
from peek_tui.paths import state_directory
from peek_tui.tui.app import PeekApp

IMAGES = Path(__file__).parent / "images"
SIZES = ((80, 24), (120, 40), (200, 60))


async def draw(trace: Path, size: tuple[int, int], keys: list[str], name: str) -> None:
    """Open a trace in a terminal of this size, press keys, and save what is then on the screen."""
    app = PeekApp([trace], title=trace.name, directory=trace.parent)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.3)
        await pilot.press(*keys)
        await pilot.pause(0.3)
        image = IMAGES / f"{name}-{size[0]}x{size[1]}.svg"
        image.write_text(app.export_screenshot(title="peek"))
        sys.stdout.write(f"{image}\n")


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        os.environ["PEEK_DIR"] = directory
        sys.argv = ["support_agent"]  # as the trace shows it
        trace = run(speed=4, out=Path(directory) / "demo.jsonl")
        for size in SIZES:
            os.environ["PEEK_DIR"] = f"{directory}/{size[0]}"  # each opens it for the first time
            state_directory().mkdir(parents=True)
            asyncio.run(draw(trace, size, ["e", "e"], "debugger"))


if __name__ == "__main__":
    main()
