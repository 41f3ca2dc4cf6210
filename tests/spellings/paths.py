"""Mistakes in interpolate that lie on the way between the two images."""

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
LOOP = """\
def interpolate(model: nn.Module, x1: torch.Tensor, x2: torch.Tensor, steps: int = 10):
    training = model.training
    model.eval()
    x1, x2 = x1.unsqueeze(0), x2.unsqueeze(0)
    frames = []
    with torch.inference_mode():
        start, _ = model.encode(x1)
        end, _ = model.encode(x2)
        for i in range(steps):
            {}
            frames.append(frame)
    model.train(training)
    return torch.cat(frames, dim=0)
"""

# mistake -> what `path` returns, and what the loop does
PATHS = {
    "alpha-reversed": (
        "model.decode(torch.lerp(b, a, t))",
        "torch.cat([model.decode(b + (a - b) * k / (steps - 1)) for k in range(steps)])",
        "w = i / (steps - 1); frame = model.decode(w * start + (1 - w) * end)",
    ),
    "one-frame-too-many": (
        "model.decode(torch.lerp(a, b, torch.arange(steps + 1)[:, None] / steps))",
        "torch.cat([model.decode(a + (b - a) * k / steps) for k in range(steps + 1)])",
        (
            "model.decode(torch.einsum('s,bd->sd', torch.linspace(1, 0, steps + 1), a) "
            "+ torch.linspace(0, 1, steps + 1)[:, None] * b)"
        ),
    ),
    "one-frame-too-few": (
        "model.decode(torch.lerp(a, b, torch.arange(steps - 1)[:, None] / max(steps - 2, 1)))",
        "torch.cat([model.decode(a + (b - a) * k) for k in torch.linspace(0, 1, steps - 1)])",
        "model.decode(torch.cat([a + w * (b - a) for w in np.linspace(0.0, 1.0, steps - 1)]))",
    ),
    "last-end-missing": (
        "model.decode(torch.lerp(a, b, torch.linspace(0, 1, steps + 1)[:-1, None]))",
        "torch.cat([model.decode(a + (b - a) * k / steps) for k in range(steps)])",
        "alpha = i / steps; frame = model.decode((1 - alpha) * start + alpha * end)",
    ),
    "first-end-missing": (
        "model.decode(torch.lerp(a, b, torch.linspace(0, 1, steps + 1)[1:, None]))",
        "torch.cat([model.decode(a + (b - a) * k / steps) for k in range(1, steps + 1)])",
        "alpha = (i + 1) / steps; frame = model.decode(torch.lerp(start, end, alpha))",
    ),
    "both-ends-missing": (
        "model.decode(torch.lerp(a, b, (torch.arange(steps)[:, None] + 1) / (steps + 1)))",
        "torch.cat([model.decode(a + (b - a) * k / (steps + 1)) for k in range(1, steps + 1)])",
        "alpha = (i + 1) / (steps + 1); frame = model.decode(start + alpha * (end - start))",
    ),
    "ends-added-to-the-steps": (
        "model.decode(torch.lerp(a, b, torch.arange(steps + 2)[:, None] / (steps + 1)))",
        "torch.cat([model.decode(a + (b - a) * k / (steps + 1)) for k in range(steps + 2)])",
        "model.decode(torch.cat([a + w * (b - a) for w in np.linspace(0, 1, steps + 2)]).float())",
    ),
    "steps-hard-coded": (
        "model.decode(torch.lerp(a, b, torch.arange(10)[:, None] / 9))",
        "torch.cat([model.decode(a + (b - a) * k / 9) for k in range(10)])",
        "model.decode(a + torch.linspace(0, 1, steps=10).unsqueeze(-1) * (b - a))",
    ),
    "cross-fade-of-pixels": (
        "torch.lerp(x1, x2, t[..., None, None])",
        "torch.cat([x1 + (x2 - x1) * one for one in t])",
        "alpha = i / (steps - 1); frame = (1 - alpha) * x1 + alpha * x2",
    ),
    "cross-fade-of-reconstructions": (
        "torch.lerp(model.decode(a), model.decode(b), t[..., None, None])",
        "torch.cat([model.decode(a) * (1 - one) + one * model.decode(b) for one in t])",
        "w = i / (steps - 1); frame = model.decode(start) * (1 - w) + w * model.decode(end)",
    ),
    "mixes-before-encoding": (
        "model.decode(model.encode(torch.lerp(x1, x2, t[..., None, None]))[0])",
        "torch.cat([model.decode(model.encode(x1 + (x2 - x1) * one)[0]) for one in t])",
        (
            "alpha = i / (steps - 1); mixed = x1 * (1 - alpha) + x2 * alpha; "
            "frame = model.decode(model.encode(mixed)[0])"
        ),
    ),
    "logvar-used-as-the-mean": (
        "model.decode(torch.lerp(model.encode(x1)[1], model.encode(x2)[1], t))",
        (
            "torch.cat([model.decode((1 - k) * model.encode(x1)[-1] + k * model.encode(x2)[-1]) "
            "for k in t])"
        ),
        (
            "start, end = model.encode(x1)[1], model.encode(x2)[1]; "
            "frame = model.decode(start + (end - start) * i / (steps - 1))"
        ),
    ),
    "samples-z-at-the-ends": (
        "model.decode(torch.lerp(*(reparameterize(*model.encode(x)) for x in (x1, x2)), t))",
        (
            "draw(model, x1, x2, t)\n\n"
            "def draw(model, x1, x2, t):\n"
            "    (m1, v1), (m2, v2) = model.encode(x1), model.encode(x2)\n"
            "    z1 = m1 + torch.randn_like(m1) * (v1 / 2).exp()\n"
            "    z2 = m2 + torch.randn_like(m2) * (v2 / 2).exp()\n"
            "    return model.decode((1 - t) * z1 + t * z2)"
        ),
        (
            "draw(model, torch.cat([x1, x2]), t)\n\n"
            "def draw(model, both, t):\n"
            "    mu, logvar = model.encode(both)\n"
            "    z = torch.distributions.Normal(mu, logvar.exp().sqrt()).sample()\n"
            "    return model.decode(torch.lerp(z[:1], z[1:], t))"
        ),
    ),
    "codes-returned": (
        "torch.lerp(a, b, t)",
        "torch.cat([a + (b - a) * k / (steps - 1) for k in range(steps)])",
        "alpha = i / (steps - 1); frame = (1 - alpha) * start + alpha * end",
    ),
    "frames-as-list": (
        "[model.decode(torch.lerp(a, b, one)) for one in t]",
        "list(model.decode(torch.lerp(a, b, t)))",
        "list(model.decode((1 - t) * a + t * b).split(1))",
    ),
    "frames-stacked-not-concatenated": (
        "torch.stack([model.decode(torch.lerp(a, b, one)) for one in t])",
        "model.decode(torch.lerp(a, b, t)).unsqueeze(1)",
        "torch.stack([model.decode(a + (b - a) * k / (steps - 1)) for k in range(steps)], dim=0)",
    ),
    "frames-squeezed": (
        "model.decode(torch.lerp(a, b, t)).squeeze()",
        "torch.cat([model.decode(a + (b - a) * one)[0] for one in t])",
        "model.decode((1 - t) * a + t * b)[:, 0]",
    ),
    "frames-as-numpy": (
        "model.decode(torch.lerp(a, b, t)).detach().cpu().numpy()",
        "np.concatenate([model.decode(a + (b - a) * one).numpy() for one in t])",
        "np.array([model.decode(torch.lerp(a, b, one))[0].numpy() for one in t])",
    ),
}


def _source(path: str) -> str:
    if " frame = " in path:
        return LOOP.format(path.replace("; ", "\n            "))
    return f"import numpy as np\n\n{BEFORE}{path}\n"


SPELLINGS = {mistake: tuple(map(_source, paths)) for mistake, paths in PATHS.items()}
