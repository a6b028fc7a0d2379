"""Arguments by name, as the interpreter itself would bind them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.instrument.parameters import Parameters


def plain(first: int, second: int = 2, *, third: int, fourth: int = 4) -> None: ...
def nothing() -> None: ...
def positional(first: int, /, second: int) -> None: ...
def variable(first: int, *rest: int, second: int = 2, **more: int) -> None: ...
def method(self: object, first: int = 1, cls: int = 2) -> None: ...


FUNCTIONS = [plain, nothing, positional, variable, method]
NAMES = ["first", "second", "third", "fourth", "self", "cls", "args", "more"]


@given(
    function=st.sampled_from(FUNCTIONS),
    args=st.lists(st.integers(), max_size=4).map(tuple),
    kwargs=st.dictionaries(st.sampled_from(NAMES), st.integers()),
)
def test_as_bound(function: Callable[..., Any], args: tuple[int, ...], kwargs: dict[str, int]) -> None:
    """Any call of any function gives the names, the values and the order that `inspect` gives, without the object that
    a method belongs to; one that the function refuses gives its arguments as they are.
    """
    try:
        bound = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
    except TypeError:
        expected = {"args": list(args), **kwargs}
    else:
        expected = {name: value for name, value in bound.items() if name not in {"self", "cls"}}
    assert list(Parameters(function).name(args, kwargs).items()) == list(expected.items())


def test_no_signature() -> None:
    """The arguments of a builtin that does not tell its parameters have no names."""
    assert Parameters(max).name((1,), {"key": 2}) == {"args": [1], "key": 2}


def test_fitting_call_binds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that fits a plain function is named without being bound; one that is odd is bound."""
    bound: list[tuple[int, ...]] = []
    bind = inspect.Signature.bind

    def watched(signature: inspect.Signature, *args: int, **kwargs: int) -> inspect.BoundArguments:
        bound.append(args)
        return bind(signature, *args, **kwargs)

    monkeypatch.setattr(inspect.Signature, "bind", watched)
    assert Parameters(plain).name((1, 2), {"third": 3}) == {"first": 1, "second": 2, "third": 3}
    assert bound == []
    assert Parameters(variable).name((1, 2), {}) == {"first": 1, "rest": (2,)}
    assert bound == [(1, 2)]
