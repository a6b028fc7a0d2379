from __future__ import annotations

from tests.analysis.run import Run

RULE = "retry_storm"
BUSY = {"type": "HTTP 529", "message": "overloaded"}


def test_failures(run: Run) -> None:
    """A model that fails four times in a row, and twice more: one alert, with what it said last."""
    answers = [run.model(error=BUSY) for _ in range(6)]
    [alert] = run.alerts(RULE)
    assert alert.evidence == tuple(answers)
    assert alert.title == "model-1 failed 6 times in a row between 1 and 11, at last with HTTP 529"


def test_recovered(run: Run) -> None:
    """Failures with an answer between them are no storm."""
    for _ in range(3):
        run.model(error=BUSY)
        run.model(error=BUSY)
        run.model(error=BUSY)
        run.model()
    assert run.alerts(RULE) == []
