"""Loops of the grader's own run beside a model, and nothing rests on what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from autograder.sandbox import Budgets, Cell, Sandbox, StudentError, StudentGone
from checkkit.beside import run_beside, weights_of

SOURCE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Linear(1, 1)
        self.register_buffer("calls", torch.zeros(()))
    def forward(self, x):
        self.calls += 1
        return self.scale(x)
"""
LOOP = '''
import time
from checkkit.optimizer import adam

def count(model, start, stop):
    """Yield numbers."""
    yield from range(start, stop)

def train(model, x, steps):
    optimizer = adam(model, 0.1)
    for _ in range(steps):
        loss = model(x).square().sum()
        optimizer.step(loss)
        yield loss.item()

def fail(model):
    yield 1
    raise ValueError("the loop is wrong")

def hang(model):
    yield 1
    time.sleep(99)

def several(model, values):
    yield {"list": [values, 2.5, "text"], "sum": values.sum(), "model": type(model).__name__}
'''


@pytest.fixture
def loop(tmp_path: Path) -> Path:
    file = tmp_path / "loop.py"
    file.write_text(LOOP)
    return file


def session_of(sandbox: Sandbox, source: str = SOURCE, budgets: Budgets | None = None):
    session = sandbox.session([Cell("net", source, "answer")], ["Net"], budgets=budgets)
    assert session.load().names == {"Net": "type"}
    session.begin()
    return session


@pytest.fixture
def there(sandbox: Sandbox):
    session = session_of(sandbox)
    yield session.answers(["Net"])["Net"]()
    session.close()


@pytest.fixture
def here() -> nn.Module:
    names: dict[str, type[nn.Module]] = {"__name__": "net"}
    exec(SOURCE, names)
    return names["Net"]()


@pytest.fixture(params=["there", "here"])
def model(request: pytest.FixtureRequest) -> nn.Module:
    return request.getfixturevalue(request.param)


def test_a_loop_yields_what_its_function_yields(model, loop):
    assert list(run_beside(model, loop, "count", 3, 6)) == [3, 4, 5]


def test_values_cross_as_arguments_of_calls_do(model, loop):
    (found,) = run_beside(model, loop, "several", torch.tensor([1.0, 2.0]))
    assert found["model"] == "Net", "the function gets the model itself"
    assert found["sum"] == 3
    assert found["list"][0].tolist() == [1, 2]
    assert found["list"][1:] == [2.5, "text"]


def test_a_loop_trains_the_model_and_its_weights_can_be_pulled(model, loop):
    with torch.no_grad():
        model.scale.weight.fill_(2.0)  # must reach the other side before the loop begins
        model.scale.bias.zero_()
    losses = list(run_beside(model, loop, "train", torch.ones(4, 1), 30))
    assert losses[0] == 16
    assert losses[-1] < 1
    weights = weights_of(model)
    assert weights["calls"] == 30
    total = (weights["scale.weight"] + weights["scale.bias"]).item()
    assert 4 * total**2 == pytest.approx(losses[-1], abs=0.5)
    assert torch.equal(model.state_dict()["scale.weight"], weights["scale.weight"])


def test_the_two_sides_train_alike(there, here, loop):
    here.load_state_dict(weights_of(there))
    losses = [list(run_beside(one, loop, "train", torch.ones(4, 1), 20)) for one in (there, here)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)  # float32 sums in another order


def test_a_loop_has_gradients_although_an_answer_has_disabled_them(sandbox, loop):
    session = session_of(sandbox, SOURCE + "torch.set_grad_enabled(False)\n")
    net = session.answers(["Net"])["Net"]()
    assert len(list(run_beside(net, loop, "train", torch.ones(4, 1), 3))) == 3
    session.close()


def test_loops_run_side_by_side(there, loop):
    one, other = (run_beside(there, loop, "count", start, 9) for start in (0, 5))
    assert [next(one), next(other), next(one), next(other)] == [0, 5, 1, 6]


def test_what_a_loop_raises_is_an_error_of_the_answer(there, loop):
    values = run_beside(there, loop, "fail")
    assert next(values) == 1
    with pytest.raises(StudentError, match="the loop is wrong"):
        next(values)


def test_a_loop_that_does_not_answer_in_time_is_stopped(sandbox, loop):
    budgets = Budgets(call_seconds=0.5, after_hang_seconds=0.25)
    session = session_of(sandbox, budgets=budgets)
    values = run_beside(session.answers(["Net"])["Net"](), loop, "hang")
    assert next(values) == 1
    with pytest.raises(StudentGone) as gone:
        next(values)
    assert (gone.value.reason, gone.value.detail) == ("late", "stopped after 0.5 s")
    session.close()


FAKED = """
import gc
for one in gc.get_objects():
    if type(one) is dict and callable(one.get("continue_loop")):
        one["continue_loop"] = lambda loop: {reply}
"""


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        ("7", "the answer of a loop is malformed"),
        ("[1, 2]", "the answer of a loop is malformed"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_submission_that_answers_for_the_loop_gets_an_error(sandbox, loop, reply, message):
    session = session_of(sandbox, SOURCE + FAKED.replace("{reply}", reply))
    values = run_beside(session.answers(["Net"])["Net"](), loop, "count", 0, 3)
    with pytest.raises(StudentError, match=message):
        next(values)
    session.close()


def test_a_submission_can_answer_for_the_loop(sandbox, loop):
    """So nothing may rest on what a loop says; attacks on the training check do this."""
    session = session_of(sandbox, SOURCE + FAKED.replace("{reply}", "[384]"))
    values = run_beside(session.answers(["Net"])["Net"](), loop, "count", 0, 3)
    assert next(values) == 384
    session.close()
