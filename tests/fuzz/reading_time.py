"""Measure the time to read odd files: it is linear in their size, and bounded per megabyte.

`python -m tests.fuzz.reading_time --count 10000` reads that many files made of fragments that are
repeated, nested and cut off, and prints the worst. `SHAPES` are files of a chosen size that once
were, or might have been, quadratic.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator

from autograder.assignment.rubric import load
from autograder.notebooks.reader import MAX_VALUES, read

# How much longer than an ordinary notebook a file may take, byte by byte. The worst of 10,000 takes
# 8 times as long. What is quadratic takes 1,000 times as long at 50 kB.
MOST_TIMES = 40
LEAST_BYTES = 10_000  # reading has a fixed cost, which is all that a file of 28 bytes takes
MANY = b'{"cells": [], "x": [' + b"0," * (MAX_VALUES // 2)  # strings are looked at only behind many
CODE = b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": '


def repeated(head: bytes, part: bytes, tail: bytes = b"") -> Callable[[int], bytes]:
    """Return a function from a size to a file of about that size."""
    return lambda size: head + part * (max(0, size - len(head)) // len(part)) + tail


SHAPES: dict[str, Callable[[int], bytes]] = {
    "an unclosed string of escaped quotes behind many commas": repeated(MANY, b'\\",,,,,,,,'),
    "an unclosed string that ends in a backslash": repeated(MANY + b'"', b',\\"', b"\\"),
    "quotes only": repeated(b'{"cells": ["', b'"'),
    "quotes and commas": repeated(b'{"cells": [', b'"",'),
    "backslashes only": repeated(b'{"cells": ["', b"\\"),
    "escaped backslashes and commas": repeated(b'{"cells": ["', b"\\\\,,,"),
    "unclosed lists": repeated(b"", b"["),
    "unclosed objects": repeated(b"", b'{"a":'),
    "one number": repeated(b'{"cells": [], "n": 0.', b"1", b"}"),
    "one exponent": repeated(b'{"cells": [], "n": 1e', b"9", b"}"),
    "one integer": repeated(b'{"cells": [], "n": ', b"9", b"}"),
    "the same key": repeated(b"{", b'"a":1,', b'"cells":[]}'),
    "blanks": repeated(b'{"cells":', b" ", b"[]}"),
    "lines": repeated(b'{"cells":', b"\n", b"]"),
    "half of a merge conflict": repeated(b'{"a":,', b"<<<<<<"),
    "bytes that are not UTF-8": repeated(b'{"cells": "', b"\xff"),
    "half characters of UTF-16": repeated("{".encode("utf-16-le"), b"\x00\xd8"),
    "no characters of UTF-32": repeated("{".encode("utf-32-le"), b"\xff\xff\xff\x7f"),
    "lone surrogates in a cell": repeated(CODE + b'"', b"\\ud800", b'"}]}'),
    "lines of a cell": repeated(CODE + b"[", b'"a\\n",', b'""]}]}'),
    "cells": repeated(b'{"cells": [', b"{},", b"{}]}"),
    "cells that are no objects": repeated(b'{"cells": [', b"0,", b"0]}"),
    "worksheets": repeated(b'{"worksheets": [', b'{"cells":[{}]},', b"{}]}"),
}

FRAGMENTS = (
    *(b'"', b"\\", b'\\"', b"\\\\", b",", b"[", b"]", b"{", b"}", b":", b'"a":', b"[],", b"{},"),
    *(b"0", b"1.5,", b"1e9", b"-", b"NaN,", b"true,", b"\n", b" ", b"\x00", b"\xff", b"\xd8\x00"),
    *(b"\\u", b"\\ud800", b"\xef\xbb\xbf", b"<<<<<<<", b">>>>>>>", b'"cells":[', b'"source":["'),
    *("é".encode(), "🙂".encode(), b'"worksheets":[', b'{"cell_type":"code","source":"', b"/*"),
)


def files(count: int, size: int, seed: int = 0) -> Iterator[bytes]:
    """Yield `count` files of about `size` bytes."""
    for number in range(count):
        chance = random.Random(seed * 1_000_003 + number)
        head = chance.choice((b"{", b'{"cells": [', CODE, MANY[: chance.choice((20, size // 2))]))
        parts = []
        for _ in range(chance.randint(1, 4)):
            unit = b"".join(chance.choices(FRAGMENTS, k=chance.randint(1, 4)))
            parts.append(unit * (chance.randint(1, size) // len(unit) + 1))
        data = (head + b"".join(parts))[:size]
        yield data + chance.choice((b"", b'"', b"\\", b"]}", b"}]}", b'"]}]}'))


def ordinary() -> float:
    """Return the seconds per megabyte that this machine takes now to read ordinary notebooks."""
    tree = json.loads(load().source_notebook.read_bytes())
    data = json.dumps(tree | {"cells": tree["cells"] * 20}).encode()  # one file of 1.3 MB
    return 1e6 * seconds(data, 3) / len(data)


def is_slow(data: bytes, usual: float) -> bool:
    """Return whether reading a file takes much longer than an ordinary notebook of its size.

    Args:
        data: The file.
        usual: Seconds per megabyte of ordinary notebooks.
    """
    limit = MOST_TIMES * usual * max(len(data), LEAST_BYTES) / 1e6
    return all(seconds(data) > limit for _ in range(3))  # a machine may be busy for a moment


def seconds(data: bytes, tries: int = 1) -> float:
    """Return the shortest time that reading took."""
    times = []
    for _ in range(tries):
        start = time.process_time()
        read(data)
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    """Print the worst files."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.reading_time", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=200_000, help="bytes of a file")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for name, shape in SHAPES.items():
        once, twice = (seconds(shape(size), 3) for size in (8_000_000, 16_000_000))
        print(f"{once / 8:.4f} s/MB, doubled: x {twice / max(once, 1e-4):.2f}  {name}", flush=True)
    worst = (0.0, b"")
    for data in files(options.count, options.size, options.seed):
        worst = max(worst, (1e6 * seconds(data) / len(data), data[:60] + b" ... " + data[-60:]))
    print(f"{options.count} files of {options.size} bytes: worst {worst[0]:.3f} s/MB: {worst[1]!r}")


if __name__ == "__main__":
    main()
