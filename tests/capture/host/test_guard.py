"""The guard, proven on everything: whichever function of ours raises, the host gets its own objects and exceptions."""

from __future__ import annotations

import asyncio
import contextvars
import importlib
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any, NoReturn

import httpx
import httpx2
import pytest

import capture
from capture import TraceContext, trace_agent, trace_llm_call, trace_tool
from capture._core import asked, roots
from capture._core.guard import guarded
from capture.instrument import _imports
from capture.instrument._imports import when_imported
from peek_tui.demo.server import ModelServer, Reply, Text, ToolUse

from .faults import broken, functions_called

SPOKEN = Reply((Text("Zoë is waiting"), ToolUse("lookup", {"id": "4127"}, id="call_1")))
BODY = {"model": "gpt", "messages": [{"role": "user", "content": "hi"}]}
TALK = [{"role": "user", "content": "who is waiting? " * 500}]
TOLD = [*TALK, {"role": "assistant", "content": "I look"}, {"role": "tool", "tool_call_id": "call_1", "content": "Zoë"}]
HEADERS = {"authorization": "Bearer demo"}

Decorator = Callable[..., Any]


class HostError(Exception):
    """What the host raises, and must get back as it is."""


@pytest.fixture
def server(serve: Callable[..., ModelServer]) -> ModelServer:
    return serve(*[SPOKEN] * 10_000)


# -- what a host does --------------------------------------------------------------------------------------------------


def call_functions(decorate: Decorator) -> None:
    """Have it on every kind of function; each gives what it gives and raises what it raises."""
    result, failure = object(), HostError("theirs")

    def work(argument: object) -> object:
        return argument

    def fail(argument: object) -> NoReturn:
        raise failure

    async def work_async(argument: object) -> object:
        return argument

    async def fail_async(argument: object) -> NoReturn:
        raise failure

    assert decorate(work)(result) is result
    assert asyncio.run(decorate(work_async)(result)) is result
    assert caught(lambda: decorate(fail)(result)) is failure
    assert caught(lambda: asyncio.run(decorate(fail_async)(result))) is failure


def iterate(decorate: Decorator) -> None:
    """Have it on a generator, read to the end, failing, closed early and thrown into."""
    result, failure, cleaned = object(), HostError("theirs"), []

    @decorate
    def items(count: int) -> Generator[object, object, object]:
        heard = None
        try:
            for _ in range(count):
                heard = yield result
            if count == 3:
                raise failure
        finally:
            cleaned.append(count)
        return heard

    generator = items(1)
    assert next(generator) is result
    stopped = caught(lambda: generator.send(failure))
    assert isinstance(stopped, StopIteration)
    assert stopped.value is failure
    assert caught(lambda: list(items(3))) is failure
    early = items(2)
    assert next(early) is result
    early.close()
    thrown = items(4)
    assert next(thrown) is result
    assert caught(lambda: thrown.throw(failure)) is failure
    assert cleaned == [1, 3, 2, 4]


async def iterate_async(decorate: Decorator) -> None:
    """Have it on an asynchronous generator."""
    result, failure, cleaned = object(), HostError("theirs"), []

    @decorate
    async def items(count: int) -> AsyncGenerator[object, object]:
        try:
            for _ in range(count):
                yield result
            if count == 3:
                raise failure
        finally:
            cleaned.append(count)

    async def read(count: int) -> list[object]:
        return [item async for item in items(count)]

    assert await read(1) == [result]
    assert await caught_async(read(3)) is failure
    early = items(2)
    assert await anext(early) is result
    await early.aclose()
    thrown = items(4)
    assert await thrown.asend(None) is result
    assert await caught_async(thrown.athrow(failure)) is failure
    assert cleaned == [1, 3, 2, 4]


def start_threads() -> None:
    """Have a thread and an executor, whose results and failures are the host's own."""
    result, failure = object(), HostError("theirs")
    seen: list[object] = []
    thread = threading.Thread(target=seen.append, args=(result,))
    thread.start()
    thread.join()
    assert seen == [result]

    def fail() -> NoReturn:
        raise failure

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(lambda: result).result() is result
        assert pool.submit(fail).exception() is failure


def ignore(value: object) -> None:
    """Wait for something and do nothing with it."""


