"""`autograder doctor --attack`: what holds, and what is seen if nothing does."""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from autograder.authoring.attacks import suite
from autograder.authoring.attacks.suite import ATTACKS
from autograder.authoring.attacks.targets import Targets
from autograder.authoring.attacks.trial import Trial
from autograder.cli.main import main
from autograder.reports import html
from autograder.sandbox import Sandbox
from autograder.sandbox.confinement import bubblewrap
from autograder.sandbox.rpc.proxies import RemoteFunction

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="confinement needs Linux")

# Confinement alone keeps these from succeeding.
CONFINED = (suite.READING, suite.WRITING, suite.STARTING, suite.TALKING, suite.OTHERS)
GROUPS = list(dict.fromkeys(attack.group for attack in ATTACKS))
TRACING = Path("/proc/sys/kernel/yama/ptrace_scope")


def run(course, capsys, *options) -> tuple[int, dict[str, Counter[str]], str]:
    """Run the command; return its exit status, the outcomes by group, and its output."""
    status = main(["doctor", "--attack", "--rubric", str(course / "rubric.toml"), *options])
    printed, outcomes, group = capsys.readouterr().out, {}, ""
    for line in printed.splitlines():
        if found := re.match(r"  (held|NOT HELD)  ", line):
            outcomes.setdefault(group, Counter())[found[1]] += 1
        elif line in GROUPS:
            group = line
    return status, outcomes, printed


def in_groups(groups) -> int:
    return sum(attack.group in groups for attack in ATTACKS)


def test_every_attack_is_held_and_the_course_is_as_before(course, capsys):
    before = {path: path.lstat().st_mtime_ns for path in course.rglob("*")}
    status, outcomes, printed = run(course, capsys)
    assert status == 0, printed
    assert sum(sum(outcomes.values(), Counter()).values()) == len(ATTACKS)
    assert f"{len(ATTACKS)} of {len(ATTACKS)} attacks held" in printed
    assert list(outcomes) == GROUPS
    assert {path: path.lstat().st_mtime_ns for path in course.rglob("*")} == before


def test_without_confinement_the_same_attacks_are_seen_to_succeed(course, capsys):
    before = {path: path.lstat().st_mtime_ns for path in course.rglob("*")}
    status, outcomes, printed = run(course, capsys, "--unconfined")
    assert status == 1
    for group in CONFINED:
        assert outcomes[group] == {"NOT HELD": in_groups([group])}, printed
    if os.geteuid() == 0 or not TRACING.exists() or TRACING.read_text().strip() == "0":
        assert outcomes[suite.REMEMBERING]["held"] == 0, printed
    assert outcomes[suite.FORGING]["NOT HELD"] == 1  # the one that reads the check's file
    assert "its code reports 'canary-" in printed
    assert "what --unconfined" in printed
    assert {path: path.lstat().st_mtime_ns for path in course.rglob("*")} == before


@pytest.mark.exhaustive
def test_every_attack_is_held_without_bubblewrap(course, capsys, monkeypatch):
    monkeypatch.setattr(bubblewrap.shutil, "which", lambda _name: None)
    status, _, printed = run(course, capsys)
    assert status == 0, printed


def test_unconfined_is_refused_without_attack(course, capsys):
    assert main(["doctor", "--unconfined", "--rubric", str(course / "rubric.toml")]) == 2
    assert "--unconfined is for --attack" in capsys.readouterr().err


# Neither forged answers nor pages depend on the confinement, so their defences are broken here.


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trial")
    with Targets(folder) as targets, Sandbox(preload=["torch"]) as sandbox:
        yield Trial(sandbox, targets, folder), targets


def of(group):
    return [attack for attack in ATTACKS if attack.group == group]


def test_a_right_answer_that_cannot_be_known_is_noticed(trial, monkeypatch):
    import torch

    tried, targets = trial
    monkeypatch.setattr(RemoteFunction, "__call__", lambda *_: torch.tensor(targets.right_answer))
    verdicts = [tried.attempt(attack) for attack in of(suite.FORGING)]
    assert all("it gave the right answer" in verdict.evidence for verdict in verdicts)


def test_text_that_is_not_escaped_is_noticed(trial, monkeypatch):
    tried, _ = trial
    unescaped = html._environment.overlay(autoescape=False)
    monkeypatch.setattr(html, "_environment", unescaped)
    monkeypatch.setattr("autograder.sandbox.errors.clean", lambda text, *_: str(text))
    noticed = {attack.name for attack in of(suite.SHOWING) if not tried.attempt(attack).held}
    assert noticed >= {
        "a script as a message",
        "an image with a handler",
        "a script as an exception's type",
        "terminal escapes in a forged frame",
    }


def test_the_suite_has_distinct_names_in_eight_groups():
    assert len({(attack.group, attack.name) for attack in ATTACKS}) == len(ATTACKS) > 80
    assert len(GROUPS) == 8
