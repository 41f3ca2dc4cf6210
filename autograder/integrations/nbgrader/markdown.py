"""Markdown as HTML that is safe to open: no script, no link, nothing loaded from elsewhere.

What Markdown becomes passes an allow-list, so it does not matter how a target was written: inline,
by reference, bare, as HTML, in odd case, with entities, tabs or percent signs, in TeX or in SVG.
"""

# mypy: disable-error-code="import-untyped, misc, no-untyped-call, override"
# nbconvert and mistune have no type hints that fit.
from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from html import escape, unescape
from itertools import pairwise
from xml.etree.ElementTree import Element, tostring

import nh3
from latex2mathml.converter import convert_to_element
from mistune import HTMLRenderer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

Attachments = Mapping[str, Mapping[str, str]]

# Parsing Markdown or TeX can take time that grows faster than the text. Longer texts are shown as
# they were typed.
_MAX_MARKDOWN = 20_000
_MAX_FORMULA = 1_000
# MathJax, in formgrader, leaves elements of these classes alone (versions 2 and 3).
NO_MATHJAX = "tex2jax_ignore mathjax_ignore"

_TEXT_TAGS = (
    "p br hr h1 h2 h3 h4 h5 h6 blockquote pre code em strong del s sub sup kbd span div ul ol li "
    "dl dt dd table thead tbody tr th td img"
)
_MATH_TAGS = (
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot msub msup msubsup munder mover "
    "munderover mmultiscripts mprescripts none mtable mtr mtd mstyle mpadded mphantom menclose "
    "mfenced merror"
)
_TAGS = {*_TEXT_TAGS.split(), *_MATH_TAGS.split()}
_PLAIN_ATTRIBUTES = (
    "display mathvariant mathcolor mathsize stretchy fence separator form accent accentunder "
    "linethickness displaystyle scriptlevel columnalign rowspacing columnspacing columnlines "
    "rowlines minsize maxsize lspace rspace width height depth movablelimits largeop symmetric "
    "notation open close separators voffset"
)
_ATTRIBUTES = {
    **{tag: {*_PLAIN_ATTRIBUTES.split()} for tag in _MATH_TAGS.split()},
    "img": {"src", "alt"},
    "ol": {"start"},
    **{tag: {"class"} for tag in ("div", "span", "pre")},
}
_PLAIN_VALUE = re.compile(r"[\w .#%+()\[\]{}|,-]{0,60}")
# Classes of Pygments and of this module. nbgrader's own would imitate its scores and buttons.
_CLASSES = re.compile(rf"highlight|[a-z][a-z0-9]{{0,2}}|{NO_MATHJAX}")
_IMAGE_STARTS = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DATA = re.compile(r"data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=]+)")


def clean(html: str) -> str:
    """Return HTML with nothing in it but text, tables, lists, formulas and pictures.

    Links become text: no page has a link out of it. Ids are removed, because nbgrader's own scripts
    look up fields by their ids.
    """
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"data"},
        link_rel=None,
    )


def to_html(source: str, attachments: Attachments, *, trusted: bool = False) -> str:
    """Return Markdown as safe HTML.

    Args:
        source: The text of a cell.
        attachments: The pictures of the cell.
        trusted: Whether the text comes from the course's own notebook. HTML in other texts is
            shown as text.
    """
    source = _readable(source)
    if len(source) > _MAX_MARKDOWN and not trusted:
        return as_typed(source)
    renderer = (_Renderer if trusted else _StudentRenderer)(
        escape=not trusted, attachments=_attachments(attachments), exclude_anchor_links=True
    )
    try:
        return clean(str(MarkdownWithMath(renderer=renderer).render(source)))
    except Exception:  # noqa: BLE001 - RecursionError and others, for texts that nest deeply
        return as_typed(source)


def as_typed(source: str) -> str:
    """Return a text as HTML that shows it as it was typed."""
    return clean(f"<pre>{escape(_readable(source))}</pre>")


