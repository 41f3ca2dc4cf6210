"""Calls across the wall behave like calls in ordinary PyTorch, gradients included."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from autograder.sandbox import Cell, Sandbox, StudentError
from checkkit.host import offers

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
@torch.inference_mode()
def infers(model, x):
    mode, found = model.training, model.eval()
    frames = [model.train(mode).encode(x)[0] for _ in range(2)]
    return frames, found.training
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
class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(1, 2, 3), nn.ConvTranspose2d(2, 1, 3)
        self.up.weight = self.down.weight
    def forward(self, x): return self.up(self.down(x))
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
    "infers",
    "restores",
    "on_a_copy",
    "Net",
    "Tied",
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


@offers("encode")
class GraderModel(nn.Module):
    """A model that the grader passes to a student's function."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 2)

    def encode(self, x):
        return self.linear(x), x

    def _secret(self, x):
        return x


def test_a_call_returns_what_the_function_computed(answers):
    x = torch.arange(6.0).reshape(2, 3)
    assert torch.equal(answers["double"](x), 2 * x)


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool]
)
def test_every_dtype_crosses_the_wall(answers, dtype):
    x = torch.tensor([[0, 1], [1, 0]]).to(dtype)
    (same, _) = answers["nested"](x)["a"]
    assert same.dtype == dtype
    assert torch.equal(same, x)


def test_empty_tensors_and_scalars_cross_the_wall(answers):
    assert answers["double"](torch.empty(0, 3)).shape == (0, 3)
    assert answers["double"](torch.tensor(2.0)).shape == ()


def test_gradients_flow_through_a_call(answers):
    x = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(answers["double"], (x,))


def test_inference_mode_on_the_other_side_is_ordinary_code(answers):
    model, x = GraderModel(), torch.ones(3, 4, requires_grad=True)
    (first, second), mode = answers["infers"](model, x)
    assert mode
    assert model.training
    assert torch.equal(first, model.encode(x)[0])
    assert not first.requires_grad
    assert not second.is_inference()


def test_layers_that_share_a_parameter_share_it_on_this_side(answers):
    model, x = answers["Tied"](), torch.rand(2, 1, 5, 5)
    assert model.up.weight is model.down.weight
    assert len(list(model.parameters())) == 3
    model(x).sum().backward()
    assert model.down.weight.grad is not None
    other = answers["Tied"]()
    other.load_state_dict(model.state_dict())
    assert torch.equal(other(x), model(x))


def test_a_detached_result_has_no_gradient(answers):
    x = torch.ones(2, requires_grad=True)
    assert not answers["detached"](x).requires_grad
    assert answers["double"](x).requires_grad


def test_no_graph_is_made_when_gradients_are_disabled(answers):
    x = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        assert not answers["double"](x).requires_grad


def test_nested_results_keep_their_structure_and_gradients(answers):
    x = torch.tensor([3.0], requires_grad=True)
    result = answers["nested"](x)
    (_, (square, nothing)) = result["a"]
    square.sum().backward()
    assert (result["b"], result["c"], nothing) == ("text", 1.5, None)
    assert x.grad is not None
    assert x.grad.item() == 6


def test_in_place_changes_of_inputs_cross_the_wall(answers):
    x = torch.zeros(2)
    answers["add_one_in_place"](x)
    assert x.tolist() == [1, 1]


def test_a_value_that_cannot_cross_is_replaced_by_an_object_named_after_its_type(answers):
    assert type(answers["as_array"](torch.ones(2))).__name__ == "ndarray"


def test_an_exception_has_its_message_and_line_without_control_characters(answers):
    with pytest.raises(StudentError) as caught:
        answers["fails"](1)
    assert caught.value.outcome == "error"
    assert (
        caught.value.message
        == "ValueError: no\N{REPLACEMENT CHARACTER}[31m such thing (line 10 of cell answers)"
    )


