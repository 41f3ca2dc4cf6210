"""`torch.compile` and `torch.autocast` in answers are accepted, and change nothing."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.sandbox import Cell, Sandbox

BEFORE = """
import torch
from torch import nn

def double(x): return 2 * x
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 3)
    def forward(self, x): return self.layer(x) + x
"""
FORMS = {
    "a call": "answer = torch.compile(double)",
    "a decorator": "@torch.compile\ndef answer(x): return double(x)",
    "options": "@torch.compile(fullgraph=True, mode='max-autotune')\ndef answer(x): return 2 * x",
    "a backend": "answer = torch.compile(double, backend='aot_eager', dynamic=True)",
    "a class": "@torch.compile\nclass Twice:\n    def __call__(self, x): return 2 * x\n"
    "answer = Twice()",
    "a module": "net = torch.compile(Net())\nnet.compile()\n"
    "def answer(x): return net(x).detach() - net.layer(x).detach() + x",
    "a function that must not be compiled": "@torch.compiler.disable\ndef answer(x): return 2 * x",
    "torch._dynamo": "import torch._dynamo\ntorch._dynamo.config.suppress_errors = True\n"
    "answer = torch._dynamo.optimize('eager')(double)",
    "a script": "answer = torch.jit.script(double)",
    "a trace": "answer = torch.jit.trace(double, torch.zeros(3))",
    "vmap": "answer = torch.func.vmap(double)",
    "grad": "answer = torch.func.vmap(torch.func.grad(lambda x: x * x))",
    "mixed precision": "def answer(x):\n    with torch.autocast('cpu', torch.bfloat16):\n"
    "        return torch.eye(3) @ x * 2",
    "mixed precision as a decorator": "@torch.cpu.amp.autocast()\n"
    "def answer(x): return torch.eye(3) @ x * 2",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_hint_changes_no_result(sandbox: Sandbox, form: str) -> None:
    session = sandbox.session([Cell("c", BEFORE + FORMS[form], "answer")], ["answer"])
    try:
        report = session.load()
        assert [cell.message for cell in report.cells] == [""]
        x = torch.tensor([1 / 3, -2.0, 1e-4])
        answer: Any = session.answers(["answer"])["answer"]
        # bfloat16 is off by 1e-3; what a layer adds and takes away again, by 1e-7.
        assert torch.allclose(answer(x), 2 * x, rtol=1e-6, atol=1e-6)
    finally:
        session.close()
