from __future__ import annotations

from peek_tui.state.choosing import Choice, Choosing

CHOICES = (Choice("e", "next error"), Choice("E", "previous error"), Choice("x", "hide this event's types"))


def test_words() -> None:
    """What has all the words that were typed fits, in any order and case; what begins with them comes first."""
    choosing = Choosing(CHOICES)
    fitting = []
    for text in ("", "error", "ERR pre", "previous", "types hide", "zebra"):
        choosing.type(text)
        fitting.append(choosing.fitting)
    assert fitting == [[0, 1, 2], [0, 1], [1], [1], [2], []]
    assert choosing.chosen is None
    choosing.type("E")
    assert choosing.fitting == [1, 0, 2]


def test_moving() -> None:
    """The selection ends at both ends, and begins anew with each letter that is typed."""
    choosing = Choosing(CHOICES)
    chosen = []
    for by in (1, 1, 1, -5):
        choosing.move(by)
        chosen.append(choosing.chosen)
    assert chosen == [1, 2, 2, 0]
    choosing.move(1)
    choosing.type("r")
    assert choosing.position == 0
