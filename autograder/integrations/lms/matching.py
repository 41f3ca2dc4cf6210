"""Match the students of results with the rows of another system's file."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from autograder.integrations.lms.grade import Grade

_NUMBER = re.compile(r"(?:^|_)(\d+)(?:_|$)")


def match(
    grades: Sequence[Grade], lines: Sequence[Sequence[str]]
) -> tuple[list[Grade | None], list[str]]:
    """Find the grade of each line by what the line says of its student.

    A student whom two lines name, or a line that names two students, is left unmatched: a grade
    must not go to another student of the same name.

    Args:
        grades: The grades of the class.
        lines: For each line, the cells that name a student: a number, a name, a login, an address.

    Returns:
        The grade of each line or None, and the students that no line names.
    """
    by_key: dict[str, set[str]] = {}
    for grade in grades:
        for key in _keys(grade.student):
            by_key.setdefault(key, set()).add(grade.student)
    named: list[set[str]] = []
    for cells in lines:
        keys = {key for cell in cells for key in _keys(cell)}
        named.append({student for key in keys for student in by_key.get(key, ())})
    counts = Counter(student for students in named for student in students)
    known = {grade.student: grade for grade in grades}
    found = [
        known[one] if len(students) == 1 and counts[one := min(students)] == 1 else None
        for students in named
    ]
    matched = {grade.student for grade in found if grade is not None}
    return found, sorted(known.keys() - matched)


def _keys(name: str) -> set[str]:
    """Return what identifies a student.

    `Doe, Jané` has the key `doejane`; `Jane Doe_12345_assignsubmission_file_` and
    `doejane_12345_67890` also have `number 12345`.
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(letter for letter in plain if letter.isalnum())
    return {letters, *(f"number {found}" for found in _NUMBER.findall(name)[:1])}
