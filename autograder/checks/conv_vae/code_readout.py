"""Read the codes off a model's images.

The images of a model with one latent dimension form a curve, those of a model with two a surface.
If it does not intersect itself, an image determines the code that it was decoded from. A reader is
tested on known codes first; for a model that fails, there is no reader.

Codes are returned as (z − centre) / scale, which should be N(0, 1).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from lab.checks.vae import Model, decoded
from torch import Tensor

Read = Callable[[Tensor], Tensor]

# The largest error of a code, on the curve and on the surface. It changes a distribution function
# by at most 0.001 and 0.02, and a standard deviation by at most itself.
EXACT, EXACT_OF_TWO = 0.002, 0.05
# the curve: 0.02 apart in ±4.5, where right codes are, and 90 more points on either side to ±9
FINE, INNER, COARSE, OUTER = 0.02, 4.5, 90, 9.0
# the surface: 25 × 25 images, enough for the kinks that ReLU makes
STEP, SIDE = 0.35, 25
# directions that images are projected on; more would add unneeded precision
OF_CURVE, OF_SURFACE = 8, 16
# known codes to test a reader with; one of 16,000 right codes is further out
KNOWN, FAR = 167, 4.0012
# An image of decode is within 2 % of the surface, in units of the median distance from its middle.
OFF_SURFACE = 0.1


def of_curve(model: Model, centre: float = 0.0, scale: float = 1.0) -> Read | None:
    """Return a reader for the images of a model with latent_dim = 1; None if codes are ambiguous.

    Args:
        model: In eval mode.
        centre: The expected mean of the codes.
        scale: Their expected standard deviation.
    """
    project = _projection(OF_CURVE)
    fine = centre + scale * torch.linspace(-INNER, INNER, round(2 * INNER / FINE) + 1)
    low, high = fine[0].item(), fine[-1].item()
    # A fixed number of points: messages contain it and must not depend on the model.
    left = torch.linspace(min(-OUTER, low - 1), low, COARSE + 1)[:-1]
    right = torch.linspace(high, max(OUTER, high + 1), COARSE + 1)[1:]
    grid = torch.cat([left, fine, right])
    curve = project(decoded(model, grid[:, None]))
    tangents, gaps = curve[1:] - curve[:-1], (grid[1:] - grid[:-1]).double()
    lengths = tangents.square().sum(1).clamp(min=1e-30)

    def read(images: Tensor) -> Tensor:
        points = project(images)
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
    """Return a reader for the images of a model with latent_dim = 2; None if codes are ambiguous.

    Around each of 25 × 25 images the surface is approximated by a paraboloid through its
    neighbours, and the code is found by Newton's method. Images that are not on the surface give
    NaN.

    Args:
        model: In eval mode.
        centre: The expected mean of the codes, (2,).
        scale: Their expected standard deviation, (2,).
    """
    project = _projection(OF_SURFACE)
    axis = STEP * (torch.arange(SIDE) - SIDE // 2).double()
    nodes = torch.cartesian_prod(axis, axis)
    flat = project(decoded(model, centre + scale * nodes.float()))
    size = (flat - flat[len(flat) // 2]).norm(dim=1).median()
    there = flat.reshape(SIDE, SIDE, -1)

    def read(images: Tensor) -> Tensor:
        points = project(images)
        nearest = torch.cdist(points, flat).argmin(1)
        i, j = ((nearest // SIDE).clamp(1, SIDE - 2), (nearest % SIDE).clamp(1, SIDE - 2))
        step, off = _newton(points, *_parabola(there, i, j))
        codes = torch.stack([axis[i], axis[j]], 1) + STEP * step
        return torch.where((off <= OFF_SURFACE * size)[:, None], codes, torch.nan)

    known = (1.5 * torch.randn(2 * KNOWN, 2)).clamp(-FAR, FAR)
    errors = read(decoded(model, centre + scale * known)) - known
    return read if errors.abs().nan_to_num(torch.inf).max().item() <= EXACT_OF_TWO else None


def _projection(directions: int) -> Callable[[Tensor], Tensor]:
    """Return the projection of images on random directions."""
    matrix = torch.randn(784, directions)
    return lambda images: (images.detach().flatten(1).float() @ matrix).double()


def _parabola(there: Tensor, i: Tensor, j: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return values (n, s), slopes (n, s, 2) and curvatures (n, s, 2, 2) at nodes."""
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
    """Return the steps from nodes to points, in units of the grid, and the remaining distances."""
    step = points.new_zeros(len(points), 2)
    for _ in range(2):
        bent = torch.einsum("nsab,nb->nsa", curvatures, step)
        at = here + torch.einsum("nsa,na->ns", slopes + bent / 2, step)
        turned = slopes + bent
        normal = torch.einsum("nsa,nsb->nab", turned, turned)
        # Where the surface is constant there is no code; the result is far off and is rejected.
        most = 1e-12 + normal.abs().amax((1, 2), keepdim=True)
        ridge = 1e-9 * most * torch.eye(2, dtype=points.dtype)
        wanted = torch.einsum("nsa,ns->na", turned, points - at)
        step = (step + torch.linalg.solve(normal + ridge, wanted)).clamp(-1.5, 1.5)
    bent = torch.einsum("nsab,nb->nsa", curvatures, step)
    at = here + torch.einsum("nsa,na->ns", slopes + bent / 2, step)
    return step, (points - at).norm(dim=1)
