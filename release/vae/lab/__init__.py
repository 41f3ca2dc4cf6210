"""What the notebooks import: the digits, the training loop, the figures and the checks."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

# Found when first asked for: who wants the checks alone waits for no figures and no digits.
_PLACES = {
    "checks": ["check"],
    "data": ["images", "labels", "mnist", "pick"],
    "explorer": ["explore"],
    "models": ["Autoencoder"],
    "prediction": ["predict"],
    "training": ["History", "device", "fit", "fit_vae"],
}


def __getattr__(name: str) -> object:
    """Return what this package offers by this name."""
    if name == "figures":
        return import_module("lab.figures")
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f"lab.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
