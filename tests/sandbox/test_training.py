"""An optimiser beside the weights, on the other side of the wall, trains as one in this process."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from autograder.sandbox import Cell, Sandbox, StudentError
from checkkit import optimizer

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
    """The same model with the same weights, on the other side and here."""
    there = session.answers(["Net"])["Net"]()
    names: dict[str, type[nn.Module]] = {"__name__": "net"}
    exec(SOURCE, names)
    here = names["Net"]()
    here.load_state_dict(there.state_dict())
    return there, here


def train(model, loss, steps: int = 20) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    moves = optimizer.adam(model, LR)
    for _ in range(steps):
        moves.step(loss(model, torch.randn(16, 3, generator=generator)))
    return moves.weights()


def of_one_call(model, x):
    mu, _, h = model(x)
    return (mu - x[:, :2]).square().sum() + 0.1 * h.square().sum()


def of_two_calls(model, x):
    return (model(x)[0] - 2 * model(-x)[0]).square().sum()


@pytest.mark.parametrize("loss", [of_one_call, of_two_calls])
def test_the_weights_are_those_of_training_in_this_process(pair, loss):
    there, here = pair
    before = {name: value.clone() for name, value in here.state_dict().items()}
    wanted, got = train(here, loss), train(there, loss)
    assert wanted.keys() == got.keys()
    for name, value in wanted.items():
        torch.testing.assert_close(got[name], value, msg=lambda text, name=name: f"{name}: {text}")
    assert not torch.equal(got["mu.weight"], before["mu.weight"])
    for still in ("unused.weight", "first.0.bias"):
        assert torch.equal(got[still], before[still])


def test_the_mirror_is_up_to_date_once_weights_were_asked_for(pair):
    there, _ = pair
    weights = train(there, of_one_call)
    for name, value in there.state_dict().items():
        assert torch.equal(value, weights[name])
    x = torch.randn(4, 3)
    was = there.eval()(x)[0]
    with torch.no_grad():
        there.mu.weight.zero_()
        there.mu.bias.fill_(1.0)
    assert not torch.equal(there(x)[0], was)
    assert torch.equal(there(x)[0], torch.ones(4, 2)), "what is changed here is changed there"


def test_weights_that_were_changed_here_are_what_is_trained_there(pair):
    there, here = pair
    for model in pair:
        with torch.no_grad():
            model.mu.weight.mul_(3)
    wanted, got = train(here, of_one_call), train(there, of_one_call)
    torch.testing.assert_close(got["mu.weight"], wanted["mu.weight"])


def test_a_loss_without_a_gradient_raises_as_it_does_in_this_process(pair):
    for model in pair:
        moves = optimizer.adam(model, LR)
        with pytest.raises(RuntimeError, match="does not require grad"):
            moves.step(model(torch.randn(4, 3))[1].sum())


def test_a_backward_pass_after_a_step_asks_for_its_gradient_again(pair):
    there, here = pair
    x = torch.randn(5, 3)
    for model in pair:
        optimizer.adam(model, LR).step(of_one_call(model, x))
        model.zero_grad()
        of_one_call(model, x).backward()
    torch.testing.assert_close(there.mu.weight.grad, here.mu.weight.grad)


def test_what_is_no_list_of_weights_is_the_answers_fault(session):
    net = session.answers(["Net"])["Net"]()
    moves = net.remote_adam(LR)
    net.connection.ask = lambda *_, **__: 7
    with pytest.raises(StudentError, match="no weights"):
        moves.weights()


def test_a_call_can_change_buffers_of_the_mirror_and_no_weights(pair):
    there, _ = pair
    before = there.mu.weight.detach().clone()
    there.take("mu.weight", torch.zeros_like(before))
    assert torch.equal(there.mu.weight, before)
    there.take("first.1.running_mean", torch.ones(8))
    assert torch.equal(there.first[1].running_mean, torch.ones(8))
