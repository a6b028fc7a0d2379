from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.trace.model import Event
from peek_tui.trace.requests import Finder, is_delta, whole
from peek_tui.trace.store import Snapshot, Store
from tests.state.traces import TraceFile, close_all
from tests.trace.importers.foreign import DATA

from .conftest import Load

Payload = dict[str, Any]
NOWHERE = "ffffffff00000000"


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """What a test has read is let go of."""
    yield
    close_all()


def message(number: int) -> Payload:
    return {"role": "user", "content": f"message {number}"}


def expanded(trace: TraceFile, row: int = -1) -> Payload:
    """Return the payload of a request, made whole."""
    snapshot = trace.snapshot()
    return dict(whole(snapshot.event(row % len(snapshot)), Finder(snapshot)).data)


def ask(trace: TraceFile, **data: Any) -> str:
    return trace.add("llm_request", "model-1", data)


class Reads:
    """A finder that counts."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._find = Finder(snapshot)
        self.asked: Counter[str] = Counter()

    def __call__(self, id: str) -> Event | None:
        self.asked[id] += 1
        return self._find(id)


class TestWhole:
    def test_one_base(self, trace: TraceFile) -> None:
        """A request has the messages it keeps and its own, what is the same, and what it says anew."""
        tools = [{"name": "search"}]
        first = ask(trace, provider="p", model="m", messages=[message(0), message(1)], system="S", tools=tools)
        ask(trace, provider="p", model="m", messages=[message(2)], tools=[], base=first, keep=1, same=["system"])
        assert expanded(trace) == {
            "provider": "p",
            "model": "m",
            "messages": [message(0), message(2)],
            "system": "S",
            "tools": [],
        }

    def test_order_of_keys(self, trace: TraceFile) -> None:
        """The keys stand in the order in which a whole request has them; unknown ones stand last."""
        first = ask(trace, messages=[message(0)], system="S", settings={"top_k": 1})
        ask(trace, model="m", mood="calm", attempt=2, base=first, keep=1, same=["settings", "system"])
        assert list(expanded(trace)) == ["model", "messages", "system", "settings", "attempt", "mood"]

    def test_what_is_the_same_and_nowhere(self, trace: TraceFile) -> None:
        """What was the same as nothing is nothing."""
        first = ask(trace, messages=[message(0)])
        ask(trace, messages=[], base=first, keep=1, same=["system", "tools"])
        assert expanded(trace) == {"messages": [message(0)]}

    def test_other_events(self, trace: TraceFile) -> None:
        """Whatever is no delta is given back as it is, the same object."""
        ask(trace, messages=[message(0)], base=None)
        trace.add("tool_call", "search", {"base": "x", "keep": 1})
        trace.write(b'{"type":"llm_request","data":"x"}\n')
        snapshot = trace.snapshot()
        for row in range(3):
            event = snapshot.event(row)
            assert not is_delta(event)
            assert whole(event, Finder(snapshot)) is event

    def test_everything_else_stays(self, trace: TraceFile) -> None:
        """Only the payload is another; the line itself and the event's other fields are as they were."""
        first = ask(trace, messages=[message(0)])
        ask(trace, messages=[], base=first, keep=1, same=[])
        event = trace.snapshot().event(1)
        made = whole(event, Finder(trace.snapshot()))
        assert (made.id, made.raw, made.row, {**made.fields, "data": 0}) == (
            event.id,
            event.raw,
            1,
            {**event.fields, "data": 0},
        )

    def test_bases_are_not_changed(self, trace: TraceFile) -> None:
        """A base that was read for one request is the same for the next."""
        first = ask(trace, messages=[message(0), message(1)])
        for number in (2, 3):
            ask(trace, messages=[message(number)], base=first, keep=1)
        snapshot = trace.snapshot()
        find = Finder(snapshot)
        made = [whole(snapshot.event(row), find).data["messages"] for row in range(3)]
        assert made == [[message(0), message(1)], [message(0), message(2)], [message(0), message(3)]]

    @given(st.randoms(use_true_random=False), st.integers(1, 40))
    def test_any_conversation(self, tmp_path_factory: pytest.TempPathFactory, rng: random.Random, count: int) -> None:
        """Whatever was left out is there again: requests that branch, cut back and change what they share."""
        trace = TraceFile(tmp_path_factory.mktemp("any") / "run.jsonl")
        meant: list[Payload] = []
        ids: list[str] = []
        for number in range(count):
            request = {key: rng.choice("ab") for key in ("system", "tools", "settings") if rng.random() < 0.7}
            written: Payload = dict(request)
            new = [message(100 * number + at) for at in range(rng.randint(0, 3))]
            if ids and rng.random() < 0.9:
                at = rng.randrange(len(ids))
                keep = rng.randint(0, len(meant[at]["messages"]))
                same = [key for key in request if request[key] == meant[at].get(key)]
                changed = {key: value for key, value in request.items() if key not in same}
                written = {**changed, "base": ids[at], "keep": keep, "same": same}
                meant.append({**request, "messages": [*meant[at]["messages"][:keep], *new]})
            else:
                meant.append({**request, "messages": new})
            ids.append(ask(trace, messages=new, **written))
        snapshot = trace.snapshot()
        find = Finder(snapshot)
        assert [dict(whole(snapshot.event(row), find).data) for row in range(count)] == meant


