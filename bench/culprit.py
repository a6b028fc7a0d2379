"""How often the named cause of a real failure is among the first three that `peek culprit` names, on Who&When.

Beside it: what chance, reading from the top and reading what the agents said get; what is published on all 184 runs of
the corpus; and weights that are fitted to some of the runs, asked about the others.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np

from .fitting import fit, judged
from .labelled import WHOWHEN, Labelled, folds, read_labelled
from .measure import Plan, Row

__all__ = ["measure"]

GOALS = {"ag": 0.75, "hc": 0.45}
_FIRST = 3
_DRAWS = 2_000
_PUBLISHED = {
    "best published model judge (184 runs)": {"ag": 59, "hc": 36},
    "a peer's importance (184 runs)": {"ag": 27, "hc": 5},
}

Ranking = Callable[[Labelled], Sequence[int]]


def measure(plan: Plan) -> list[Row]:
    """Measure the rules as they ship, and what they are to be compared with."""
    if not WHOWHEN.exists():
        return [Row("cause among the first 3", f"{WHOWHEN} is not there")]
    runs = read_labelled(every=plan.choose(1, 6))
    subsets = {name: [run for run in runs if run.subset == name] for name in GOALS}
    rows = [row for name, some in subsets.items() for row in _as_shipped(name, some)]
    for figure, ranking in (("reading order", _in_order), ("what the agents said, in order", _agents)):
        rows.append(Row(f"  {figure}", _shares({name: _hits(some, ranking) for name, some in subsets.items()})))
    chance = {name: [min(1.0, _FIRST / run.steps) for run in some] for name, some in subsets.items()}
    rows.append(Row("  chance", _shares(chance)))
    rows += [Row(f"  {figure}", f"ag {known['ag']} %, hc {known['hc']} %") for figure, known in _PUBLISHED.items()]
    rows.append(_shaken(subsets, plan.choose(200, 5)))
    return [*rows, *_fitted(runs, subsets, plan.choose(5, 1))]


def _as_shipped(name: str, runs: Sequence[Labelled]) -> list[Row]:
    weights = judged()
    hits = _hits(runs, lambda run: run.ranked(weights))
    share, (low, high) = float(np.mean(hits)), _interval(hits)
    figure = f"cause among the first {_FIRST}: {name}, {len(runs)} runs, untrained"
    first = [_hits(runs, lambda run: run.ranked(weights), count) for count in (1, 5)]
    others = f"first {np.mean(first[0]):.0%}, first five {np.mean(first[1]):.0%}"
    goal = GOALS[name]
    return [Row(figure, f"{share:.1%} [{low:.0%}, {high:.0%}]", others, "", f"≥ {goal:.0%}", share >= goal)]


def _shaken(subsets: dict[str, list[Labelled]], draws: int) -> Row:
    """Measure how much hangs on the exact weights: each is changed by up to half, many times."""
    chance = np.random.default_rng(0)
    weights = [judged() * chance.uniform(0.5, 1.5, len(judged())) for _ in range(draws)]
    said = []
    for name, runs in subsets.items():
        shares = [float(np.mean(_hits(runs, lambda run, one=one: run.ranked(one)))) for one in weights]  # type: ignore[misc]
        low, middle, high = np.quantile(shares, [0.05, 0.5, 0.95])
        said.append(f"{name} {middle:.0%} [{low:.0%}, {high:.0%}]")
    return Row(f"  each weight off by up to half, {draws} times", ", ".join(said))


def _fitted(runs: Sequence[Labelled], subsets: dict[str, list[Labelled]], draws: int) -> list[Row]:
    """Measure weights that are fitted to other runs than those they rank."""
    hits: dict[str, list[float]] = {name: [] for name in subsets}
    for seed in range(draws):
        for part in folds(runs, seed=seed):
            weights = fit([run for run in runs if run not in part])
            for run in part:
                hits[run.subset] += _hits([run], lambda run, weights=weights: run.ranked(weights))  # type: ignore[misc]
    rows = [Row(f"  fitted, 5 folds by question, {draws} times", _shares(hits))]
    for here, there in (("ag", "hc"), ("hc", "ag")):
        weights = fit(subsets[here])
        share = float(np.mean(_hits(subsets[there], lambda run, weights=weights: run.ranked(weights))))  # type: ignore[misc]
        rows.append(Row(f"  fitted to {here}", f"{there} {share:.0%}"))
    return rows


def _in_order(run: Labelled) -> Sequence[int]:
    return range(run.steps)


def _agents(run: Labelled) -> Sequence[int]:
    return run.agents


def _hits(runs: Sequence[Labelled], ranking: Ranking, count: int = _FIRST) -> list[float]:
    return [float(run.cause in list(ranking(run))[:count]) for run in runs]


def _shares(hits: dict[str, list[float]]) -> str:
    return ", ".join(f"{name} {np.mean(some):.0%}" for name, some in hits.items())


def _interval(hits: Sequence[float]) -> tuple[float, float]:
    """Return where 95 % of the shares lie when runs are drawn again: a percentile bootstrap with a fixed seed."""
    draw = random.Random(0)
    means = sorted(float(np.mean(draw.choices(hits, k=len(hits)))) for _ in range(_DRAWS))
    return means[int(0.025 * _DRAWS)], means[int(0.975 * _DRAWS) - 1]
