"""The looks at a whole line never overlook what a pattern finds in one of its texts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from capture._core.redact_patterns import GROUPS
from capture.values import dump_line

from .secrets import SECRETS

NAMES = [
    *["password", "passwd", "pwd", "secret", "token", "authorization", "api_key", "apiKey", "access-key", "secretKey"],
    *[
        "PASSWORD",
        "API_KEY",
        "SECRET",
        "cookie",
        "Set-Cookie",
        "page_token",
        "?key",
        "&key",
        "?sig",
        "&code",
        "signature",
    ],
]
SIGNS = ["=", ":", " = ", ": ", '":"', '": "', "':'", "=[", "==", "=Bearer ", ": Basic ", ":\\", ":token ", ":["]
VALUES = ["a1b2c3", "'word'", '"quoted"', "hunter2", "session=a1b2", "12345678", "no digits", "/B", "@host", "\n", " "]
WHOLE = [said if isinstance(said, str) else json.dumps(said) for _, said in SECRETS.values()]
PIECES = st.sampled_from([*NAMES, *SIGNS, *VALUES, *WHOLE]) | st.text("aBA9G_J-.=:@[\"'\\ 1", max_size=20)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


def said_in(levels: int, text: str) -> str:
    """Return a text as it stands in JSON in a text in JSON, so many times."""
    for _ in range(levels):
        text = json.dumps({"said": text}, ensure_ascii=False)
    return text


@pytest.mark.parametrize("anchor", [group.anchor for group in GROUPS if group.patterns])
@settings(max_examples=80)
@given(text=TEXTS, levels=st.integers(0, 3))
@example(text="client = connect(secret_key='a1b2c3')", levels=0)
@example(text="Authorization: Bearer a1b2c3d4e5f6g7h8", levels=1)
@example(text='{"X-Api-Key":["a1b2c3"],"Cookie":["id=a1b2c3"]}', levels=0)
@example(text=f"https://{'ж' * 100}:{'й' * 200}@example.org", levels=0)
@example(text="https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", levels=2)
def test_nothing_overlooked(anchor: str, text: str, levels: int) -> None:
    """Wherever one of its patterns matches a text, a group's gate finds something in the line, and from there on its
    hint does.
    """
    text = said_in(levels, text)
    group = next(group for group in GROUPS if group.anchor == anchor)
    if any(re.search(pattern.whole, text) for pattern in group.patterns):
        line = dump_line({"type": "log", "name": "", "data": {"text": text}})
        found = re.search(group.gate.encode(), line)
        assert found is not None
        assert re.compile(group.hint.encode()).search(line, found.start())


@pytest.mark.parametrize(
    "line",
    [
        {"arguments": {"key": 12, "token": [1, 2], "path": "/usr/lib/python3/test_embed_set_config.py"}},
        {"text": "join = self._join; sorted(rows, key=lambda row: row.name); section = self._sections[name]"},
        {"text": "A decision was made: 2026-10 is closed, description=none, a key-value store, a token or a word"},
        {"http": {"status": 200, "headers": {"content-type": "application/json; charset=utf-8", "x-ratelimit": "9"}}},
        {"names": ["tools", "settings"], "text": "9.30 A.M., see appendix B, G. Smith <g@example.org>"},
    ],
)
def test_plain_lines_pass_every_gate(line: dict[str, Any]) -> None:
    """Of what agents say all day no line is looked at twice."""
    encoded = dump_line({"type": "log", "name": "", "data": line})
    found = [group.anchor for group in GROUPS if group.patterns and re.search(group.gate.encode(), encoded)]
    assert found == []
