"""The pictures of the documentation: `make screenshots` draws the debugger on a run of the demo and of Claude Code."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from textual.pilot import Pilot

from peek_tui.config import Config
from peek_tui.demo.agent import run
from peek_tui.paths import state_directory
from peek_tui.tui.app import PeekApp
from peek_tui.tui.screens.debug import Debug

IMAGES = Path(__file__).parent / "images"
TRANSCRIPT = next((Path(__file__).parent.parent / "tests" / "data" / "claude-code").glob("*-*-*.jsonl"))
SIZES = ((80, 24), (120, 40), (200, 60))


class Picture(NamedTuple):
    """One view of a trace, drawn at every size."""

    name: str
    trace: Path
    keys: tuple[str, ...]
    """What is pressed before it is drawn."""
    theme: str = "dark"


async def draw(picture: Picture, size: tuple[int, int]) -> None:
    """Open the trace in a terminal of this size, press the keys, and save what is then on the screen."""
    config = Config(theme=picture.theme)
    app = PeekApp(
        [picture.trace],
        title=f"{picture.trace.stem[:12]}{picture.trace.suffix}",
        directory=picture.trace.parent,
        config=config,
    )
    async with app.run_test(size=size) as pilot:
        await _looked(pilot)
        await pilot.press(*picture.keys)
        await pilot.pause(0.3)
        image = IMAGES / f"{picture.name}-{size[0]}x{size[1]}.svg"
        image.write_text(app.export_screenshot(title="peek"))
        sys.stdout.write(f"{image}\n")


async def _looked(pilot: Pilot[None]) -> None:
    """Wait until the whole trace has been read and looked at."""
    screen = pilot.app.screen
    assert isinstance(screen, Debug)
    while screen.answers.seen is not screen.browse.snapshot or not screen.first_tree.is_set():
        await pilot.pause(0.05)


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory:
        os.environ["PEEK_DIR"] = directory
        sys.argv = ["support_agent"]  # as the trace shows it
        trace = run(speed=4, out=Path(directory) / "demo.jsonl")
        pictures = (
            Picture("debugger", trace, ("e", "e")),
            Picture("debugger-light", trace, ("w",), "light"),
            Picture("skimmed", trace, ("g", "minus", "j", "j", "j")),
            Picture("compared", trace, ("G", "less_than_sign", "D", "enter")),
            Picture("claude-code", TRANSCRIPT, ("e", "e")),
            Picture("claude-code-light", TRANSCRIPT, ("e", "e"), "light"),
        )
        for number, picture in enumerate(pictures):
            for size in SIZES:
                os.environ["PEEK_DIR"] = f"{directory}/{number}-{size[0]}"  # each opens it for the first time
                state_directory().mkdir(parents=True)
                asyncio.run(draw(picture, size))


if __name__ == "__main__":
    main()
