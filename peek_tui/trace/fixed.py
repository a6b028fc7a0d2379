"""The lines `capture` writes, read as vectors: everything before the value of `type` has a fixed width.

A block of some thousand lines is taken apart without a loop over them: windows of bytes are gathered at each line's
start and compared with the template as 64-bit words; digits are decoded eight bytes at a time. A line that does not
fit in every byte that matters is left to the JSON decoder: this decides about speed, never about meaning.
"""

from __future__ import annotations

import re
import secrets
from binascii import Error as NotHexError
from binascii import unhexlify
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from .columns import Words
from .phrases import PhraseReader, Said
from .swar import Fits, Pattern, Positions, Windows, eight_digits

__all__ = ["FixedHeaders", "FixedReader"]

_FREE = b"\0"
_PIECES = (b'{"v":1,"ts":', 19, b',"id":"', 16, b'","parent":"', 16, b'","session":"', 32, b'","type":"')
_TEMPLATE = b"".join(piece * _FREE if isinstance(piece, int) else piece for piece in _PIECES)
_FIXED = Pattern(_TEMPLATE, bytes(255 if byte else 0 for byte in _TEMPLATE))
_HEADER = np.dtype(
    {
        "names": ["words", "ts_high", "ts_middle", "ts_low", "id", "parent", "session", "type"],
        "formats": [
            (np.uint64, _FIXED.size // 8),
            "<u8",
            "<u8",
            "<u8",
            *[(np.uint64, words) for words in (2, 2, 4, 4)],
        ],
        "offsets": [0, 12, 20, 23, 38, 66, 95, len(_TEMPLATE)],
        "itemsize": _FIXED.size + 32,
    }
)
_END = b"}}\n"


class FixedHeaders(NamedTuple):
    """What the lines of a block say, a value a column; rubbish where a line does not fit."""

    fits: Fits
    ts: NDArray[np.int64]
    id: NDArray[np.uint64]
    parent: NDArray[np.uint64]
    session: NDArray[np.int64]
    type: NDArray[np.int64]
    said: Said


class FixedReader:
    """Reads blocks of one trace; the words it meets are put into the vocabularies it is given."""

    def __init__(self, sessions: Words, types: Words, names: Words, agents: Words) -> None:
        self._sessions = _Sessions(sessions)
        self._types = _Types(types)
        self._phrases = PhraseReader(names, agents)

    def read(self, lines: bytes, starts: Positions, ends: Positions) -> FixedHeaders:
        """Read the lines that begin at `starts` and whose newlines are at `ends`."""
        block = Windows(lines)
        header = block.windows(starts, _HEADER)
        fits = _FIXED.fits(header["words"])
        fits &= (ends <= block.reach) & block.holds(np.maximum(ends - 2, 0), _END)
        ts = _read_ts(header, fits)
        id = _read_ids(header["id"], fits)
        parent = _read_ids(header["parent"], fits)
        session = self._read_sessions(header["session"], fits)
        type, width = self._types.read(header["type"], fits)
        del header  # as much memory is taken for phrases: let it be the same
        said = self._phrases.read(block, starts + (len(_TEMPLATE) + width), fits)
        return FixedHeaders(fits, ts, id, parent, session, type, said)

    def _read_sessions(self, text: NDArray[np.uint64], fits: Fits) -> NDArray[np.int64]:
        """Read the sessions: nearly always all are the same, which is seen without telling one from another."""
        alike = len(text) > 0 and all((text[:, part] == text[0, part]).all() for part in range(text.shape[1]))
        texts = np.ascontiguousarray(text[:1] if alike else text).view("V32")[:, 0].tolist()
        codes = np.array(list(map(self._sessions.__getitem__, texts)), np.int64)
        session = np.repeat(codes, len(text)) if alike else codes
        fits &= session >= 0
        return session


class _Sessions(dict[bytes, int]):
    """The codes of sessions by their 32 bytes."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, text: bytes) -> int:
        """Take one that was never seen; -1 for one that does not stand for itself."""
        try:
            session = text.decode()
        except UnicodeDecodeError:
            session = ""
        self[text] = self._words.code(session) if _IS_PLAIN(session) else -1
        return self[text]


_IS_PLAIN = re.compile(r'[^"\\\0-\x1f]+').fullmatch
"""Whether a text needs no escapes in JSON."""


class _Types:
    """The types of a trace, known by the bytes from behind the quote before them up to their events' names.

    Where a type ends is not looked for: its first bytes say which one it must be, and it is compared with that one.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self._places: dict[bytes, int] = {}
        self._slots = np.zeros(1 << _SLOT_BITS, np.int64)
        """The place of the type that begins with bytes of this hash: the one seen last, where there are several."""
        self._texts = np.zeros((_MOST_TYPES, 4), np.uint64)
        self._masks = np.full((_MOST_TYPES, 4), 2**64 - 1, np.uint64)
        """The first of the places is that of no type: it is never found."""
        self._codes = np.full(_MOST_TYPES, -1)
        self._widths = np.zeros(_MOST_TYPES, np.int64)

    def read(self, text: NDArray[np.uint64], fits: Fits) -> tuple[NDArray[np.int64], Positions]:
        """Return the codes of the types that these bytes begin with, and after how many bytes the names stand."""
        slot = ((text[:, 0] * _FACTORS[0] + (text[:, 1] & _BEFORE_NAME) * _FACTORS[1]) >> _SLOT_SHIFT).view(np.int64)
        place = self._slots.take(slot)
        differ = (text ^ self._texts.take(place, axis=0)) & self._masks.take(place, axis=0)
        missed = np.flatnonzero(reduce(or_, differ.T))
        if len(missed):
            texts = np.ascontiguousarray(text[missed]).view("V32")[:, 0].tolist()
            place[missed] = [self._place(text) for text in texts]
            self._slots[slot[missed]] = place[missed]
        type = self._codes.take(place)
        fits &= type >= 0
        return type, self._widths.take(place)

    def _place(self, text: bytes) -> int:
        """Return the place of the type that a text begins with, a new one if it was never seen; 0 if that is odd."""
        type, key, _ = text.partition(_NAME_KEY)
        place = self._places.get(type)
        if place is not None or not key or len(self._places) == _MOST_TYPES - 1:
            return place or 0
        try:
            code = self._words.code(_decode_text(b'"%b"' % type))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return 0
        place = self._places[type] = len(self._places) + 1
        known = type + key
        self._texts[place] = np.frombuffer(known.ljust(32, b"\0"), np.uint64)
        self._masks[place] = np.frombuffer((b"\xff" * len(known)).ljust(32, b"\0"), np.uint64)
        self._codes[place], self._widths[place] = code, len(known)
        return place


_NAME_KEY = b'","name":'
_decode_text = msgspec.json.Decoder(str).decode
_MOST_TYPES = 256
_SLOT_BITS = 12
_SLOT_SHIFT = np.uint64(64 - _SLOT_BITS)
_BEFORE_NAME = np.uint64(0xFFFF_FFFF)
"""Of the second word of a type: behind 12 bytes the name may begin, and not even that of a type of 3 letters before."""
_FACTORS = np.array([secrets.randbits(64) | 1 for _ in range(2)], np.uint64)
"""Of a hash that nobody can foresee."""


def _read_ts(header: NDArray[Any], fits: Fits) -> NDArray[np.int64]:
    """Read 19 digits as three times eight, which overlap."""
    first = header["ts_high"] & np.uint64(0xFF)
    fits &= (first > ord("0")) & (first < ord("9"))  # JSON has no leading zeros; 9·10¹⁸ is near the end of 64 bits
    high, middle, low = (eight_digits(header[name]) for name in ("ts_high", "ts_middle", "ts_low"))
    fits &= high[1] & middle[1] & low[1]
    return (high[0] * 1000 + middle[0] // 100_000) * 100_000_000 + low[0]


def _read_ids(text: NDArray[np.uint64], fits: Fits) -> NDArray[np.uint64]:
    """Decode 16 lower-case hex digits each; FORMAT.md's id of no writer is all zeros, so others of it do not fit.

    Nearly always all are of one writer: then its half is decoded once.
    """
    writer, counter = text[:, 0], text[:, 1]
    try:
        if len(text) and (writer == writer[0]).all():
            high = int.from_bytes(_unhex(writer[0].tobytes()), "big")
            numbers = np.frombuffer(_unhex(counter.tobytes()), ">u4") + np.uint64(high << 32)
        else:
            numbers = np.frombuffer(_unhex(text.tobytes()), ">u8").astype(np.uint64)
    except NotHexError:
        numbers = np.zeros(len(text), np.uint64)
        ids = np.ascontiguousarray(text).view("S16")[:, 0]
        known = [_IS_ID(id) is not None for id in ids.tolist()]
        fits &= known
        numbers[known] = [int(id, 16) for id in ids[known].tolist()]
    fits &= (numbers == 0) | (numbers >> np.uint64(32) != 0)
    return numbers


def _unhex(digits: bytes) -> bytes:
    """Return what lower-case hex digits stand for. Raises NotHexError for anything else."""
    if ((np.frombuffer(digits, np.uint8) & _CASES) == _CAPITAL).any():
        raise NotHexError
    return unhexlify(digits)


_CASES, _CAPITAL = 0x60, 0x40
"""The bits that tell capitals from small letters and digits, and theirs."""
_IS_ID = re.compile(rb"[0-9a-f]{16}").fullmatch
