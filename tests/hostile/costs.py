"""Attacks on the memory of the grader itself: little work for a worker, much for its grader."""

from __future__ import annotations

from tests.hostile.attack import cells

INTERPOLATE = ("gives_steps_images", "eval_mode_is_used")
MODEL = ("has_both_kinds_of_convolution", "encode_gives_mu_and_logvar", "samples_differ")
CODE = "def interpolate(model, x1, x2, steps=10):\n    d = model.encode(x1[None])[0].shape[1]\n"

CALLBACKS = cells(
    "the grader's memory",
    {
        name: CODE + "".join(f"    {line}\n" for line in body)
        for name, body in {
            "a million samples": ["return model.sample(10**6)"],
            "a float for a number of samples": ["return model.sample(1e6)"],
            "a method that is not offered": ["return model.codes(torch.zeros(10**4, 784))"],
            "a parameter's own method": ["return model.into.repeat(10**5, 1)"],
            "a batch of 60,000 codes of one byte": [
                "return model.decode(torch.zeros(60_000, d, dtype=torch.uint8))"
            ],
            "an empty batch with an enormous dimension": [
                "return model.encode(torch.zeros(0, 1, 28, 28, 2**38))"
            ],
            "a batch of images through forward": ["return model(torch.zeros(2000, 1, 28, 28))"],
            "30,000 numbers for arguments": ["return model.decode(*range(30_000))"],
            "a number of 18 digits": ["return model.decode(10**18)"],
            "images of 1,000 codes, all kept": [
                "kept = []",
                "while True: kept.append(model.decode(torch.zeros(1000, d)))",
            ],
            "graphs that are never dropped": [
                "torch.set_grad_enabled(True); kept = []",
                "while True: kept.append(model.decode(torch.zeros(500, d, requires_grad=True)))",
            ],
            "copies of the model": [
                "import copy; kept = []",
                "while True: kept.append(copy.deepcopy(model))",
            ],
            "a mode with a name of 3 MB": [
                "fields = {'target': {'home': 0}, 'part': 'x' * 3_000_000}",
                "channel().send({'ask': 'mode', 'content': {'dict': fields}}, [])",
                "return channel().receive()",
            ],
        }.items()
    },
    question="interpolate",
    checks=INTERPOLATE,
)

FORGED = """\
class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        one = channel()
        one.send({'content': {'dict': {'result': %s, 'mutated': {'list': %s},
                 'state': {'list': []}, 'tape': %s}}, 'drop': []}, %s)
        time.sleep(9)
"""
MODULE = "{'module': 0, 'kinds': %s, 'parameters': %s, 'buffers': %s}"
LARGE = "[torch.zeros(2**17)]"
FRAMES = cells(
    "the grader's memory",
    {
        "15,000 results that are one tensor": FORGED
        % ("{'list': [{'tensor': 0, 'grad': True}] * 15_000}", "[]", "1", LARGE),
        "15,000 parameters that are one tensor": FORGED
        % (MODULE % ("[]", "[[f'p{i}', 0, True] for i in range(15_000)]", "[]"), "[]", None, LARGE),
        "15,000 buffers that are one tensor": FORGED
        % (MODULE % ("[]", "[]", "[[f'b{i}', 0] for i in range(15_000)]"), "[]", None, LARGE),
        "one tensor as the new content of every input": FORGED
        % ("None", "[{'tuple': [0, {'tensor': 0}]}] * 15_000", None, LARGE),
        "15,000 modules with one tensor each": FORGED
        % (
            "{'list': [" + MODULE % ("[]", "[['p', 0, True]]", "[]") + "] * 15_000}",
            *("[]", None, LARGE),
        ),
        "120,000 empty lists": FORGED % ("{'list': [{'list': []}] * 120_000}", "[]", None, "[]"),
        "a payload that is announced and never sent": """
            import struct
            class ConvVAE(nn.Module):
                def __init__(self, latent_dim=16):
                    head = b'{"content":null,"tensors":[["uint8",[268435456]]]}'
                    os.write(fd(), struct.pack('>II', len(head), 2**28) + head); time.sleep(9)
            """,
    },
    question="conv_vae",
    checks=MODEL,
)

LARGE_MODEL = """\
class ConvVAE(nn.Module):
    def __init__(self, latent_dim=16):
        super().__init__()
        {}
    def encode(self, x): return torch.zeros(len(x), 16), torch.zeros(len(x), 16)
    def sample(self, n): return torch.rand(n, 1, 28, 28)
"""
EXPANDED = cells(
    "the grader's memory",
    {
        name: LARGE_MODEL.replace("{}", body)
        for name, body in {
            "a buffer of 63 million numbers by expand": (
                "self.register_buffer('b', torch.zeros(1).expand(63_000_000))"
            ),
            "bool buffers by expand": (
                "self.register_buffer('b', torch.zeros(1, dtype=torch.bool).expand(240_000_000))"
            ),
            "a parameter of 60 million numbers by expand": (
                "self.p = nn.Parameter(torch.zeros(1).expand(60_000_000))"
            ),
            "a dozen buffers of 20 MB by expand": (
                "[self.register_buffer(f'b{i}', torch.zeros(1).expand(5_000_000))"
                " for i in range(12)]"
            ),
            "3,000 parts": "self.parts = nn.ModuleList([nn.Identity() for _ in range(3000)])",
            "1,900 parts": "self.parts = nn.ModuleList([nn.Identity() for _ in range(1900)])",
        }.items()
    },
    earns=7.0,
    question="conv_vae",
    checks=MODEL,
)

KEPT = cells(
    "the grader's memory",
    {
        "63 million numbers as z": (
            "def reparameterize(mu, logvar): return torch.zeros(1).expand(63_000_000)"
        ),
        "inputs that become 30 million numbers": """
            def reparameterize(mu, logvar):
                mu.data = logvar.data = torch.zeros(1).expand(30_000_000)
                return mu
            """,
        "an exception with a message of 100 MB": (
            "def reparameterize(mu, logvar): raise ValueError('x' * 100_000_000)"
        ),
        "90,000 lists": (
            "def reparameterize(mu, logvar): return [[[] for _ in range(300)] for _ in range(300)]"
        ),
    },
)

ATTACKS = [*CALLBACKS, *FRAMES, *EXPANDED, *KEPT]
