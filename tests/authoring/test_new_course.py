"""`autograder new` writes a course that validates, releases and grades."""

from __future__ import annotations

import json
import re

import pytest

from autograder.assignment.answer_bank import load_bank
from autograder.assignment.rubric import load
from autograder.authoring import new_course
from autograder.authoring.release import CONFIG
from autograder.authoring.solved import main_filled
from tests.courses.softmax_course import COURSE, hand_in, run_in_release, told
from tests.hostile.stage import REPO


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A new course."""
    folder = tmp_path_factory.mktemp("new") / "features"
    new_course.write(folder)
    return load(folder / "rubric.toml")


def test_the_course_has_the_name_of_its_folder_everywhere(course):
    assert course.name == "features"
    names = [path.relative_to(course.root).as_posix() for path in course.root.rglob("*")]
    assert "source/features/features.ipynb" in names
    texts = [path.read_text("utf-8") for path in course.root.rglob("*") if path.is_file()]
    assert not [one for one in [*names, *texts] if "COURSE" in one]


def test_nbgraders_configuration_is_that_of_every_course(course):
    # equal except for the course's name, and for what this repository's linter and readers need
    own = re.compile(r'(?<=course_id = )".*"|  # noqa.*|^# The course.*\n', re.MULTILINE)
    first, *others = (
        own.sub("", (root / CONFIG).read_text()) for root in (REPO, COURSE, course.root)
    )
    assert others == [first, first]


def test_right_answers_earn_all_points_the_release_none_and_every_mistake_is_caught(course):
    said = told(course, "autograder", "validate")
    for line in ("solutions: 1 of 1", "release: 1 of 1", "alternative: 1 of 1", "mistake: 3 of 3"):
        assert line in said
    assert "needed by no mistake" not in said


def test_it_releases_and_grades(course):
    told(course, "autograder", "release")
    hand_in(course, "ada", (course.release / course.notebook).read_bytes())
    bank = load_bank(course)
    wrong = bank.answers(bank.find("variance-divided-by-n-minus-one"))
    hand_in(course, "bob", main_filled(course, wrong))
    told(course, "autograder", "grade", "submitted", "--results", "results")
    results = {
        path.stem: json.loads(path.read_text("utf-8"))
        for path in (course.root / "results").glob("*.json")
    }
    assert {name: result["score"] for name, result in results.items()} == {"ada": 0, "bob": 6}


def test_a_student_sees_the_misconception_in_the_release_alone(course):
    told(course, "autograder", "release")
    code = (
        "from course import check\n"
        "check('standardize', lambda x: (x - x.mean()) / x.std(correction=0))\n"
    )
    done = run_in_release(course, code)
    assert "expected mean of every feature = 0 at [0], got -0.785" in done.stdout
    assert "average over the examples only" in done.stdout


@pytest.mark.parametrize("name", ["my course", "autograder", "checkkit", "1st", "größe", "..."])
def test_a_name_that_cannot_be_an_assignment_s_is_refused(tmp_path, name):
    with pytest.raises(new_course.NewCourseError, match="expected letters"):
        new_course.write(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_is_left_alone(tmp_path):
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "thesis.txt").write_text("years of work")
    with pytest.raises(new_course.NewCourseError, match="exists"):
        new_course.write(tmp_path / "features")
    assert [path.name for path in (tmp_path / "features").iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "features").mkdir()
    assert "rubric.toml" in new_course.write(tmp_path / "features")
