"""A query's answers for many rows at once, from columns alone.

A column of answers is a pair: where it is sure that the query holds, and where it is possible. Between the two lies
what only the payload can tell. numpy is imported where it is used: whoever only reads queries does not pay for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import and_, or_
from typing import TYPE_CHECKING, Any, NamedTuple

from .columns import Columns
from .facts import DECIDES, NO_TOKENS
from .nodes import And, Node, Not, Or
from .pattern import Pattern
from .terms import COMPARE, UNKNOWN, Bounds, Failed, Leaf, Number, Time, Word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]

__all__ = ["Masks", "RowAnswers"]

_DECISIONS = Word("type", (Pattern((DECIDES,)),))
_FEW = 4
"""Up to so many codes are compared one after the other, which is faster than looking each one up."""


class _Answers(NamedTuple):
    sure: Bools
    possible: Bools
    """The same object as `sure` where the columns say all there is to say."""


class Masks:
    """Answers one query for any rows of one trace."""

    def __init__(self, root: Node, columns: Columns) -> None:
        self._root = root
        self._columns = columns
        self._fitting: dict[Word, Bools] = {}
        """Of each code, whether its word fits."""
        self._taken: dict[str, NDArray[Any]] = {}

    def over(self, rows: Sequence[int]) -> RowAnswers:
        """Return the answers for these rows."""
        return RowAnswers(self, self._root, rows)

    def column(self, name: str) -> NDArray[Any]:
        """Return a column, which may be costly to make and is asked for once."""
        column = self._taken.get(name)
        if column is None:
            column = self._taken[name] = getattr(self._columns, name)
        return column

    def fitting(self, word: Word) -> Bools:
        """Return, of each code of a word's column, whether the word of that code fits."""
        import numpy as np

        fitting = self._fitting.get(word)
        if fitting is None:
            fitting = np.array([word.fits(each) for each in self._columns.words(word.key)], dtype=np.bool_)
            self._fitting[word] = fitting
        return fitting

    @property
    def is_rated(self) -> bool:
        return self._columns.importance is not None

    @property
    def first_ts(self) -> int:
        return self._columns.first_ts


class RowAnswers:
    """The answers for some rows, by their place among them."""

    def __init__(self, masks: Masks, root: Node, rows: Sequence[int]) -> None:
        import numpy as np

        self._masks = masks
        self._length = len(rows)
        self._rows: slice | NDArray[np.intp] = (
            slice(rows.start, rows.stop)
            if isinstance(rows, range) and rows.step == 1
            else np.array(rows, dtype=np.intp)
        )
        self._leaves: dict[int, _Answers] = {}
        """By the identity of the term: they are all parts of the one query."""
        self.yes, possible = self._answers(root)
        """Which rows are wanted, whatever their payload says."""
        self.maybe = possible & ~self.yes
        """Of which rows only the payload can tell."""

    def known(self, place: int, leaf: Leaf) -> Bounds:
        """Return what the columns tell of one term of the query in one row."""
        answers = self._leaves.get(id(leaf))
        if answers is None:  # what was answered before it decided for all rows
            return UNKNOWN
        return Bounds(bool(answers.sure[place]), bool(answers.possible[place]))

    def _answers(self, node: Node) -> _Answers:
        match node:
            case And(nodes):
                return self._all(nodes)
            case Or(nodes):
                return self._any(nodes)
            case Not(inner):
                return _opposite(self._answers(inner))
        answers = self._leaves[id(node)] = self._leaf(node)
        return answers

    def _leaf(self, leaf: Leaf) -> _Answers:
        match leaf:
            case Word():
                return _decided(self._word(leaf))
            case Failed():
                return _decided(self._column("failed"))
            case Time():
                return _decided(self._time(leaf))
            case Number():
                return self._number(leaf)
            case _:
                return _Answers(self._same(False), self._same(True))

    def _all(self, nodes: tuple[Node, ...]) -> _Answers:
        total = _decided(self._same(True))
        for node in nodes:
            total = _joined(and_, total, self._answers(node))
            if not total.possible.any():
                break
        return total

    def _any(self, nodes: tuple[Node, ...]) -> _Answers:
        total = _decided(self._same(False))
        for node in nodes:
            total = _joined(or_, total, self._answers(node))
            if total.sure.all():
                break
        return total

    def _word(self, word: Word) -> Bools:
        codes, fitting = self._column(word.key), self._masks.fitting(word)
        wanted = fitting.nonzero()[0].tolist()
        if len(wanted) == len(fitting):
            return self._same(True)
        if len(wanted) > _FEW:
            return fitting.take(codes)
        mask = self._same(False)
        for code in wanted:
            mask = mask | (codes == code)
        return mask

    def _number(self, number: Number) -> _Answers:
        match number.key:
            case "dur":
                return _decided(self._compared(number, self._column("duration_ms")))
            case "cost":
                return _decided(self._compared(number, self._column("cost_usd")))
            case "tokens":
                tokens = self._column("tokens")
                return _decided(self._compared(number, tokens) & (tokens != NO_TOKENS))
            case "importance" if self._masks.is_rated:
                return _decided(self._compared(number, self._column("importance")))
            case "row":
                return _decided(self._compared(number, self._row_numbers()))
            case "conf":
                return _Answers(self._same(False), self._word(_DECISIONS))
            case _:
                return _Answers(self._same(False), self._same(True))

    def _compared(self, number: Number, column: NDArray[Any]) -> Bools:
        mask = self._same(False)
        for measure in number.measures:  # NaN compares with nothing
            mask = mask | COMPARE[number.sign](column, measure.value)
        return mask

    def _time(self, time: Time) -> Bools:
        ts, first = self._column("ts"), self._masks.first_ts
        mask: Bools = self._same(False)
        for moment in time.moments:
            start, end = moment.start(first), moment.end(first)
            within = (ts >= start) & (ts < end) if time.sign == "=" else COMPARE[time.sign](ts, start)
            mask = mask | within
        known: Bools = ts != 0
        return mask & known

    def _row_numbers(self) -> NDArray[Any]:
        import numpy as np

        rows = self._rows
        return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows

    def _column(self, name: str) -> NDArray[Any]:
        return self._masks.column(name)[self._rows]

    def _same(self, value: bool) -> Bools:
        import numpy as np

        return np.full(self._length, value, dtype=np.bool_)


def _decided(mask: Bools) -> _Answers:
    return _Answers(mask, mask)


def _opposite(answers: _Answers) -> _Answers:
    if answers.sure is answers.possible:
        return _decided(~answers.sure)
    return _Answers(~answers.possible, ~answers.sure)


def _joined(join: Callable[[Bools, Bools], Bools], one: _Answers, other: _Answers) -> _Answers:
    if one.sure is one.possible and other.sure is other.possible:
        return _decided(join(one.sure, other.sure))
    return _Answers(join(one.sure, other.sure), join(one.possible, other.possible))
