"""An optimizer on the other side of the wall trains a model as one in this process does."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder.sandbox import Cell, Sandbox, StudentError
from checkkit import optimizer
from checkkit.beside import weights_of

SOURCE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Tanh())
        self.mu, self.unused = nn.Linear(8, 2), nn.Linear(8, 2)
        self.first[0].bias.requires_grad_(False)
    def forward(self, x):
        h = self.first(x)
        return self.mu(h), h.detach(), h
"""
LR = 0.05


@pytest.fixture
def session(sandbox: Sandbox):
    session = sandbox.session([Cell("net", SOURCE, "answer")], ["Net"])
    assert session.load().names == {"Net": "type"}
    yield session
    session.close()


@pytest.fixture
def pair(session):
    """Return a model on the other side, and one with the same weights in this process."""
    there = session.answers(["Net"])["Net"]()
    names: dict[str, type[nn.Module]] = {"__name__": "net"}
    exec(SOURCE, names)
    here = names["Net"]()
    here.load_state_dict(there.state_dict())
    return there, here


def train(model, loss, steps: int = 20) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    adam = optimizer.adam(model, LR)
    for _ in range(steps):
        adam.step(loss(model, torch.randn(16, 3, generator=generator)))
    return weights_of(model)


def loss_of_one_call(model, x):
    mu, _, h = model(x)
    return (mu - x[:, :2]).square().sum() + 0.1 * h.square().sum()


def loss_of_two_calls(model, x):
    return (model(x)[0] - 2 * model(-x)[0]).square().sum()


@pytest.mark.parametrize("loss", [loss_of_one_call, loss_of_two_calls])
def test_the_weights_are_those_of_training_in_this_process(pair, loss):
    there, here = pair
    before = {name: value.clone() for name, value in here.state_dict().items()}
    expected, actual = train(here, loss), train(there, loss)
    assert expected.keys() == actual.keys()
    for name, value in expected.items():
        torch.testing.assert_close(
            actual[name], value, msg=lambda text, name=name: f"{name}: {text}"
        )
    assert not torch.equal(actual["mu.weight"], before["mu.weight"])
    for untrained in ("unused.weight", "first.0.bias"):
        assert torch.equal(actual[untrained], before[untrained])


def test_the_mirror_is_up_to_date_after_its_weights_are_pulled(pair):
    there, _ = pair
    weights = train(there, loss_of_one_call)
    for name, value in there.state_dict().items():
        assert torch.equal(value, weights[name])
    x = torch.randn(4, 3)
    before = there.eval()(x)[0]
    with torch.no_grad():
        there.mu.weight.zero_()
        there.mu.bias.fill_(1.0)
    assert not torch.equal(there(x)[0], before)
    assert torch.equal(there(x)[0], torch.ones(4, 2)), "changes made here must reach the other side"


def test_training_starts_from_weights_that_were_changed_on_this_side(pair):
    there, here = pair
    for model in pair:
        with torch.no_grad():
            model.mu.weight.mul_(3)
    expected, actual = train(here, loss_of_one_call), train(there, loss_of_one_call)
    torch.testing.assert_close(actual["mu.weight"], expected["mu.weight"])


def test_a_loss_without_a_gradient_raises_as_it_does_in_this_process(pair):
    for model in pair:
        adam = optimizer.adam(model, LR)
        with pytest.raises(RuntimeError, match="does not require grad"):
            adam.step(model(torch.randn(4, 3))[1].sum())


def test_a_backward_pass_after_a_step_asks_for_the_gradient_again(pair):
    there, here = pair
    x = torch.randn(5, 3)
    for model in pair:
        optimizer.adam(model, LR).step(loss_of_one_call(model, x))
        model.zero_grad()
        loss_of_one_call(model, x).backward()
    torch.testing.assert_close(there.mu.weight.grad, here.mu.weight.grad)


def test_an_answer_without_weights_is_an_error_of_the_student(session):
    net = session.answers(["Net"])["Net"]()
    net.connection.ask = lambda *_, **__: 7
    with pytest.raises(StudentError, match="contains no weights"):
        weights_of(net)


def test_a_call_can_change_buffers_of_the_mirror_but_not_its_weights(pair):
    there, _ = pair
    before = there.mu.weight.detach().clone()
    there.take("mu.weight", torch.zeros_like(before))
    assert torch.equal(there.mu.weight, before)
    there.take("first.1.running_mean", torch.ones(8))
    assert torch.equal(there.first[1].running_mean, torch.ones(8))
