from __future__ import annotations

import json

from peek_tui.analysis.news import News
from peek_tui.analysis.readings import PAYLOAD, Reading, as_object

from .run import Run


def test_one_pass(run: Run) -> None:
    """What was announced is read of all lines at once, in the order of the rows; other things when asked for."""
    read: list[tuple[str, int]] = []

    def sizes(payloads: list[bytes]) -> list[int]:
        read.extend(("sizes", len(one)) for one in payloads)
        return list(map(len, payloads))

    def payload(payloads: list[bytes]) -> list[bytes]:
        read.extend(("payload", len(one)) for one in payloads)
        return payloads

    calls, results, logs = Reading("tool_call", payload), Reading("tool_result", sizes), Reading("log", payload)
    run.tool("search", {"q": 1})
    run.add("log", data={"text": "x"})
    run.tool("search", {"q": 2})
    news = News(run.snapshot(), reads=(calls, results))
    for _ in range(2):
        assert news.read(calls) == [b',"data":{"arguments":{"q":%d}}}' % q for q in (1, 2)]
        assert news.read(results) == [26, 26]
    assert read == [("payload", 30), ("payload", 30), ("sizes", 26), ("sizes", 26)]
    assert news.read(logs) == [b',"data":{"text":"x"}}']


def test_odd_lines(run: Run) -> None:
    """A line with its keys in another order, in a file of ours, has its payload all the same, and only that."""
    run.add("agent_start", "coder", {"capture": {"version": "1"}})
    run.call("search", {"q": 1})
    _, line = run.path.read_bytes().splitlines()
    fields = json.loads(line.replace(b"00000001", b"00000002"))
    run.write(json.dumps(dict(reversed(fields.items()))).encode() + b"\n")
    snapshot = run.snapshot()
    assert snapshot.is_ours
    payloads = News(snapshot).read(Reading("tool_call", list))
    assert [json.loads(as_object(one)) for one in payloads] == 2 * [{"data": {"arguments": {"q": 1}}}]


def test_known_places(run: Run) -> None:
    """Payloads are the same whether the index knows where they begin, as in most of a long trace, or not."""
    run.add("agent_start", "coder", {"capture": {"version": "1"}})
    asked = [{"q": f"{number} {'words ' * 50}"} for number in range(1_500)]
    for number, arguments in enumerate(asked):
        run.call("search", arguments, **({"error": {"type": "E", "message": "no"}} if number % 10 == 0 else {}))
    snapshot = run.snapshot()
    payloads = News(snapshot).read(Reading("tool_call", list))
    assert [json.loads(as_object(one))["data"]["arguments"] for one in payloads] == asked
    assert all(one.startswith(PAYLOAD) for one in payloads)
    known = [stretch.payloads > stretch.begins for stretch in snapshot.stretches(range(1, len(snapshot)))]
    assert 500 < sum(map(sum, known)) < 1_400
