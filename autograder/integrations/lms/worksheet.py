"""Moodle's grading worksheet: which column is which, in the language that Moodle was used in.

Moodle finds the columns by their names in the language of whoever uploads the file, so that they
are left as they are. The order is the same in every language: the identifier is the first column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.integrations.lms.table import Table, read_table
from autograder.support.errors import UsageError

# English, German, French, Spanish.
_NAMES = {
    "grade": ("Grade", "Bewertung", "Note", "Calificación"),
    "maximum": (
        "Maximum Grade",
        *("Bestwertung", "Beste Bewertung", "Höchstbewertung", "Maximale Bewertung"),
        *("Note maximale", "Calificación máxima"),
    ),
    "submitted": (
        "Last modified (submission)",
        *("Zuletzt geändert (Abgabe)", "Dernière modification (travail remis)"),
        "Última modificación (entrega)",
    ),
    "comments": (
        "Feedback comments",
        *("Feedback als Kommentar", "Feedback par commentaires"),
        "Comentarios de retroalimentación",
    ),
}
_OPTIONAL_IDENTITY = {
    name.casefold()
    for name in (
        *("Username", "Anmeldename", "Nom d'utilisateur", "Nom d’utilisateur", "Nombre de usuario"),
        *("ID number", "ID-Nummer", "Numéro d'identification", "Numéro d’identification"),
        "Número de ID",
    )
}
_IDENTIFIER = re.compile(r"\D*(\d+)")  # `Participant 9001`, `Teilnehmer/in9001`


@dataclass(frozen=True)
class Worksheet:
    """A grading worksheet.

    Attributes:
        table: The file.
        columns: The index of each column that was found, by its role.
    """

    table: Table
    columns: Mapping[str, int]

    def identity(self, line: list[str]) -> list[str]:
        """Return what a line says of its student: number, full name, login, address."""
        found = [self.number(line)]
        for index in range(1, self.columns["grade"]):
            known = self.table.header[index].casefold() in _OPTIONAL_IDENTITY
            if index == 1 or known or "@" in line[index]:
                found.append(line[index])
        return [cell for cell in found if cell.strip()]

    def number(self, line: list[str]) -> str:
        """Return Moodle's number of the submission, which names of downloaded files have too."""
        found = _IDENTIFIER.fullmatch(line[0].strip())
        return found[1] if found else ""

    def cell(self, line: list[str], role: str) -> str:
        """Return a cell, "" if there is no such column."""
        return line[self.columns[role]] if role in self.columns else ""


def read_worksheet(path: Path, named: Mapping[str, str] | None = None) -> Worksheet:
    """Read a worksheet.

    Args:
        path: The file.
        named: The names of columns by their roles, where Moodle was used in a language that is not
            known here.

    Raises:
        UsageError: If the file is not a grading worksheet, or lacks a column that was named.
    """
    table = read_table(path)
    columns: dict[str, int] = {}
    for role, known in _NAMES.items():
        wanted = {name.casefold() for name in known}
        if named and role in named:
            wanted = {named[role].casefold()}
        places = [i for i, name in enumerate(table.header) if name.strip().casefold() in wanted]
        if places and places[0] > 0:
            columns[role] = places[0]
        elif named and role in named:
            raise UsageError(f"{path}: has no column {named[role]!r}, only {_list(table)}")
    if "grade" not in columns:
        raise UsageError(
            f"{path}: not Moodle's grading worksheet, has no column Grade, Bewertung, Note or "
            f"Calificación, only {_list(table)}; in another language, name the columns: "
            "--columns grade=NAME maximum=NAME comments=NAME"
        )
    sheet = Worksheet(table, columns)
    if not all(map(sheet.number, table.lines)):
        raise UsageError(
            f"{path}: not Moodle's grading worksheet: the cells of its first column must end in a "
            "number, as 'Participant 9001'"
        )
    return sheet


def _list(table: Table) -> str:
    return ", ".join(map(repr, table.header))
