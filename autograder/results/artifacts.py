"""What checks show of an answer, as results keep it: small, checked, the same bytes every time.

Sixteen shades of grey are enough for pictures of this size, and the last digits of a float no
longer matter.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

from autograder.results.model import Shown, shown_from_dict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from checkkit import outcomes

COLUMNS = 10
SHADES = 16
MOST_PICTURES = 20  # of one name
MOST_NUMBERS = 64  # of one curve
SIDE = 32  # pixels, at most
# Base64 letters that one check may add to a result; 60 pictures of 28 × 28 of noise have 32,000.
MOST_LETTERS = 40_000
FILE = "shown.json"  # in the folder of the solutions: what the checks show of them
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def kept(shown: Iterable[outcomes.Shown]) -> tuple[Shown, ...]:
    """Return what a result keeps of what a check showed; what cannot be shown is left out."""
    found: list[Shown] = []
    for one in shown:
        made = _curve(one) if one.values.ndim == 1 else _pictures(one)
        if made is not None and sum(len(other.png) for other in (*found, made)) <= MOST_LETTERS:
            found.append(made)
    return tuple(found)


def _curve(one: outcomes.Shown) -> Shown | None:
    bad = np.flatnonzero(~np.isfinite(one.values))
    numbers = one.values[: bad[0]] if len(bad) else one.values
    if not 2 <= len(numbers) <= MOST_NUMBERS:
        return None
    rounded = tuple(round(float(number), 1) for number in numbers)
    return Shown(one.name, one.caption, numbers=rounded)


def _pictures(one: outcomes.Shown) -> Shown | None:
    if one.values.ndim < 3 or max(one.values.shape[-2:]) > SIDE or not one.values.size:
        return None
    tiles = one.values.reshape(-1, *one.values.shape[-2:])
    if len(tiles) > MOST_PICTURES or not np.isfinite(tiles).all():
        return None
    png = base64.b64encode(_png(_sheet(tiles))).decode()
    return Shown(one.name, one.caption, count=len(tiles), png=png)


def _sheet(tiles: np.ndarray) -> np.ndarray:
    """Return pictures in rows of ten, as shades."""
    count, height, width = tiles.shape
    rows = -(-count // COLUMNS)
    columns = min(count, COLUMNS)
    shades = np.zeros((rows * columns, height, width), dtype=np.uint8)
    shades[:count] = np.rint(tiles.clip(0, 1) * (SHADES - 1))
    grid = shades.reshape(rows, columns, height, width)
    sheet: np.ndarray = grid.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    return sheet


def _png(shades: np.ndarray) -> bytes:
    """Return a grey PNG of 4 bits a pixel; https://www.w3.org/TR/png-3."""
    height, width = shades.shape
    pairs = np.pad(shades, ((0, 0), (0, width % 2))).reshape(height, -1, 2)
    packed = pairs[..., 0] << 4 | pairs[..., 1]
    lines = b"".join(b"\0" + line.tobytes() for line in packed)
    header = struct.pack(">IIBBBBB", width, height, 4, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)


def size(png: str) -> tuple[int, int] | None:
    """Return the width and height of a PNG in base64, or None of what is none."""
    try:
        data = base64.b64decode(png, validate=True)
        return struct.unpack(">II", data[16:24]) if data.startswith(_SIGNATURE) else None
    except (binascii.Error, ValueError, struct.error):
        return None


def of_course(solutions: Path) -> Mapping[str, tuple[Shown, ...]]:
    """Return what the checks show of the course's own answers, by question; nothing if unknown."""
    path = solutions / FILE
    if not path.is_file():
        return {}
    tree = json.loads(path.read_text(encoding="utf-8"))
    return {name: tuple(shown_from_dict(one) for one in told) for name, told in tree.items()}
