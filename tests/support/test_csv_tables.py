"""CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest

from autograder.support import csv_tables


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", '=HYPERLINK("x")'],
)
def test_text_that_could_be_a_formula_is_shown_as_text_and_can_be_had_back(cell):
    text = io.StringIO(csv_tables.text_of([[cell]]), newline="")
    ((made,),) = csv.reader(text)
    assert made.startswith("'")
    assert csv_tables.plain(made) == cell.replace("\r", "\n")


def test_numbers_stay_numbers_and_harmless_text_stays_as_it_is():
    assert csv_tables.text_of([["ada", -2.5, 3, 0.1 + 0.2, "O'Neil"]]) == "ada,-2.5,3,0.3,O'Neil\n"
    assert csv_tables.plain("'tis") == "'tis"


def test_quotes_commas_and_line_ends_come_back(tmp_path):
    rows = [["head"], ['a "b", c\nd']]
    (tmp_path / "x.csv").write_text(csv_tables.text_of(rows))
    assert csv_tables.rows_of(tmp_path / "x.csv") == rows[1:]
