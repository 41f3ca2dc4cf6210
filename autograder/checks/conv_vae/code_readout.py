"""Read the codes off a model's images.

A model with one latent dimension draws a curve of images, one with two a surface. Where that does
not meet itself, an image tells the code that it was decoded from. It is tried first on codes that
are known: a model that cannot be read so has no reader.

Codes are read as (z − centre) / scale, which is where they are to be N(0, 1).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from lab.checks.vae import Model, decoded
from torch import Tensor

Read = Callable[[Tensor], Tensor]

# How far a code may be misread, on the curve and on the surface: it moves a distribution function
# by 0.001 and by 0.02 at most, and a standard deviation by no more than itself.
EXACT, EXACT_OF_TWO = 0.002, 0.05
# the curve: a fiftieth apart where right codes are, 90 more on either side of them to ±9
FINE, INNER, COARSE, OUTER = 0.02, 4.5, 90, 9.0
# the surface: 25 × 25 images, enough for kinks such as ReLU makes
STEP, SIDE = 0.35, 25
# the directions along which images are seen: more would add digits that nothing needs
OF_CURVE, OF_SURFACE = 8, 16
# known codes to be tried on, up to where one of 16,000 right ones lies beyond
KNOWN, FAR = 167, 4.0012
# An image that decode gives lies in the surface, to 2 % of how far images are from its middle.
AWAY = 0.1


def of_curve(model: Model, centre: float = 0.0, scale: float = 1.0) -> Read | None:
    """Return what reads codes off the images of a model with latent_dim = 1; None if nothing can.

    Args:
        model: In eval mode.
        centre: Where codes are expected.
        scale: How far they spread.
    """
    seen = _seeing(OF_CURVE)
    fine = centre + scale * torch.linspace(-INNER, INNER, round(2 * INNER / FINE) + 1)
    low, high = fine[0].item(), fine[-1].item()
    # always so many points: messages say how many, and must not depend on the model
    left = torch.linspace(min(-OUTER, low - 1), low, COARSE + 1)[:-1]
    right = torch.linspace(high, max(OUTER, high + 1), COARSE + 1)[1:]
    grid = torch.cat([left, fine, right])
    curve = seen(decoded(model, grid[:, None]))
    tangents, gaps = curve[1:] - curve[:-1], (grid[1:] - grid[:-1]).double()
    lengths = tangents.square().sum(1).clamp(min=1e-30)

    def read(images: Tensor) -> Tensor:
        points = seen(images)
        nearest = torch.cdist(points, curve).argmin(1)
        found = []
        for segment in (nearest.clamp(max=len(tangents) - 1), (nearest - 1).clamp(min=0)):
            off = points - curve[segment]
            part = ((off * tangents[segment]).sum(1) / lengths[segment]).clamp(0, 1)
            far = (off - part[:, None] * tangents[segment]).norm(dim=1)
            found.append((far, grid[segment].double() + part * gaps[segment]))
        (one, here), (other, there) = found
        return (torch.where(one <= other, here, there) - centre) / scale

    known = torch.linspace(-FAR, FAR, KNOWN)
    images = decoded(model, centre + scale * known[:, None])
    return read if (read(images) - known).abs().max().item() <= EXACT else None


def of_surface(model: Model, centre: Tensor, scale: Tensor) -> Read | None:
    """Return what reads codes off the images of a model with latent_dim = 2; None if nothing can.

    About each of 25 × 25 images the surface is taken for a parabolic one, as its neighbours show
    it, and solved for the code by Newton's method. Images that are not in the surface give NaN.

    Args:
        model: In eval mode.
        centre: Where codes are expected, (2,).
        scale: How far they spread, (2,).
    """
    seen = _seeing(OF_SURFACE)
    axis = STEP * (torch.arange(SIDE) - SIDE // 2).double()
    nodes = torch.cartesian_prod(axis, axis)
    flat = seen(decoded(model, centre + scale * nodes.float()))
    size = (flat - flat[len(flat) // 2]).norm(dim=1).median()
    there = flat.reshape(SIDE, SIDE, -1)

    def read(images: Tensor) -> Tensor:
        points = seen(images)
        nearest = torch.cdist(points, flat).argmin(1)
        i, j = ((nearest // SIDE).clamp(1, SIDE - 2), (nearest % SIDE).clamp(1, SIDE - 2))
        step, off = _newton(points, *_parabola(there, i, j))
        codes = torch.stack([axis[i], axis[j]], 1) + STEP * step
        return torch.where((off <= AWAY * size)[:, None], codes, torch.nan)

    known = (1.5 * torch.randn(2 * KNOWN, 2)).clamp(-FAR, FAR)
    misread = read(decoded(model, centre + scale * known)) - known
    return read if misread.abs().nan_to_num(torch.inf).max().item() <= EXACT_OF_TWO else None


def _seeing(directions: int) -> Callable[[Tensor], Tensor]:
    """Return what sees images along so many random directions."""
    matrix = torch.randn(784, directions)
    return lambda images: (images.detach().flatten(1).float() @ matrix).double()


def _parabola(there: Tensor, i: Tensor, j: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return value, slopes (n, seen, 2) and curvatures (n, seen, 2, 2) of the surface at nodes."""
    here, up, down = there[i, j], there[i + 1, j], there[i - 1, j]
    right, left = there[i, j + 1], there[i, j - 1]
    corners = there[i + 1, j + 1] + there[i - 1, j - 1] - there[i + 1, j - 1] - there[i - 1, j + 1]
    across = torch.stack([up + down - 2 * here, corners / 4], 2)
    along = torch.stack([corners / 4, right + left - 2 * here], 2)
    slopes = torch.stack([up - down, right - left], 2) / 2
    return here, slopes, torch.stack([across, along], 3)


def _newton(
    points: Tensor, here: Tensor, slopes: Tensor, curvatures: Tensor
) -> tuple[Tensor, Tensor]:
    """Return the steps from nodes to points, in steps of the grid, and how far off they end."""
    step = points.new_zeros(len(points), 2)
    for _ in range(2):
        bent = torch.einsum("nsab,nb->nsa", curvatures, step)
        at = here + torch.einsum("nsa,na->ns", slopes + bent / 2, step)
        turned = slopes + bent
        normal = torch.einsum("nsa,nsb->nab", turned, turned)
        # a surface that is flat there has no code to be read; what comes is far off, and is seen
        most = 1e-12 + normal.abs().amax((1, 2), keepdim=True)
        ridge = 1e-9 * most * torch.eye(2, dtype=points.dtype)
        wanted = torch.einsum("nsa,ns->na", turned, points - at)
        step = (step + torch.linalg.solve(normal + ridge, wanted)).clamp(-1.5, 1.5)
    bent = torch.einsum("nsab,nb->nsa", curvatures, step)
    at = here + torch.einsum("nsa,na->ns", slopes + bent / 2, step)
    return step, (points - at).norm(dim=1)
