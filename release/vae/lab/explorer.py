"""`explore(model, mu)`: explore the latent space with sliders."""

import contextlib
import io
from typing import Any

import numpy as np
import torch
from matplotlib import image
from torch import Tensor

from lab import figures
from lab.figures.latent import Decoder

MAX_SLIDERS = 8  # more do not fit beside one picture
ZOOM = 10  # each of the 28 × 28 pixels is drawn as a square of 10 × 10
INSTEAD = "<em>Sliders do not run here; the picture below stands in for them.</em>"


class Explorer:
    """Sliders for the latent dimensions, and the picture decoded from them.

    A static figure is shown below, for places where sliders do not run (HTML pages, previews,
    without `ipywidgets`): one row for each dimension, from −2.5 to 2.5.
    """

    def __init__(self, model: Decoder, latent_dim: int, numbers: list[int]) -> None:
        self.model = model
        self.latent_dim = latent_dim
        self.numbers = numbers
        self.still = figures.traversal(model, latent_dim, numbers)

    def picture(self, values: dict[int, float]) -> bytes:
        """Return the picture of a code as PNG; dimensions without a value are 0."""
        z = torch.zeros(1, self.latent_dim)
        for number, value in values.items():
            z[0, number] = value
        with torch.no_grad():
            pixels = self.model.decode(z)[0, 0].cpu().numpy()
        buffer = io.BytesIO()
        larger = np.kron(pixels, np.ones((ZOOM, ZOOM)))
        image.imsave(buffer, larger, format="png", cmap="gray", vmin=0, vmax=1)
        return buffer.getvalue()

    def widget(self) -> Any:  # noqa: ANN401 - ipywidgets has no type hints
        """Return the picture and its sliders.

        Raises:
            ImportError: If ipywidgets is not installed.
        """
        # Optional: without it only the static figure is shown.
        import ipywidgets as w  # type: ignore[import-untyped, unused-ignore]

        sliders = {
            number: w.FloatSlider(
                0.0, min=-3, max=3, step=0.1, description=f"z[{number}]", readout_format=".1f"
            )
            for number in self.numbers
        }
        shown = w.Image(value=self.picture({}), format="png", width=280, height=280)

        def redraw(_change: object) -> None:
            shown.value = self.picture({n: slider.value for n, slider in sliders.items()})

        for slider in sliders.values():
            slider.observe(redraw, names="value")
        return w.HBox([shown, w.VBox(list(sliders.values()))])

    def _ipython_display_(self, **_unused: Any) -> None:  # noqa: ANN401 - IPython's to choose
        from IPython.display import display

        with contextlib.suppress(ImportError):
            # Programs show the richest form they support: the sliders, or the sentence.
            sliders = self.widget()._repr_mimebundle_() | {"text/html": INSTEAD}
            display(sliders, raw=True)  # type: ignore[no-untyped-call, unused-ignore]
        still = {"text/html": self.still._repr_html_(), "text/plain": self.still.alt}
        display(still, raw=True)  # type: ignore[no-untyped-call, unused-ignore]


def explore(model: Decoder, mu: Tensor) -> Explorer:
    """Return sliders for the latent dimensions that a model uses most.

    Args:
        model: A model with ``decode``.
        mu: Means of some pictures, ``(n, latent_dim)``. Dimensions that vary most are used most.
    """
    busiest = mu.std(dim=0).argsort(descending=True)[:MAX_SLIDERS]
    return Explorer(model, mu.shape[1], sorted(busiest.tolist()))