def test_exit_in_a_function_is_an_error_like_any_exception(answers):
    with pytest.raises(StudentError, match="SystemExit: 3"):
        answers["exits"](1)


def test_a_remote_model_has_its_layers_parameters_and_mode(answers):
    net = answers["Net"](width=5)
    assert isinstance(net, nn.Module)
    assert [type(part).__name__ for part in net.modules()][1:] == [
        *("Sequential", "Conv2d", "BatchNorm2d", "Linear")
    ]
    assert isinstance(net.layers[0], nn.Conv2d)
    assert dict(net.named_parameters())["layers.0.weight"].shape == (5, 1, 3, 3)
    assert net.training
    assert not net.eval().training


def test_an_optimizer_on_this_side_trains_the_model_on_the_other(answers):
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


def test_batch_statistics_that_a_call_changes_are_mirrored(answers):
    net = answers["Net"]()
    before = net.layers[1].running_mean.clone()
    net(torch.rand(4, 1, 6, 6))
    assert not torch.equal(net.layers[1].running_mean, before)


def test_weights_can_be_loaded_into_a_model_in_another_worker(session, answers):
    net, x = answers["Net"](), torch.rand(4, 1, 6, 6)
    net(x)  # so that the batch statistics are not the initial ones
    other = session.fresh_copy(answers["Net"])()
    other.load_state_dict(net.state_dict())
    assert torch.equal(other.eval()(x), net.eval()(x))


def test_a_model_of_the_grader_can_be_passed_and_gets_gradients(answers):
    model, x = GraderModel(), torch.rand(3, 4, requires_grad=True)
    result = answers["uses"](model, x)
    assert torch.allclose(result, model.linear(x))
    result.sum().backward()
    assert model.linear.bias.grad.tolist() == [3, 3]
    assert x.grad.shape == x.shape


def test_a_function_can_change_the_mode_of_a_model_passed_to_it(answers):
    model = GraderModel().eval()
    answers["trains"](model)
    assert model.training


@pytest.mark.parametrize("training", [True, False])
def test_a_function_sees_and_sets_the_mode_of_every_part_of_a_model_passed_to_it(answers, training):
    model = GraderModel().train(training)
    assert answers["restores"](model) == [not training, False]
    assert [part.training for part in model.modules()] == [training, training]


def test_a_function_can_copy_a_model_passed_to_it_and_leaves_the_model_alone(answers):
    model, x = GraderModel().eval(), torch.rand(3, 4)
    result, training = answers["on_a_copy"](model, x)
    assert torch.allclose(result, model.linear(x))
    assert training
    assert not model.training


def test_a_check_can_copy_a_model_of_the_student(answers):
    net, x = answers["Net"]().eval(), torch.rand(4, 1, 6, 6)
    other = copy.deepcopy(net)
    with torch.no_grad():
        net.head.bias += 1
    assert torch.allclose(net(x), other(x) + 1)
    assert not other.training


@pytest.mark.parametrize("method", ["secret", "_secret", "load_state_dict", "register_module"])
def test_only_public_methods_of_its_own_class_can_be_called_on_a_passed_model(sandbox, method):
    source = f"def peeks(model): return model.{method}(1)"
    session = sandbox.session([Cell("c", source, "answer")], ["peeks"])
    with pytest.raises(StudentError):
        session.answers(["peeks"])["peeks"](GraderModel())
    session.close()


def test_a_missing_method_is_an_error_of_the_student(answers):
    with pytest.raises(StudentError, match=r"AttributeError.*no attribute 'sample'"):
        answers["Net"]().sample(3)


def test_the_same_seed_gives_the_same_model(session, answers):
    weights = [p.detach() for p in answers["Net"]().parameters()]
    session.seed_for_check("something else")
    session.seed_for_check(test_the_same_seed_gives_the_same_model.__name__)
    again = [p.detach() for p in answers["Net"]().parameters()]
    assert all(torch.equal(one, other) for one, other in zip(weights, again, strict=True))
