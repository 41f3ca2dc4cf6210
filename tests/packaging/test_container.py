"""The container: its files agree with the package, with CI and with each other."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from tests.courses import tiny

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
Stage = list[tuple[str, str]]


def instructions() -> Stage:
    """Return the instructions of the Dockerfile and their arguments."""
    text = (ROOT / "Dockerfile").read_text("utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line)]


def stages() -> dict[str, Stage]:
    """Return the instructions of each stage by its name, those that it is built on first."""
    found: dict[str, Stage] = {}
    for name, rest in instructions():
        if name == "FROM":
            base, _, stage = rest.partition(" AS ")
            current = found[stage] = list(found.get(base, []))
        elif found:
            current.append((name, rest))
    return found


def copied(stage: str) -> list[str]:
    """Return the files and folders of this repository that a stage takes."""
    return [word for name, rest in stages()[stage] if name == "COPY" for word in rest.split()[:-1]]


def is_sent(path: str) -> bool:
    """Return whether .dockerignore lets a path be used in the image; its last match decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#"):
            parts = [path, *map(str, Path(path).parents)]
            if any(fnmatch.fnmatch(part, pattern) for part in parts if part != "."):
                sent = line.startswith("!")
    return sent


def test_its_python_is_one_that_the_package_supports_and_ci_tests():
    version = next(rest for name, rest in instructions() if name == "ARG").removeprefix("PYTHON=")
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert f'"{version}"' in (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    assert any(
        rest.startswith("python:${PYTHON}-slim") for name, rest in instructions() if name == "FROM"
    )


def test_torch_and_torchvision_are_installed_in_one_step_in_the_packages_ranges_and_tried():
    wanted = {Requirement(one).name: one for one in PROJECT["dependencies"]}
    steps = [rest for name, rest in stages()["grader"] if name == "RUN" and "torch" in rest]
    (step,) = steps
    install, _, check = step.partition("&&")
    assert f'"{wanted["torch"]}" "{wanted["torchvision"]}"' in install
    assert '${TORCH_INDEX:+--index-url "$TORCH_INDEX"}' in install
    assert "torchvision.nms" in check
    assert ("ARG", 'TORCH_INDEX=""') in stages()["grader"]


def test_the_line_that_tries_the_pair_passes_where_the_pair_is_right():
    step = next(rest for _, rest in stages()["grader"] if "torchvision.nms" in rest)
    (code,) = re.findall(r'python -c "([^"]+)"', step)
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_sandbox_finds_its_programs_and_ci_has_no_other_packages():
    (step,) = (rest for _, rest in stages()["base"] if "apt-get install" in rest)
    assert {"bubblewrap", "libseccomp2"} <= set(step.split())
    for_ci = (ROOT / ".ci/system-packages").read_text("utf-8")
    assert set(re.findall(r"packages\+=\((\S+)\)", for_ci)) == {"bubblewrap", "chromium"}
    development = stages()["development"]
    assert any("/tmp/system-packages" in rest for name, rest in development if name == "RUN")
    assert copied("development") == [".ci/system-packages"]


def test_it_runs_as_an_ordinary_user_who_is_made_before():
    for stage in ("grader", "development"):
        users = [rest for name, rest in stages()[stage] if name == "USER"]
        assert users == ["grader"]
        assert stages()[stage].index(("USER", "grader")) > max(
            place for place, (name, _) in enumerate(stages()[stage]) if name in {"RUN", "COPY"}
        )
    assert any(re.search(r"useradd --uid [1-9]\d* .*grader", rest) for _, rest in stages()["base"])
    assert list(stages())[-1] == "grader", "what `docker build` makes without --target"


def test_what_it_copies_is_there_and_is_sent_and_hidden_checks_are_not():
    for stage in stages():
        for name in copied(stage):
            assert (ROOT / name).exists(), name
            assert is_sent(name), name
    assert is_sent("autograder/grading/grade.py")
    assert is_sent("checkkit/runner.py")
    secret = ("autograder/checks/contract.py", "solutions/vae_loss.py", "submitted/ada/vae.ipynb")
    for name in (*secret, "results/ada.json", ".git/config", "source/vae/vae.ipynb"):
        assert not is_sent(name), name


def test_its_entry_point_is_a_command_of_the_package_and_grades(tmp_path):
    whole = dict(stages()["grader"])
    (command,) = json.loads(whole["ENTRYPOINT"])
    assert command in PROJECT["scripts"]
    script = Path(sysconfig.get_path("scripts")) / command
    shown = subprocess.run(
        [script, *json.loads(whole["CMD"])], capture_output=True, text=True, check=True
    )
    assert shown.stdout.startswith(f"usage: {command}")
    course = tiny.write_course(tmp_path / "course")
    (course / "submitted/ada").mkdir(parents=True)
    (course / "submitted/ada/tiny.ipynb").write_bytes(tiny.answered())
    done = subprocess.run(
        [script, "grade", "submitted", "--results", "results"],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads((course / "results/ada.json").read_text("utf-8"))["score"] == 10.0


def test_the_development_container_names_what_the_dockerfile_has():
    settings = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text("utf-8"))
    build = settings["build"]
    assert (ROOT / ".devcontainer" / build["dockerfile"]).resolve() == ROOT / "Dockerfile"
    assert (ROOT / ".devcontainer" / build["context"]).resolve() == ROOT
    assert build["target"] in stages()
    arguments = {rest.partition("=")[0] for name, rest in instructions() if name == "ARG"}
    assert set(build["args"]) <= arguments
    assert settings["remoteUser"] == dict(stages()[build["target"]])["USER"]
    make, target, option = settings["postCreateCommand"].split()
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert make == "make"
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert re.search(rf"^{option.partition('=')[0]} \?=", makefile, re.MULTILINE)
