"""Lazy layers, which make their parameters at their first call, work across the wall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.nn.parameter import is_lazy

from autograder.sandbox import Cell, Sandbox
from checkkit import optimizer
from checkkit.beside import weights_of

SOURCE = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.LazyLinear(8), nn.LazyBatchNorm1d(), nn.Tanh())
        self.second = nn.LazyLinear(2)
    def forward(self, x): return self.second(self.first(x))
    def features(self, x): return self.first(x)
"""


@pytest.fixture
def models(sandbox: Sandbox) -> Iterator[tuple[Any, Any]]:
    session = sandbox.session([Cell("net", SOURCE, "answer")], ["Net"])
    session.load()
    net: Any = session.answers(["Net"])["Net"]
    yield net(), net()
    session.close()


def test_a_call_makes_the_parameters_of_the_layers_that_it_uses(models: tuple[Any, Any]) -> None:
    model, _ = models
    assert all(is_lazy(parameter) for parameter in model.parameters())
    model.features(torch.rand(4, 3)).sum().backward()
    assert model.first[0].weight.shape == (8, 3)
    assert model.first[0].weight.grad.shape == (8, 3)
    assert model.first[1].running_mean.shape == (8,)
    assert is_lazy(model.second.weight)


def test_their_state_can_be_loaded_into_a_model_that_was_not_called(
    models: tuple[Any, Any],
) -> None:
    one, other = models
    x = torch.rand(4, 3)
    made = one.eval()(x).detach()
    other.eval().load_state_dict(one.state_dict())
    assert torch.equal(other(x).detach(), made)


def test_they_are_trained(models: tuple[Any, Any]) -> None:
    model, _ = models
    x = torch.rand(4, 3)
    before = model(x).square().sum().item()
    adam = optimizer.adam(model, lr=0.05)
    for _ in range(20):
        adam.step(model(x).square().sum())
    assert weights_of(model)["second.weight"].shape == (2, 8)
    assert model(x).square().sum().item() < before / 2
