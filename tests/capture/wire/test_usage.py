from __future__ import annotations

from typing import Any

import pytest

from capture.wire.usage import anthropic_usage, gemini_usage, openai_usage


@pytest.mark.parametrize(
    ("raw", "usage"),
    [
        (None, None),
        ({}, None),
        ({"input_tokens": 3, "output_tokens": 4}, {"input_tokens": 3, "output_tokens": 4}),
        (
            {"input_tokens": 3, "output_tokens": 4, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 6},
            {"input_tokens": 14, "output_tokens": 4, "cache_read_tokens": 5, "cache_write_tokens": 6},
        ),
        (
            {"input_tokens": 3, "cache_read_input_tokens": None},
            {"input_tokens": 3, "output_tokens": 0, "cache_read_tokens": 0},
        ),
        ({"output_tokens": "many"}, {"input_tokens": 0, "output_tokens": 0}),
    ],
)
def test_anthropic(raw: Any, usage: Any) -> None:
    """Input tokens include what came from and went to the cache."""
    assert anthropic_usage(raw) == usage


@pytest.mark.parametrize(
    ("raw", "usage"),
    [
        (None, None),
        ({"prompt_tokens": 3, "total_tokens": 3}, {"input_tokens": 3, "output_tokens": 0}),
        (
            {
                "prompt_tokens": 9,
                "completion_tokens": 4,
                "prompt_tokens_details": {"cached_tokens": 2, "cache_write_tokens": 1, "audio_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 3},
            },
            {
                "input_tokens": 9,
                "output_tokens": 4,
                "cache_read_tokens": 2,
                "cache_write_tokens": 1,
                "reasoning_tokens": 3,
            },
        ),
        (
            {"input_tokens": 9, "output_tokens": 4, "input_tokens_details": {"cached_tokens": 2}},
            {"input_tokens": 9, "output_tokens": 4, "cache_read_tokens": 2},
        ),
        (
            {"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": None},
            {"input_tokens": 9, "output_tokens": 1},
        ),
    ],
)
def test_openai(raw: Any, usage: Any) -> None:
    """Both of its vocabularies count cache and reasoning in already."""
    assert openai_usage(raw) == usage


@pytest.mark.parametrize(
    ("raw", "usage"),
    [
        ({}, None),
        ({"promptTokenCount": 5}, {"input_tokens": 5, "output_tokens": 0}),
        (
            {
                "promptTokenCount": 5,
                "toolUsePromptTokenCount": 2,
                "candidatesTokenCount": 4,
                "thoughtsTokenCount": 3,
                "cachedContentTokenCount": 1,
            },
            {"input_tokens": 7, "output_tokens": 7, "cache_read_tokens": 1, "reasoning_tokens": 3},
        ),
    ],
)
def test_gemini(raw: Any, usage: Any) -> None:
    """Thoughts are part of what was put out, the results of its own tools of what went in."""
    assert gemini_usage(raw) == usage
