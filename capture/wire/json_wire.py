"""What the formats share: a body's fields by their places, and a check that they say all that the body said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from . import Reply
from .body import error_of, read_object, unreadable
from .places import Places, join, split

__all__ = ["JSONWire"]


class JSONWire:
    """A format whose requests and answers are JSON objects."""

    provider: str
    request_places: ClassVar[Places]
    reply_places: ClassVar[Places]
    settings: ClassVar[frozenset[str]] = frozenset()
    """The keys of a request's body that go to `settings`, when they do not stand together in one place."""

    def __init__(self, model: str = "", *, certain: bool = True) -> None:
        self.model = model
        self.messages = str(self.request_places["messages"][0])
        self.certain = certain

    def fits(self, body: dict[str, Any]) -> bool:
        """Whether a body is a request of this format."""
        raise NotImplementedError

    def answers(self, body: dict[str, Any]) -> bool:
        """Whether a body is an answer, and no error."""
        raise NotImplementedError

    def read(self, body: dict[str, Any]) -> Reply:
        """Return the answer in a body that is one."""
        raise NotImplementedError

    def request(self, body: bytes) -> dict[str, Any]:
        message = read_object(body)
        if not self.certain and not self.fits(message):
            raise ValueError(f"no request of {type(self).__name__}")
        fields, rest = split(message, self.request_places)
        settings = {key: rest[key] for key in self.settings if key in rest}
        if settings:
            fields["settings"] = settings
            rest = {key: value for key, value in rest.items() if key not in settings}
        if rest:
            fields["extra"] = rest
        return fields if self.request_body(fields) == message else {**fields, "extra": {"body": message}}

    def request_body(self, data: Mapping[str, Any]) -> Any:
        extra = data.get("extra") or {}
        if "body" in extra:
            return extra["body"]
        loose = data.get("settings") if self.settings else None
        return join(data, {**(loose or {}), **extra}, self.request_places)

    def reply(self, status: int, body: bytes) -> Reply:
        try:
            message = read_object(body)
        except ValueError:
            return Reply(error=error_of(body, status), extra=unreadable(body))
        if status >= 400 or not self.answers(message):
            reply = Reply(error=error_of(message, status), extra=message)
        else:
            reply = self.read(message)
        return reply if self.reply_body(reply._asdict()) == message else reply._replace(extra={"body": message})

    def reply_body(self, data: Mapping[str, Any]) -> Any:
        extra = data.get("extra") or {}
        return extra["body"] if "body" in extra else join(data, extra, self.reply_places)
