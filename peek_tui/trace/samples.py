"""Samples of what was read of a file, by which its content is known again without reading all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

__all__ = ["SAMPLE", "Samples"]

SAMPLE = 64
"""Bytes of a sample: in a trace of ours the first 64 hold the time and the id of the first event."""
_MOST = 32
"""Samples that are kept: to compare them all takes a fiftieth of a millisecond or two."""


class Samples:
    """Samples at even distances. As more is read, the distance doubles and every second one is let go.

    Of the first 2 KiB nothing is left out; of more, any stretch of at least a sixteenth holds one.
    """

    def __init__(self) -> None:
        self._distance = SAMPLE
        self._samples: dict[int, bytes] = {}

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield where each stands, and its bytes."""
        return iter(self._samples.items())

    @property
    def first(self) -> bytes:
        """What the file began with."""
        return self._samples.get(0, b"")

    def see(self, offset: int, length: int, read: Callable[[int, int], bytes]) -> None:
        """Take samples of bytes that follow those seen before; `read(offset, length)` gives some of them."""
        end = offset + length
        while end > _MOST * self._distance:
            self._distance *= 2
        self._samples = {place: sample for place, sample in self._samples.items() if place % self._distance == 0}
        first = max(0, offset - SAMPLE + 1)  # the last one may be short
        for place in range(-(-first // self._distance) * self._distance, end, self._distance):
            known = self._samples.get(place, b"")
            more = min(SAMPLE, end - place) - len(known)
            self._samples[place] = known + read(place + len(known), more)

    def forget(self, end: int) -> None:
        """Forget what was seen from this offset on."""
        self._samples = {place: sample[: end - place] for place, sample in self._samples.items() if place < end}
