"""How pages look: one style for light and dark, screen and paper; no script, no outside file."""

from __future__ import annotations

import re
from html import escape

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
.warn { color: var(--warn); } .number { text-align: right; font-variant-numeric: tabular-nums; }
.whole { white-space: nowrap; } .card h2 { margin-top: 0; }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
.tile, .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .75rem 1rem; }
.tile b { display: block; font-size: 1.5rem; } .card { margin: .75rem 0; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line);
  vertical-align: top; } th { color: var(--quiet); font-weight: 600; }
th.number { text-align: right; } a { color: var(--bar); }
ul.checks { list-style: none; padding: 0; margin: .5rem 0 0; }
ul.checks li { padding: .4rem 0; border-top: 1px solid var(--line); }
code, .fact { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.fact, .hint { display: block; margin-left: 1.5rem; }
.meter { display: inline-block; width: 7rem; height: .6rem; border: 1px solid var(--line);
  border-radius: .3rem; overflow: hidden; vertical-align: middle; }
.meter span { display: block; height: 100%; background: var(--bar); }
svg text { fill: var(--quiet); font: 12px system-ui, sans-serif; } svg rect { fill: var(--bar); }
svg line { stroke: var(--line); } svg { width: 100%; height: auto; }
@media print { body { max-width: none; font-size: 11pt; } .card, tr { break-inside: avoid; } }
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
    percent = round(100 * share)
    bar = f'<span class="meter"><span style="width:{percent}%"></span></span>'
    return f'<span class="whole">{bar} {percent} %</span>'


def histogram(values: list[float], largest: float, bins: int = 10) -> str:
    """Return a picture of how often each tenth of the points was reached."""
    counts = [0] * bins
    for value in values:
        counts[min(int(bins * value / largest), bins - 1) if largest else 0] += 1
    tallest = max(counts) or 1
    width, height = 640 / bins, 140
    parts = []
    for place, count in enumerate(counts):
        tall = height * count / tallest
        left = place * width
        low, high = largest * place / bins, largest * (place + 1) / bins
        parts.append(
            f'<rect x="{left + 4:.0f}" y="{160 - tall:.0f}" width="{width - 8:.0f}" '
            f'height="{tall:.0f}" rx="2"><title>{low:g} to {high:g} points: {count}</title></rect>'
            f'<text x="{left + width / 2:.0f}" y="{154 - tall:.0f}" text-anchor="middle">'
            f"{count or ''}</text>"
            f'<text x="{left + 4:.0f}" y="176">{low:g}</text>'
        )
    return (
        '<svg viewBox="0 0 640 182" role="img" aria-label="How many students have how many points">'
        f'<line x1="0" y1="160" x2="640" y2="160"/>{"".join(parts)}</svg>'
    )
