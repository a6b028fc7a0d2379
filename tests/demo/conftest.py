"""What the demo's tests share: a server with scripted answers, a real client of it, and a place for traces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import anthropic
import pytest

import capture
from peek_tui.demo.server import Failure, Model, ModelServer, Reply, ScriptedModel

Serve = Callable[..., ModelServer]


@pytest.fixture(autouse=True)
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where traces go in a test. A run taps httpx2 for the rest of the process, so any test may record a session."""
    monkeypatch.setenv("PEEK_DIR", str(tmp_path / "peek"))
    yield tmp_path / "peek" / "traces"
    capture.end_session()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Open servers that give these answers, or speak for this model, until the test ends."""
    with ExitStack() as servers:

        def open_server(*answers: Reply | Failure, model: Model | None = None, pace: float = 0.0) -> ModelServer:
            return servers.enter_context(ModelServer(model or ScriptedModel(*answers), pace=pace))

        yield open_server


@pytest.fixture
def connect() -> Iterator[Callable[[ModelServer], anthropic.Anthropic]]:
    """Open real clients of a server until the test ends."""
    with ExitStack() as clients:

        def open_client(server: ModelServer) -> anthropic.Anthropic:
            return clients.enter_context(anthropic.Anthropic(base_url=server.base_url, api_key="demo", max_retries=2))

        yield open_client
