"""One way to HTML: Jinja2 templates in which every value is escaped.

A page is one file. It has no script and loads nothing from elsewhere.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.reports.feedback import MARKS, WORDS, points
from autograder.support.files import file_name

_CODE = re.compile(r"`([^`]+)`")


def render(template: str, **context: object) -> str:
    """Return a template of `templates/` filled in; every value in it is escaped."""
    return _environment.get_template(template).render(context)


def prose(text: str) -> Markup:
    """Return text as HTML: escaped, with text between backticks set as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped above


def percent(share: float) -> str:
    """Return "84 %"."""
    return f"{100 * share:.0f} %"


_environment = Environment(
    loader=PackageLoader("autograder.reports"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_environment.filters |= {
    "prose": prose,
    "percent": percent,
    "short": "{:g}".format,
    "page_of": lambda student: f"feedback/{quote(file_name(student))}.html",
}
_environment.globals |= {"MARKS": MARKS, "WORDS": WORDS, "points": points}
