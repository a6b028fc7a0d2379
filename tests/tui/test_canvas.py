"""What is written must look on a terminal as what was to be written does."""

from __future__ import annotations

import re
import unicodedata

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peek_tui.tui import canvas
from peek_tui.tui.canvas import Canvas
from peek_tui.tui.palette import DARK

COLUMNS, ROWS = 64, 4
COLOURS = ("", "38;2;1;2;3", "38;5;77", "31", "97")
GROUNDS = ("", "48;2;9;9;9", "48;5;8", "44", "100")
ATTRIBUTES = ("", "1", "2", "1;4", "7", "3;9", "4;7")
STYLES = st.builds(lambda *parts: ";".join(filter(None, parts)), *map(st.sampled_from, (ATTRIBUTES, COLOURS, GROUNDS)))
TEXTS = st.lists(st.sampled_from((*"    abc→✗│模", "e\u0301")), min_size=1, max_size=8).map("".join)
STRIPS = st.tuples(
    st.integers(1, ROWS),
    st.integers(1, 12),
    st.lists(st.tuples(STYLES, TEXTS), min_size=1, max_size=3),
)
FRAMES = st.lists(st.lists(STRIPS, max_size=4), min_size=1, max_size=5)


class Shown:
    """A terminal."""

    def __init__(self) -> None:
        self._screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.Stream(self._screen)

    def write(self, text: str) -> None:
        self._stream.feed(text)

    def cells(self) -> list[list[tuple[object, ...]]]:
        """Every cell; the colour of a blank cannot be seen, and neither can its weight."""
        return [[_seen(self._screen.buffer[y][x]) for x in range(COLUMNS)] for y in range(ROWS)]


def _seen(char: pyte.screens.Char) -> tuple[object, ...]:
    marked = char.underscore or char.reverse or char.strikethrough
    if char.data == " " and not marked:
        return (" ", char.bg)
    return (*char[:3], *((char.bold, char.italics) if char.data != " " else ()), char[5:8])


def strip(row: int, column: int, pieces: list[tuple[str, str]]) -> str:
    return f"\x1b[{row};{column}H" + "".join(f"\x1b[{style}m{text}\x1b[0m" if style else text for style, text in pieces)


def frame(strips: list[tuple[int, int, list[tuple[str, str]]]]) -> str:
    """A frame as Textual writes one: strips in the order of the lines, and the cursor at the end."""
    lines = sorted(strips, key=lambda one: one[:2])
    return "".join(strip(*one) + ("\n" if one[0] < lines[-1][0] else "") for one in lines) + "\x1b[1;1H"


@given(FRAMES)
@example([[(1, 1, [("", "模 模 ")]), (1, 2, [("", "模 模 ")])], [(1, 1, [("", "模 模 ")])]])
def test_same_picture(frames: list[list[tuple[int, int, list[tuple[str, str]]]]]) -> None:
    """Whatever frames come after one another, each leaves the terminal as it would have if it were written whole."""
    plain, sparing, canvas = Shown(), Shown(), Canvas()
    for strips in frames:
        text = frame(strips)
        plain.write(text)
        sparing.write(canvas.paint(text))
        assert sparing.cells() == plain.cells()


class TestBytes:
    def test_nothing_new(self) -> None:
        """A frame that changes nothing writes nothing."""
        text = frame([(1, 1, [("1;38;2;1;2;3", "title")]), (2, 1, [("", "row")])])
        canvas = Canvas()
        canvas.paint(text)
        assert canvas.paint(text) == ""

    def test_one_character(self) -> None:
        """Of a line in which one character differs, that one is written."""
        canvas = Canvas()
        canvas.paint(frame([(2, 3, [("31", "row 17 of 99")])]))
        assert canvas.paint(frame([(2, 3, [("31", "row 18 of 99")])])) == "\x1b[2;8H\x1b[31m8\x1b[m\x1b[1;1H"

    def test_near_and_far(self) -> None:
        """A short way to the next difference is written over, a long one is passed over."""
        canvas = Canvas()
        canvas.paint(frame([(1, 1, [("", "a....b..........c")])]))
        assert canvas.paint(frame([(1, 1, [("", "A....B..........C")])])) == "\x1b[1;1HA....B\x1b[10CC\x1b[1;1H"

    def test_styles(self) -> None:
        """Of a style only what differs from the one before is written."""
        text = frame([(1, 1, [("1;38;2;1;2;3;48;5;7", "a"), ("38;2;1;2;4;48;5;7", "b"), ("48;5;7", " ")])])
        assert Canvas().paint(text) == "\x1b[1;1H\x1b[1;38;2;1;2;3;48;5;7ma\x1b[22;38;2;1;2;4mb \x1b[m\x1b[1;1H"

    def test_style_by_style(self) -> None:
        """A style is set once for all lines that have it, blanks take one that is set anyway."""
        lines = [(row, 1, [("31", " a"), ("32", "  b"), ("", "  ")]) for row in (1, 2)]
        assert Canvas().paint(frame(lines)) == (
            "\x1b[1;1H\x1b[31m a  \x1b[2;1H a  \x1b[1;5H\x1b[32mb  \x1b[2;5Hb  \x1b[m\x1b[1;1H"
        )

    def test_over_itself(self) -> None:
        """What a frame puts over what it has put there itself is written behind it."""
        painted = Canvas().paint(strip(1, 1, [("32", "abc")]) + strip(1, 2, [("31", "B")]))
        assert painted == "\x1b[1;1H\x1b[32mabc\x1b[1;2H\x1b[31mB\x1b[m"


