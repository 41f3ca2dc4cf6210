"""MNIST as tensors, with errors that say how to fix them."""

import os
from pathlib import Path

import torch
from torch import Tensor

from lab.installation import explained

with explained():
    from torchvision.datasets import MNIST  # type: ignore[import-untyped, unused-ignore]
    from torchvision.transforms import ToTensor  # type: ignore[import-untyped, unused-ignore]

HERE = Path(__file__).resolve().parents[1]
FILES = tuple(
    f"{part}-{kind}"
    for part in ("train", "t10k")
    for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")
)


def mnist(train: bool, root: str | Path = "data") -> MNIST:  # noqa: FBT001 - the signature of torchvision's MNIST
    """Return MNIST as torchvision's dataset, without using the network.

    The folder is the one in the environment variable ``MNIST_ROOT`` if it is set, otherwise
    ``root``, otherwise the ``data`` folder beside this package. It contains the 4,000 + 500 digits
    that come with the notebooks, or the full MNIST if you put it in their place.

    Args:
        train: True for the training digits, False for the test digits.
        root: A folder that contains ``MNIST/raw``.

    Returns:
        A dataset of pairs: image ``(1, 28, 28)`` in [0, 1], label.

    Raises:
        FileNotFoundError: If the files are missing; the message names the folders searched.
    """
    return MNIST(str(_folder(root)), train=train, transform=ToTensor())


def images(train: bool, root: str | Path = "data") -> Tensor:  # noqa: FBT001 - as in mnist
    """Return all images, float32 in [0, 1], shape ``(n, 1, 28, 28)``."""
    pixels: Tensor = mnist(train, root).data
    return pixels.unsqueeze(1).to(torch.float32) / 255


def labels(train: bool, root: str | Path = "data") -> Tensor:  # noqa: FBT001 - as in mnist
    """Return the digit, 0 to 9, that each image shows; int64, shape ``(n,)``."""
    digits: Tensor = mnist(train, root).targets
    return digits.to(torch.int64)


def pick(digit: int, nth: int = 0, root: str | Path = "data") -> Tensor:
    """Return the ``nth`` test image that shows ``digit``, shape ``(1, 28, 28)``.

    Raises:
        ValueError: If there is no such image.
    """
    found = images(train=False, root=root)[labels(train=False, root=root) == digit]
    if not 0 <= nth < len(found):
        raise ValueError(
            f"pick: the test set holds {len(found)} images of the digit {digit}; "
            f"number {nth} (counted from 0) is not among them"
        )
    return found[nth]


def _folder(root: str | Path) -> Path:
    chosen = os.environ.get("MNIST_ROOT")
    folders = [Path(chosen)] if chosen else [Path(root), HERE / "data"]
    for folder in folders:
        if all((folder / "MNIST" / "raw" / name).is_file() for name in FILES):
            return folder
    looked = " and ".join(str((folder / "MNIST" / "raw").absolute()) for folder in folders)
    raise FileNotFoundError(
        f"The MNIST digits are not there: looked for {', '.join(FILES)} in {looked}. They come "
        "with the notebooks, in the folder data: start Jupyter in the notebooks' own folder, or "
        "unpack that folder again"
        + (" (or mend the environment variable MNIST_ROOT)." if chosen else ".")
    )
