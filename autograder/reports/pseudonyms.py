"""Pages and tables without names, for whoever may see how a class did and not who is in it."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any
from unicodedata import normalize

from autograder.reports.similarity import SimilarPair
from autograder.results.files import from_dict
from autograder.results.model import Result
from autograder.support.csv_tables import to_csv
from autograder.support.errors import UsageError
from autograder.support.files import file_name, write_atomically

FOLDER = "pseudonyms"  # of the pages, in the folder of the results
KEY, TABLE = "pseudonyms.key", "pseudonyms.csv"  # beside it: they stay with the staff
_KEY_BYTES = 32  # as many as the hash has
_LETTERS = 6  # of a pseudonym: among 1,000 students, one in 2,000 classes has two alike
# Shorter ids, such as "a", are replaced where they are a student's name, and not inside of texts,
# of which nothing would be left.
_LEAST_LETTERS = 3
# Keys of a result whose texts are the course's, whoever is called like them; and one that is a
# picture.
_COURSES = frozenset(
    {"assignment", "status", "id", "title", "name", "stand_ins", "misconception", "because"}
    | {"outcome", "unmended_outcome", "png"}
)
_SOMEBODY = "s-unknown"
_FOR_STAFF = 0o600  # mode of both files


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

    Raises:
        UsageError: If the file of the key has no key.
    """
    names = pseudonyms((one.student for one in results), _key_in(folder))
    rows = [("student", "pseudonym"), *sorted(names.items())]
    write_atomically(folder / TABLE, to_csv(rows), _FOR_STAFF)
    replaced = _replacer(names)
    renamed = [_renamed(one, names, replaced) for one in results]
    renamed.sort(key=lambda one: one.student)
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
    """Return the key in the folder of the results, which is made at the first use.

    Raises:
        UsageError: If the file has no whole key. An empty one would let everybody compute the
            pseudonyms.
    """
    path = folder / KEY
    if not path.is_file():
        write_atomically(path, secrets.token_hex(_KEY_BYTES) + "\n", _FOR_STAFF)
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    if not re.fullmatch(rf"[0-9a-f]{{{2 * _KEY_BYTES}}}", text):
        raise UsageError(f"{path}: not a key; without this file, everybody gets a new pseudonym")
    path.chmod(_FOR_STAFF)
    return bytes.fromhex(text)


def _replacer(names: Mapping[str, str]) -> Callable[[str], str]:
    """Return the function that replaces the names in a text, as whole words in upper or lower case.

    An underscore ends a word: files are called `ada_vae.ipynb`.
    """
    exact: dict[str, str] = {}
    for name in sorted(names, reverse=True):
        if len(name) >= _LEAST_LETTERS:
            spellings = normalize("NFC", name), normalize("NFD", name), file_name(name)
            exact.update(dict.fromkeys(spellings, names[name]))
    exact.update({name: names[name] for name in names if len(name) >= _LEAST_LETTERS})
    if not exact:
        return str
    lower = {spelling.lower(): name for spelling, name in exact.items()}
    any_name = _any_of(list(lower))
    pattern = re.compile(rf"(?<![^\W_]){any_name}(?![^\W_])", re.IGNORECASE)

    def pseudonym(match: re.Match[str]) -> str:
        # A few letters, such as "ſ", match one that is not their lower case.
        return exact.get(match[0]) or lower.get(match[0].lower(), _SOMEBODY)

    # Cached: a class shares most of its hints and messages.
    return cache(lambda text: pattern.sub(pseudonym, text))


def _any_of(words: Sequence[str]) -> str:
    """Return a pattern for any of some words, the longest that is there.

    Beginnings that words share are in it once; it is many times faster than one branch a word.
    """
    # What the first and the last in alphabetical order share, all share.
    pairs = zip(min(words), max(words), strict=False)
    start = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    rest: dict[str, list[str]] = defaultdict(list)
    for word in words:
        rest[word[len(start) :][:1]].append(word[len(start) :])
    may_end = rest.pop("", None) is not None
    if not rest:
        return re.escape(start)
    branches = "|".join([_any_of(some) for some in rest.values()])
    return f"{re.escape(start)}(?:{branches}){'?' if may_end else ''}"


def _renamed(result: Result, names: Mapping[str, str], replaced: Callable[[str], str]) -> Result:
    """Return a result with pseudonyms, in all texts that are not the course's own."""

    def rename(tree: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(tree, str):
            return replaced(tree)
        if isinstance(tree, dict):
            return {key: one if key in _COURSES else rename(one) for key, one in tree.items()}
        return [rename(one) for one in tree] if isinstance(tree, (list, tuple)) else tree

    return from_dict({**rename(result.to_dict()), "student": names[result.student]})
