"""The commands `autograder export canvas`, `moodle`, `nbgrader` and `feedback`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from autograder.cli.commands import course_of, results_in
from autograder.support.errors import OK, WRONG

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from autograder.integrations.lms.grade import Grade
    from autograder.integrations.lms.grades_file import GradesFile


def canvas(options: argparse.Namespace) -> int:
    """Write grades for Canvas."""
    from autograder.integrations.lms.canvas import canvas_grades

    grades = grades_of(options)
    return _write(canvas_grades(grades, options.gradebook, options.column), options)


def moodle(options: argparse.Namespace) -> int:
    """Write grades for Moodle."""
    from autograder.integrations.lms.moodle import moodle_grades

    grades = grades_of(options)
    course = course_of([one.result for one in grades], options.rubric)
    hints = course is None or course.hints
    columns = dict(options.columns)
    return _write(moodle_grades(grades, options.worksheet, hints=hints, columns=columns), options)


def nbgrader(options: argparse.Namespace) -> int:
    """Write grades as `nbgrader export` does."""
    from autograder.integrations.lms.grades_file import nbgrader_grades

    return _write(nbgrader_grades(grades_of(options)), options)


def feedback(options: argparse.Namespace) -> int:
    """Write the archive of feedback that Moodle or Canvas takes back."""
    from autograder.assignment.outline import outline_of
    from autograder.integrations.lms import feedback_files
    from autograder.reports.feedback import for_students
    from autograder.reports.feedback_page import feedback_page
    from autograder.results.artifacts import reference_artifacts

    grades = grades_of(options)
    course = course_of([one.result for one in grades], options.rubric)
    hints = course is None or course.hints
    reference = reference_artifacts(course.solutions) if course else {}
    outline = outline_of(course) if course else None

    def page(grade: Grade) -> str:
        return feedback_page(for_students(grade.result, hints=hints), reference, outline)

    if options.worksheet:
        columns = dict(options.columns)
        made = feedback_files.for_worksheet(grades, options.worksheet, page, columns)
    else:
        made = feedback_files.for_submissions(grades, options.submissions, page, hints=hints)
    target = options.output or options.results / "feedback.zip"
    made.write(target)
    print(f"{target}: feedback for {len(made.files)} of {len(grades)} students")
    if made.not_in_file:
        say("not in the given file, or without a notebook there", made.not_in_file)
    return WRONG if made.not_in_file else OK


def grades_of(options: argparse.Namespace) -> list[Grade]:
    """Return the grades of the class, and say on stderr which of them a person must look after."""
    from autograder.integrations.lms.grade import automatic, problems_of

    results = results_in(options.results)
    marks = None
    if options.gradebook_db:
        from autograder.integrations.nbgrader.gradebook import read_marks

        course = course_of(results, options.rubric)
        marks = read_marks(options.gradebook_db, results, course.late if course else None)
    grades = [marks.grade(one) if marks else automatic(one) for one in results]
    for problem, names in problems_of(grades, marks).items():
        say(problem, names)
    most: float | None = getattr(options, "out_of", None)
    return [one.out_of(most) for one in grades] if most else grades


def _write(file: GradesFile, options: argparse.Namespace) -> int:
    target = options.output or options.results / f"{options.format}.csv"
    file.write(target)
    print(f"{target}: {file.graded} grades, out of {file.grades[0].max_score:g}")
    for problem, names in file.problems.items():
        say(problem, names)
    return OK if file.complete else WRONG


def say(problem: str, names: Iterable[str]) -> None:
    """Name on stderr the students who have a problem."""
    print(f"autograder: {problem}: {', '.join(map(repr, names))}", file=sys.stderr)
