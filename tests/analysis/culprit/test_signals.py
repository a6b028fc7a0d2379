from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peek_tui.analysis.culprit.run import Run
from peek_tui.analysis.culprit.signals import SIGNALS
from peek_tui.analysis.culprit.steps import Step
from peek_tui.analysis.culprit.weights import WEIGHTS

TEXTS = st.sampled_from(
    [
        "",
        "TERMINATE",
        "Please look up Ann Lee and 4711",
        "Let us assume 4711",
        "The answer is 4711",
        "no results",
        "x " * 40,
    ]
)
STEPS = st.builds(
    Step,
    row=st.just(0),
    id=st.just(""),
    kind=st.sampled_from(["act", "act", "act", "told", "seen", "end"]),
    agent=st.sampled_from(["lead", "a", "b"]),
    said=TEXTS,
    done=TEXTS,
    tools=st.lists(st.sampled_from(["search", "edit_file"]), max_size=2),
    result=TEXTS,
    failed=st.booleans(),
    answered=st.booleans(),
    opener=st.sampled_from(["decision", "agent_turn", "llm_response"]),
)


def measured(name: str, *steps: Step) -> list[float]:
    [signal] = [signal for signal in SIGNALS if signal.name == name]
    return signal.measure(Run(steps))


def act(said: str, agent: str = "a", *tools: str, opener: str = "agent_turn", failed: bool = False) -> Step:
    return Step(0, "", "act", agent, said, tools=list(tools), opener=opener, failed=failed)


def told(said: str) -> Step:
    return Step(0, "", "told", "", said)


def seen(said: str, failed: bool = False) -> Step:
    return Step(0, "", "seen", "", said, failed=failed)


def test_weighed() -> None:
    """Every signal has a weight and every weight a signal."""
    assert [signal.name for signal in SIGNALS if signal.name not in WEIGHTS] == []
    assert len(WEIGHTS) == len(SIGNALS)


@given(st.lists(STEPS, max_size=12))
def test_bounds(steps: list[Step]) -> None:
    """Every signal gives every act a number from 0 to 1 and can say why, whatever the run is."""
    run = Run(steps)
    for signal in SIGNALS:
        numbers = signal.measure(run)
        assert len(numbers) == len(run)
        assert all(0 <= number <= 1 for number in numbers), signal.name
        for place, number in enumerate(numbers):
            if number:
                signal.reason(run, place)


def test_new_values() -> None:
    """A value counts as new where an act has it first: not what a person or a result said."""
    steps = (act("It says 4711"), seen("and 8899"), act("so 8899 and 4711"), act("or 5050"))
    assert measured("most_new_values", told("What is 1001?"), *steps) == [0.2, 0, 0.2]
    assert measured("most_new_values", told("What is 4711?"), *steps) == [0, 0, 0.2]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Ann Lee paid 4711. Confidence: 0.97", {"4711", "ann lee"}),
        ('{"amount": 4711, "confidence": 0.97}', {"4711"}),
        ("confidence_score=0.97 for 4711", {"4711"}),
        ("4711, with a confidence of 97%", {"4711"}),
        ("I am 97 % sure that it is 4711", {"4711"}),
        ("97% confident: 4711", {"4711"}),
        ("confidence in plan 4711", {"4711"}),
        ("we are sure; 97 is 4711", {"97", "4711"}),
    ],
)
def test_confidence(said: str, found: set[str]) -> None:
    """How sure an agent says it is, is no value that it brings in."""
    run = Run((told("Who paid?"), act(said)))
    assert {value for value in run.fresh[0] if value not in ("amount", "confidence")} == found


def test_untold() -> None:
    """Where nobody asked for anything, the first act is what was asked for, and brings nothing new."""
    assert measured("most_new_values", act("It says 4711"), act("so 4711 and 5050")) == [0, 0.2]


def test_passes_over() -> None:
    """Going on after a failure is passing it over unless it is spoken of."""
    steps = (act("I try"), seen("boom", failed=True), act("It works, next"), seen("", failed=True), act("It failed"))
    assert measured("passes_over", *steps) == [0, 1, 0]


def test_before_first_error() -> None:
    """Only the first failure points at the act before it."""
    steps = (act("one"), act("two"), seen("no", failed=True), act("three"), seen("no", failed=True))
    assert measured("before_first_error", *steps) == [0, 1, 0]


def test_led() -> None:
    """In a team with a leader, what is asked again marks who did not deliver, and another request the turn away."""
    steps = [
        act("Search the museum opening hours online please", "lead"),
        act("I found a page that speaks of other things " * 4, "a"),
        act("Not there yet, the hours are still to be found", "lead", opener="decision"),
        act("Search the museum opening hours online again please", "lead"),
        act("I found a page that speaks of something else " * 4, "a"),
        act("We go on with what we have now and compute", "lead", opener="decision"),
        act("Compute distances between both stations instead", "lead"),
        act("Next is b", "lead", opener="decision"),
        act("The distance between them is far from what one thinks " * 3, "b"),
    ]
    assert [number > 0 for number in measured("asked_again", *steps)] == [place == 1 for place in range(9)]
    assert measured("moves_on_first", *steps) == [float(place == 5) for place in range(9)]
    assert measured("led_first", *steps) == [float(place == 1) for place in range(9)]
    assert measured("first", *steps) == [0.0] * 9


def test_unlike_peers() -> None:
    """A call that no run which went well makes after such a call stands out by their share."""
    calls = [act("", "a", "read"), act("", "a", "edit"), act("", "a", "test")]
    peers = [Run(calls), Run(calls[:2])]
    [signal] = [signal for signal in SIGNALS if signal.name == "unlike_peers"]
    assert signal.measure(Run(calls, peers)) == [0.0, 0.0, 0.5]
    assert signal.measure(Run(calls)) == [0.0, 0.0, 0.0]
    assert signal.reason(Run(calls, peers), 2) == "calls test after edit, as 2 runs that went well hardly do"


def test_changes() -> None:
    """A tool changes something by its name, a shell by what it runs; notes to oneself change nothing."""
    names = ["Write", "issue_refund", "find_payments", "TodoWrite", "read_file", "send_email"]
    assert measured("changes", *(act("", "a", name) for name in names)) == [1, 1, 0, 0, 0, 1]
    shells = {
        "ls -l": 0,
        "rm -r x": 1,
        "cat x > y": 1,
        "make 2>&1 | tail": 0,
        "cd /x && git commit -m y": 1,
        "a => b": 0,
    }
    steps = [Step(0, "", "act", "a", done=command, tools=["Bash"]) for command in shells]
    assert measured("changes", *steps) == list(shells.values())


def test_unresolved() -> None:
    """The first of the failures in a row that the run ended in is marked; failures that were mended are not."""
    calls = [(True, 0), (False, 0), (True, 1), (True, 0)]
    steps = [Step(0, "", "act", "a", tools=["run"], answered=True, failed=failed) for failed, _ in calls]
    assert measured("unresolved", *steps, act("I give up")) == [*(float(mark) for _, mark in calls), 0]
    assert measured("unresolved", *steps[:2]) == [0, 0]


def test_waves_through() -> None:
    """Calling right what another said is waving it through when nothing was looked at in between."""
    verdict = "I verified it; the price is correct."
    assert measured("waves_through", act("It is 3"), act(verdict, "b")) == [0, 1]
    assert measured("waves_through", act("It is 3"), seen("3"), act(verdict, "b")) == [0, 0]
    assert measured("waves_through", act("It is 3"), act(verdict, "a")) == [0, 0]
    assert measured("waves_through", act("It is 3"), act(verdict, "b", "search")) == [0, 0]
