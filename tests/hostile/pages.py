"""Find the parts of a submission that would be active in a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_LIVE_TAGS = (
    "script iframe frame object embed applet base meta link form button input textarea select "
    "style svg video audio source track area map portal template noscript maction mglyph"
)
_ADDRESSES = (
    "href src srcset xlink:href action formaction poster background data cite ping longdesc usemap"
)
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=]+")


class _StrictReader(HTMLParser):
    """Collects every element and attribute that can run, load or lead anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LIVE_TAGS.split():
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            address = name in _ADDRESSES.split() and not _PICTURE.fullmatch(value or "")
            if address or name.startswith("on") or name in {"style", "srcdoc", "id", "name"}:
                self.found.append(f"<{tag} {name}={value}>")


def live_parts(html: str) -> list[str]:
    """Return what is not plain text, formulas or pictures in what a student's text became."""
    reader = _StrictReader()
    reader.feed(html)
    return reader.found