def import_modules() -> None:
    """Have a module imported that somebody waits for, one that raises, and one that is not there."""
    failure = HostError("theirs")
    sys.modules["host_failure"] = SimpleNamespace(failure=failure)  # type: ignore[assignment]
    for name in ("host_module", "host_broken_module", "host_missing_module"):
        sys.modules.pop(name, None)
        guarded(None)(when_imported)(name, ignore)  # as `install()` does it
    assert importlib.import_module("host_module").value == 1
    assert caught(lambda: importlib.import_module("host_broken_module")) is failure
    missing = caught(lambda: importlib.import_module("host_missing_module"))
    assert isinstance(missing, ModuleNotFoundError)
    assert str(missing) == "No module named 'host_missing_module'"


def ignore_all(*args: object) -> None:
    """Stand in for what would print an exception."""


def die_unseen(*, threads: bool) -> None:
    """Have an exception that nobody catches, in the program and in a thread."""
    failure = HostError("theirs")

    def fail() -> NoReturn:
        raise failure

    sys.excepthook(HostError, failure, None)
    if threads:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()


async def die_unseen_async() -> None:
    """Have an exception that no task waits for."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(ignore_all)
    loop.call_exception_handler({"message": "lost", "exception": HostError("theirs")})


def sent(server: ModelServer, response: Any) -> bytes:
    """Return what the server sent, told by the request's id: it hears late of a stream that was closed early."""
    id = response.headers["x-request-id"]
    return next(exchange.response for exchange in reversed(server.exchanges) if exchange.request_id == id)


def ask(server: ModelServer) -> None:
    """Have a model asked, whole, streamed, stopped early and failing, over both HTTP packages."""
    url = f"{server.base_url}/v1/chat/completions"
    for library in (httpx, httpx2):
        with capture.wrap(library.Client(trust_env=False, verify=False, headers=HEADERS)) as client:
            assert client.post(url, json=BODY).json()["choices"][0]["message"]["content"] == "Zoë is waiting"
            with client.stream("POST", url, json={**BODY, "stream": True}) as response:
                assert b"".join(response.iter_raw()) == sent(server, response)
            with client.stream("POST", url, json={**BODY, "stream": True}) as response:
                assert next(response.iter_raw()).startswith(b"data: {")
            for messages in (TALK, TOLD, TOLD):
                assert client.post(url, json={**BODY, "messages": messages}).status_code == 200
        assert_passed_on(library)


