"""Write HTML from Jinja2 templates, in which every value is escaped.

A page is one file. It loads nothing from elsewhere, and its only script is ours, which sorts the
tables of the class report. Its content security policy makes the browser enforce this, in case
something in the page is not escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from autograder.reports.feedback import MARKS, WORDS, points, score
from autograder.support.files import file_name

_HEAD = re.compile(r'<head>\s*(?:<meta charset="utf-8"\s*/?>)?')  # browsers want the charset first
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")
# Control characters, and those that reverse the direction of what follows; all are invisible.
_INVISIBLE = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def render(template: str, **context: object) -> str:
    """Return a template of `templates/` filled in; every value in it is escaped."""
    return _environment.get_template(template).render(context)


def render_page(template: str, *, script: str = "", **context: object) -> str:
    """Return the template of a whole page filled in, with a content security policy.

    Args:
        template: Its name.
        script: The file in `templates/` with the one script that the page may run, if any. The
            template gets its text as `script`.
        context: What the template is filled in with.
    """
    text = script and script_of(script)
    return with_policy(render(template, script=Markup(text), **context), text)  # noqa: S704 - ours


@cache
def script_of(name: str) -> str:
    """Return the text of one of our scripts."""
    return (Path(__file__).parent / "templates" / name).read_text(encoding="utf-8")


def with_policy(page: str, script: str = "") -> str:
    """Return a page with a content security policy at the start of its head.

    The policy allows pictures within the page, the styles that its head has now, and one script;
    styles and script by their hashes. Style attributes are allowed without hashes: each bar and
    each picture has its own width, and styles load nothing.
    """
    start = _HEAD.search(page)
    assert start, "every page of ours has a head"
    head, rest = page[: start.end()], page[start.end() :]
    hashes = "".join(f" '{_hash(style)}'" for style in _STYLE.findall(rest.partition("</head>")[0]))
    policy = (
        f"default-src 'none'; img-src data:; style-src-elem{hashes}; "
        "style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    if script:
        policy += f"; script-src '{_hash(script)}'"
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return head + meta + rest


def _hash(style: str) -> str:
    text = style.replace("\r\n", "\n")  # as browsers read it
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def prose(text: str) -> Markup:
    """Return text as HTML: escaped, with text between backticks set as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(_visible(text)))))  # noqa: S704 - escaped


def _visible(value: object) -> object:
    """Return a value, with every invisible character of a text replaced by �."""
    return _INVISIBLE.sub("�", value) if type(value) is str else value


def percent(share: float) -> str:
    """Return "84 %"."""
    return f"{100 * share:.0f} %"


_environment = Environment(
    loader=PackageLoader("autograder.reports"),
    autoescape=True,
    finalize=_visible,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
)
_environment.filters |= {
    "prose": prose,
    "percent": percent,
    "short": "{:g}".format,
    "score": score,
    "page_of": lambda student: f"feedback/{quote(file_name(student))}.html",
}
_environment.globals |= {"MARKS": MARKS, "WORDS": WORDS, "points": points}