class TestRealRequests:
    def test_transcript(self) -> None:
        """The requests of a real transcript come back whole: each begins with what its base had."""
        store = Store.load([DATA / "c0dd4541-edf8-42ad-988b-48514793592b.jsonl"])
        snapshot = store.snapshot()
        find, deltas = Finder(snapshot), 0
        for row in range(len(snapshot)):
            event = snapshot.event(row)
            if not is_delta(event):
                continue
            deltas += 1
            base = find(event.data["base"])
            assert base is not None
            before, made = whole(base, find).data, whole(event, find).data
            keep = event.data["keep"]
            assert made["messages"] == before["messages"][:keep] + event.data["messages"]
            assert {made[key] == before[key] for key in event.data["same"]} == {True}
            assert {"base", "keep", "same", "base_missing", "base_damaged"} & made.keys() == set()
        store.close()
        assert deltas == 12  # with the subagents' own


class TestBroken:
    def test_missing(self, trace: TraceFile) -> None:
        """A base that is not there is named, and the request stays what it adds to it."""
        ask(trace, model="m", messages=[message(4)], base=NOWHERE, keep=4, same=["system"])
        assert expanded(trace) == {
            "model": "m",
            "messages": [message(4)],
            "base": NOWHERE,
            "keep": 4,
            "same": ["system"],
            "base_missing": NOWHERE,
        }

    def test_missing_further_back(self, trace: TraceFile) -> None:
        """What is known after the gap is there, and how much is missing before it."""
        second = ask(trace, messages=[message(4), message(5)], settings={}, base=NOWHERE, keep=4, same=["system"])
        ask(trace, messages=[message(6)], base=second, keep=5, same=["system", "settings"])
        assert expanded(trace) == {
            "messages": [message(4), message(6)],
            "settings": {},
            "base": NOWHERE,
            "keep": 4,
            "same": ["system"],
            "base_missing": NOWHERE,
        }

    def test_cut_back_before_the_gap(self, trace: TraceFile) -> None:
        """A request that keeps fewer messages than are missing has that many missing."""
        second = ask(trace, messages=[message(4)], base=NOWHERE, keep=4)
        ask(trace, messages=[message(6)], base=second, keep=3)
        made = expanded(trace)
        assert (made["keep"], made["messages"]) == (3, [message(6)])

    def test_nothing_of_what_is_missing(self, trace: TraceFile) -> None:
        """A request that keeps nothing of what is missing is whole."""
        second = ask(trace, messages=[message(4)], system="S", base=NOWHERE, keep=4, same=["tools"])
        ask(trace, messages=[message(6)], tools=[], base=second, keep=0, same=["system"])
        assert expanded(trace) == {"messages": [message(6)], "system": "S", "tools": []}

    def test_missing_what_is_the_same(self, trace: TraceFile) -> None:
        """All messages may be known and the system prompt not."""
        ask(trace, messages=[message(0)], base=NOWHERE, keep=0, same=["system"])
        made = expanded(trace)
        assert (made["base_missing"], made["keep"], made["same"]) == (NOWHERE, 0, ["system"])

    def test_keeps_too_many(self, trace: TraceFile) -> None:
        """More messages to keep than the base has are a damaged chain, and nothing of the base is taken."""
        first = ask(trace, messages=[message(0), message(1)], system="S")
        ask(trace, messages=[message(2)], base=first, keep=9, same=["system"])
        assert expanded(trace) == {
            "messages": [message(2)],
            "base": first,
            "keep": 9,
            "same": ["system"],
            "base_damaged": f"9 messages of {first} are to be kept, and it has 2",
        }

    def test_goes_on_after_damage(self, trace: TraceFile) -> None:
        """Requests that build on a damaged one know what came after the damage."""
        first = ask(trace, messages=[message(0)])
        second = ask(trace, messages=[message(1)], base=first, keep=9)
        ask(trace, messages=[message(2)], base=second, keep=10)
        made = expanded(trace)
        assert (made["base"], made["keep"], made["messages"]) == (first, 9, [message(1), message(2)])
        ask(trace, messages=[message(3)], base=second, keep=11)
        assert expanded(trace)["base_damaged"] == f"11 messages of {second} are to be kept, and it has 10"

    def test_itself(self, trace: TraceFile) -> None:
        """A request that is its own base is said to be."""
        id = f"5f3a9c1e{0:08x}"
        ask(trace, messages=[message(0)], base=id, keep=1)
        assert expanded(trace)["base_damaged"] == f"the requests it builds on go in a circle at {id}"

    def test_circle(self, trace: TraceFile) -> None:
        """Requests that build on each other in a circle end where it closes."""
        ids = [f"5f3a9c1e{number:08x}" for number in range(3)]
        for number in range(3):
            ask(trace, messages=[message(number)], base=ids[number - 1], keep=number + 1)
        made = expanded(trace, 2)
        assert made["base_damaged"] == f"the requests it builds on go in a circle at {ids[2]}"
        assert (made["base"], made["keep"], made["messages"]) == (ids[2], 1, [message(number) for number in range(3)])

    def test_no_request(self, trace: TraceFile) -> None:
        """A base that is another kind of event is said to be."""
        call = trace.add("tool_call", "search")
        ask(trace, messages=[], base=call, keep=0, same=["tools"])
        assert expanded(trace)["base_damaged"] == f"{call} is no request but of type tool_call"

    def test_damaged_base(self, trace: TraceFile) -> None:
        """So is a base whose payload cannot be read."""
        trace.write(f'{{"v":1,"id":"{NOWHERE}","type":"llm_request","name":"m","data":{{"messages":[}}}}\n'.encode())
        ask(trace, messages=[], base=NOWHERE, keep=1)
        reason = trace.snapshot().stats().damaged[0].reason
        assert expanded(trace)["base_damaged"] == f"the payload of {NOWHERE} cannot be read: {reason}"

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ({"base": 7}, "base is no id"),
            ({"keep": -1}, "keep is no count of messages"),
            ({"keep": "1"}, "keep is no count of messages"),
            ({"keep": True}, "keep is no count of messages"),
            ({"same": "system"}, "same is no list of keys"),
            ({"same": [["system"]]}, "same is no list of keys"),
            ({"messages": "Hi"}, "messages is no list"),
        ],
        ids=str,
    )
    def test_nonsense(self, trace: TraceFile, data: Payload, reason: str) -> None:
        """A request that cannot be read as one stays as it was, and nothing is built on it."""
        first = ask(trace, messages=[message(0)])
        written = {"messages": [message(1)], "base": first, "keep": 1, **data}
        second = ask(trace, **written)
        assert expanded(trace) == {**written, "base_damaged": f"in this request, {reason}"}
        ask(trace, messages=[message(2)], base=second, keep=2)
        made = expanded(trace)
        assert (made["base_damaged"], made["base"], made["messages"]) == (
            f"in {second}, {reason}",
            second,
            [message(2)],
        )


