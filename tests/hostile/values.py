"""Attacks through values: misleading results, tampering, stashed inputs, injection into pages."""

from __future__ import annotations

from autograder.authoring.attacks import sources
from tests.hostile.attack import body_of, cells

# They may earn only the points for the shape.
SHAPE_ONLY = 0.5

VALUES = cells(
    "misleading values",
    {
        name: f"def reparameterize(mu, logvar):\n    {body}"
        for name, body in {
            "NaN": "return mu * float('nan')",
            "infinity": "return mu + float('inf')",
            "complex": "return torch.complex(mu, mu)",
            "sparse": "return mu.to_sparse()",
            "meta": "return mu.to('meta')",
            "quantised": "return torch.quantize_per_tensor(mu.float(), 0.1, 0, torch.qint8)",
            "integers": "return mu.to(torch.int64)",
            "8-bit floats": "return mu.to(torch.float8_e4m3fn)",
            "empty": "return mu[:0]",
            "a tensor that broadcasts": "return torch.zeros(1, 1)",
            "expanded from one": "return torch.zeros(()).expand(mu.shape)",
            "a conjugate view": "return torch.complex(mu, mu).conj().imag",
            "named dimensions": "return mu.refine_names('a', 'b')",
            "nested": "return torch.nested.nested_tensor([mu[0], mu[-1]])",
            "a NumPy array": "return mu.detach().numpy()",
            "a list that contains itself": "x = []; x.append(x); return x",
            "a dict that contains itself": "x = {}; x['x'] = x; return x",
            "a generator": "return (x for x in mu)",
            "the string nan": "return 'nan'",
            "a class": "return type(mu)",
            "a parameter": "return nn.Parameter(mu.detach().clone())",
            "a tensor that claims a gradient": "return mu.detach().clone().requires_grad_()",
            "a module": "return nn.Linear(2, 2)",
            "100 million numbers": "return torch.zeros(10**8)",
            "30,000 tensors": "return [mu] * 30_000",
        }.items()
    },
    earns=SHAPE_ONLY,
) + cells(
    "misleading values",
    {
        "a subclass equal to everything": """
            class All(torch.Tensor):
                def __eq__(self, other): return True
                def __ne__(self, other): return False
                @classmethod
                def __torch_function__(cls, f, types, args=(), kwargs=None): return args[0]
            def reparameterize(mu, logvar): return mu.as_subclass(All)
            """,
        "an object equal to everything": """
            class All:
                shape, dtype, requires_grad = (4, 3), torch.float64, True
                def __getattr__(self, name): return self
                def __call__(self, *a, **k): return self
                def __eq__(self, other): return True
                def __bool__(self): return True
            def reparameterize(mu, logvar): return All()
            """,
        "a list with a false length": """
            class Long(list):
                def __len__(self): return 10**9
                def __iter__(self): return iter(int, 1)
            def reparameterize(mu, logvar): return Long()
            """,
        "an exception without a message": """
            class Mute(Exception):
                def __str__(self): raise self
            def reparameterize(mu, logvar): raise Mute
            """,
        "a class name of a million letters": """
            def reparameterize(mu, logvar): return type('x' * 10**6 + '\\x1b[31m', (), {})()
            """,
    },
    earns=SHAPE_ONLY,
)

LOSS = ("returns_three_scalars", "kl_of_known_posteriors", "kl_matches_torch_distributions")
VAE = ("encode_gives_mu_and_logvar", "forward_gives_recon_mu_logvar", "sample_gives_n_images")
WALK = ("ends_are_the_two_means", "decodes_the_straight_line", "inputs_are_unchanged")

GOALS = cells(
    "tampering",
    {
        "inputs changed to fit the answer": """
            def vae_loss(recon_x, x, mu, logvar, beta=1.0):
                recon_x.data, mu.data = x.detach().clone(), torch.zeros_like(mu)
                logvar.data = torch.zeros_like(logvar)
                zero = (mu * 0).sum()
                return zero, zero, zero
            """,
        "inputs changed to another shape": """
            def vae_loss(recon_x, x, mu, logvar, beta=1.0):
                mu.data, logvar.data = torch.zeros(1, 1), torch.zeros(1, 1)
                return mu.sum(), mu.sum(), mu.sum()
            """,
    },
    earns=1.0,
    question="vae_loss",
    checks=LOSS,
) + cells(
    "tampering",
    {
        "the model's parameters set to zero": """
            def interpolate(model, x1, x2, steps=10):
                for p in model.parameters(): p.data.zero_()
                with torch.no_grad(): return model.decode(torch.zeros(steps, 1))
            """,
        "endless calls of the model": """
            def interpolate(model, x1, x2, steps=10):
                while True: model.decode(torch.zeros(10**6, 1))
            """,
        "endless autograd graphs of the model": """
            def interpolate(model, x1, x2, steps=10):
                kept = []
                while True: kept.append(model.decode(torch.zeros(10**4, 1, requires_grad=True)))
            """,
        "private attributes of the model": """
            def interpolate(model, x1, x2, steps=10):
                for name in ("load_state_dict", "register_forward_hook", "apply", "zero_grad",
                             "__dict__", "means", "share_memory"):
                    try: getattr(model, name)(x1)
                    except Exception: pass
                return x1
            """,
    },
    earns=0.5,
    question="interpolate",
    checks=WALK,
)

