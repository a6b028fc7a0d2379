"""Weights fitted to labelled runs, to see whether they rank better than the judged ones: `python -m bench.fitting`.

A conditional logit: of a run's acts the named one should weigh most. The weights are held to the judged ones, the more
the larger `hold` is, so that what the runs say nothing about stays as it was. Both subsets count the same.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from peek_tui.analysis.culprit.signals import SIGNALS
from peek_tui.analysis.culprit.weights import WEIGHTS

from .labelled import Labelled, read_labelled

__all__ = ["fit", "judged"]

HOLD = 10.0
_ROUNDS = 300
_STEP = 0.02


def judged() -> NDArray[np.float64]:
    """Return the weights that Peek ranks by, in the order of the signals."""
    return np.array([WEIGHTS[signal.name] for signal in SIGNALS])


def fit(runs: Sequence[Labelled], hold: float = HOLD) -> NDArray[np.float64]:
    """Fit the weights to these runs, by the steepest ascent with a step of its own for each weight (RMSprop)."""
    start = judged()
    spread = np.maximum(np.vstack([run.measures for run in runs]).std(axis=0), 0.05)
    sizes = Counter(run.subset for run in runs)
    known = [(run, run.label, len(runs) / len(sizes) / sizes[run.subset]) for run in runs]
    weights, squares = start.copy(), np.zeros(len(start))
    for number in range(1, _ROUNDS + 1):
        slope = -hold * (weights - start) * spread**2
        for run, label, share in known:
            if label is not None:
                scores = run.measures @ weights
                odds = np.exp(scores - scores.max())
                slope += share * (run.measures[label] - odds / odds.sum() @ run.measures)
        slope /= spread
        squares = 0.9 * squares + 0.1 * slope**2
        weights += _STEP * slope / (np.sqrt(squares) + 1e-8) / spread / np.sqrt(number)
    return weights


def main() -> None:
    """Print the weights fitted to all runs, beside the judged ones."""
    fitted = fit(read_labelled())
    for signal, ours, theirs in zip(SIGNALS, judged(), fitted, strict=True):
        sys.stdout.write(f"{signal.name:20} {ours:6.2f} {theirs:6.2f}\n")


if __name__ == "__main__":
    main()