IDS = [f"5f3a9c1e{number:08x}" for number in range(4)]
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(-2, 4), st.floats(), st.text(max_size=2), st.lists(st.integers(), max_size=3)
)
HOSTILE_DATA = st.fixed_dictionaries(
    {},
    optional={
        "base": st.one_of(st.sampled_from(IDS), ANYTHING),
        "keep": ANYTHING,
        "same": st.one_of(st.lists(st.sampled_from(["system", "tools", "messages", "base", "same"])), ANYTHING),
        "messages": ANYTHING,
        "system": ANYTHING,
    },
)


@given(st.lists(HOSTILE_DATA, min_size=1, max_size=4))
def test_hostile(tmp_path_factory: pytest.TempPathFactory, written: list[Payload]) -> None:
    """Whatever stands in requests, each is given back whole, or says why it is not, and never more than was written."""
    trace = TraceFile(tmp_path_factory.mktemp("hostile") / "run.jsonl")
    for data in written:
        ask(trace, **data)
    snapshot = trace.snapshot()
    find = Finder(snapshot)
    messages = sum(len(data["messages"]) for data in written if isinstance(data.get("messages"), list))
    for row in range(len(written)):
        event = snapshot.event(row)
        made = whole(event, find).data
        if not is_delta(event):
            assert made is event.data
        elif "base" in made:
            assert len({"base_missing", "base_damaged"} & made.keys()) == 1
        else:
            assert len(made["messages"]) <= messages
    close_all()


