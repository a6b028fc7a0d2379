from __future__ import annotations

import pytest

from capture.events import VOCABULARY
from peek_tui.render.words import GROUPS, group_of, look_of
from peek_tui.trace.model import DAMAGED
from tests.state.traces import HOSTILE, obeyed

TYPES = (*VOCABULARY, DAMAGED)


@pytest.mark.parametrize("type", TYPES)
def test_one_group(type: str) -> None:
    """Every type has exactly one group: one that names it, or the last one."""
    naming = [group for group in GROUPS if type in group.types]
    assert [group_of(type)] == (naming or [GROUPS[-1]])


def test_groups_name_types_that_exist() -> None:
    """No group names a type that nothing writes."""
    assert set().union(*(group.types for group in GROUPS)) <= set(TYPES)


def test_digits() -> None:
    """The groups have the digits from 1 on, in order, and names of their own."""
    assert [group.key for group in GROUPS] == [str(digit) for digit in range(1, 9)]
    assert len({group.name for group in GROUPS}) == 8


def test_last_group_takes_the_rest() -> None:
    """Only the last group names no types: it takes those nobody knows."""
    assert [group.name for group in GROUPS if not group.types] == ["sys"]
    assert group_of("custom.metric") == GROUPS[-1]


@pytest.mark.parametrize("type", TYPES)
def test_looks(type: str) -> None:
    """Every type has a code of one to four letters and a sign of one column, told apart without colour."""
    look = look_of(type)
    assert look.code.isascii()
    assert look.code.isalpha()
    assert 2 <= len(look.code) <= 4
    assert len(look.sign) == 1
    assert look.sign != "?"


def test_told_apart() -> None:
    """No two types look the same, but for a file that is read and written by different signs."""
    looks = [look_of(type) for type in TYPES]
    assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("type", "code"),
    [("custom.metric", "CUST"), ("x", "X"), ("", "?"), ("   ", "?"), ("\x1b[2J", "␛[2J"), ("ßßß", "SSSS")],
)
def test_unknown_types(type: str, code: str) -> None:
    """A type nobody knows shows how its name begins, in four characters at the most."""
    assert look_of(type) == (code, "?")


@pytest.mark.parametrize("type", HOSTILE)
def test_hostile_types(type: str) -> None:
    """No type's name can speak to the terminal through its code."""
    assert obeyed(look_of(type).code) == set()


def test_no_fold_signs() -> None:
    """No type has a sign that says of a branch whether it is folded."""
    assert {look_of(type).sign for type in TYPES} & {"▸", "▾"} == set()
