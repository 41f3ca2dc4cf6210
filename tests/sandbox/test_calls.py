"""Calls across the wall behave as calls in ordinary PyTorch do, gradients included."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from autograder.sandbox import Cell, Sandbox, StudentError, StudentGone

SOURCE = """
import torch
from torch import nn

def double(x): return 2 * x
def detached(x): return 2 * x.detach()
def add_one_in_place(x): return x.add_(1).sum()
def as_array(x): return x.numpy()
def nested(x): return {"a": [x, (x * x, None)], "b": "text", "c": 1.5}
def fails(x): raise ValueError("no\\x1b[31m such thing")
def exits(x): raise SystemExit(3)
def uses(model, x): return model.encode(x)[0]
def trains(model): model.train()
def restores(model):
    modes = {part: part.training for part in model.modules()}
    model.train(not model.training)
    model.linear.eval()
    seen = [part.training for part in model.modules()]
    for part, mode in modes.items():
        part.training = mode
    return seen
def on_a_copy(model, x):
    import copy
    mine = copy.deepcopy(model).train()
    return mine.encode(x)[0], mine.training
class Net(nn.Module):
    def __init__(self, width=3):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv2d(1, width, 3), nn.BatchNorm2d(width))
        self.head = nn.Linear(width, 2)
    def forward(self, x): return self.head(self.layers(x).mean((2, 3)))
"""
NAMES = (
    "double",
    "detached",
    "add_one_in_place",
    "as_array",
    "nested",
    "fails",
    "exits",
    "uses",
    "trains",
    "restores",
    "on_a_copy",
    "Net",
)


@pytest.fixture(scope="module")
def session(sandbox: Sandbox):
    session = sandbox.session([Cell("answers", SOURCE, "answer")], NAMES)
    assert session.load().names.keys() == set(NAMES)
    yield session
    session.close()


@pytest.fixture
def answers(session, request):
    session.seed_for_check(request.node.name)
    return session.answers(NAMES)


class Own(nn.Module):
    """A model of the grader's own that is passed into a student's function."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def encode(self, x):
        return self.linear(x), x

    def _secret(self, x):
        return x


def test_a_value_comes_back_as_it_was_computed(answers):
    x = torch.arange(6.0).reshape(2, 3)
    assert torch.equal(answers["double"](x), 2 * x)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool]
)
def test_every_dtype_survives(answers, dtype):
    x = torch.tensor([[0, 1], [1, 0]]).to(dtype)
    (same, _) = answers["nested"](x)["a"]
    assert same.dtype == dtype
    assert torch.equal(same, x)


def test_tensors_without_elements_and_without_dimensions_survive(answers):
    assert answers["double"](torch.empty(0, 3)).shape == (0, 3)
    assert answers["double"](torch.tensor(2.0)).shape == ()


def test_gradients_flow_through_a_call(answers):
    x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(answers["double"], (x,))


def test_a_detached_answer_has_no_gradient(answers):
    x = torch.ones(2, requires_grad=True)
    assert not answers["detached"](x).requires_grad
    assert answers["double"](x).requires_grad


def test_no_graph_is_made_where_gradients_are_off(answers):
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        assert not answers["double"](x).requires_grad


def test_nested_results_keep_their_form_and_their_gradients(answers):
    x = torch.tensor([3.0], requires_grad=True)
    result = answers["nested"](x)
    (_, (square, nothing)) = result["a"]
    square.sum().backward()
    assert (result["b"], result["c"], nothing) == ("text", 1.5, None)
    assert x.grad is not None
    assert x.grad.item() == 6


def test_what_is_changed_in_place_there_is_changed_here(answers):
    x = torch.zeros(2)
    answers["add_one_in_place"](x)
    assert x.tolist() == [1, 1]


def test_what_cannot_cross_arrives_as_the_name_of_its_type(answers):
    assert type(answers["as_array"](torch.ones(2))).__name__ == "ndarray"


def test_an_exception_says_what_and_where_and_is_harmless_text(answers):
    with pytest.raises(StudentError) as caught:
        answers["fails"](1)
    assert caught.value.outcome == "error"
    assert (
        caught.value.message
        == "ValueError: no\N{REPLACEMENT CHARACTER}[31m such thing (line 10 of cell answers)"
    )


def test_a_function_that_exits_has_raised(answers):
    with pytest.raises(StudentError, match="SystemExit: 3"):
        answers["exits"](1)


