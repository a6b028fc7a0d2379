"""What models cost, by the optional package `genai-prices`: always an estimate."""

from __future__ import annotations

from functools import cache
from typing import Any

from peek_tui.trace.model import Usage

__all__ = ["HOW_TO_INSTALL", "price_of", "prices_are_known"]

HOW_TO_INSTALL = "pip install 'peek-tui[prices]'"


def price_of(model: str, provider: str, usage: Usage) -> float | None:
    """Return what a model call costs in dollars by list prices; None when model or package are not known."""
    known = _genai_prices()
    if known is None or not model:
        return None
    counts = known.Usage(
        input_tokens=usage.input,
        output_tokens=usage.output,
        cache_read_tokens=usage.cache_read,
        cache_write_tokens=usage.cache_write,
    )
    for where in dict.fromkeys((provider or None, None)):  # a proxy's name is no provider's
        try:
            return float(known.calc_price(counts, model_ref=model, provider_id=where).total_price)
        except (LookupError, ValueError):
            continue
    return None


def prices_are_known() -> bool:
    """Whether the package is installed."""
    return _genai_prices() is not None


@cache
def _genai_prices() -> Any:
    try:
        import genai_prices
    except ImportError:
        return None
    return genai_prices
