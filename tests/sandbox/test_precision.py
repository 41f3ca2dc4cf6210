"""A worker can compute with tensors of every precision, although it may not read /proc."""

from __future__ import annotations

import pytest
import torch

from autograder.sandbox import Cell, Sandbox

SOURCE = """
import torch
import torch.nn.functional as F

def capability():
    return torch.backends.cpu.get_cpu_capability()

def compute(name):
    dtype = getattr(torch, name)
    one = torch.full((2, 2), 0.5, dtype=dtype)
    image = torch.ones(1, 1, 4, 4, dtype=dtype)
    kernel = torch.full((1, 1, 2, 2), 0.25, dtype=dtype)
    return [
        torch.addcmul(one, one, one), one @ one, one.exp(), one.sum(), torch.randn_like(one) * 0,
        F.conv2d(image, kernel), F.conv_transpose2d(image, kernel), F.linear(one, one, one[0]),
    ]
"""
PRECISIONS = ("float16", "bfloat16", "float32", "float64")


@pytest.mark.parametrize("confine", [True, False], ids=["confined", "unconfined"])
def test_a_worker_computes_in_every_precision_as_the_grader_does(in_bubblewrap, confine):
    own: dict = {}
    exec(SOURCE, own)
    with Sandbox(preload=["torch"], confine=confine) as sandbox:
        session = sandbox.session([Cell("c", SOURCE, "answer")], ["compute", "capability"])
        session.load()
        answers = session.answers(["compute", "capability"])
        session.begin()
        assert answers["capability"]() == own["capability"]()
        for name in PRECISIONS:
            for got, expected in zip(answers["compute"](name), own["compute"](name), strict=True):
                assert got.dtype == expected.dtype == getattr(torch, name)
                assert torch.allclose(got, expected)
        session.close()