class TestCost:
    @pytest.fixture
    def chain(self, trace: TraceFile) -> Callable[[int], Snapshot]:
        """Requests each of which adds a message to the one before."""

        def write(length: int) -> Snapshot:
            base = ask(trace, messages=[message(0)])
            lines = [
                {"type": "llm_request", "id": f"aaaaaaaa{number:08x}", "data": {
                    "messages": [message(number)],
                    "base": base if number == 1 else f"aaaaaaaa{number - 1:08x}",
                    "keep": number,
                }}
                for number in range(1, length)
            ]  # fmt: skip
            trace.write("".join(f"{json.dumps(line)}\n" for line in lines).encode())
            return trace.snapshot()

        return write

    def test_each_base_once(self, chain: Callable[[int], Snapshot]) -> None:
        """To make the last of 200 requests whole reads each of the others once."""
        snapshot = chain(200)
        reads = Reads(snapshot)
        assert len(whole(snapshot.event(199), reads).data["messages"]) == 200
        assert (len(reads.asked), set(reads.asked.values())) == (199, {1})

    def test_long_chain(self, chain: Callable[[int], Snapshot]) -> None:
        """A chain may be longer than Python's stack is deep."""
        snapshot = chain(10_000)
        made = whole(snapshot.event(9_999), Finder(snapshot)).data
        assert made == {"messages": [message(number) for number in range(10_000)]}

    @pytest.mark.parametrize("order", [1, -1], ids=["forwards", "backwards"])
    def test_listing(self, chain: Callable[[int], Snapshot], monkeypatch: pytest.MonkeyPatch, order: int) -> None:
        """To list a conversation's requests, each made whole, reads each base once, in either order."""
        snapshot = chain(200)
        requests = [snapshot.event(row) for row in range(200)]
        read: Counter[int] = Counter()
        event = Snapshot.event

        def counted(self: Snapshot, row: int) -> Event:
            read[row] += 1
            return event(self, row)

        monkeypatch.setattr(Snapshot, "event", counted)
        find = Finder(snapshot)
        for request in requests[::order]:
            assert len(whole(request, find).data["messages"]) == request.row + 1
        assert (len(read), set(read.values())) == (199, {1})


class TestFinder:
    def test_bounded(self, trace: TraceFile, load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
        """However long the trace, only the lines read last are kept, and at least one."""
        import peek_tui.trace.requests as module

        ids = [trace.add("log", str(number)) for number in range(10)]
        snapshot = load(trace).snapshot()
        monkeypatch.setattr(module, "_KEPT", 3 * len(snapshot.raw(0)))
        find = Finder(snapshot)
        events = [find(id) for id in ids]
        again = [find(id) is event for id, event in zip(reversed(ids), reversed(events), strict=True)]
        assert again[:3] == [True, True, True]
        assert True not in again[3:]

    def test_unknown(self, trace: TraceFile, load: Load) -> None:
        """An id that no event has finds nothing."""
        trace.add("log")
        assert Finder(load(trace).snapshot())(NOWHERE) is None


def test_path(tmp_path: Path) -> None:
    """Requests are found in whichever file of a run they stand."""
    one, two = TraceFile(tmp_path / "a.jsonl"), TraceFile(tmp_path / "b.jsonl", writer="11111111")
    first = ask(one, messages=[message(0)])
    ask(two, messages=[message(1)], base=first, keep=1)
    store = Store.load([two.path, one.path])
    snapshot = store.snapshot()
    events = [snapshot.event(row) for row in range(2)]
    made = [whole(event, Finder(snapshot)).data["messages"] for event in events if is_delta(event)]
    store.close()
    assert made == [[message(0), message(1)]]
