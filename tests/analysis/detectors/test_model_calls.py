"""Burn rate, context window, prompt cache and truncated output: what model calls use up and have no room for."""

from __future__ import annotations

import json
from typing import Any

from peek_tui.analysis.detectors.context_window import window_of
from tests.analysis.run import Run

USAGE = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens")


def call(run: Run, *usage: int, model: str = "claude-sonnet-5", seconds: int = 1, **data: Any) -> str:
    run.clock += seconds
    request = run.add("llm_request", model, {"messages": data.pop("messages", [])}, ts=run.clock * 1_000_000_000)
    header = {"usage": dict(zip(USAGE, usage, strict=False))} if usage else {}
    run.clock += seconds
    return run.add("llm_response", model, data, request, run.clock * 1_000_000_000, **header)


def test_burn_rate(run: Run) -> None:
    """A run that spent 100 tokens a second and now spends 5,000."""
    for _ in range(200):
        call(run, 180, 20)
    for _ in range(30):
        call(run, 9000, 1000)
    [alert] = run.alerts("burn_rate")
    assert alert.title.startswith("model calls spent 300,000 tokens in 60 seconds, ")


def test_cached_tokens_do_not_burn(run: Run) -> None:
    """A long conversation that comes from the cache, and one as expensive as ever, burn nothing."""
    for _ in range(200):
        call(run, 180, 20)
    for _ in range(30):
        call(run, 150_000, 20, 149_900)
    assert run.alerts("burn_rate") == []


def test_context_window(run: Run) -> None:
    """Calls that fill 90 % of what their model can read, as one alert; another model has more room."""
    call(run, 179_000, 1)
    full = [call(run, tokens, 1) for tokens in (181_000, 190_000)]
    call(run, 190_000, 1, model="gpt-5.4")
    call(run, 900_000, 1)
    [alert] = run.alerts("context_window")
    assert (alert.evidence, alert.severity) == (tuple(full), "medium")
    assert alert.title == "claude-sonnet-5 was told 190,000 tokens at 5, 95 % of all it can read"


def test_too_long(run: Run) -> None:
    """A request that a provider refused because it was too long."""
    run.model(error={"type": "BadRequestError", "message": "prompt is too long: 212345 tokens > 200000 maximum"})
    run.model(error={"type": "BadRequestError", "message": "max_tokens is required"})
    [alert] = run.alerts("context_window")
    assert (alert.severity, alert.first_row) == ("high", 1)


def test_windows() -> None:
    """Models are known by their names, those of no known family not at all."""
    names = {"claude-3-5-sonnet": 200_000, "gpt-4o-mini": 128_000, "gpt-4.1": 1_047_576, "openai/o3-mini": 200_000}
    assert {name: window_of(name) for name in names} == names
    assert window_of("my-own-model") is None


def messages(*texts: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text} for text in texts]


def test_prompt_cache(run: Run) -> None:
    """A message in the middle changed, so that what had been cached was read anew: it is named."""
    call(run, 5000, 10, 0, 4800, messages=messages("a", "b", "c"))
    call(run, 6000, 10, 100, 0, messages=messages("a", "B", "c", "d"))
    [alert] = run.alerts("prompt_cache_broken")
    assert alert.title == (
        "the prompt cache of claude-sonnet-5 was broken at 2: message 2 (user) changed, and 4,700 tokens were read anew"
    )


def test_prompt_cache_kept(run: Run) -> None:
    """A conversation that only grew, a shorter one, one that rested for an hour, a small one: nothing was broken."""
    call(run, 5000, 10, 0, 4800, messages=messages("a", "b"))
    call(run, 6000, 10, 0, 0, messages=messages("a", "b", "c"))
    call(run, 5000, 10, 0, 4800, messages=messages("a", "b"))
    call(run, 400, 10, 0, 0, messages=messages("x"))
    call(run, 5000, 10, 0, 4800, messages=messages("a", "b"))
    call(run, 5000, 10, 0, 0, seconds=3600, messages=messages("x", "b"))
    call(run, 600, 10, 0, 500, model="m", messages=messages("a"))
    call(run, 600, 10, 0, 0, model="m", messages=messages("b"))
    assert run.alerts("prompt_cache_broken") == []


def test_truncated(run: Run) -> None:
    """Answers that stopped for want of room, those in a row as one; others stopped by themselves."""
    cut = [call(run, finish_reason=reason) for reason in ("length", "max_tokens")]
    call(run, finish_reason="stop")
    last = call(run, finish_reason="max_tokens")
    call(run, finish_reason="end_turn", content=[{"type": "text", "text": '"finish_reason":"length"'}])
    first, second = run.alerts("truncated_output")
    assert (first.evidence, second.evidence) == (tuple(cut), (last,))
    assert first.title == "claude-sonnet-5 ran out of room 2 times between 1 and 3, its answers are cut"
    assert second.title == "claude-sonnet-5 ran out of room at 7, its answer is cut"


def test_truncated_of_another_writer(run: Run) -> None:
    """An answer that was cut is found in the lines of a writer that puts blanks behind colons, too."""
    for number, spacing in enumerate(((",", ":"), (", ", ": "))):
        event = {"v": 1, "id": f"5f3a9c1e0000000{number}", "session": "s", "ts": number, "type": "llm_response"}
        line = json.dumps({**event, "name": "m", "data": {"finish_reason": "length"}}, separators=spacing)
        run.write(line.encode() + b"\n")
    [alert] = run.alerts("truncated_output")
    assert (alert.first_row, alert.last_row) == (0, 1)
