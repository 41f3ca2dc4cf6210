"""CSV without formulas."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.parametrize(
    "opening", ["", "x;", "x,", "x\t", "x\n", "x; ", 'x;"', "x;'", 'x,"', ";;"]
)
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1+1", "@SUM(A1)", "＝1", '=HYPERLINK("h:x")'])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quotes", [csv.QUOTE_MINIMAL, csv.QUOTE_NONE])
def test_no_reader_that_splits_elsewhere_finds_a_formula(opening, formula, delimiter, quotes):
    text = csv_tables.to_csv([["ada", f"{opening}{formula};y", 3]])
    lines = text.split("\n") if quotes == csv.QUOTE_NONE else io.StringIO(text, newline="")
    cells = [cell for row in csv.reader(lines, delimiter=delimiter, quoting=quotes) for cell in row]
    assert not [cell for cell in cells if cell.strip(' "').startswith(tuple("=+-@＝"))]


@given(st.text(alphabet="=+-@;,\t\n' \"xé"))
def test_any_text_can_be_unescaped(cell):
    ((made,),) = csv.reader(io.StringIO(csv_tables.to_csv([[cell or "x"]]), newline=""))
    assert csv_tables.unescape(made) == (cell or "x")


def test_a_cell_with_semicolons_stays_one_cell():
    assert csv_tables.to_csv([["a;100", "b\tc", " d"]]) == '"a;100","b\tc"," d"\n'
    assert csv_tables.to_csv([["got (1, -2); x, -3.5"]]) == '"got (1, -2); x, -3.5"\n'
