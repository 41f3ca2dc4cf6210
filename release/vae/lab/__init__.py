"""What the notebooks import: the digits, the training loop, the figures and the checks."""

from lab import figures
from lab.checks import check
from lab.data import images, labels, mnist, pick
from lab.training import History, device, fit, fit_vae

__all__ = [
    "History",
    "check",
    "device",
    "figures",
    "fit",
    "fit_vae",
    "images",
    "labels",
    "mnist",
    "pick",
]
