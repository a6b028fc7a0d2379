"""The clients the demo's agents ask their models with: the providers' own.

They go straight to a server on this machine, which a proxy that the environment names could not reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anthropic import Anthropic
    from openai import OpenAI

__all__ = ["connect_anthropic", "connect_openai"]

_LOOPBACK = "all://127.0.0.1"


def connect_anthropic(base_url: str) -> Anthropic:
    """Anthropic's client."""
    try:
        import anthropic
    except ImportError as missing:
        raise _not_installed("Anthropic") from missing
    direct = anthropic.DefaultHttpxClient(mounts={_LOOPBACK: None})
    return anthropic.Anthropic(base_url=base_url, api_key="demo", max_retries=2, http_client=direct)


def connect_openai(base_url: str) -> OpenAI:
    """OpenAI's client."""
    try:
        import openai
    except ImportError as missing:
        raise _not_installed("OpenAI") from missing
    direct = openai.DefaultHttpxClient(mounts={_LOOPBACK: None})
    return openai.OpenAI(base_url=f"{base_url}/v1", api_key="demo", max_retries=2, http_client=direct)


def _not_installed(provider: str) -> SystemExit:
    return SystemExit(f'the demo speaks through the {provider} client: pip install "peek-tui[demo]"')