def test_a_model_has_its_layers_parameters_and_mode(answers):
    net = answers["Net"](width=5)
    assert isinstance(net, nn.Module)
    assert [type(part).__name__ for part in net.modules()][1:] == [
        *("Sequential", "Conv2d", "BatchNorm2d", "Linear")
    ]
    assert isinstance(net.layers[0], nn.Conv2d)
    assert dict(net.named_parameters())["layers.0.weight"].shape == (5, 1, 3, 3)
    assert net.training
    assert not net.eval().training


def test_an_optimiser_on_this_side_trains_the_model_on_the_other(answers):
    net, x = answers["Net"](), torch.rand(4, 1, 6, 6)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    losses = []
    for _ in range(5):
        loss = net(x).square().sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_batch_statistics_that_change_there_change_here(answers):
    net = answers["Net"]()
    before = net.layers[1].running_mean.clone()
    net(torch.rand(4, 1, 6, 6))
    assert not torch.equal(net.layers[1].running_mean, before)


def test_weights_move_to_a_model_in_a_fresh_process(session, answers):
    net, x = answers["Net"](), torch.rand(4, 1, 6, 6)
    net(x)  # so that the batch statistics are not the initial ones
    other = session.fresh_copy(answers["Net"])()
    other.load_state_dict(net.state_dict())
    assert torch.equal(other.eval()(x), net.eval()(x))


def test_a_model_of_the_graders_own_can_be_passed_and_has_gradients(answers):
    model, x = Own(), torch.rand(3, 4, requires_grad=True)
    result = answers["uses"](model, x)
    assert torch.allclose(result, model.linear(x))
    result.sum().backward()
    assert model.linear.bias.grad.tolist() == [3, 3]
    assert x.grad.shape == x.shape


def test_a_function_can_change_the_mode_of_a_model_passed_to_it(answers):
    model = Own().eval()
    answers["trains"](model)
    assert model.training


@pytest.mark.parametrize("training", [True, False])
def test_a_function_sees_and_sets_the_mode_of_every_part_of_a_model_passed_to_it(answers, training):
    model = Own().train(training)
    assert answers["restores"](model) == [not training, False]
    assert [part.training for part in model.modules()] == [training, training]


def test_a_function_can_copy_a_model_passed_to_it_and_leaves_the_model_alone(answers):
    model, x = Own().eval(), torch.rand(3, 4)
    result, training = answers["on_a_copy"](model, x)
    assert torch.allclose(result, model.linear(x))
    assert training
    assert not model.training


def test_a_check_can_copy_a_model_of_the_students(answers):
    net, x = answers["Net"]().eval(), torch.rand(4, 1, 6, 6)
    other = copy.deepcopy(net)
    with torch.no_grad():
        net.head.bias += 1
    assert torch.allclose(net(x), other(x) + 1)
    assert not other.training


def test_copies_are_bounded(sandbox):
    source = "import copy\ndef hoards(model): return [copy.deepcopy(model) for _ in range(10**6)]"
    stay = sandbox.session([Cell("c", source, "answer")], ["hoards"])
    model = Own()
    model.ballast = nn.Parameter(torch.zeros(2**18))  # few copies reach the limit, in little time
    with pytest.raises(StudentGone, match="bytes of copied models"):
        stay.answers(["hoards"])["hoards"](model)
    stay.close()


@pytest.mark.parametrize("method", ["secret", "_secret", "load_state_dict", "register_module"])
def test_a_passed_model_offers_only_its_own_public_methods(sandbox, method):
    source = f"def peeks(model): return model.{method}(1)"
    stay = sandbox.session([Cell("c", source, "answer")], ["peeks"])
    with pytest.raises(StudentError):
        stay.answers(["peeks"])["peeks"](Own())
    stay.close()


def test_a_missing_method_is_the_students_error(answers):
    with pytest.raises(StudentError, match=r"AttributeError.*no attribute 'sample'"):
        answers["Net"]().sample(3)


def test_the_same_seed_gives_the_same_model(session, answers):
    weights = [p.detach() for p in answers["Net"]().parameters()]
    session.seed_for_check("something else")
    session.seed_for_check(test_the_same_seed_gives_the_same_model.__name__)
    again = [p.detach() for p in answers["Net"]().parameters()]
    assert all(torch.equal(one, other) for one, other in zip(weights, again, strict=True))


def test_gone_is_no_exception_that_a_check_could_swallow():
    assert not issubclass(StudentGone, Exception)