def inert(html: str) -> str:
    """Return safe HTML as Markdown that becomes exactly this HTML again.

    It is one line that starts a block of HTML, which ends at an empty line only, and which has
    character references for everything that Markdown or TeX could read.
    """
    line = re.sub(r"[^\w <>\"=/&;#.,:+%'?-]|_", lambda found: f"&#{ord(found[0])};", html.strip())
    return f'<div class="{NO_MATHJAX}">{line}</div>'


def formula(tex: str, *, display: str) -> str:
    """Return TeX as MathML without links or scripts; invalid TeX is returned as code."""
    source = unescape(tex)  # the renderer has escaped < as &lt;
    if len(source) > _MAX_FORMULA:
        return f"<code>{escape(source)}</code>"
    try:
        element = convert_to_element(source, display=display)
        for part in element.iter():
            _typeset(part)
        return tostring(element, encoding="unicode")
    except Exception:  # noqa: BLE001 - the converter can raise anything
        return f"<code>{escape(source)}</code>"


class _Renderer(IPythonRenderer):
    """Writes formulas as MathML, which browsers render without a script, and links as text."""

    def link(self, text: str, url: str, **_title: object) -> str:
        address = escape(unescape(url))
        return text if not address or address in text else f"{text} ({address})"

    def image(self, text: str, url: str, **_title: object) -> str:
        shown = escape(unescape(text))
        source = _data_of(url.removeprefix("attachment:"), self.attachments)
        if source is None and _is_picture(url):
            source = url
        return f'<img src="{source}" alt="{shown}">' if source else f"[{shown or 'image'}]"

    def block_mermaidjs(self, code: str) -> str:
        return HTMLRenderer.block_code(self, code)

    def block_math(self, body: str) -> str:
        return formula(body, display="block")

    def inline_math(self, body: str) -> str:
        return formula(body, display="inline")

    def latex_environment(self, name: str, body: str) -> str:
        return formula(rf"\begin{{{name}}}{body}\end{{{name}}}", display="block")


class _StudentRenderer(_Renderer):
    def block_code(self, code: str, **_info: object) -> str:
        """Leave code without colours: a lexer that a student chooses may take minutes."""
        return HTMLRenderer.block_code(self, code)


def _readable(source: str) -> str:
    """Replace control characters, and the lone surrogates that a notebook's JSON can contain."""
    return _CONTROL.sub("�", source).encode(errors="replace").decode()


def _attachments(found: object) -> dict[str, dict[str, str]]:
    """Return the attachments that have the right form; a student's can be anything."""
    if not isinstance(found, Mapping):
        return {}
    return {str(name): dict(kinds) for name, kinds in found.items() if isinstance(kinds, Mapping)}


def _data_of(name: str, attachments: Attachments) -> str | None:
    """Return the picture of this name as a data URL."""
    for kind, data in attachments.get(name, {}).items():
        address = f"data:{kind};base64,{''.join(data.split()) if isinstance(data, str) else ''}"
        if _is_picture(address):
            return address
    return None


def _is_picture(address: str) -> bool:
    """Return whether an address is the data URL of a picture that has no scripts and no links."""
    found = _DATA.fullmatch(address)
    if not found:
        return False
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        return False
    return data.startswith(_IMAGE_STARTS[found[1]])


def _kept(_tag: str, name: str, value: str) -> str | None:
    """Return the value of an attribute, or None to remove it."""
    if name == "src":
        return value if _is_picture(value) else None
    if name == "class":
        return value if _CLASSES.fullmatch(value) else None
    return value if name == "alt" or _PLAIN_VALUE.fullmatch(value) else None


def _typeset(part: Element) -> None:
    # The converter writes symbols as character references, which tostring would escape.
    part.text = unescape(part.text) if part.text else part.text
    if part.text == "~":
        part.tag, part.text = "mo", "∼"  # a relation: spaced on both sides
    for name in ("href", "id", "class"):
        part.attrib.pop(name, None)
    children = list(part)
    for place, (before, after) in reversed(list(enumerate(pairwise(children), start=1))):
        if before.tag == "mi" and len(unescape(before.text or "")) > 1 and after.tag != "mo":
            part.insert(place, Element("mspace", width="0.17em"))  # log σ, not logσ
