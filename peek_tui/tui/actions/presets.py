"""Keys for fingers that know another program: what `config.toml` calls a preset."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["PRESETS"]

PRESETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "gdb": {  # its own `n`, and reverse-next; the text that is looked for is where pudb has it
        "over": ("n", "o"),
        "over-back": ("N", "O"),
        "next-hit": ("comma",),
        "previous-hit": ("full_stop",),
        "near-type": ("semicolon",),
        "next-suspect": ("exclamation_mark",),
    },
    "less": {
        "page-down": ("f", "space", "pagedown"),
        "page-up": ("b", "pageup"),
        "half-page-down": ("d", "ctrl+d"),
        "half-page-up": ("u", "ctrl+u"),
        "edit": ("v", "ctrl+e"),
        "finish": ("R",),
        "break": ("exclamation_mark",),
        "parent": ("H",),  # out and in: beside h and l, which fold and unfold
        "child": ("L",),
        "view": ("V",),
    },
}
"""By name, the keys of the actions that have others than usual."""
