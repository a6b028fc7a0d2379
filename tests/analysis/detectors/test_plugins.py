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
WRONG = """
from peek_tui.analysis.alerts import Alert, Found
from peek_tui.analysis.readings import Reading

class Wrong:
    def take(self, news):
        return [WHAT]
    @property
    def rule(self):
        return "wrong"
"""
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


@pytest.mark.parametrize(
    ("finds", "trouble"),
    [
        ("None", "TypeError: take gave NoneType, not Found(key, Alert(…))"),
        ("Found(0, None)", "TypeError: take gave Found, not Found(key, Alert(…))"),
        ("Found([], Alert('wrong', 'low', 'x', (), 0, 0))", "TypeError: unhashable type: 'list'"),
        ("Found(0, Alert('wrong', 'dire', 'x', (), 0, 0))", "TypeError: an alert has words for rule, title and"),
        ("Found(0, Alert('wrong', 'low', 'x', (7,), 0, 0))", "TypeError: an alert has words for rule, title and"),
        ("Found(0, Alert('wrong', 'low', 'x', (), 0, 9))", "ValueError: an alert goes from row 0 to 9 of 1"),
        ("Found(0, Alert('wrong', 'low', 'x', (), None, 0))", "TypeError: '<=' not supported between"),
        ("news.read(Reading('log', lambda payloads: 1 / 0))", "ZeroDivisionError: division by zero"),
        ("exit('no more')", "SystemExit: no more"),
    ],
)
@pytest.mark.usefixtures("plugins")
def test_wrong_findings(run: Run, plugins: Path, finds: str, trouble: str) -> None:
    """A detector whose findings are no alerts is left out as one that raises, and those of others are there."""
    (plugins / "shouting_plugin.py").write_text(PLUGIN + WRONG.replace("WHAT", finds))
    (plugins / "shouting_plugin-1.0.dist-info" / "entry_points.txt").write_text(
        f"{POINTS}wrong = shouting_plugin:Wrong"
    )
    run.add("log", data={"text": "HELP"})
    watch = Watch()
    watch.advance(run.snapshot(), over=True)
    assert [alert.rule for alert in watch.alerts] == ["shouting"]
    assert any(one.startswith(f"the detector wrong failed and is left out: {trouble}") for one in watch.troubles)
