"""What the notebooks import: digits, training loop, figures and checks."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab import figures
    from lab.checks import check
    from lab.data import images, labels, mnist, pick
    from lab.explorer import explore
    from lab.prediction import predict
    from lab.training import History, device, fit, fit_vae

__all__ = [
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

# Imported at first use: checks alone need neither matplotlib nor torchvision.
_MODULES = {
    "checks": ["check"],
    "data": ["images", "labels", "mnist", "pick"],
    "explorer": ["explore"],
    "prediction": ["predict"],
    "training": ["History", "device", "fit", "fit_vae"],
}


def __getattr__(name: str) -> object:
    """Import a public name at first use."""
    if name == "figures":
        return import_module("lab.figures")
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"lab.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
