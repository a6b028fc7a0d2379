from __future__ import annotations

import json
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.render.text import cell_width, clean, clean_line, escape_json, fit, skip

EVERYTHING = [chr(code) for code in range(sys.maxunicode + 1)]
OBEYED = [char for char in EVERYTHING if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
"""What a terminal may obey: controls, format characters such as bidirectional overrides, separators, surrogates."""
UNSEEN = [*"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0", *map(chr, range(0xFE00, 0xFE10))]
"""Letters and marks that show nothing at all."""
TEXT = st.text(st.characters(exclude_categories=()))
WIDE = st.text(
    st.sampled_from("ab 顾客한국어ไทย⚙️👩é\u0301\u0300日本、「」ｗｉｄｅ")
    | st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])
).map(clean)


def obeyed(text: str) -> list[str]:
    return [char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


class TestClean:
    def test_every_code_point(self) -> None:
        """Every character that a terminal could obey, or shows nothing for, becomes one that is seen."""
        for char in [*OBEYED, *UNSEEN]:
            shown = clean(char)
            assert shown != char, f"U+{ord(char):04X}"
            assert shown.isprintable()
            assert not set(shown) & set(UNSEEN)

    def test_all_else(self) -> None:
        """Every other character of a script passes as it is."""
        letters = [
            char
            for char in EVERYTHING
            if unicodedata.category(char)[0] in "LMNPS" and char not in UNSEEN and not 0xE0000 <= ord(char) <= 0xE0FFF
        ]
        changed = [f"U+{ord(char):04X}" for char in letters if clean(char) != char]
        assert changed == ["U+FFFC", "U+FFFD"]

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("\x1b[31mred", "␛[31mred"),
            ("a\nb\tc\r", "a␊b␉c␍"),
            ("\0\x7f", "␀␡"),
            ("\x9b2J", "<U+009B>2J"),
            ("\u202eevil\u2066", "<U+202E>evil<U+2066>"),
            ("zero\u200bwidth\ufeff", "zero<U+200B>width<U+FEFF>"),
            ("\udcff", "<U+DCFF>"),
            ("\U000e0041", "<U+E0041>"),
            ("Zoë 顾客", "Zoë 顾客"),
        ],
    )
    def test_signs(self, text: str, shown: str) -> None:
        """Each has its sign or its code."""
        assert clean(text) == shown

    @given(TEXT)
    def test_any_text(self, text: str) -> None:
        """Of no text anything is left that a terminal obeys, and nothing is dropped."""
        shown = clean(text)
        assert obeyed(shown) == []
        assert len(shown) >= len(text)
        assert clean(shown) == shown

    @given(TEXT)
    def test_one_line(self, text: str) -> None:
        """A line has no control characters, and no two blanks in a row."""
        line = clean_line(text)
        assert obeyed(line) == []
        assert "  " not in line
        assert line == line.strip(" ")

    def test_blanks(self) -> None:
        """Runs of blanks and line ends are one blank."""
        assert clean_line("  a \t\r\n\n b\x1bc\n") == "a b␛c"


class TestFit:
    @given(WIDE, st.integers(0, 40))
    def test_width(self, text: str, width: int) -> None:
        """A text takes exactly the width it is given, whatever its characters take."""
        fitted = fit(text, width)
        assert cell_width(fitted) == width
        if cell_width(text) <= width:
            assert fitted == text + " " * (width - cell_width(text))
        elif width:
            assert "…" in fitted
            assert text.startswith(fitted.rpartition("…")[0])

    @pytest.mark.parametrize(
        ("text", "width", "fitted"),
        [
            ("abc", 5, "abc  "),
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("abcd", 1, "…"),
            ("abcd", 0, ""),
            ("", 2, "  "),
            ("顾客", 4, "顾客"),
            ("顾客", 3, "顾…"),
            ("顾客们", 4, "顾… "),
            ("顾客", 1, "…"),
            ("顾客", 0, ""),
            ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
            ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ],
    )
    def test_known(self, text: str, width: int, fitted: str) -> None:
        """What does not fit is cut with an ellipsis, between characters."""
        assert fit(text, width) == fitted

    @pytest.mark.parametrize(
        ("text", "width", "rest"),
        [
            ("abc", 1, "bc"),
            ("abc", 5, ""),
            ("abc", 0, "abc"),
            ("顾客们", 2, "客们"),
            ("顾客们", 3, " 们"),
            ("e\u0301x", 1, "x"),
            ("e\u0301x", 0, "e\u0301x"),
        ],
    )
    def test_skipped(self, text: str, width: int, rest: str) -> None:
        """What stands further left is left out, an accent with its letter, half of a wide character as a blank."""
        assert skip(text, width) == rest

    @given(WIDE, st.integers(0, 20))
    def test_skipped_width(self, text: str, width: int) -> None:
        """What is left takes just the columns that are left."""
        assert cell_width(skip(text, width)) == max(0, cell_width(text) - width)

    @pytest.mark.parametrize(
        ("text", "width"),
        [("abc", 3), ("", 0), ("顾客", 4), ("e\u0301", 1), ("ｗ", 2), ("한국", 4), ("…", 1), ("é", 1)],
    )
    def test_cells(self, text: str, width: int) -> None:
        """A wide character takes two cells, one that is set on another none."""
        assert cell_width(text) == width


# Two lone halves side by side are a pair once they are escapes; what was read from JSON never holds them so.
JSON_TEXT = TEXT.map(lambda text: re.sub("[\ud800-\udbff]+(?=[\udc00-\udfff])", "", text))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | JSON_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(JSON_TEXT, inner, max_size=4),
    max_leaves=10,
)


class TestEscapeJson:
    @given(JSON)
    def test_same_values(self, value: object) -> None:
        """Escaped JSON holds the same values, and nothing that a terminal obeys."""
        text = json.dumps(value, ensure_ascii=False, indent=2)
        escaped = escape_json(text)
        assert json.loads(escaped) == json.loads(text)
        assert obeyed(escaped.replace("\n", "")) == []

    def test_every_code_point(self) -> None:
        """So it does for each character there is, those beyond the first plane as pairs."""
        text = "".join([*OBEYED, *UNSEEN])
        escaped = escape_json(json.dumps(list(text), ensure_ascii=False))
        assert json.loads(escaped) == list(text)
        assert obeyed(escaped) == []
        assert escape_json('"\U000e0041"') == '"\\udb40\\udc41"'
