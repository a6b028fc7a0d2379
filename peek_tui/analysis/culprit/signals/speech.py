"""How an act is said: how much it says, whether it plans, assumes."""

from __future__ import annotations

import math
import re

from peek_tui.analysis.values import ASSUMES

from ..run import Run
from .signal import Signal, listed

__all__ = ["SIGNALS"]

_SHORT = 12
"""Words below which an act hardly says anything: it passes the word on, agrees, ends."""
_LOOKED_AT = 3000
_PLANS = re.compile(
    r"\b(?:plan|first|next|then|step \d|will|let's|let us|proceed|to begin|start by|going to)\b", re.IGNORECASE
)
_VERIFIES = re.compile(
    r"\b(?:verif\w+|confirm\w*|validat\w+|double-?check\w*|accurate\w*|correct(?:ly|ness)?|agree[ds]?)\b", re.IGNORECASE
)
_OFTEN = 2
_REPLANS = re.compile(
    r"\b(?:re-?plan\w*|(?:new|updated|revised|different|another|alternative) (?:plan|approach|strategy|method)"
    r"|start over|stalled|instead)\b",
    re.IGNORECASE,
)


def _short(run: Run) -> list[float]:
    """Mark the acts that hardly say anything, and nothing new."""
    acts = zip(run.acts, run.lengths, run.fresh, run.recast, strict=True)
    return [float(length < _SHORT and not (act.tools or fresh or recast)) for act, length, fresh, recast in acts]


def _length(run: Run) -> list[float]:
    return [min(1.0, math.log1p(length) / 6) for length in run.lengths]


def _plans(run: Run) -> list[float]:
    return [min(4, len(_PLANS.findall(act.said[:_LOOKED_AT]))) / 4 for act in run.acts]


def _assumes(run: Run) -> list[float]:
    return [min(3, len(ASSUMES.findall(act.text))) / 3 for act in run.acts]


def _says_assumes(run: Run, act: int) -> str:
    found = {match[0].lower() for match in ASSUMES.finditer(run.acts[act].text)}
    return f"rests on assumptions or made-up data: it says {listed(found)}"


def _waves_through(run: Run) -> list[float]:
    """Mark the acts that call what others said right without looking: no call, and no result since those spoke."""
    waved = []
    for act, place in zip(run.acts, run.places, strict=True):
        before = run.steps[place - 1] if place else None
        trusts = before is not None and before.kind == "act" and before.agent != act.agent and not act.tools
        waved.append(float(trusts and len(_VERIFIES.findall(act.said[:_LOOKED_AT])) >= _OFTEN))
    return waved


def _replans(run: Run) -> list[float]:
    """Mark the first act that plans anew."""
    found = [act for act in range(2, len(run)) if _REPLANS.search(run.acts[act].text[:1500])]
    return [float(found[:1] == [act]) for act in range(len(run))]


SIGNALS = (
    Signal("says_little", _short),
    Signal("says_much", _length),
    Signal("plans", _plans, "lays out how to go about it, and the others follow"),
    Signal("assumes", _assumes, _says_assumes),
    Signal("waves_through", _waves_through, "calls right what others said without having looked"),
    Signal("replans", _replans, "is the first to drop the plan and try another way"),
)
