"""How things are measured here: in rounds, the sides of a comparison in turn, and compared round by round.

Neighbours, clock speed and caches change from one second to the next, but hardly within one round: so sides are set
against each other within each round, and the median of that is what counts. The processor's time is taken where one
thread computes, the wall clock where waiting is the point.
"""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from .traces import Traces

__all__ = [
    "Plan",
    "Row",
    "Sample",
    "Side",
    "against",
    "beyond",
    "faster",
    "megabytes",
    "microseconds",
    "milliseconds",
    "percentile",
    "seconds",
]

Sample = list[float]
"""What the rounds of one side took, in their order."""

Side = Callable[[], float]
"""Does one round of one side, and returns what it took."""

T = TypeVar("T")


class Row(NamedTuple):
    """A line of the table."""

    figure: str
    ours: str
    other: str = ""
    """The other side, and what it is; empty when there is none."""
    compared: str = ""
    """Ours to the other side: the median of the rounds, and where the middle half of them lies."""
    goal: str = ""
    met: bool | None = None
    """None without a goal."""


@dataclass(frozen=True)
class Plan:
    """How thoroughly to measure, and on what."""

    traces: Traces
    quick: bool = False
    """Whether only to see that everything can be measured: the numbers are worth little then."""
    large: bool = False
    """Whether to measure what takes minutes too: traces of 1 GB, an agent followed for a minute."""

    def choose(self, thorough: T, quick: T, large: T | None = None) -> T:
        """Return how much to measure; `large` is for what takes minutes, where that is more."""
        if self.quick:
            return quick
        return large if self.large and large is not None else thorough

    def rounds(self, number: int, sides: Mapping[str, Side]) -> dict[str, Sample]:
        """Return what each side took in every round, after one that does not count; each second one runs backwards."""
        taken: dict[str, Sample] = {name: [] for name in sides}
        for backwards in [False] if self.quick else [False, *(index % 2 == 0 for index in range(number))]:
            for name in reversed(list(sides)) if backwards else sides:
                gc.collect()
                taken[name].append(sides[name]())
        return taken if self.quick else {name: sample[1:] for name, sample in taken.items()}


def against(ours: Sample, other: Sample) -> tuple[float, str]:
    """Return how many times what the other side takes ours takes: the median, and what the table says of it."""
    ratios = [mine / theirs for mine, theirs in zip(ours, other, strict=True)]
    middle, low, high = _middle(ratios)
    return middle, f"{middle:.2f}× ({low:.2f}–{high:.2f})"


def faster(ours: Sample, other: Sample) -> tuple[float, str]:
    """Return how many times as fast as the other side ours is: the median, and what the table says of it."""
    return against(other, ours)


def beyond(ours: Sample, other: Sample) -> tuple[float, str]:
    """Return how many seconds more than the other side ours takes: the median, and what the table says of it."""
    more = [mine - theirs for mine, theirs in zip(ours, other, strict=True)]
    middle, low, high = _middle(more)
    return middle, f"{1e3 * middle:+.1f} ms ({1e3 * low:.1f}–{1e3 * high:.1f})"


def _middle(sample: Sample) -> tuple[float, float, float]:
    return statistics.median(sample), percentile(sample, 25), percentile(sample, 75)


def percentile(sample: Sequence[float], percent: int) -> float:
    """Return the value that `percent` of the sample do not exceed."""
    ordered = sorted(sample)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def microseconds(sample: Sample) -> str:
    """Return the median of seconds as the table shows it."""
    return f"{1e6 * statistics.median(sample):.2f} µs"


def milliseconds(sample: Sample) -> str:
    """Return the median of seconds as the table shows it."""
    return f"{1e3 * statistics.median(sample):.1f} ms"


def seconds(sample: Sample) -> str:
    """Return the median of seconds as the table shows it, for what takes long."""
    middle = statistics.median(sample)
    return f"{middle:.2f} s" if middle >= 1 else milliseconds(sample)


def megabytes(sample: Sample) -> str:
    """Return the median of bytes as the table shows it."""
    return f"{statistics.median(sample) / 1e6:.0f} MB"
