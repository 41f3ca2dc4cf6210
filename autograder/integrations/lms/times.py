"""When students handed in, as Moodle writes it: a date in words, in the teacher's time zone."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.integrations.lms.worksheet import read_worksheet
from autograder.support.errors import UsageError

_ENGLISH = "january february march april may june july august september october november december"
_GERMAN = "januar februar märz april mai juni juli august september oktober november dezember"
_FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
_SPANISH = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
_MONTHS = {
    name: number
    for names in (_ENGLISH, _GERMAN, _FRENCH, _SPANISH)
    for number, name in enumerate(names.split(), 1)
}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap])?")
_YEAR = re.compile(r"\b\d{4}\b")
_DAY = re.compile(r"(?<![\d:])\d{1,2}(?![\d:])")
_WORD = re.compile(r"[^\W\d_]+")


def times_in(worksheet: Path, zone: str = "") -> dict[str, dt.datetime] | None:
    """Return when the students of a grading worksheet handed in, in UTC, by Moodle's numbers.

    Args:
        worksheet: A file that may be Moodle's grading worksheet.
        zone: The time zone of whoever downloaded it; "" for that of this machine.

    Returns:
        The times, or None if the file is not a worksheet.
    """
    try:
        sheet = read_worksheet(worksheet)
    except UsageError:
        return None
    lines = sheet.table.lines
    found = [(line, parse_time(sheet.cell(line, "submitted"), zone)) for line in lines]
    return {sheet.number(line): time for line, time in found if time is not None}


def parse_time(text: str, zone: str = "") -> dt.datetime | None:
    """Return a time in UTC, without a zone as nbgrader keeps it; None if there is none in the text.

    Moodle writes `Monday, 1 June 2026, 9:00 AM`, `Montag, 1. Juni 2026, 09:00`, and alike.
    """
    text = text.casefold()
    clock, year = _CLOCK.search(text), _YEAR.search(text)
    month = next((_MONTHS[word] for word in _WORD.findall(text) if word in _MONTHS), None)
    if not (clock and year and month):
        return None
    day = _DAY.search(text.replace(clock[0], " "))
    hour = int(clock[1]) % 12 + 12 * (clock[3] == "p") if clock[3] else int(clock[1])
    try:
        local = dt.datetime(int(year[0]), month, int(day[0]) if day else 0, hour, int(clock[2]))  # noqa: DTZ001 - the zone follows
        aware = local.replace(tzinfo=ZoneInfo(zone)) if zone else local.astimezone()
    except ValueError:
        return None
    return aware.astimezone(dt.UTC).replace(tzinfo=None)
