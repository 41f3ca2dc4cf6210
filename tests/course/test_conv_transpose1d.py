"""The oracle of `conv_transpose1d` is the definition, and PyTorch's function where that exists."""

from __future__ import annotations

from itertools import product

import pytest
import torch
from torch.nn import functional

from autograder.checks.conv_transpose1d.diagnosis import INPUTS, drawn
from autograder.checks.conv_transpose1d.known_mistakes import MISTAKES, right, size

SHAPES = [(1, 1, 1, 3, 3), (2, 2, 3, 1, 5), (3, 2, 2, 4, 2), (1, 3, 1, 5, 1)]
SETTINGS = list(product(range(1, 5), range(3), range(6)))  # stride, padding, output_padding


def by_definition(x, weight, stride, padding, output_padding):
    """Add every product at its place, one by one."""
    n, kernel = x.shape[2], weight.shape[2]
    length = size(n, kernel, stride, padding, output_padding)
    out = torch.zeros(len(x), weight.shape[1], length)
    for b, i, o in product(range(len(x)), range(x.shape[1]), range(weight.shape[1])):
        for place, k in product(range(n), range(kernel)):
            at = place * stride + k - padding
            if 0 <= at < length:
                out[b, o, at] += x[b, i, place] * weight[i, o, k]
    return out


@pytest.mark.parametrize("shape", SHAPES)
def test_the_oracle_is_the_definition_for_all_settings(shape):
    x, weight = drawn(shape, seed=3)
    compared = 0
    for settings in SETTINGS:
        if size(shape[3], shape[4], *settings) >= 1:
            compared += 1
            assert torch.equal(right(x, weight, *settings), by_definition(x, weight, *settings))
    assert compared > len(SETTINGS) / 2


@pytest.mark.parametrize("shape", SHAPES)
def test_the_oracle_is_pytorchs_function_where_that_takes_the_settings(shape):
    x, weight = drawn(shape, seed=4)
    for stride, padding, extra in SETTINGS:
        if extra < stride and size(shape[3], shape[4], stride, padding, extra) >= 1:
            theirs = functional.conv_transpose1d(x, weight, None, stride, padding, extra)
            assert torch.equal(right(x, weight, stride, padding, extra), theirs)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_differs_from_the_right_answer_and_from_all_other_mistakes(name):
    def outputs(function):
        return [function(*drawn(shape), *settings) for shape, settings in INPUTS]

    def same(one, other):
        pairs = zip(outputs(one), outputs(other), strict=True)
        return all(a.shape == b.shape and torch.equal(a, b) for a, b in pairs)

    mistaken, _ = MISTAKES[name]
    others = [function for other, (function, _) in MISTAKES.items() if other != name]
    assert not any(same(mistaken, function) for function in (right, *others))
