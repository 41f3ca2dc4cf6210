"""Every attack is contained and has a result in time."""

from __future__ import annotations

import re
import socket
import sys

import pytest

from autograder.sandbox.confinement import bubblewrap
from autograder.sandbox.rpc import watch
from autograder.sandbox.rpc.channel import Channel
from autograder.sandbox.rpc.connection import Connection
from autograder.sandbox.worker.worker import Worker
from tests.hostile import ATTACKS
from tests.hostile.stage import REPO, attempt, stage
from tests.sampling import one_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")


@pytest.fixture(
    scope="module",
    params=[
        "this machine's confinement",
        pytest.param("without bubblewrap", marks=pytest.mark.exhaustive),
    ],
)
def target(request, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "without bubblewrap":
            patch.setattr(bubblewrap.shutil, "which", lambda _name: None)
        with stage(tmp_path_factory.mktemp("hostile")) as made:
            yield made


@pytest.mark.parametrize("attack", one_in(4, ATTACKS), ids=lambda attack: attack.title)
def test_attack_is_contained(target, attack):
    assert attempt(target, attack).breaches == ()


def test_there_are_more_than_a_hundred_attacks_with_distinct_titles():
    assert len({attack.title for attack in ATTACKS}) == len(ATTACKS) > 100


# An attack on something that has been renamed would be contained for the wrong reason.


def test_the_modules_and_files_that_attacks_name_exist():
    sources = "\n".join(attack.source for attack in ATTACKS)
    modules = re.findall(r"(?:from|import) ((?:autograder|checkkit)[.\w]*)", sources)
    assert len(modules) >= 5
    for module in modules:
        path = REPO / module.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file(), module
    files = re.findall(r"\{repo\}/([\w./-]+)", sources)
    assert len(files) >= 4
    for file in files:
        path = REPO / file
        assert path.exists() or (path.name == "evil.py" and path.parent.is_dir()), file


def test_the_attributes_of_the_worker_that_attacks_use_exist():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = Channel(ours)
        assert channel._socket is ours
        assert callable(channel.send)
        assert callable(channel.receive)
        assert "call" in Connection(channel, trusting=True)._handlers
    assert callable(watch._same_bytes)
    assert callable(Worker.finish)
