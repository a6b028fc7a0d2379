from __future__ import annotations

from typing import Any

import pytest

from capture.wire.usage import anthropic_usage


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
