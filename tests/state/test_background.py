from __future__ import annotations

from threading import Event

from peek_tui.state.background import Background, end_all


class Busy(Background):
    """Works until it is told to stop, and notes that it has ended."""

    is_waited_for = False

    def __init__(self) -> None:
        super().__init__()
        self.began, self.ended = Event(), False

    def work(self) -> None:
        self.began.set()
        while not self.stopped:
            self.rest(0.01)

    def close(self) -> None:
        self.ended = True


def test_all_end() -> None:
    """Before the interpreter is taken down, whatever works beside the screen has ended."""
    busy = [Busy(), Busy()]
    for each in busy:
        each.start(lambda: None)
        assert each.began.wait(30)
    end_all(30.0)
    assert [each.ended for each in busy] == [True, True]
