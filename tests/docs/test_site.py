"""The documentation builds without a warning, and says what the code and the data say."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import pytest

from autograder.assignment import rubric_validation
from autograder.cli.arguments import parser
from autograder.results.model import Result
from autograder.sandbox.budgets import Budgets
from tests import made

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SCHEMA = DOCS / "reference" / "result.schema.json"
PAGES = [
    *ROOT.glob("*.md"),
    *DOCS.rglob("*.md"),
    ROOT / "tests" / "README.md",
    ROOT / "solutions" / "README.md",
    ROOT / "source" / "vae" / "README.md",
]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site as `make docs` does."""
    target = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    built = subprocess.run(
        [*command, "-d", str(target / ".trees"), str(DOCS), str(target / "html")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return target / "html"


def reference(site: Path, page: str) -> str:
    """Return the text of a built reference page, without markup."""
    text = (site / "reference" / f"{page}.html").read_text("utf-8")
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def links_in(text: str) -> list[str]:
    """Return the link targets in Markdown or HTML, outside code blocks."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return [one or other for one, other in LINK.findall(text)]


def test_every_link_and_image_of_the_built_site_resolves(site):
    broken = []
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        for link in re.findall(r"(?:href|src)=\"([^\"]+)\"", text):
            parts = urlsplit(html.unescape(link))
            if parts.scheme or parts.netloc or link == "#":
                continue
            target = page if not parts.path else page.parent / unquote(parts.path)
            if not target.is_file():
                broken.append((page.name, link))
            elif parts.fragment and target.suffix == ".html":
                anchor = f'id="{unquote(parts.fragment)}"'
                if anchor not in target.read_text("utf-8"):
                    broken.append((page.name, link))
    assert broken == []


def test_the_site_loads_nothing_from_elsewhere(site):
    loads = re.compile(r"<(?:script|img|link)[^>]+(?:src|href)=\"(?:https?:)?//[^\"]+\"")
    found = {one for page in site.rglob("*.html") for one in loads.findall(page.read_text("utf-8"))}
    assert found == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_in_a_markdown_file_resolves(page):
    for link in links_in(page.read_text("utf-8")):
        path = urlsplit(link).path
        if path and not urlsplit(link).scheme:
            assert (page.parent / unquote(path)).exists(), link


def test_the_readme_has_fewer_than_600_words():
    assert len((ROOT / "README.md").read_text("utf-8").split()) < 600


def test_the_readme_gives_the_figures_of_the_measured_pages():
    readme = (ROOT / "README.md").read_text("utf-8")
    runs = json.loads((DOCS / "hostile.json").read_text())
    assert len(runs) == 4
    for run in runs.values():
        total = run["families"]["**all**"]
        assert f"{total['contained']} of {total['attacks']}" in readme
    checks = (DOCS / "checks.md").read_text("utf-8")
    mistakes, caught, named, right = re.findall(r"(\d+) (?:known|of them|\(\d+%\)|right)", checks)[
        :4
    ]
    for figure in (f"{caught} of {mistakes}", f"{named} of {mistakes}", f"{right} of {right}"):
        assert figure in readme
    spelled = re.search(r"by rules learned without them \| (\d+ of \d+) \|", checks)
    assert spelled
    assert re.search(r"\| … named wrong \| 0 of ", checks)
    assert f"without them | {spelled[1]}, none wrong |" in readme
    calibration = (DOCS / "calibration.md").read_text("utf-8")
    assert re.search(r"0 of 120 runs of 12 right architectures are rejected", calibration)
    assert "0 of 120 (95 %: below 2.5 %)" in readme
    speed = (DOCS / "speed.md").read_text("utf-8")
    for way in ("as released", "answers only"):
        ratios = re.search(rf"{way} \|[^|]*\| ([\d.]+ to [\d.]+) \|", speed)
        assert ratios
        assert f"{ratios[1]} times" in readme


def test_the_page_on_attacks_gives_the_size_of_the_suite():
    from tests.hostile import ATTACKS

    assert f"The {len(ATTACKS)} attacks below" in (DOCS / "hostile.md").read_text("utf-8")


def test_the_pages_on_attacks_and_on_speed_are_made_from_their_data(tmp_path):
    from benchmarks.speed import page
    from tests.hostile import table

    page.write(json.loads((DOCS / "speed.json").read_text("utf-8")), tmp_path)
    assert (tmp_path / "speed.md").read_text("utf-8") == (DOCS / "speed.md").read_text("utf-8")
    attacks = (DOCS / "hostile.md").read_text("utf-8")
    again = tmp_path / "hostile.md"
    again.write_text(attacks, "utf-8")
    (tmp_path / "hostile.json").write_text((DOCS / "hostile.json").read_text("utf-8"), "utf-8")
    setting, tree = next(iter(json.loads((DOCS / "hostile.json").read_text("utf-8")).items()))
    families = {name: table.Family(**one) for name, one in tree["families"].items()}
    table.add(again, table.Run(setting, tuple(tree["layers"]), families))
    assert again.read_text("utf-8") == attacks


def test_the_published_schema_is_fresh(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    import result_schema

    assert SCHEMA.read_text("utf-8") == result_schema.text(), "run docs/_ext/result_schema.py"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "fine"},
        {"score": "80"},
        {"questions": [{"id": "vae_loss", "score": 1.0, "max_score": 2.0}]},
        {"schema": 1},
    ],
    ids=["status", "score", "question", "version"],
)
def test_the_schema_refuses_what_is_no_result(change):
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    question = made.question("vae_loss", 1.0, 2.0, [made.check("a")])
    result = Result("ada", "vae", "graded", 1.0, 2.0, (question,))
    one = json.loads(result.to_json())  # lists, where `to_dict` has tuples
    assert validator.is_valid(one)
    assert not validator.is_valid(one | change)


def test_every_command_and_option_is_on_its_reference_page(site):
    text = reference(site, "command")
    commands = [parser()]
    for command in commands:
        for action in command._actions:
            commands += (action.choices or {}).values() if action.nargs == "A..." else []
            for option in action.option_strings:
                assert option in text, f"{command.prog} {option}"
        assert command.prog in text
    assert len(commands) > 8


def test_every_key_of_the_rubric_is_on_its_reference_page():
    text = (DOCS / "reference" / "rubric.md").read_text("utf-8")
    known = rubric_validation
    keys = {
        *known._KEYS,
        *known._QUESTION_KEYS,
        *known._LATE_BOUNDS,
        *known.VISIBILITIES,
        "hints",
    }
    for key in keys:
        assert f"`{key}`" in text, key
    for name, default in vars(Budgets()).items():
        assert f"| `{name}` | {default:g} |" in text, name


def test_every_folder_of_the_engine_is_on_the_architecture_page():
    text = (DOCS / "architecture.md").read_text("utf-8")
    folders = [one.parent for one in (ROOT / "autograder").glob("*/__init__.py")]
    folders += [one.parent for one in (ROOT / "autograder" / "sandbox").glob("*/__init__.py")]
    for folder in folders:
        assert f"`{folder.relative_to(ROOT).as_posix()}`" in text


def test_the_dark_picture_differs_from_the_light_one_in_its_colours_alone():
    light, dark = (
        (DOCS / "images" / name).read_text("utf-8").splitlines()
        for name in ("architecture.svg", "architecture-dark.svg")
    )
    assert len(light) == len(dark)
    differing = [one for one, other in zip(light, dark, strict=True) if one != other]
    assert len(differing) == 1
    assert ":root" in differing[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_module_and_file_that_a_page_names_exists(page):
    text = page.read_text("utf-8")
    for module in re.findall(r"python -m ((?:tests|tools|benchmarks|autograder)[\w.]*)", text):
        path = ROOT / module.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").is_file(), module
    top = "autograder|benchmarks|checkkit|docs|release|solutions|source/vae|tests|tools"
    for name in re.findall(rf"`((?:{top})/[\w./-]*)`", text):
        assert (ROOT / name).exists() or page.parent.joinpath(name).exists(), name
