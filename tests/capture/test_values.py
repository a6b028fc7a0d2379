from __future__ import annotations

import base64
import enum
import sys
from collections import OrderedDict, UserDict, deque, namedtuple
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.format import encode_event, parse_line
from capture.values import MAX_REPR, copy_plain, is_plain, restore

pytestmark = pytest.mark.usefixtures("encoder")

Point = namedtuple("Point", "x y")


class Word(str):
    """A text that prints as something else."""

    def __str__(self) -> str:
        return "printed"


class Colour(str, enum.Enum):  # noqa: UP042 (the kind that prints as `Colour.RED`)
    RED = "red"


class Size(enum.IntEnum):
    SMALL = 3


class Broken:
    """A value whose `repr` raises."""

    def __init__(self, error: type[BaseException] = RuntimeError) -> None:
        self._error = error

    def __repr__(self) -> NoReturn:
        raise self._error("no repr")


class BrokenDict(dict[str, int]):
    def items(self) -> NoReturn:
        raise RuntimeError("no items")


class Wordy:
    def __repr__(self) -> str:
        return "w" * 1_000_000


def written(value: Any) -> Any:
    """What stands in the file for a value."""
    line = encode_event(10**18, "0" * 16, "0" * 16, "0" * 32, "log", "", {}, {"value": value})
    event, damage = parse_line(line)
    assert damage is None
    return event["data"]["value"]


def typed(value: Any) -> Any:
    """A value with its types, as far as the format keeps them: NaN equals NaN, and 1, 1.0 and True differ."""
    match value:
        case bool() | None:
            return value
        case str():
            return ("str", str.__str__(value))
        case int():
            return ("int", int(value))
        case float():
            return ("float", repr(float(value)))
        case bytes() | bytearray() | memoryview():
            return ("bytes", bytes(value))
        case dict():
            return ("dict", [(typed(key), typed(item)) for key, item in value.items()])
        case list():
            return ("list", [typed(item) for item in value])
        case tuple():
            return ("tuple", [typed(item) for item in value])
        case set() | frozenset():
            return ("set", sorted(repr(typed(item)) for item in value))
        case datetime():
            return ("datetime", value.isoformat())
    raise AssertionError(f"the format does not keep {value!r}")


def view(data: bytes) -> memoryview:
    return memoryview(data)


TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
HASHABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(2**63, 2**70)
    | st.floats()
    | TEXT
    | TEXT.map(Word)
    | st.binary(max_size=20)
    | st.datetimes(timezones=st.none() | st.integers(-23, 23).map(lambda h: timezone(timedelta(hours=h, seconds=7)))),
    lambda inner: st.frozensets(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=8,
)
VALUE: st.SearchStrategy[Any] = st.recursive(
    HASHABLE | st.binary().map(bytearray) | st.binary().map(view),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(TEXT | st.sampled_from(["$type", "$blob", "$", "items"]), inner, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.dictionaries(TEXT, inner, max_size=4).map(OrderedDict)
        | st.sets(HASHABLE, max_size=4)
    ),
    max_leaves=20,
)


class TestRoundTrip:
    @given(VALUE)
    def test_restored_equal(self, value: Any) -> None:
        """Every value of the kinds the format knows comes back as it was, type and all."""
        assert typed(restore(written(value))) == typed(value)

    @given(st.recursive(st.none() | st.booleans() | st.text() | st.integers(-(2**63), 2**64 - 1), st.lists))
    def test_plain_values(self, value: Any) -> None:
        """What JSON can hold is written as it is."""
        assert is_plain([value])
        assert written(value) == copy_plain(value) == value

    def test_both_ways_agree(self) -> None:
        """The careful way writes a plain value as the short way does."""
        value = {"a": [1, 2.5, None, True, {"b": "Zoë"}], "": {}}
        assert copy_plain(value) == value
        assert written([value, float("nan")])[0] == value


