"""The numbers in a query, as people write them: `2s`, `1m30s`, `4.1k`, `$0.05`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

__all__ = ["Measure", "read_count", "read_duration", "read_exact", "read_money", "read_number"]

_NUMBER = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
_PLAIN = re.compile(rf"[+-]?(?:{_NUMBER})(?:[eE][+-]?[0-9]{{1,4}})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,1000}")
_DURATION = re.compile(rf"(?:(?:{_NUMBER})(?:ns|us|µs|μs|ms|s|m|h))+")
_STEP = re.compile(rf"({_NUMBER})([a-zµμ]+)")
_COUNT = re.compile(rf"({_NUMBER})([kM])")

_MILLISECONDS = {
    "ns": Decimal("1e-6"),
    "us": Decimal("1e-3"),
    "µs": Decimal("1e-3"),
    "μs": Decimal("1e-3"),
    "ms": Decimal(1),
    "s": Decimal(1_000),
    "m": Decimal(60_000),
    "h": Decimal(3_600_000),
}
_TIMES = {"k": Decimal(1_000), "M": Decimal(1_000_000)}


@dataclass(frozen=True)
class Measure:
    """A number, and how it was written."""

    value: float
    text: str = field(compare=False)

    def __str__(self) -> str:
        return self.text


def read_number(text: str) -> Measure | None:
    """Read a number as a column of floats holds it, infinite when it is beyond them; None when it is none."""
    return Measure(float(text), text) if _PLAIN.fullmatch(text) else None


def read_exact(text: str) -> Measure | None:
    """Read a number, a whole one to the last digit; None when it is none."""
    return Measure(int(text), text) if _WHOLE.fullmatch(text) else read_number(text)


def read_duration(text: str) -> Measure | None:
    """Read a duration as milliseconds, which a number without a unit is; None when it is none."""
    if _DURATION.fullmatch(text):
        steps = (Decimal(number) * _MILLISECONDS[unit] for number, unit in _STEP.findall(text))
        return Measure(float(sum(steps, Decimal())), text)
    return read_number(text)


def read_count(text: str) -> Measure | None:
    """Read a number that may end in `k` or `M`; None when it is none."""
    if match := _COUNT.fullmatch(text):
        return Measure(float(Decimal(match[1]) * _TIMES[match[2]]), text)
    return read_number(text)


def read_money(text: str) -> Measure | None:
    """Read dollars, with or without the sign; None when they are none."""
    number = read_number(text.removeprefix("$"))
    return None if number is None else Measure(number.value, text)
