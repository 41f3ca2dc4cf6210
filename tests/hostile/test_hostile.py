"""No attack gets anything out, in, or for itself; each has its verdict in time."""

from __future__ import annotations

import sys

import pytest

from tests.hostile import ATTACKS
from tests.hostile.stage import attempt, stage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such walls")


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    with stage(tmp_path_factory.mktemp("hostile")) as made:
        yield made


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.title)
def test_nothing_comes_of_an_attack(ground, attack):
    assert attempt(ground, attack).breaches == ()


def test_there_are_more_than_a_hundred_attacks_and_no_two_of_one_name():
    assert len({attack.title for attack in ATTACKS}) == len(ATTACKS) > 100
