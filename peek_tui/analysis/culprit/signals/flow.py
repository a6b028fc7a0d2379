"""How an act stands in the flow: routine, repetition, a question asked again, a subject left too early."""

from __future__ import annotations

from itertools import pairwise

from ..run import Run
from .signal import Signal, listed

__all__ = ["SIGNALS"]

_NEAR = 4
_BACK = 12
_SAME = 0.6
_OTHER = 0.25
"""Shares of the words of the shorter of two requests, from which on they ask for the same, below which for another."""
_LIST = 3
_WEIGHS = 6
"""Words that a decision has more of."""


def _routine(run: Run) -> list[float]:
    return [
        max((_likeness(words, later) for later in run.words[act + 1 : act + 1 + _NEAR]), default=0.0)
        for act, words in enumerate(run.words)
    ]


def _repeats(run: Run) -> list[float]:
    """Measure how much an act with a call is like an earlier one of the same agent with the same call."""
    repeats = []
    for act, step in enumerate(run.acts):
        same = (
            earlier
            for earlier in range(max(0, act - _BACK), act)
            if step.tools and run.acts[earlier].tools == step.tools and run.acts[earlier].agent == step.agent
        )
        repeats.append(max((_likeness(run.words[act], run.words[earlier]) for earlier in same), default=0.0))
    return repeats


def _moves(run: Run) -> list[tuple[int, int]]:
    """Return the pairs of a request that asks for something else than the one before, and the decision behind it."""
    moves = []
    for before, after in pairwise(run.requests):
        if _shared(run.words[before], run.words[after]) < _OTHER:
            decision = next((act for act in range(after - 1, before, -1) if _decides(run, act)), after)
            moves.append((after, decision))
    return moves


def _moves_on(run: Run) -> list[float]:
    moves = {decision for _, decision in _moves(run)}
    half = {request for request, _ in _moves(run)} - moves
    return [1.0 if act in moves else 0.5 if act in half else 0.0 for act in range(len(run))]


def _moves_on_first(run: Run) -> list[float]:
    first = [decision for _, decision in _moves(run)][:1]
    return [float(first == [act]) for act in range(len(run))]


def _asked_again(run: Run) -> list[float]:
    """Measure how much the request after a contribution repeats the one before it."""
    again = [0.0] * len(run)
    for before, after in pairwise(run.requests):
        shared = _shared(run.words[before], run.words[after])
        done = [act for act in range(before + 1, after) if not run.leads[act]]
        if shared > _SAME and done:
            again[done[-1]] = shared
    return again


def _takes_list(run: Run) -> list[float]:
    return [float(len(found) >= _LIST) for found in _taken(run)]


def _says_takes_list(run: Run, act: int) -> str:
    return f"takes {listed(_taken(run)[act])} from what it was just shown, as if that were all there is"


def _taken(run: Run) -> list[set[str]]:
    """Return the values that each act of a leader takes from the contribution just before it."""
    taken: list[set[str]] = []
    shown: set[str] = set()
    for act, found in enumerate(run.values):
        taken.append(found & shown if run.leads[act] else set())
        shown = shown if run.leads[act] else run.fresh[act]
    return taken


def _unlike_peers(run: Run) -> list[float]:
    """Measure in how many of the runs that went well no such call follows such a call."""
    known = [set(_transitions(peer)) for peer in run.peers]
    return [
        sum(pair not in pairs for pairs in known) / len(known) if known and pair[1] else 0.0
        for pair in _transitions(run)
    ]


def _transitions(run: Run) -> list[tuple[str, str]]:
    """Return for each act the tool that the act before it called, and the one it calls itself."""
    return list(pairwise(["", *_tools(run)]))


def _tools(run: Run) -> list[str]:
    """Return which tool each act calls first, `""` for one that calls none."""
    return [act.tools[0] if act.tools else "" for act in run.acts]


def _says_unlike(run: Run, act: int) -> str:
    before, tool = _transitions(run)[act]
    return f"calls {tool} after {before or 'no call'}, as {len(run.peers)} runs that went well hardly do"


def _decides(run: Run, act: int) -> bool:
    return run.leads[act] and act not in run.requests and run.lengths[act] > _WEIGHS


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _shared(one: set[str], other: set[str]) -> float:
    return len(one & other) / (min(len(one), len(other)) or 1)


SIGNALS = (
    Signal("routine", _routine),
    Signal("repeats", _repeats, "does once more what it did before"),
    Signal("moves_on", _moves_on, "turns to something else although the last thing asked for was not settled"),
    Signal("moves_on_first", _moves_on_first, "is where the run first leaves what it was looking for"),
    Signal("asked_again", _asked_again, "did not deliver: the same is asked for again after it"),
    Signal("takes_list", _takes_list, _says_takes_list),
    Signal("unlike_peers", _unlike_peers, _says_unlike),
)
