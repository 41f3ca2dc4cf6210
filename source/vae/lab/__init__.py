"""What the notebooks import: the digits, the training loop, the figures and the checks."""

from lab import figures
from lab.data import images, labels, mnist, pick
from lab.training import History, device, fit, fit_vae

__all__ = [
    "History",
    "device",
    "figures",
    "fit",
    "fit_vae",
    "images",
    "labels",
    "mnist",
    "pick",
]


def __getattr__(name: str) -> object:
    if name == "check":
        from lab import checks

        return checks.check  # type: ignore[attr-defined]
    raise AttributeError(name)