class TestForms:
    @pytest.mark.parametrize(
        ("value", "form"),
        [
            (b"\x00\xff", {"$type": "bytes", "base64": "AP8="}),
            ((1, "a"), {"$type": "tuple", "items": [1, "a"]}),
            (Point(1, 2), {"$type": "tuple", "items": [1, 2]}),
            ({5}, {"$type": "set", "items": [5]}),
            (frozenset(), {"$type": "set", "items": []}),
            (datetime(2026, 11, 20, tzinfo=UTC), {"$type": "datetime", "value": "2026-11-20T00:00:00+00:00"}),
            ({1: "a"}, {"$type": "dict", "items": [[1, "a"]]}),
            ({"$x": 1, "y": 2}, {"$type": "dict", "items": [["$x", 1], ["y", 2]]}),
            ({"\ud800": 1}, {"$type": "dict", "items": [[{"$type": "str", "escaped": "\\ud800"}, 1]]}),
            (float("nan"), {"$type": "float", "value": "nan"}),
            (float("-inf"), {"$type": "float", "value": "-inf"}),
            (2**64, {"$type": "int", "value": "18446744073709551616"}),
            (-(2**63) - 1, {"$type": "int", "value": "-9223372036854775809"}),
            (1 << 20_000, {"$type": "int", "value": hex(1 << 20_000)}),
            ("a\\b\udcff", {"$type": "str", "escaped": "a\\\\b\\udcff"}),
            (2**64 - 1, 2**64 - 1),
            (-(2**63), -(2**63)),
            (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
            (Word("said"), "said"),
            ({Word("said"): 1}, {"said": 1}),
            (Colour.RED, "red"),
            ({Colour.RED: Size.SMALL}, {"red": 3}),
            (date(2026, 11, 20), {"$type": "opaque", "class": "datetime.date", "repr": "datetime.date(2026, 11, 20)"}),
            (deque([1]), {"$type": "opaque", "class": "collections.deque", "repr": "deque([1])"}),
            (UserDict(), {"$type": "opaque", "class": "collections.UserDict", "repr": "{}"}),
            (int, {"$type": "opaque", "class": "builtins.type", "repr": "<class 'int'>"}),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_form(self, value: Any, form: Any) -> None:
        """Each kind of value has one form in the file."""
        assert written(value) == form

    def test_long_repr(self) -> None:
        """A foreign `repr` is kept up to its bound."""
        assert written(Wordy())["repr"] == "w" * MAX_REPR

    def test_look_alikes(self) -> None:
        """Foreign objects that only look like ours are given back as they are."""
        for value in (
            {"$type": "bytes"},
            {"$type": "bytes", "base64": "é"},
            {"$type": "int", "value": "x"},
            {"$type": "set", "items": [[]]},
            {"$type": "dict", "items": [1]},
            {"$type": "unheard of"},
            {"$type": ["tuple"]},
            {"$type": "datetime", "value": 5},
        ):
            assert restore([value]) == [value]

    def test_opaque_stays(self) -> None:
        """An opaque value is given back as what stands for it."""
        form = written(object)
        assert restore(form) == form


class TestHostile:
    def test_broken_repr(self) -> None:
        """A value whose methods raise costs itself, and neither the event nor its neighbours."""
        broken = {"$type": "opaque", "class": f"{__name__}.Broken", "repr": "<unreadable>"}
        endless = {**broken, "repr": "<too deep or too many>"}
        assert written([1, Broken(), Broken(RecursionError), 2]) == [1, broken, endless, 2]
        assert written({"a": BrokenDict(x=1), "b": 2}) == {
            "a": {"$type": "opaque", "class": f"{__name__}.BrokenDict", "repr": "<unreadable>"},
            "b": 2,
        }

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
    def test_interrupts_pass(self, error: type[BaseException]) -> None:
        """What is no `Exception` is not ours to stop, wherever it is raised."""
        with pytest.raises(error):
            written(Broken(error))

    def test_cycles(self) -> None:
        """A container that contains itself is cut where it does so first."""
        items: list[Any] = [1]
        items.append(items)
        assert written(items) == [1, {"$type": "opaque", "class": "builtins.list", "repr": "<contains itself>"}]
        mapping: dict[Any, Any] = {"a": []}
        mapping["a"].append((mapping,))
        assert written(mapping) == {
            "a": [
                {
                    "$type": "tuple",
                    "items": [{"$type": "opaque", "class": "builtins.dict", "repr": "<contains itself>"}],
                }
            ]
        }

    def test_sharing_is_no_cycle(self) -> None:
        """A container that stands at two places is written at both."""
        shared = {"a": (1,)}
        form = {"a": {"$type": "tuple", "items": [1]}}
        assert written([shared, shared, [shared]]) == [form, form, [form]]

    def test_width_is_no_depth(self) -> None:
        """However many items a container has, none is deeper than the others."""
        value = [{number: (number, [number]) for number in range(1000)}, [(1,)] * 1000]
        assert restore(written(value)) == value

    def test_exponential_sharing(self) -> None:
        """Lists that share lists end at a bound."""
        value: list[Any] = []
        for _ in range(64):
            value = [value, value]
        line = encode_event(10**18, "0" * 16, "0" * 16, "0" * 32, "log", "", {}, {"value": value})
        assert line.count(b'"repr":"<too deep or too many>"') > 1
        assert len(line) < 40_000_000
        assert parse_line(line).damage is None

    @pytest.mark.parametrize("depth", [50, 100_000])
    @pytest.mark.parametrize(
        ("wrap", "kept"),
        [(lambda v: [v], 199), (lambda v: {"k": v}, 199), (lambda v: (v,), 100), (lambda v: {1: v}, 67)],
    )
    def test_deep_nesting(self, wrap: Any, kept: int, depth: int) -> None:
        """Nesting of any kind is written up to a depth in JSON; it can be read and restored, with a mark below that."""
        value: Any = "bottom"
        for _ in range(depth):
            value = wrap(value)
        form = written(value)
        restored = restore(form)
        levels = 0
        while isinstance(restored, list | tuple | dict) and "$type" not in restored:
            [restored] = restored.values() if isinstance(restored, dict) else restored
            levels += 1
        if depth < kept:
            assert (restored, levels) == ("bottom", depth)
        else:
            assert (restored["repr"], levels) == ("<too deep or too many>", kept)
        while isinstance(value, list | tuple | dict):  # or the interpreter frees it recursively
            [value] = value.values() if isinstance(value, dict) else value

    def test_deep_foreign_value(self) -> None:
        """A foreign value nested too deep to be walked is given back as it is."""
        value: Any = {"$type": "bytes", "base64": "AP8="}
        for _ in range(sys.getrecursionlimit()):
            value = [value]
        assert restore(value) is value

    def test_class_without_a_name(self) -> None:
        """A value whose class cannot even be named costs itself alone."""

        class Nameless(type):
            @property
            def __module__(cls) -> str:  # type: ignore[override]
                raise RuntimeError("no module")

        value = Nameless("Value", (), {"__repr__": lambda _: "value"})()
        assert written([1, value, 2]) == [1, {"$type": "opaque", "class": "<unreadable>", "repr": "value"}, 2]

    def test_released_memory(self) -> None:
        """A view of memory that is gone is opaque."""
        view = memoryview(b"gone")
        view.release()
        assert written(view)["repr"] == "<unreadable>"

    def test_big_bytes(self) -> None:
        """Bytes are written whole."""
        data = bytes(range(256)) * 4096
        assert base64.b64decode(written(data)["base64"]) == data
