from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from peek_tui.analysis.alerts import Watch
from tests.analysis.run import Run

PLUGIN = '''
from peek_tui.analysis.alerts import Alert, Found

class Shouting:
    """An agent that shouts."""

    rule = "shouting"

    def take(self, news):
        for event in news.events("log"):
            if event.data.get("text", "").isupper():
                yield Found(event.row, Alert(self.rule, "low", "the agent shouts", (event.id,), event.row, event.row))

class Broken(Shouting):
    rule = "broken"

    def take(self, news):
        raise KeyError("nothing there")
'''
POINTS = """
[peek_tui.detectors]
shouting = shouting_plugin:Shouting
broken = shouting_plugin:Broken
missing = shouting_plugin:Missing
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Iterator[Path]:
    """A directory with an installed package that has one detector that works and two that do not."""
    site = tmp_path / "site"
    information = site / "shouting_plugin-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "shouting_plugin.py").write_text(dedent(PLUGIN))
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting-plugin\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(POINTS)
    sys.path.insert(0, str(site))
    yield site
    sys.path.remove(str(site))
    sys.modules.pop("shouting_plugin", None)


@pytest.mark.usefixtures("plugins")
def test_plugins(run: Run) -> None:
    """A third party's detector finds alerts beside ours; those that cannot be loaded or fail are named and left out."""
    shout = run.add("log", data={"text": "HELP"})
    watch = Watch()
    for _ in range(2):
        watch.advance(run.snapshot(), over=True)
    assert [(alert.rule, alert.evidence) for alert in watch.alerts] == [("shouting", (shout,))]
    broken, missing = watch.troubles
    assert broken == "the detector broken failed and is left out: KeyError: 'nothing there'"
    assert missing.startswith(
        "the detector missing cannot be loaded from shouting_plugin:Missing and is left out: Attr"
    )


def test_command(run: Run, plugins: Path) -> None:
    """`peek alerts` says on stderr which detectors are left out, and lists what the others found."""
    run.add("log", data={"text": "HELP"})
    command = [sys.executable, "-m", "peek_tui", "alerts", str(run.path)]
    environment = {"PYTHONPATH": str(plugins), "PATH": "/usr/bin:/bin", "HOME": str(plugins)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert "the agent shouts" in done.stdout
    assert [line.partition(" and is")[0] for line in done.stderr.splitlines()] == [
        "peek: the detector broken failed",
        "peek: the detector missing cannot be loaded from shouting_plugin:Missing",
    ]
