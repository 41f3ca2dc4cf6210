"""Pages and tables without names, for whoever may see how a class did and not who is in it."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.reports.similarity import SimilarPair
from autograder.results.files import from_dict
from autograder.results.model import Result
from autograder.support.csv_tables import to_csv
from autograder.support.files import write_atomically

FOLDER = "pseudonyms"  # of the pages, in the folder of the results
KEY, TABLE = "pseudonyms.key", "pseudonyms.csv"  # beside it: they stay with the staff
_KEY_BYTES = 32  # as many as the hash has
_LETTERS = 6  # of a pseudonym: among 1,000 students, one in 2,000 classes has two alike
# Shorter ids, such as "a", are replaced where they are a student's name, and not inside of texts,
# of which nothing would be left.
_LEAST_LETTERS = 3
_BINARY = frozenset({"png"})  # keys of a result whose text is no text


@dataclass(frozen=True)
class NamelessClass:
    """A class under pseudonyms.

    Attributes:
        results: The results, sorted by pseudonym.
        pairs: The similar answers, if the submissions were compared.
    """

    results: Sequence[Result]
    pairs: Sequence[SimilarPair] | None


def without_names(
    results: Sequence[Result], pairs: Sequence[SimilarPair] | None, folder: Path
) -> NamelessClass:
    """Replace students' ids by pseudonyms, and write the table of both for the staff.

    A student keeps a pseudonym as long as the key in the folder of the results is kept. Without the
    key, nobody can compute pseudonyms from a list of the class.

    Args:
        results: The class.
        pairs: The similar answers, if the submissions were compared.
        folder: The folder of the results, where key and table are kept.
    """
    names = pseudonyms((one.student for one in results), _key_in(folder))
    rows = [("student", "pseudonym"), *sorted(names.items())]
    write_atomically(folder / TABLE, to_csv(rows))
    (folder / TABLE).chmod(0o600)
    renamed = sorted((_renamed(one, names) for one in results), key=lambda one: one.student)
    if pairs is None:
        return NamelessClass(renamed, None)
    return NamelessClass(renamed, [_renamed_pair(pair, names) for pair in pairs])


def _renamed_pair(pair: SimilarPair, names: Mapping[str, str]) -> SimilarPair:
    one, other = sorted(names[name] for name in pair.students)
    return replace(pair, students=(one, other))


def pseudonyms(students: Iterable[str], key: bytes) -> dict[str, str]:
    """Return a pseudonym for each student; where two would be alike, longer ones."""
    found: dict[str, str] = {}
    for student in sorted(set(students)):
        digest = hmac.digest(key, student.encode(), "sha256")
        letters = base64.b32encode(digest).decode().lower()
        taken = set(found.values())
        longer = (f"s-{letters[:count]}" for count in range(_LETTERS, len(letters) + 1))
        found[student] = next(name for name in longer if name not in taken)
    return found


def _key_in(folder: Path) -> bytes:
    """Return the key in the folder of the results, which is made at the first use."""
    path = folder / KEY
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(_KEY_BYTES) + "\n", encoding="utf-8")
    return bytes.fromhex(path.read_text(encoding="utf-8"))


def _renamed(result: Result, names: Mapping[str, str]) -> Result:
    """Return a result with pseudonyms, in all of its texts."""
    long = sorted((name for name in names if len(name) >= _LEAST_LETTERS), key=len, reverse=True)
    any_name = "|".join(map(re.escape, long))
    pattern = re.compile(rf"(?<!\w)(?:{any_name})(?!\w)") if long else None

    def rename(tree: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(tree, str) and pattern is not None:
            return pattern.sub(lambda match: names[match[0]], tree)
        if isinstance(tree, dict):
            return {key: one if key in _BINARY else rename(one) for key, one in tree.items()}
        return [rename(one) for one in tree] if isinstance(tree, (list, tuple)) else tree

    tree = {key: value for key, value in result.to_dict().items() if key != "student"}
    # The names of questions, criteria and checks are the course's, whoever is called like them.
    renamed = {**rename(tree), "assignment": result.assignment, "status": result.status}
    return _with_ids(from_dict({**renamed, "student": names[result.student]}), result)


def _with_ids(renamed: Result, original: Result) -> Result:
    """Return the renamed result with the course's own names and titles."""
    questions = []
    for one, was in zip(renamed.questions, original.questions, strict=True):
        criteria = [
            replace(
                criterion,
                id=before.id,
                title=before.title,
                checks=tuple(
                    replace(
                        check,
                        id=old.id,
                        title=old.title,
                        outcome=old.outcome,
                        misconception=old.misconception,
                    )
                    for check, old in zip(criterion.checks, before.checks, strict=True)
                ),
            )
            for criterion, before in zip(one.criteria, was.criteria, strict=True)
        ]
        questions.append(replace(one, id=was.id, criteria=tuple(criteria)))
    return replace(renamed, questions=tuple(questions))
