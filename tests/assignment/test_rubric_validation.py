"""Every error in a rubric is reported as a sentence, never as a traceback."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from autograder.assignment import rubric as module
from autograder.assignment.model import RubricError
from autograder.assignment.rubric import load
from tests.courses import tiny

RUBRIC = Path("rubric.toml")
VALUES = [None, True, -1, 0, 3.5, float("nan"), float("inf"), "", "a/b", "/", "..", "\0", "check",
          [], [1], ["x"], {}, {"x": 1}, [[]], [{}], [{"id": "double"}], "é" * 300]  # fmt: skip


def paths(tree: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    """Return the path of every value in a rubric."""
    found = [path] if path else []
    if isinstance(tree, (dict, list)):
        for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            found += paths(value, (*path, key))
    return found


def changed(tree: object, path: tuple[object, ...], value: object) -> object:
    """Return the rubric with another value at one path; None removes the key."""
    copied = copy.deepcopy(tree)
    inner = copied
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return copied


def errors(root: Path) -> str:
    """Return the errors of a course's rubric; "" if there are none."""
    try:
        load(root / RUBRIC)
    except RubricError as error:
        return str(error)
    return ""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tiny.write_course(tmp_path_factory.mktemp("course"))
    with (root / RUBRIC).open("a") as file:
        file.write("\n[late]\npercent_per_day = 10\ngrace_minutes = 5\nat_most_percent = 50\n")
        file.write('\n[feedback]\nhints = false\nstaff_checks = "hidden"\n')
        file.write("\n[budgets]\ncall_seconds = 5\nsubmission_seconds = 60.5\n")
    return root


def test_a_wrong_value_anywhere_in_a_rubric_never_causes_a_traceback(root, monkeypatch):
    whole = module._parse(root / RUBRIC)
    accepted = []
    for path in paths(whole):
        for value in VALUES:
            tree = changed(whole, path, value)
            monkeypatch.setattr(module, "_parse", lambda _path, tree=tree: tree)
            if message := errors(root):
                assert message.startswith("rubric.toml: "), message
                assert len(message) < 4000
            else:
                accepted.append((path, value))
    assert [(path, value) for path, value in accepted if not is_valid(path, value)] == []


def is_valid(path: tuple[object, ...], value: object) -> bool:
    """Return whether a rubric may have this value at this path; None: whether it is optional."""
    if value is None:
        return (
            path[0] in {"late", "feedback", "budgets", "preload", "stand_ins"}
            or "needs" in path
            or path[-1] == 1
        )
    if path[-1] == "needs" or path[0] == "feedback":
        return value == [] if path[-1] == "needs" else value is True or value == {}
    if path[0] == "budgets":  # submission_seconds must not be less than call_seconds
        return value == {} or (path[-1], value) == ("call_seconds", 3.5)
    if path[0] == "late":
        return value in (0, 3.5, {})
    text = value if isinstance(value, str) else ""
    if "criterion" in path:
        is_id = path[-1] == "id" and text.isidentifier() and len(text) <= 60
        return is_id or (path[-1] == "title" and bool(text.strip()))
    names = {"assignment": ("check",), "preload": ("check", "x", [], ["x"], VALUES[-1])}
    return value in names.get(str(path[0]), ()) or (path[-1], value) == ("answer", "check")


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("late = 3\n", "'late' must be a section"),
        ("late = {grace_minutes = 5}\n", "percent_per_day is missing"),
        ("late = {percent_per_day = 200}\n", "percent_per_day must be from 0 to 100; got 200"),
        ('late = {percent_per_day = "ten"}\n', "percent_per_day must be a number; got 'ten'"),
        ("late = {percent_per_day = 5, day = 1}\n", "[late]: unknown key 'day'"),
        ('feedback = "none"\n', "'feedback' must be a section"),
        ('feedback = {hints = "no"}\n', "hints must be true or false; got 'no'"),
        (
            'feedback = {staff_checks = "never"}\n',
            "staff_checks must be one of visible, after_due_date",
        ),
        ("feedback = {tips = true}\n", "[feedback]: unknown key 'tips'"),
        ("budgets = 10\n", "'budgets' must be a section"),
        ("budgets = {call = 10}\n", "[budgets]: unknown key 'call'; known are call_seconds, "),
        ('budgets = {call_seconds = "10 s"}\n', "call_seconds must be a number; got '10 s'"),
        ("budgets = {call_seconds = 0}\n", "call_seconds must be from 0.1 to 600; got 0"),
        ("budgets = {cell_seconds = -1}\n", "cell_seconds must be from 0.1 to 600; got -1"),
        ("budgets = {load_seconds = 3600}\n", "load_seconds must be from 0.1 to 600; got 3600"),
        ("budgets = {load_seconds = nan}\n", "load_seconds must be from 0.1 to 600; got nan"),
        ("budgets = {memory_mib = 2}\n", "memory_mib must be from 256 to 65536; got 2"),
        (
            "budgets = {call_seconds = 30, submission_seconds = 20}\n",
            "call_seconds (30) must not be more than submission_seconds (20)",
        ),
        (
            "budgets = {cell_seconds = 30}\n",
            "cell_seconds (30) must not be more than load_seconds (20, the default)",
        ),
        (
            "budgets = {call_seconds = 2, after_hang_seconds = 4}\n",
            "after_hang_seconds (4) must not be more than call_seconds (2)",
        ),
    ],
)
def test_each_error_in_an_optional_section_is_reported(tmp_path, section, words):
    root = tiny.write_course(tmp_path)
    (root / RUBRIC).write_text(section + (root / RUBRIC).read_text())
    with pytest.raises(RubricError) as caught:
        load(root / RUBRIC)
    assert words in str(caught.value)
