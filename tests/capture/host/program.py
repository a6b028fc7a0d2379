"""A program that does what agents do, and tells everything it sees; with `watched` it does so under capture.

Its arguments: where the model server is, `watched` or `plain`, and how it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

url, watched, ending = sys.argv[1], sys.argv[2] == "watched", sys.argv[3]

F = TypeVar("F", bound=Callable[..., Any])


def tool(function: F) -> F:
    """Leave a function alone, or have its calls recorded."""
    return capture.trace_tool(function) if watched else function


agent: Any = contextlib.nullcontext()
if watched:
    import capture

    capture.install()
    agent = capture.TraceContext("program")

import anthropic  # noqa: E402
import httpx  # noqa: E402
import openai  # noqa: E402

CLAUDE: Any = {"model": "claude", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
GPT: Any = {"model": "gpt", "messages": [{"role": "user", "content": "hi"}]}


class OwnError(Exception):
    pass


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


@tool
def shout(word: str) -> str:
    if not word:
        raise OwnError("nothing to shout")
    return word.upper()


@tool
def letters(word: str) -> Any:
    yield from word


@tool
async def whisper(word: str) -> str:
    await asyncio.sleep(0)
    return word.lower()


def sync_calls() -> None:
    with anthropic.Anthropic(base_url=url, api_key="k", max_retries=1) as claude:
        say(claude.messages.create(**CLAUDE).to_json())
        say([event.type for event in claude.messages.create(**CLAUDE, stream=True)])
        with claude.messages.stream(**CLAUDE) as stream:
            say(next(iter(stream.text_stream)))
        try:
            claude.messages.create(**CLAUDE)
        except anthropic.APIStatusError as error:
            say(type(error), error, error.status_code, type(error.__context__), type(error.__cause__))
    with openai.OpenAI(base_url=f"{url}/v1", api_key="k", http_client=cast(Any, httpx.Client(trust_env=False))) as gpt:
        for chunk in gpt.chat.completions.create(**GPT, stream=True):
            say(chunk.to_json(indent=None))


async def async_calls() -> None:
    asyncio.get_running_loop().slow_callback_duration = 60.0  # or a busy machine has something to say in one run only
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="k") as gpt:
        say((await gpt.chat.completions.create(**GPT)).to_json())
        async with await gpt.chat.completions.create(**GPT, stream=True) as stream:
            async for chunk in stream:
                say(chunk.choices[0].delta)
                break
    say(await asyncio.gather(*(whisper(word) for word in ("ONE", "TWO"))))


def threads() -> None:
    thread = threading.Thread(target=lambda: say(threading.current_thread().name, shout("in a thread")), name="t")
    thread.start()
    thread.join()
    say(thread.name, thread.is_alive())
    with ThreadPoolExecutor(2, thread_name_prefix="pool") as pool:
        say(list(pool.map(shout, ["a", "b"])))
        say(repr(pool.submit(shout, "").exception()))


def own_words() -> None:
    say("ü 顾客 👩‍💻")
    sys.stderr.write("to stderr\n")
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("program").info("a log line")
    warnings.warn("a warning", UserWarning, stacklevel=2)
    say(list(letters("abc")), shout.__name__, shout.__doc__)


def end() -> None:
    match ending:
        case "exit":
            sys.exit(7)
        case "message":
            sys.exit("the last word")
        case "own error":
            raise OwnError("uncaught")
        case "tool error":
            shout("")
        case "model error":
            anthropic.Anthropic(base_url=url, api_key="k", max_retries=0).messages.create(**CLAUDE)
        case "no connection":
            httpx.post("http://127.0.0.1:1/v1/chat/completions", json=GPT, trust_env=False)


with agent:
    own_words()
    sync_calls()
    asyncio.run(async_calls())
    threads()
    end()
