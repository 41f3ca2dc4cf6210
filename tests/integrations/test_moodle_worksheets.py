"""Moodle's grading worksheets: languages, delimiters, decimal commas."""

from __future__ import annotations

import csv
import io

import pytest

from autograder.cli.main import main
from autograder.integrations.lms.grade import automatic
from autograder.integrations.lms.moodle import moodle_grades
from autograder.results import files as results_files
from autograder.support.errors import UsageError
from tests.integrations.made_gradebook import result

# As Moodle writes them, the number at once after the word.
GERMAN = """\
ID,"Vollständiger Name",E-Mail-Adresse,Status,Bewertung,Bestwertung,\
"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)",\
"Feedback als Kommentar"
Teilnehmer/in9001,"Jörg Müller",joerg@example.org,"Zur Bewertung abgegeben - ",,"10,00",Ja,\
"Montag, 1. Juni 2026, 09:00",-,
Teilnehmer/in9002,"Jan Roe",jan@example.org,"Keine Abgabe - ","4,00","10,00",Ja,-,-,Alt.
"""
FRENCH = """\
Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,\
La note peut être modifiée,Dernière modification (travail remis),Dernière modification (note),\
Feedback par commentaires
Participant9001,Jörg Müller,j@example.org,Remis,,"10,00",Oui,-,-,
"""
SPANISH = """\
Identificador,Nombre completo,Dirección de correo,Estado,Calificación,Calificación máxima,\
La calificación puede ser cambiada,Última modificación (entrega),Última modificación (calificación)\
,Comentarios de retroalimentación
Participante 9001,Jörg Müller,j@example.org,Enviado,,"10,00",Sí,-,-,
"""
ITALIAN = """\
Identificativo,Nome e cognome,Indirizzo email,Stato,Valutazione,Voto massimo,Commenti
Partecipante 9001,Jörg Müller,j@example.org,Consegnato,,"10,00",
"""
NAMED = {"grade": "Valutazione", "maximum": "voto massimo", "comments": "Commenti"}


def spelled(text: str, delimiter: str) -> str:
    """Return the same cells with another delimiter."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(csv.reader(io.StringIO(text, "")))
    return out.getvalue()


def filled(path, text: str, encoding: str = "utf-8-sig", **more):
    path.write_bytes(text.encode(encoding))
    grades = [automatic(result("Jörg Müller_9001", double=2.5))]
    file = moodle_grades(grades, path, **more)
    file.write(path.with_name("out.csv"))
    return file, path.with_name("out.csv").read_text()


@pytest.mark.parametrize(
    ("text", "grade", "comments", "named"),
    [
        (GERMAN, "Bewertung", "Feedback als Kommentar", None),
        (FRENCH, "Note", "Feedback par commentaires", None),
        (SPANISH, "Calificación", "Comentarios de retroalimentación", None),
        (ITALIAN, "Valutazione", "Commenti", NAMED),
    ],
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_worksheet_is_filled_in_its_own_language_and_written_as_it_was(
    tmp_path, text, grade, comments, named, delimiter
):
    given = spelled(text, delimiter)
    file, written = filled(tmp_path / "in.csv", given, columns=named)
    assert file.complete
    before = list(csv.DictReader(io.StringIO(given, ""), delimiter=delimiter))
    after = list(csv.DictReader(io.StringIO(written, ""), delimiter=delimiter))
    assert after[0][grade] == "6,5"
    assert after[0][comments].startswith("6.5 / 10 points<br>double: 2.5 / 6")
    assert before[0] | {grade: "", comments: ""} == after[0] | {grade: "", comments: ""}
    assert before[1:] == after[1:]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_file_that_a_spreadsheet_saved_is_read(tmp_path, encoding):
    file, written = filled(tmp_path / "in.csv", spelled(GERMAN, ";"), encoding)
    assert file.complete
    assert "Jörg Müller" in written


def test_points_stay_decimal_points_where_the_file_has_them(tmp_path):
    _, written = filled(tmp_path / "in.csv", GERMAN.replace('"10,00"', "10.00"))
    assert ",6.5," in written


def test_without_a_fraction_in_the_file_the_delimiter_tells(tmp_path):
    text = GERMAN.replace("10,00", "10").replace("4,00", "4")
    assert ",6.5," in filled(tmp_path / "in.csv", text)[1]
    assert ';"6,5";' in filled(tmp_path / "in.csv", spelled(text, ";"))[1]


def test_a_student_is_found_by_number_though_another_has_the_same_name(tmp_path):
    text = GERMAN.replace("Jan Roe", "Jörg Müller")
    file, written = filled(tmp_path / "in.csv", text)
    assert file.complete
    assert "6,5" in written.splitlines()[1]


def test_an_unknown_language_is_refused_with_the_option_that_helps(tmp_path):
    with pytest.raises(UsageError, match=r"'Valutazione'.* --columns grade=NAME") as refused:
        filled(tmp_path / "in.csv", ITALIAN)
    assert "in.csv: not Moodle's grading worksheet" in str(refused.value)
    with pytest.raises(UsageError, match="has no column 'Voto', only 'Identificativo'"):
        filled(tmp_path / "in.csv", ITALIAN, columns={"grade": "Voto"})
    with pytest.raises(UsageError, match="must end in a number"):
        filled(tmp_path / "in.csv", ITALIAN.replace("e 9001", "e"), columns=NAMED)


def test_the_command_takes_the_names_of_columns(tmp_path, capsys):
    results_files.write(result("Jörg Müller_9001", double=2.5), tmp_path / "results")
    (tmp_path / "in.csv").write_text(ITALIAN)
    command = ["export", "moodle", str(tmp_path / "results"), "--worksheet"]
    command += [str(tmp_path / "in.csv"), "--columns"]
    assert main([*command, "grade=Valutazione", "comments=Commenti"]) == 0
    assert ',"6,5",' in (tmp_path / "results/moodle.csv").read_text()
    with pytest.raises(SystemExit):
        main([*command, "voto=Valutazione"])
    assert "must be ROLE=NAME, with a role of grade, maximum, comments" in capsys.readouterr().err
