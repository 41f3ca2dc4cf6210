"""Say whether anything of a submission's is live in a page."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects the scripts and handlers of a page; every attack's own calls `alert`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._script = tag == "script"
        self.found += [
            f"<{tag} {name}={value}>"
            for name, value in attrs
            if value and "alert(" in value and (name.startswith("on") or "script:" in value)
        ]

    def handle_data(self, data: str) -> None:
        if self._script and "alert(1)" in data:
            self.found.append(f"<script>{data[:40]}")

    def handle_endtag(self, _tag: str) -> None:
        self._script = False


def live(page: str) -> list[str]:
    """Return what would run in a page, of what an attack has written."""
    reader = _Reader()
    reader.feed(page)
    return reader.found
