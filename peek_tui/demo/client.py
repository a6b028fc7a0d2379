"""The client the demo agent asks its model with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anthropic import Anthropic

__all__ = ["connect"]


def connect(base_url: str) -> Anthropic:
    """Anthropic's own client, straight to a server on this machine: a proxy the environment names cannot reach it."""
    try:
        import anthropic
    except ImportError as missing:
        raise SystemExit(
            'the demo agent speaks through the Anthropic client: pip install "peek-tui[demo]"'
        ) from missing
    direct = anthropic.DefaultHttpxClient(mounts={"all://127.0.0.1": None})
    return anthropic.Anthropic(base_url=base_url, api_key="demo", max_retries=2, http_client=direct)
