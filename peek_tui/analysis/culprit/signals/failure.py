"""What went wrong around an act: calls that failed or gave nothing, the first error, results that were passed over."""

from __future__ import annotations

import re

from ..run import Run
from .signal import Signal

__all__ = ["SIGNALS"]

_EMPTY = re.compile(
    r"\b(?:None|null|no (?:results?|output|data|match\w*)|not found|NaN|0 results)\b|\[\]|\{\}", re.IGNORECASE
)
_ADMITS = re.compile(
    r"\b(?:not|no|unable|cannot|can't|couldn't|didn't|doesn't|fail\w*|errors?|issues?|unfortunately|however|missing"
    r"|unavailable|insufficient|incomplete|fix\w*|correct\w*|retry|again|instead)\b",
    re.IGNORECASE,
)
_CHANGING = frozenset(
    """
    add apply approve book cancel charge commit create delete deploy edit exchange insert install merge modify move pay
    patch push refund remove rename replace reset return send set submit transfer update upload write
    """.split()  # noqa: SIM905  words are easier to read as a text
)
"""Words in the name of a tool that changes something."""
_NOTING = frozenset({"memory", "note", "notes", "plan", "todo", "todos"})
"""Words in the name of a tool with which an agent writes to itself."""
_NAME_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SHELLS = re.compile(r"bash|shell|terminal|exec|command", re.IGNORECASE)
_SHELL_CHANGES = re.compile(
    r"(?:^|[;&|(]\s*|\bsudo )(?:rm|mv|cp|tee|chmod|chown|mkdir|touch|systemctl|kill|sed -i"
    r"|(?:pip3?|npm|apt|apt-get|conda) install|git (?:commit|push|reset|checkout|merge|rebase))\b"
    r"|[^-=2&]>{1,2} ?[\w/.~$\"']",
    re.MULTILINE,
)


def _calls(run: Run) -> list[float]:
    return [float(bool(act.tools)) for act in run.acts]


def _call_failed(run: Run) -> list[float]:
    return [float(act.failed) for act in run.acts]


def _gave_nothing(run: Run) -> list[float]:
    return [float(act.answered and not act.failed and _is_empty(act.result)) for act in run.acts]


def _before_first_error(run: Run) -> list[float]:
    """Mark the act that directly precedes the first thing that failed."""
    first = next((place for place, step in enumerate(run.steps) if step.failed and step.kind == "seen"), None)
    before = [act for act, place in enumerate(run.places) if first is not None and place < first]
    return [float(before[-1:] == [act]) for act in range(len(run))]


def _unresolved(run: Run) -> list[float]:
    """Mark where the failure began that the run ended in: at the first call of the last row of failed ones."""
    called = [act for act, step in enumerate(run.acts) if step.answered]
    start = None
    for act in reversed(called):
        if not run.acts[act].failed:
            break
        start = act
    return [float(act == start) for act in range(len(run))]


def _passes_over(run: Run) -> list[float]:
    """Mark the acts that go on after a failed or empty result without a word about it."""
    passed = []
    for act, place in zip(run.acts, run.places, strict=True):
        seen = run.steps[place - 1] if place else None
        bad = seen is not None and seen.kind == "seen" and (seen.failed or _is_empty(seen.said))
        passed.append(float(bad and bool(act.said) and not _ADMITS.search(act.said[:2000])))
    return passed


def _changes(run: Run) -> list[float]:
    return [float(any(_is_change(tool, act.done) for tool in act.tools)) for act in run.acts]


def _is_change(tool: str, done: str) -> bool:
    if _SHELLS.search(tool):
        return _SHELL_CHANGES.search(done) is not None
    words = {word.lower() for word in _NAME_WORDS.findall(tool)}
    return bool(words & _CHANGING) and not words & _NOTING


def _is_empty(text: str) -> bool:
    return not text.strip() or (len(text) < 400 and _EMPTY.search(text) is not None)


SIGNALS = (
    Signal("calls", _calls),
    Signal("call_failed", _call_failed, "its own call failed"),
    Signal("gave_nothing", _gave_nothing, "its call gave nothing back that could be used"),
    Signal("before_first_error", _before_first_error, "the first failure of the run comes straight after it"),
    Signal("unresolved", _unresolved, "begins the failure that was never mended"),
    Signal("passes_over", _passes_over, "goes on as if the failed or empty result before it were none"),
    Signal("changes", _changes, "changes something outside the conversation"),
)
