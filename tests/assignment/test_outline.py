"""What pages say of an assignment: the section of each question, the points that people give."""

from __future__ import annotations

from autograder.assignment.outline import outline_of
from autograder.assignment.rubric import load
from tests.courses import tiny


def test_a_question_is_in_the_section_above_it_and_people_give_the_other_points(tmp_path):
    root = tiny.write_course(tmp_path / "course")
    cells = tiny.source_cells()
    cells.insert(2, tiny.cell("markdown", "## Twice\n\n### 1. `double`", 30))
    written = {"grade": True, "solution": True, "points": 5}
    cells.append(tiny.cell("markdown", "YOUR ANSWER", 31, grade_id="words", **written))
    cells.append(tiny.cell("markdown", "Do it.", 32, grade_id="task", task=True, points=2))
    (root / "source/tiny/tiny.ipynb").write_bytes(tiny.notebook(cells))
    other = tiny.cell("markdown", "YOUR ANSWER", 33, grade_id="more", **written)
    (root / "source/tiny/other.ipynb").write_bytes(tiny.notebook([other]))
    found = outline_of(load(root / "rubric.toml"))
    assert found.sections == {"double": "Twice", "fourfold": "Twice"}
    assert found.written == 12


def test_a_course_without_sections_has_none(assignment):
    assert outline_of(assignment).sections == {}


def test_every_question_of_the_course_is_explained_in_a_section():
    course = load()
    found = outline_of(course)
    assert list(found.sections) == [question.id for question in course.questions]
    assert found.sections["vae_loss"] == "The loss: two aims"
    assert course.max_score + found.written == 140
