"""The training loop: batches, Adam, a progress bar, and the loss of each epoch."""

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO

import torch
from torch import Tensor, nn
from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

Loss = Callable[[Tensor, Tensor], Tensor]
VaeLoss = Callable[[Tensor, Tensor, Tensor, Tensor, float], tuple[Tensor, Tensor, Tensor]]


@dataclass(frozen=True)
class History:
    """Averages of each epoch of a training, by name.

    ``history["loss"]`` is a list with one number per epoch.
    """

    values: dict[str, list[float]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[float]:
        return self.values[name]

    def __contains__(self, name: str) -> bool:
        return name in self.values

    @property
    def epochs(self) -> int:
        """The number of completed epochs."""
        return len(self.values.get("loss", []))

    def _add(self, averages: dict[str, float]) -> None:
        for name, value in averages.items():
            self.values.setdefault(name, []).append(value)


def device() -> torch.device:
    """Return the fastest available device: CUDA, Apple's MPS, or the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def fit(
    model: nn.Module,
    images: Tensor,
    loss: Loss,
    *,
    epochs: int,
    lr: float = 1e-3,
    batch_size: int = 128,
) -> History:
    """Train an autoencoder: minimize ``loss(model(x), x)`` with Adam.

    Training runs on the fastest available device. Afterwards the model is on the CPU and in eval
    mode.

    Args:
        model: Maps images to reconstructions of the same shape.
        images: Training images, ``(n, 1, 28, 28)``.
        loss: Compares reconstructions with originals; an average over the batch.
        epochs: The number of passes through all images.
        lr: Adam's learning rate.
        batch_size: Images per step.

    Returns:
        The average loss of each epoch, as ``history["loss"]``.
    """

    def measure(x: Tensor, _progress: float) -> dict[str, Tensor | float]:
        return {"loss": loss(model(x), x)}

    return _train(model, images, measure, epochs=epochs, lr=lr, batch_size=batch_size)


def fit_vae(  # noqa: PLR0913 - students experiment with each of them
    model: nn.Module,
    images: Tensor,
    vae_loss: VaeLoss,
    *,
    epochs: int,
    beta: float = 1.0,
    warm_up: float = 0.0,
    lr: float = 1e-3,
    batch_size: int = 128,
) -> History:
    """Train a variational autoencoder on ``vae_loss``, with Adam.

    Training runs on the fastest available device. Afterwards the model is on the CPU and in eval
    mode.

    Args:
        model: Returns ``(recon_x, mu, logvar)`` for a batch of images.
        images: Training images, ``(n, 1, 28, 28)``.
        vae_loss: Returns ``(total, recon, kl)``, summed over the batch.
        epochs: The number of passes through all images.
        beta: The weight of the KL term.
        warm_up: The share of the training, 0 to 1, in which beta grows from 0 to its value.
        lr: Adam's learning rate.
        batch_size: Images per step.

    Returns:
        ``loss``, ``recon`` and ``kl`` of each epoch in nats per image, and its last ``beta``.
    """

    def measure(x: Tensor, progress: float) -> dict[str, Tensor | float]:
        # Cubic: beta stays small until the decoder has learned to use the code.
        now = beta * min(1.0, progress / warm_up) ** 3 if warm_up > 0 else beta
        recon_x, mu, logvar = model(x)
        total, recon, kl = _three(vae_loss(recon_x, x, mu, logvar, now))
        n = len(x)  # the loss is a sum; per image, a step does not depend on the batch size
        return {"loss": total / n, "recon": recon / n, "kl": kl / n, "beta": now}

    return _train(model, images, measure, epochs=epochs, lr=lr, batch_size=batch_size)


def _three(parts: object) -> tuple[Tensor, Tensor, Tensor]:
    if not isinstance(parts, (tuple, list)) or len(parts) != 3:
        got = f"{len(parts)} of them" if isinstance(parts, (tuple, list)) else type(parts).__name__
        raise TypeError(f"vae_loss must return three values, (total, recon, kl); got {got}")
    total, recon, kl = parts
    return total, recon, kl


def _train(
    model: nn.Module,
    images: Tensor,
    measure: Callable[[Tensor, float], dict[str, Tensor | float]],
    *,
    epochs: int,
    lr: float,
    batch_size: int,
) -> History:
    place = device()
    model.to(place).train()
    images = images.to(place)
    fused = place.type in ("cpu", "cuda")  # one loop over all parameters; not on every MPS
    optimizer = torch.optim.Adam(model.parameters(), lr=lr, fused=fused)
    steps = math.ceil(len(images) / batch_size)
    history = History()
    progress = tqdm(total=epochs * steps, file=_progress_output(), unit="step", ncols=88)
    with _tiny_as_zero(), progress as bar:
        for epoch in range(epochs):
            bar.set_description(f"epoch {epoch + 1}/{epochs}", refresh=False)
            averages = _Averages()
            for step, x in enumerate(_batches(images, batch_size)):
                values = measure(x, (epoch * steps + step) / (epochs * steps))
                _descend(optimizer, values["loss"])
                averages.add(values, len(x))
                bar.update()
            history._add(averages.result())  # noqa: SLF001 - only this module fills it
            bar.set_postfix_str(f"loss {history['loss'][-1]:.4g}")
    model.to("cpu").eval()
    return history


@contextmanager
def _tiny_as_zero() -> Iterator[None]:
    """Treat denormal numbers as 0.

    Adam's averages of a weight without gradient decay to such numbers, with which a processor is
    many times slower: without this, a dense VAE takes half as long again to train.
    """
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


class _OneLine:
    """A file that shows the last line written to it, in one place of a notebook.

    With a bar on stdout, the notebook's file keeps every step, and programs that show the file show
    a hundred lines.
    """

    encoding = "utf-8"  # so that tqdm draws blocks, not number signs

    def __init__(self, show: Callable[..., None]) -> None:
        self._show = show

    def write(self, text: str) -> None:
        line = text.strip("\r\n")
        if line.strip():
            self._show({"text/plain": line}, raw=True)

    def flush(self) -> None:
        """Do nothing; lines are shown at once."""


def _progress_output() -> IO[str] | _OneLine:
    """Return a line of the notebook, or stdout. Notebooks show stderr in red, like an error."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not hasattr(shell, "kernel"):
        return sys.stdout
    from IPython.display import display

    place = display({"text/plain": ""}, raw=True, display_id=True)  # type: ignore[no-untyped-call, unused-ignore]
    return _OneLine(place.update)


def _batches(images: Tensor, batch_size: int) -> Iterator[Tensor]:
    order = torch.randperm(len(images)).to(images.device)
    for start in range(0, len(images), batch_size):
        yield images[order[start : start + batch_size]]


def _descend(optimizer: torch.optim.Optimizer, loss: Tensor | float) -> None:
    if not isinstance(loss, Tensor) or loss.ndim != 0:
        got = tuple(loss.shape) if isinstance(loss, Tensor) else type(loss).__name__
        raise TypeError(f"the loss must be one number in a tensor of shape (), got {got}")
    if not torch.isfinite(loss):
        raise FloatingPointError(
            f"the loss became {loss.item()}: look for log(0), exp of a large number, or a learning "
            "rate that is too high"
        )
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
    optimizer.step()


class _Averages:
    """Averages over the images of an epoch; a smaller last batch counts less."""

    def __init__(self) -> None:
        self._sums: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._count = 0

    def add(self, values: dict[str, Tensor | float], n: int) -> None:
        self._count += n
        for name, value in values.items():
            if isinstance(value, Tensor):
                self._sums[name] = self._sums.get(name, 0.0) + float(value.detach()) * n
            else:
                self._last[name] = value

    def result(self) -> dict[str, float]:
        return {name: total / self._count for name, total in self._sums.items()} | self._last
