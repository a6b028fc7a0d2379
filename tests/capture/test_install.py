"""`install()` and `uninstall()`: what they put in place, and that nothing of it stays."""

from __future__ import annotations

import importlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import httpx2
import pytest

import capture
from capture.instrument.registry import INSTRUMENTATIONS
from capture.testing import read_events
from tests.conftest import RunPython

ORIGINALS: dict[str, tuple[tuple[Any, str], ...]] = {
    "httpx": ((httpx.Client, "send"), (httpx.AsyncClient, "send")),
    "httpx2": ((httpx2.Client, "send"), (httpx2.AsyncClient, "send")),
    "threads": ((threading.Thread, "start"), (ThreadPoolExecutor, "submit")),
}
EVERY = tuple(place for places in ORIGINALS.values() for place in places)


def stored(places: tuple[tuple[Any, str], ...]) -> list[object]:
    return [vars(owner)[name] for owner, name in places]


def test_uninstall() -> None:
    """The very same functions are back, however often they were replaced."""
    before, finders = stored(EVERY), list(sys.meta_path)
    for _ in range(2):
        capture.install()
        capture.install()
        assert not any(ours is theirs for ours, theirs in zip(stored(EVERY), before, strict=True))
        capture.uninstall()
        capture.uninstall()
        assert all(now is then for now, then in zip(stored(EVERY), before, strict=True))
        assert sys.meta_path == finders


@pytest.mark.parametrize("name", ORIGINALS)
def test_only(name: str) -> None:
    """`only` leaves everything else alone; what was installed before stays."""
    others = tuple(place for place in EVERY if place not in ORIGINALS[name])
    ours, theirs = stored(ORIGINALS[name]), stored(others)
    capture.install(only=[name])
    assert not any(now is then for now, then in zip(stored(ORIGINALS[name]), ours, strict=True))
    assert all(now is then for now, then in zip(stored(others), theirs, strict=True))
    capture.install(only=())
    assert not any(now is then for now, then in zip(stored(ORIGINALS[name]), ours, strict=True))


def test_unknown_name() -> None:
    """A name there is not is an error that says which ones there are, and nothing is installed."""
    before = stored(EVERY)
    with pytest.raises(capture.UsageError, match=r"^install\(\) knows no 'htpx'; it knows .*\bhttpx\b.*threads"):
        capture.install(only=["htpx", "threads"])
    assert all(now is then for now, then in zip(stored(EVERY), before, strict=True))


def test_wrapped_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who wrapped what we had put in place keeps it, and it does nothing but call the original any more."""
    original = httpx.Client.send
    monkeypatch.setattr(httpx.Client, "send", original)
    capture.install()
    ours = httpx.Client.send

    def theirs(*args: Any, **kwargs: Any) -> Any:
        return ours(*args, **kwargs)

    httpx.Client.send = theirs  # type: ignore[method-assign]
    capture.uninstall()
    assert httpx.Client.send is theirs
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json={}))
    with capture.TraceContext("desk") as ctx, httpx.Client(transport=transport) as client:
        client.post("http://model.test/v1/chat/completions", json={"model": "m", "messages": []})
    assert [event["type"] for event in read_events(ctx.path)] == ["agent_start", "agent_end"]


def test_rows() -> None:
    """Every row has a home that loads without the library it is for, and says in words what it sees."""
    for row in INSTRUMENTATIONS:
        home = importlib.import_module(f"capture.instrument.{row.home}")
        assert callable(home.instrument)
        assert row.sees
        assert row.how in {"wire", "callback", "spans", "python"}


def test_nothing_is_imported(run_python: RunPython) -> None:
    """To install imports none of the libraries, and to take it back leaves nothing to find them with."""
    run_python(
        """
import sys
finders = list(sys.meta_path)
import capture
capture.install()
packages = [row.module for row in sys.modules["capture.instrument.registry"].INSTRUMENTATIONS if row.package]
assert packages
assert not {name for name in packages if name in sys.modules}, sys.modules.keys()
assert len(sys.meta_path) == len(finders) + 1
capture.uninstall()
assert sys.meta_path == finders
"""
    )
