"""How pages look: one style for light and dark, screen and paper; no script, no outside file."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape

_TAG = re.compile(r"<[^>]*>")
_CODE = re.compile(r"`([^`]+)`")

STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --quiet: #5c6675; --page: #fbfbfa; --card: #fff;
  --line: #dfe3e8; --good: #1f7a4d; --bad: #b3372f; --warn: #9a6300; --bar: #3c6fb4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --quiet: #9aa5b4; --page: #14171c;
  --card: #1c2027; --line: #323944; --good: #5cc48f; --bad: #f0857c; --warn: #e0a94a;
  --bar: #6fa1e0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem 1rem 4rem; background: var(--page);
  color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.quiet { color: var(--quiet); } .good { color: var(--good); } .bad { color: var(--bad); }
.warn { color: var(--warn); } .card > p:last-child { margin-bottom: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.whole { white-space: nowrap; } .card h2 { margin-top: 0; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .75rem 1rem; }
.tile b { display: block; font-size: 1.5rem; } .card { margin: .75rem 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; } th { color: var(--quiet); font-weight: 600; }
th.number { text-align: right; } a { color: var(--bar); }
ul.checks { margin: .5rem 0 0; }
ul.checks li { padding: .4rem 0; border-top: 1px solid var(--line); }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.meter { display: inline-block; width: 7rem; height: .6rem; border: 1px solid var(--line);
  border-radius: .3rem; overflow: hidden; vertical-align: middle; }
.meter span { display: block; height: 100%; background: var(--bar); }
.bars { display: flex; align-items: flex-end; gap: .25rem; }
.column { flex: 1; min-width: 0; display: flex; flex-direction: column;
  text-align: center; font-size: .8rem; color: var(--quiet); }
.column i { background: var(--bar); border-radius: .2rem .2rem 0 0; min-height: 1px;
  height: calc(9rem * var(--share)); }
.column span:last-child { border-top: 1px solid var(--line); white-space: nowrap; }
summary { cursor: pointer; color: var(--bar); margin: .75rem 0; } li summary { margin: 0; }
@media (max-width: 40rem) { body { padding: 1rem .75rem 3rem; }
  .column span:last-child { writing-mode: vertical-rl; align-self: center; border: 0;
    height: 4.5em; padding-top: .3em; }
  .meter { width: 3.5rem; } th, td { padding: .3rem .4rem; font-size: .9rem; }
  td.words { min-width: 11rem; } }
@media print { :root { color-scheme: light; --ink: #000; --quiet: #444; --page: #fff; --card: #fff;
    --line: #bbb; --good: #1f7a4d; --bad: #b3372f; --warn: #9a6300; --bar: #3c6fb4; }
  * { print-color-adjust: exact; } body { max-width: none; padding: 0; font-size: 10pt; }
  .card, tr, .tile, li { break-inside: avoid; } h2 { break-after: avoid; }
  section.card { break-inside: auto; }
  .scroll { overflow: visible; }
  a { color: inherit; text-decoration: none; } details::details-content {
    content-visibility: visible; block-size: auto; } summary { display: none !important; } }
"""


def page(title: str, body: str) -> str:
    """Return a whole page; `title` is escaped here, `body` is HTML already."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body>{body}</body></html>\n"
    )


def prose(text: str) -> str:
    """Return text as HTML: escaped, with what stands between backticks set as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def meter(share: float) -> str:
    """Return a bar that is filled to this share, 0 to 1."""
    bar = f'<span class="meter"><span style="width:{100 * share:.0f}%"></span></span>'
    return f'<span class="whole">{bar} {percent(share)}</span>'


def percent(share: float) -> str:
    """Return "84 %"."""
    return f"{100 * share:.0f} %"


_LONG = 60  # letters of a cell that needs room on a telephone


def bars(labels: Sequence[str], counts: Sequence[int]) -> str:
    """Return a picture of counts: a column each, with its number above and its label below."""
    tallest = max(counts, default=0) or 1
    columns = "".join(
        f'<div class="column"><span>{count or ""}</span>'
        f'<i style="--share:{count / tallest:.3f}"></i>'
        f"<span>{escape(label)}</span></div>"
        for label, count in zip(labels, counts, strict=True)
    )
    told = ", ".join(f"{label}: {count}" for label, count in zip(labels, counts, strict=True))
    return f'<div class="bars" role="img" aria-label="{escape(told)}">{columns}</div>'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> str:
    """Return a table whose cells are HTML already; the columns `numbers` are set as numbers."""

    def cell(tag: str, place: int, html: str) -> str:
        long = tag == "td" and len(_TAG.sub("", html)) > _LONG
        kind = ' class="number"' if place in numbers else ' class="words"' * long
        return f"<{tag}{kind}>{html}</{tag}>"

    def line(tag: str, cells: Sequence[str]) -> str:
        return f"<tr>{''.join(cell(tag, place, html) for place, html in enumerate(cells))}</tr>"

    body = "".join(line("td", row) for row in rows)
    return (
        f'<div class="scroll"><table><thead>{line("th", head)}</thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