def assert_passed_on(library: Any) -> None:
    failure, made = HostError("theirs"), []

    class Breaking(library.SyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            yield b"data: {}\n\n"
            raise failure

    def answer(request: Any) -> Any:
        if request.headers.get("fail"):
            raise failure
        made.append(library.Response(200, headers={"content-type": "text/event-stream"}, stream=Breaking()))
        return made[-1]

    with library.Client(transport=library.MockTransport(answer)) as client:
        request = client.build_request("POST", "http://model.test/v1/chat/completions", json=BODY)
        response = client.send(request, stream=True)
        assert response is made[0]
        assert caught(lambda: list(response.iter_raw())) is failure
        response.close()
        request.headers["fail"] = "1"
        assert caught(lambda: client.send(request)) is failure


async def ask_async(server: ModelServer) -> None:
    url = f"{server.base_url}/v1/chat/completions"
    for library in (httpx, httpx2):
        async with library.AsyncClient(trust_env=False, verify=False, headers=HEADERS) as client:
            answer = await client.post(url, json=BODY)
            assert answer.json()["choices"][0]["message"]["content"] == "Zoë is waiting"
            async with client.stream("POST", url, json={**BODY, "stream": True}) as response:
                pieces = [piece async for piece in response.aiter_raw()]
            assert b"".join(pieces) == sent(server, response)
            async with client.stream("POST", url, json={**BODY, "stream": True}) as response:
                raw = response.aiter_raw()
                assert (await anext(raw)).startswith(b"data: {")
                await raw.aclose()
        await assert_passed_on_async(library)


async def assert_passed_on_async(library: Any) -> None:
    failure = HostError("theirs")

    async def fail(request: Any) -> NoReturn:
        raise failure

    async with library.AsyncClient(transport=library.MockTransport(fail)) as client:
        assert await caught_async(client.post("http://model.test/v1/chat/completions", json=BODY)) is failure


def caught(work: Callable[[], object]) -> BaseException | None:
    try:
        work()
    except (HostError, StopIteration, ImportError) as error:
        return error
    return None


async def caught_async(work: Awaitable[object]) -> BaseException | None:
    try:
        await work
    except HostError as error:
        return error
    return None


# -- the proof ---------------------------------------------------------------------------------------------------------


class Host:
    """A host that does all that, each time in a fresh trace and with the libraries as they were before us."""

    def __init__(self, server: ModelServer, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._server = server
        self._directory = directory
        self._runs = 0
        taps: list[tuple[Any, str]] = [
            (client, "send") for library in (httpx, httpx2) for client in (library.Client, library.AsyncClient)
        ]
        taps.append((asyncio.BaseEventLoop, "call_exception_handler"))
        taps += [(threading.Thread, "start"), (ThreadPoolExecutor, "submit")]
        self._taps = [(owner, name, getattr(owner, name)) for owner, name in taps]
        for tap in self._taps:
            monkeypatch.setattr(*tap)  # so that it is put back at the end
        monkeypatch.setattr(_imports._watcher, "_waiting", {})
        for module in (sys, threading):
            monkeypatch.setattr(module, "excepthook", ignore_all)
            self._taps.append((module, "excepthook", ignore_all))
        (directory / "host_module.py").write_text("value = 1\n")
        (directory / "host_broken_module.py").write_text("from host_failure import failure\nraise failure\n")
        monkeypatch.syspath_prepend(str(directory))
        self._finders = list(sys.meta_path)

    def prepare(self, alone: bool = False) -> Callable[[], None]:
        """Return its work, ready to run; `alone` in one thread."""
        capture.uninstall()
        for tap in self._taps:
            setattr(*tap)  # what was broken may not have noted what it had put in its place
        _imports._watcher._waiting.clear()
        roots._open.clear()
        self._runs += 1
        self.path = self._directory / f"{self._runs}.jsonl"
        context = TraceContext("desk", path=self.path)
        place = contextvars.copy_context()
        place.run(context.__enter__)
        return lambda: place.run(self._work, alone)

    def _work(self, alone: bool) -> None:
        sys.meta_path[:] = self._finders
        capture.install()
        for decorate in (trace_agent, trace_tool, trace_llm_call):
            call_functions(decorate)
            iterate(decorate)
            asyncio.run(iterate_async(decorate))
        if not alone:
            start_threads()
        import_modules()
        die_unseen(threads=not alone)
        asyncio.run(die_unseen_async())
        ask(self._server)
        asyncio.run(ask_async(self._server))


@pytest.fixture
def host(server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, untapped: None) -> Iterator[Host]:
    monkeypatch.setattr(asked, "_observed", {})  # no other test's host runs a tool named as this one's
    finders = list(sys.meta_path)
    directory = tmp_path / "host"
    directory.mkdir()
    yield Host(server, directory, monkeypatch)
    sys.meta_path[:] = finders
    for name in ("host_module", "host_broken_module", "host_failure"):
        sys.modules.pop(name, None)
    roots._open.clear()


WRAPPERS = {
    "_core.guard.guarded",
    "instrument._imports._Watcher.find_spec",
    "instrument._imports._Loader.__init__",
    "instrument._imports._Loader.create_module",
    "instrument._imports._Loader.exec_module",
    "instrument._wrap.call",
    "instrument._wrap.call_async",
    "instrument._wrap.notify",
    "instrument._wrap.observer_of",
    "instrument.decorators._decorator",
    "instrument.decorators.trace_agent",
    "instrument.decorators.trace_llm_call",
    "instrument.decorators.trace_tool",
    "instrument.generators._begin",
    "instrument.generators._end",
    "instrument.generators.traced_async_generator",
    "instrument.generators.traced_generator",
    "instrument.one_client.wrap",
    "instrument.registry.install",
    "instrument.tee._Async.__aiter__",
    "instrument.tee._Async.aclose",
    "instrument.tee._Chunks.__anext__",
    "instrument.tee._Chunks.__init__",
    "instrument.tee._Chunks._watched",
    "instrument.tee._Generator.aclose",
    "instrument.tee._Sync.__iter__",
    "instrument.tee._Sync.close",
    "instrument.threads._at",
}
"""What stands between the host and its own code, and the guard itself: the only functions that may not fail. They call
an original, a guarded function, or nothing.
"""
CLOSURES = {
    "_core.guard.guarded.<locals>.decorate",
    "_core.guard.guarded.<locals>.decorate.<locals>.guard",
    "instrument.decorators._decorator.<locals>.decorate",
    "instrument.decorators._decorator.<locals>.decorate.<locals>.traced",
    "instrument.decorators._decorator.<locals>.decorate.<locals>.traced_async",
    "instrument.exceptions._hook.<locals>.hook",
    "instrument.generators.traced_async_generator.<locals>.traced",
    "instrument.generators.traced_generator.<locals>.traced",
    "instrument.http._async_send.<locals>.send",
    "instrument.http._sync_send.<locals>.send",
    "instrument.threads._at.<locals>.run",
    "instrument.threads._carry.<locals>.put_back",
    "instrument.threads._carry.<locals>.run_at_place",
    "instrument.threads._start_with_place.<locals>.start",
    "instrument.threads._submit_with_place.<locals>.submit",
}
"""The wrappers that are made for one original each; they cannot be made to fail from outside."""
DESTRUCTORS = {"instrument.tee._Tee.__del__"}
"""What they raise the interpreter reports and drops, the host's own too. There is one, for streams that are forgotten;
it only calls the guard.
"""


SHARES = 8
"""Parts of the proof: all that work, once for each function of ours, takes its time on a busy machine."""


@pytest.mark.timeout(400)
@pytest.mark.parametrize("share", range(SHARES))
def test_every_function(host: Host, swallowed: list[Exception], share: int) -> None:
    """Whichever function of ours raises, whenever it is called: only if it is one of the wrappers does the host
    notice. Every other one's fault is swallowed, or dealt with where it arises.
    """
    host.prepare()()  # everything that loads at its first use
    called = functions_called(host.prepare())
    assert {name for name in called if "<locals>" in name} == CLOSURES
    fault = RuntimeError("ours")
    felt = set()

    def fail() -> NoReturn:
        raise fault

    assert called.keys() >= WRAPPERS
    names = sorted(called.keys() - CLOSURES - DESTRUCTORS)[share::SHARES]
    for name in names:
        work = host.prepare()
        swallowed.clear()
        with broken(called[name], fail):
            failure = caught_all(work)
        if failure is not None:
            felt.add(name)
        assert name in WRAPPERS or set(map(id, swallowed)) <= {id(fault)}, (name, swallowed)
    swallowed.clear()
    assert felt == WRAPPERS.intersection(names)


def test_an_observer_is_seen_to_fail(host: Host, swallowed: list[Exception]) -> None:
    """The proof is one: the observers of every instrumentation are among the functions that were made to raise."""
    host.prepare()()
    called = functions_called(host.prepare())
    observers = {
        "http._ModelCall": ("before", "returned", "raised"),
        "answer.Answer": ("begin", "whole", "chunk", "ended", "failed", "closed"),
        "decorators._AgentRun": ("before", "returned", "raised", "yielded", "closed"),
        "decorators._ToolCall": ("before", "returned", "raised", "closed"),
        "decorators._ModelCall": ("before", "returned", "raised", "closed"),
        "decorators._Call": ("yielded",),
        "bodies.Bodies": ("read", "_continued"),
    }
    for name, methods in observers.items():
        assert {f"instrument.{name}.{method}" for method in methods} <= called.keys()
    others = (
        "tools.calls_asked",
        "tools.results_sent",
        "tools._record_result",
        "threads._place",
        "generators._swap",
        "http._watch",
        "exceptions._record",
        "one_client._http_clients",
    )
    for name in (*others, "http.instrument", "threads.instrument", "exceptions.instrument", "registry.do_once"):
        assert f"instrument.{name}" in called


# -- what is not ours --------------------------------------------------------------------------------------------------


class LimitError(Exception):
    """A soft time limit, as a worker's signal handler raises it."""


def caught_all(work: Callable[[], object]) -> BaseException | None:
    try:
        work()
    except BaseException as error:
        return error
    return None


@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError, LimitError])
def test_what_passes(host: Host, kind: type[BaseException]) -> None:
    """An interrupt, a cancellation and what a signal handler of the host raises pass through, in whichever function
    of ours they strike, and reach the host as the same object.
    """
    host.prepare(alone=True)()
    called = functions_called(host.prepare(alone=True))
    fault = kind()

    def on_signal(number: int, frame: FrameType | None) -> NoReturn:
        raise fault

    reached = set()

    def strike() -> None:
        reached.add(name)
        signal.raise_signal(signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, on_signal)
    try:
        for name in called.keys() - CLOSURES - DESTRUCTORS:
            work = host.prepare(alone=True)
            with broken(called[name], strike):
                failure = caught_all(work)
            assert failure is fault or name not in reached, name  # some are called once in a second only
            fault.__traceback__ = fault.__context__ = None
    finally:
        signal.signal(signal.SIGUSR1, before)
