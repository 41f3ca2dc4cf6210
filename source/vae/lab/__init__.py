"""What the notebooks import: the digits, the training loop, the figures and the checks."""

from lab import figures
from lab.checks import check
from lab.data import images, labels, mnist, pick
from lab.explorer import explore
from lab.models import Autoencoder
from lab.prediction import predict
from lab.training import History, device, fit, fit_vae

__all__ = [
    "Autoencoder",
    "History",
    "check",
    "device",
    "explore",
    "figures",
    "fit",
    "fit_vae",
    "images",
    "labels",
    "mnist",
    "pick",
    "predict",
]