MODEL = """
class ConvVAE(nn.Module):
    kept = None
    def __init__(self, latent_dim=16):
        super().__init__()
        self.d = latent_dim
        self.w = nn.Parameter(torch.zeros(1)); {init}
    def encode(self, x):
        {stash}
        return self.w * x.flatten(1)[:, :self.d], self.w * x.flatten(1)[:, :self.d]
    def decode(self, z):
        {fetch}
        return (x if x is not None else torch.rand(len(z), 1, 28, 28)) + 0 * self.w
    def forward(self, x): return (self.decode(self.encode(x)[0]), *self.encode(x))
    def sample(self, n): return torch.rand(n, 1, 28, 28)
"""
STASHES = cells(
    "stashing the input",
    {
        name: MODEL.replace("{init}", init).replace("{stash}", stash).replace("{fetch}", fetch)
        for name, (init, stash, fetch) in {
            "in a global": ("pass", "globals()['kept'] = x", "x = globals().get('kept')"),
            "in the class": ("pass", "ConvVAE.kept = x", "x = ConvVAE.kept"),
            "in a buffer": (
                "self.register_buffer('b', torch.zeros(1, 1, 28, 28))",
                "self.b = x.detach().clone()",
                "x = self.b if len(self.b) == len(z) else None",
            ),
            "in a parameter": (
                "self.p = nn.Parameter(torch.rand(1000, 1, 28, 28))",
                "self.p.data[: len(x)] = x.detach()[:1000]",
                "x = self.p[: len(z)] if len(z) <= 1000 else None",
            ),
            "in a file": (
                "pass",
                "torch.save(x, os.environ['HOME'] + '/x')",
                "f = os.environ['HOME'] + '/x'; x = torch.load(f) if os.path.exists(f) else None",
            ),
        }.items()
    },
    question="conv_vae",
    checks=("learns_to_reconstruct",),
)

# Replaces what the worker answers when the grader asks for the training loop.
FAKE = """
import gc
def answer(**replies):
    for one in gc.get_objects():
        if type(one) is dict and callable(one.get("continue_loop")): one.update(replies)
class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        self.d = latent_dim
        self.w = nn.Parameter(torch.zeros(1))
        {fake}
    def encode(self, x): return self.w * x.flatten(1)[:, :self.d], self.w * x.flatten(1)[:, :self.d]
    def decode(self, z): return torch.sigmoid(self.w + 0 * z.sum()).expand(len(z), 1, 28, 28)
    def forward(self, x): return (self.decode(self.encode(x)[0]), *self.encode(x))
    def sample(self, n): return self.decode(torch.zeros(n, self.d))
"""
LOOPS = cells(
    "faking the training loop",
    {
        name: FAKE.replace("{fake}", fake)
        for name, fake in {
            "it claims to have learned": "answer(continue_loop=lambda loop: None)",
            "it claims steps without any": (
                "told = iter([[(16, [0.0] * 16)], None])\n"
                "        answer(continue_loop=lambda loop: next(told, None))"
            ),
            "it claims more steps than there are": (
                "answer(continue_loop=lambda loop: [(10**9, [0.0])])"
            ),
            "it trains for ever": "answer(continue_loop=lambda loop: [(16, [0.0] * 16)])",
            "its losses are text": "answer(continue_loop=lambda loop: [(1, ['<script>'])])",
            "its losses are not finite": (
                "told = iter([[(2, [float('nan'), 1e999])], None])\n"
                "        answer(continue_loop=lambda loop: next(told, None))"
            ),
            "its answers are no answers": "answer(continue_loop=lambda loop: loop)",
            "its weights are others": (
                "answer(weights=lambda target: [('w', torch.ones(1)), ('x', 7), 'y'])"
            ),
            "it has no weights": "answer(weights=lambda target: None)",
            "it hangs": "answer(continue_loop=lambda loop: time.sleep(99))",
            "its optimizer does nothing": "torch.optim.Adam.step = lambda self: None",
            "its loss is always small": (
                "F.binary_cross_entropy = lambda *_, **__: 0 * self.w.sum()"
            ),
        }.items()
    },
    question="conv_vae",
    checks=("learns_to_reconstruct",),
)

SHOWN = cells(
    "injection into pages and terminals",
    {name: body_of("reparameterize", source) for name, source in sources.PAGES.items()}
    | {
        "a script as a result's type": """
            def reparameterize(mu, logvar):
                return type('<script>alert(1)</script>', (), {})()
            """,
        "a script as the answer's type": """
            reparameterize = type('<script>alert(1)</script>', (), {})()
            """,
    },
)

ATTACKS = [*VALUES, *GOALS, *STASHES, *LOOPS, *SHOWN]
