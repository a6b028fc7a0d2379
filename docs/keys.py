"""The README's tables of keys and of presets, made of the registry of actions. `make docs` writes them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from peek_tui.tui.actions import PRESETS, actions_of, key_name
from peek_tui.tui.actions.action import SECTIONS

__all__ = ["README", "key_table", "preset_table", "with_keys"]

README = Path(__file__).parents[1] / "README.md"
_TABLE = re.compile(r"(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)", re.DOTALL)
_PRESETS = re.compile(r"(?<=<!-- presets -->\n).*?(?=<!-- /presets -->)", re.DOTALL)


def key_table() -> str:
    """Return the keys of the debugger by section, in Markdown."""
    lines = ["| | keys | do |", "|---|---|---|"]
    for section in SECTIONS:
        actions = [action for action in actions_of("debug") if action.section == section]
        for at, action in enumerate(actions):
            lines.append(f"| {section if at == 0 else ''} | {_names(action.keys)} | {_plain(action.help)} |")
    return "\n".join(lines) + "\n"


def preset_table() -> str:
    """Return which keys of the debugger are others in each preset, in Markdown."""
    others = [(name, keys) for name, keys in PRESETS.items() if keys]
    lines = [f"| | usual | {' | '.join(name for name, _ in others)} |", "|---|---|" + "---|" * len(others)]
    for action in actions_of("debug"):
        if any(action.name in keys for _, keys in others):
            cells = [_names(action.keys), *(_names(keys.get(action.name, ())) for _, keys in others)]
            lines.append(f"| {_plain(action.help)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def with_keys(readme: str) -> str:
    """Return the README with the tables as they should be."""
    return _PRESETS.sub(lambda _: preset_table(), _TABLE.sub(lambda _: key_table(), readme))


def _names(keys: Iterable[str]) -> str:
    return " ".join(f"`{_plain(key_name(key))}`" for key in keys)


def _plain(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write the tables."""
    README.write_text(with_keys(README.read_text()))
    sys.stdout.write(f"{README}\n")


if __name__ == "__main__":
    main()
