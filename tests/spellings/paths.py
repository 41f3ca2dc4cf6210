"""Mistakes in interpolate."""

from __future__ import annotations

BEFORE = """\
@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    mode = model.training
    try:
        return path(model.eval(), x1[None], x2[None], steps)
    finally:
        model.train(mode)

def path(model, x1, x2, steps):
    a, b = model.encode(x1)[0], model.encode(x2)[0]
    t = torch.arange(steps)[:, None] / (steps - 1)
    return """

PATHS = {
    "alpha-reversed": (
        "model.decode(torch.lerp(b, a, t))",
        "torch.cat([model.decode(b + (a - b) * k / (steps - 1)) for k in range(steps)])",
    ),
    "one-frame-too-many": (
        "model.decode(torch.lerp(a, b, torch.arange(steps + 1)[:, None] / steps))",
        "torch.cat([model.decode(a + (b - a) * k / steps) for k in range(steps + 1)])",
    ),
    "last-end-missing": (
        "model.decode(torch.lerp(a, b, torch.linspace(0, 1, steps + 1)[:-1, None]))",
        "torch.cat([model.decode(a + (b - a) * k / steps) for k in range(steps)])",
    ),
    "cross-fade-of-pixels": (
        "torch.lerp(x1, x2, t[..., None, None])",
        "torch.cat([x1 + (x2 - x1) * one for one in t])",
    ),
    "mixes-before-encoding": (
        "model.decode(model.encode(torch.lerp(x1, x2, t[..., None, None]))[0])",
        "torch.cat([model.decode(model.encode(x1 + (x2 - x1) * one)[0]) for one in t])",
    ),
}
SPELLINGS = {
    mistake: tuple(f"{BEFORE}{path}\n" for path in twice) for mistake, twice in PATHS.items()
}
