"""CSV without formulas."""

from __future__ import annotations

import csv
import io

import pytest

from autograder.support import csv_tables


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", '=HYPERLINK("x")'],
)
def test_text_that_could_be_a_formula_is_escaped_and_can_be_unescaped(cell):
    text = io.StringIO(csv_tables.to_csv([[cell]]), newline="")
    ((made,),) = csv.reader(text)
    assert made.startswith("'")
    assert csv_tables.unescape(made) == cell.replace("\r", "\n")


def test_numbers_stay_numbers_and_other_text_is_unchanged():
    assert csv_tables.to_csv([["ada", -2.5, 3, 0.1 + 0.2, "O'Neil"]]) == "ada,-2.5,3,0.3,O'Neil\n"
    assert csv_tables.unescape("'tis") == "'tis"


def test_quotes_commas_and_line_breaks_round_trip(tmp_path):
    rows = [["head"], ['a "b", c\nd']]
    (tmp_path / "x.csv").write_text(csv_tables.to_csv(rows))
    assert csv_tables.read_rows(tmp_path / "x.csv") == rows[1:]
