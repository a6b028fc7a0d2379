from __future__ import annotations

import pytest

from peek_tui.state.prompt import Completion, Prompt


def typed(*keys: str) -> Prompt:
    """A line after these keys: names of keys, or characters."""
    prompt = Prompt(":")
    for key in keys:
        prompt.key(key, key if len(key) == 1 else {"space": " ", "tab": "\t", "enter": "\r"}.get(key))
    return prompt


def test_text() -> None:
    """Characters make the line, blanks and those of other scripts included."""
    prompt = typed("1", "4", "space", "é", "模")
    assert (prompt.lead, prompt.text, prompt.done, prompt.given) == (":", "14 é模", False, False)


def test_given() -> None:
    """Enter gives the line."""
    prompt = typed("1", "enter")
    assert (prompt.text, prompt.done, prompt.given) == ("1", True, True)


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
def test_given_up(key: str) -> None:
    """Esc and Ctrl-C give it up."""
    prompt = typed("1", key)
    assert (prompt.done, prompt.given) == (True, False)


def test_backspace() -> None:
    """Backspace takes the last character back, and gives up an empty line."""
    prompt = typed("1", "2", "backspace")
    assert (prompt.text, prompt.done) == ("1", False)
    assert (typed("backspace").done, typed("backspace").given) == (True, False)


@pytest.mark.parametrize(("text", "left"), [("one two", "one"), ("one two ", "one"), ("one", ""), ("", "")])
def test_word(text: str, left: str) -> None:
    """Ctrl-W takes the last word back."""
    assert typed(*text, "ctrl+w").text == left


def test_line() -> None:
    """Ctrl-U takes everything back."""
    prompt = typed("1", "2", "ctrl+u")
    assert (prompt.text, prompt.done) == ("", False)


@pytest.mark.parametrize("key", ["tab", "up", "f1", "ctrl+a", "pagedown"])
def test_other_keys(key: str) -> None:
    """Keys that are no characters are not text."""
    prompt = typed("1", key)
    assert (prompt.text, prompt.done) == ("1", False)


def test_paste() -> None:
    """What is pasted is one line of printable characters."""
    prompt = typed("1")
    prompt.paste("2\n3\x1b[2J\x9b4\t5")
    assert prompt.text == "123[2J45"


class TestCompletion:
    def test_common_beginning_first(self) -> None:
        """`Tab` adds what all completions have in common, then each in turn, and round again."""
        prompt = Prompt(
            "&", lambda text: Completion(0, [word for word in ("tool_call", "tool_result") if text in word])
        )
        texts = []
        for key in ("t", "tab", "tab", "tab", "tab", "shift+tab"):
            prompt.key(key, key if len(key) == 1 else None)
            texts.append(prompt.text)
        assert texts == ["t", "tool_", "tool_call", "tool_result", "tool_call", "tool_result"]
        assert prompt.chosen == 1

    def test_nothing_to_complete(self) -> None:
        """Where nothing can be completed `Tab` changes nothing."""
        prompt = Prompt(":", text="x")
        prompt.key("tab", "\t")
        assert prompt.text == "x"


def test_earlier_lines() -> None:
    """The arrows bring earlier lines back, and the one that was being typed; a line given twice is kept once."""
    earlier = ["one"]
    for line in ("two", "two"):
        prompt = Prompt("/", text=line, earlier=earlier)
        prompt.key("enter", "\r")
    assert earlier == ["one", "two"]
    prompt = Prompt("/", text="th", earlier=earlier)
    texts = []
    for key in ("up", "up", "up", "down", "down", "down"):
        prompt.key(key, None)
        texts.append(prompt.text)
    assert texts == ["two", "one", "one", "two", "th", "th"]
