"""Mistakes in interpolate about modes, gradients and inputs, each answer written out."""

from __future__ import annotations

LERP = "torch.lerp(mu[:1], mu[1:], torch.linspace(0, 1, steps).to(mu)[:, None])"
WALK = "[a + (b - a) * k / (steps - 1) for k in range(steps)]"

SPELLINGS = {
    "model-not-in-eval": (
        f"""\
@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    mu = model.encode(torch.stack([x1, x2]))[0]
    return model.decode({LERP})
""",
        f"""\
def interpolate(model, x1, x2, steps=10):
    was = model.training
    with torch.no_grad():
        a, b = (model.encode(x[None])[0] for x in (x1, x2))
        frames = torch.cat([model.decode(z) for z in {WALK}])
    model.train(was)
    return frames
""",
        """\
def encode_mean(model, image):
    mu, _logvar = model.encode(image.unsqueeze(0))
    return mu

def interpolate(model, x1, x2, steps=10):
    with torch.inference_mode():
        z1, z2 = encode_mean(model, x1), encode_mean(model, x2)
        weights = torch.linspace(0.0, 1.0, steps).reshape(-1, 1)
        images = model.decode(z1 + weights * (z2 - z1))
    return images.clone()
""",
    ),
    "model-left-in-eval": (
        f"""\
@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    model.eval()
    mu = model.encode(torch.stack([x1, x2]))[0]
    return model.decode({LERP})
""",
        f"""\
def interpolate(model, x1, x2, steps=10):
    model = model.eval()
    with torch.no_grad():
        a, b = (model.encode(x[None])[0] for x in (x1, x2))
        return torch.cat([model.decode(z) for z in {WALK}])
""",
        """\
def interpolate(model, x1, x2, steps=10):
    model.train(False)
    with torch.inference_mode():
        (z1, _), (z2, _) = model.encode(x1.unsqueeze(0)), model.encode(x2.unsqueeze(0))
        weights = torch.arange(steps).div(steps - 1).reshape(-1, 1)
        images = model.decode(torch.add(z1, weights * (z2 - z1)))
    return images
""",
    ),
    "model-left-in-train": (
        f"""\
@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    model.eval()
    mu = model.encode(torch.stack([x1, x2]))[0]
    images = model.decode({LERP})
    model.train(True)
    return images
""",
        f"""\
def interpolate(model, x1, x2, steps=10):
    try:
        with torch.no_grad():
            model.eval()
            a, b = (model.encode(x[None])[0] for x in (x1, x2))
            return torch.cat([model.decode(z) for z in {WALK}])
    finally:
        model.train()
""",
        """\
from contextlib import contextmanager

@contextmanager
def evaluating(model):
    model.eval()
    with torch.no_grad():
        yield model
    model.train()

def interpolate(model, x1, x2, steps=10):
    with evaluating(model) as frozen:
        (z1, _), (z2, _) = frozen.encode(x1[None]), frozen.encode(x2[None])
        w = torch.linspace(0, 1, steps)[:, None]
        return frozen.decode(z1 * (1 - w) + z2 * w)
""",
    ),
    "gradient-kept": (
        f"""\
def interpolate(model, x1, x2, steps=10):
    was = model.training
    model.eval()
    mu = model.encode(torch.stack([x1, x2]))[0]
    images = model.decode({LERP})
    model.train(was)
    return images
""",
        f"""\
def interpolate(model, x1, x2, steps=10):
    mode = model.training
    try:
        model.eval()
        a, b = (model.encode(x[None])[0] for x in (x1, x2))
        return torch.cat([model.decode(z) for z in {WALK}])
    finally:
        model.train(mode)
""",
        """\
def interpolate(model, x1, x2, steps=10):
    training = model.training
    model.train(False)
    (z1, _), (z2, _) = model.encode(x1.unsqueeze(0)), model.encode(x2.unsqueeze(0))
    weights = torch.arange(steps).div(steps - 1).reshape(-1, 1)
    images = model.decode(torch.add(z1, weights * (z2 - z1)))
    model.train(training)
    return images
""",
    ),
    "images-not-batched": (
        """\
@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    was = model.training
    model.eval()
    a, b = model.encode(x1)[0], model.encode(x2)[0]
    t = torch.linspace(0, 1, steps)[:, None]
    images = model.decode(torch.lerp(a, b, t))
    model.train(was)
    return images
""",
        f"""\
def interpolate(model, x1, x2, steps=10):
    mode = model.training
    try:
        model.eval()
        with torch.no_grad():
            a, b = (model.encode(x)[0] for x in (x1, x2))
            return torch.cat([model.decode(z) for z in {WALK}])
    finally:
        model.train(mode)
""",
        """\
def interpolate(model, x1, x2, steps=10):
    training = model.training
    model.train(False)
    with torch.inference_mode():
        (z1, _), (z2, _) = map(model.encode, (x1, x2))
        weights = torch.arange(steps).div(steps - 1).reshape(-1, 1)
        images = model.decode(torch.add(z1, weights * (z2 - z1)))
    model.train(training)
    return images
""",
    ),
    "global-model-used": (
        f"""\
@torch.no_grad()
def interpolate(model, x1, x2, steps=10):
    was = vae.training
    vae.eval()
    mu = vae.encode(torch.stack([x1, x2]))[0]
    images = vae.decode({LERP})
    vae.train(was)
    return images
""",
        f"""\
def interpolate(model, x1, x2, steps=10):
    mode = model.training
    try:
        model.eval()
        with torch.no_grad():
            a, b = (vae.encode(x[None])[0] for x in (x1, x2))
            return torch.cat([vae.decode(z) for z in {WALK}])
    finally:
        model.train(mode)
""",
        """\
def interpolate(net, x1, x2, steps=10):
    training = net.training
    net.eval()
    with torch.no_grad():
        (z1, _), (z2, _) = vae.encode(x1[None]), vae.encode(x2[None])
        weights = torch.arange(steps).div(steps - 1).reshape(-1, 1)
        images = vae.decode(torch.add(z1, weights * (z2 - z1)))
    net.train(training)
    return images
""",
    ),
}
