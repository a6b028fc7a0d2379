"""What the tests of the host's view share: both HTTP packages with the tap and without, and servers to talk to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

import capture
from capture import TraceContext
from peek_tui.demo.server import Failure, ModelServer, Reply, ScriptedModel

Serve = Callable[..., ModelServer]


@pytest.fixture
def untapped() -> None:
    """The libraries as their authors wrote them, until something is installed."""
    capture.uninstall()


@pytest.fixture
def run(untapped: None, tmp_path: Path) -> Iterator[TraceContext]:
    """An open context, while the tap is in place."""
    capture.install()
    with TraceContext("desk", path=tmp_path / "run.jsonl") as context:
        yield context


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Open servers that give these answers, until the test ends."""
    with ExitStack() as servers:

        def open_server(
            *answers: Reply | Failure, kind: type[ModelServer] = ModelServer, pace: float = 0.0
        ) -> ModelServer:
            return servers.enter_context(kind(ScriptedModel(*answers), pace=pace))

        yield open_server
