"""What the server asks of a provider's format, and what both formats are made of: JSON, ids, and answers in pieces."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from .reply import Failure, Reply

__all__ = [
    "Frame",
    "JSONObject",
    "Tokens",
    "Wire",
    "dump",
    "invalid_request",
    "pieces_of_json",
    "pieces_of_text",
    "wire_id",
]

JSONObject = dict[str, Any]
"""A decoded JSON object; the wire formats are nested too deeply for types of their own to pay."""

_PIECE_OF_TEXT = re.compile(r"\s*\S{1,16}|\s+")
_PIECE_OF_JSON = re.compile(r".{1,20}", re.DOTALL)


class Tokens(NamedTuple):
    """How many tokens a request and its answer count; the first three are the request's, and share nothing."""

    fresh: int
    """Neither read from the prompt cache nor written to it."""
    written: int
    read: int
    output: int


class Frame(NamedTuple):
    """One server-sent event."""

    data: bytes
    spoken: bool = False
    """It carries a piece of the answer; after it the server waits for its pace."""
    closing: bool = False
    """It says that and how the answer ended, so a stream that breaks has none."""


class Wire(Protocol):
    """One provider's format."""

    request_id: str
    """The header that names a request."""
    usage: str
    """The key of an answer that counts its tokens."""

    def streams(self, request: JSONObject) -> bool:
        """Whether a request wants its answer as a stream."""
        ...

    def objection(self, headers: Mapping[str, str], request: JSONObject) -> Failure | None:
        """Say why the provider does not take a request, if it does not. The headers have lower-case names."""
        ...

    def answer(self, reply: Reply, request: JSONObject, request_id: str, tokens: Tokens) -> JSONObject:
        """The whole answer, as a request without `stream` gets it."""
        ...

    def frames(self, whole: JSONObject, request: JSONObject) -> Iterator[Frame]:
        """The same answer as a stream."""
        ...

    def error(self, failure: Failure, request_id: str) -> JSONObject:
        """The body of an error response."""
        ...

    def error_frame(self, failure: Failure, request_id: str) -> bytes:
        """An error in the midst of a stream."""
        ...


def invalid_request(text: str, param: str | None = None, code: str | None = None) -> Failure:
    """The request is not one the API understands."""
    return Failure(400, "invalid_request_error", text, param=param, code=code)


def wire_id(prefix: str, *parts: object) -> str:
    """An id of about the providers' width, the same for the same parts: two runs of the demo can be compared."""
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    return f"{prefix}01{digest[:22]}"


def dump(value: object) -> bytes:
    """JSON as the wire has it: compact, and UTF-8 rather than escapes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def pieces_of_text(text: str) -> list[str]:
    """A text as a stream brings it: word by word."""
    return _PIECE_OF_TEXT.findall(text)


def pieces_of_json(text: str) -> list[str]:
    """A tool call's arguments as a stream brings them: cut anywhere."""
    return _PIECE_OF_JSON.findall(text)
