"""Where things come from: values without a source, the final answer, a task that is not the one that was given."""

from __future__ import annotations

import math

from peek_tui.analysis.values import overlap

from ..run import Run
from .signal import Signal, listed

__all__ = ["SIGNALS"]

_MANY = 5
"""Values that one act has to bring in before having most of them says much."""
_ON_TASK = 0.6
"""Share of the task's words that the act which takes it up has at the least."""


def _new(run: Run) -> list[float]:
    return [min(1.0, math.log1p(len(fresh)) / 4) for fresh in run.fresh]


def _most_new(run: Run) -> list[float]:
    most = max(_MANY, *map(len, run.fresh)) if run.fresh else _MANY
    return [len(fresh) / most for fresh in run.fresh]


def _says_new(run: Run, act: int) -> str:
    fresh, agent = run.fresh[act], run.acts[act].agent
    later = {value: [user for user in run.users[value] if user > act] for value in fresh}
    others = {value for value, users in later.items() if any(run.acts[user].agent != agent for user in users)}
    shown = others or {value for value, users in later.items() if users} or fresh
    users = {user for value in shown for user in later[value]}
    used = f"; {len(users)} later step{'s' * (len(users) != 1)} use them" if users else ""
    return f"brings in {listed(shown, later)}, which nothing before it mentions{used}" if fresh else ""


def _recasts(run: Run) -> list[float]:
    return [float(bool(recast)) for recast in run.recast]


def _says_recast(run: Run, act: int) -> str:
    number, (was, now) = next(iter(run.recast[act].items()))
    return f"gives {number} in {now}; where it came from it was {was}"


def _answers_first(run: Run) -> list[float]:
    """Mark the act in which half of the final answer stands first."""
    end = len(run) if run.stated_answer else max(run.contributions, default=0)  # the last holds what was taken from it
    first = next((act for act in range(end) if _holds_answer(run, act)), None)
    return [float(act == first) for act in range(len(run))]


def _holds_answer(run: Run, act: int) -> bool:
    text = run.acts[act].text.lower()
    return bool(run.answer) and 2 * sum(word in text for word in run.answer) >= len(run.answer)


def _says_answer(run: Run, _act: int) -> str:
    return f"the final answer, {listed(run.answer)}, appears here first"


def _off_task(run: Run) -> list[float]:
    """Mark a first act that hardly mentions what was asked for."""
    off = bool(run.acts and run.task_words) and overlap(run.task_words, run.words[0]) < _ON_TASK
    return [float(off and act == 0 and _hands_on(run)) for act in range(len(run))]


def _hands_code(run: Run) -> list[float]:
    """Mark a first act that hands code on to another agent."""
    return [float(act == 0 and bool(run.acts[0].tools) and _hands_on(run)) for act in range(len(run))]


def _hands_on(run: Run) -> bool:
    return run.leader is None and len({act.agent for act in run.acts}) > 1 and run.lengths[0] >= 100


SIGNALS = (
    Signal("new_values", _new),
    Signal("most_new_values", _most_new, _says_new),
    Signal("recasts", _recasts, _says_recast),
    Signal("answers_first", _answers_first, _says_answer),
    Signal("off_task", _off_task, "sets out to do something that hardly mentions what was asked for"),
    Signal("hands_code", _hands_code, "hands on code of its own with the task, and the others build on it"),
)
