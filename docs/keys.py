"""The README's table of keys, made of the registry of actions. `make docs` writes it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from peek_tui.tui.actions import actions_of, key_name
from peek_tui.tui.actions.action import SECTIONS, Action

__all__ = ["README", "key_table", "with_keys"]

README = Path(__file__).parents[1] / "README.md"
_TABLE = re.compile(r"(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)", re.DOTALL)


def key_table() -> str:
    """Return the keys of the debugger by section, in Markdown."""
    lines = ["| | keys | do |", "|---|---|---|"]
    for section in SECTIONS:
        actions = [action for action in actions_of("debug") if action.section == section]
        for at, action in enumerate(actions):
            lines.append(f"| {section if at == 0 else ''} | {_keys(action)} | {_plain(action.help)} |")
    return "\n".join(lines) + "\n"


def with_keys(readme: str) -> str:
    """Return the README with the table as it should be."""
    return _TABLE.sub(lambda _: key_table(), readme)


def _keys(action: Action) -> str:
    return " ".join(f"`{_plain(key_name(key))}`" for key in action.keys)


def _plain(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the table."""
    README.write_text(with_keys(README.read_text()))
    sys.stdout.write(f"{README}\n")


if __name__ == "__main__":
    main()