class TestForgets:
    TEXT = frame([(1, 1, [("", "row")])])

    @pytest.mark.parametrize("other", ["\x1b[?1049h", "\x1b[?1049l", "\x1b[2J", "\x1b7", "text", "\x1b[1;1Hx\x1b[K"])
    def test_what_it_does_not_know(self, other: str) -> None:
        """What is no frame is written as it is, and after it a frame is written whole: the screen may be another."""
        canvas = Canvas()
        canvas.paint(self.TEXT)
        assert canvas.paint(other) == other
        assert canvas.paint(self.TEXT) == "\x1b[1;1Hrow\x1b[1;1H"

    @pytest.mark.parametrize("other", ["\x1b[?2026h", "\x1b[?25l\x1b[?1003h", "\x1b]22;pointer\x07", ""])
    def test_switches(self, other: str) -> None:
        """Switches that change nothing of what is shown are written, and nothing is forgotten."""
        canvas = Canvas()
        canvas.paint(self.TEXT)
        assert canvas.paint(other) == other
        assert canvas.paint(self.TEXT) == ""

    def test_when_told(self) -> None:
        """It forgets when it is told to."""
        canvas = Canvas()
        canvas.paint(self.TEXT)
        canvas.forget()
        assert canvas.paint(self.TEXT) == "\x1b[1;1Hrow\x1b[1;1H"


class TestUnsureWidth:
    """Stretches with characters that terminals disagree on."""

    def test_whole_or_not_at_all(self) -> None:
        """When anything in it differs it is written whole, else not at all."""
        canvas = Canvas()
        whole = "\x1b[1;1H\x1b[31m模块\x1b[mx\x1b[1;1H"
        assert canvas.paint(frame([(1, 1, [("31", "模块"), ("", "x")])])) == whole
        assert canvas.paint(frame([(1, 1, [("31", "模块"), ("", "x")])])) == ""
        assert canvas.paint(frame([(1, 1, [("31", "模块"), ("", "y")])])) == whole.replace("x", "y")

    def test_up_to_the_first(self) -> None:
        """What stands before the first of them, and before what that may be put over, is written where it differs."""
        canvas = Canvas()
        canvas.paint(frame([(1, 1, [("31", "row 17 "), ("", "模")])]))
        assert canvas.paint(frame([(1, 1, [("31", "row 18 "), ("", "模")])])) == "\x1b[1;6H\x1b[31m8\x1b[m\x1b[1;1H"
        assert canvas.paint(frame([(1, 1, [("31", "row 18 "), ("", "块")])])) == ("\x1b[1;7H\x1b[31m \x1b[m块\x1b[1;1H")
        canvas.paint(frame([(1, 1, [("", "cafe\u0301")])]))
        assert canvas.paint(frame([(1, 1, [("", "cafe\u0300")])])) == "\x1b[1;4He\u0300\x1b[1;1H"

    def test_too_wide(self) -> None:
        """What follows is written again where the terminal may have written over it."""
        canvas = Canvas()
        canvas.paint(frame([(1, 1, [("", "模块")]), (1, 5, [("", "next")])]))
        painted = canvas.paint(frame([(1, 1, [("", "块模")]), (1, 5, [("", "next")])]))
        assert painted == "\x1b[1;1H块模\x1b[1;5Hne\x1b[1;1H"


def test_sure_characters() -> None:
    """Those of which it is sure are neither wide nor without width, nor do they change how others are shown."""
    sure = [chr(code) for code in range(0x110000) if canvas._SURE.fullmatch(chr(code))]
    assert len(sure) > 1_500
    assert {unicodedata.east_asian_width(char) for char in sure} <= {"N", "Na", "A", "H"}
    assert {unicodedata.category(char)[0] for char in sure} <= set("LNPSZ")
    assert re.search("[\u200b-\u200f\u2028-\u202f\u00ad]", "".join(sure)) is None


class TestNumbers:
    @pytest.mark.parametrize(
        ("style", "short"),
        [
            ("38;2;95;175;255", "38;5;75"),
            ("1;38;2;218;218;218;48;2;16;20;27", "1;38;5;253;48;2;16;20;27"),
            ("48;2;0;0;0", "48;5;16"),
            ("48;2;255;255;255", "48;5;231"),
            ("38;2;8;8;8", "38;5;232"),
            ("38;2;238;238;238", "38;5;255"),
            ("38;2;239;239;239", "38;2;239;239;239"),
        ],
    )
    def test_short(self, style: str, short: str) -> None:
        """A colour that has a number is written by it; any other as it is."""
        assert Canvas().paint(frame([(1, 1, [(style, "x")])])) == f"\x1b[1;1H\x1b[{short}mx\x1b[m\x1b[1;1H"

    def test_palette(self) -> None:
        """All colours of text have numbers."""
        styles = [DARK.text, DARK.dim, DARK.strong, DARK.error, DARK.good, DARK.live]
        styles += [DARK.key, DARK.value, DARK.number, *DARK.groups.values()]
        triplets = [style.color.triplet for style in styles if style.color is not None and style.color.triplet]
        assert len(triplets) == len(styles)
        for red, green, blue in triplets:
            assert ";5;" in Canvas().paint(frame([(1, 1, [(f"38;2;{red};{green};{blue}", "x")])]))
