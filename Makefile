# Two commands on a fresh machine with Python and make: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
VENV_OPTIONS ?= # --system-site-packages where torch is installed already
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK := requirements/constraints.txt
INSTALL := $(BIN)/python -m pip install --quiet --editable '.[canvas,cluster]' --group dev

# A file of tests stays on one processor: its tests share sandboxes, courses and graded classes.
# tests/conftest.py orders the files.
PYTEST := $(BIN)/python -m pytest -n logical --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help environment demo test test-exhaustive test-all coverage score pages bench lint docs \
    lock clean

help:
	@echo "make demo      grade a sample class: scores, reasons, reports"
	@echo "make test      the tests"
	@echo "make test-all  the tests, then the exhaustive ones"
	@echo "make coverage  the tests, with the share of lines that they run"
	@echo "make score     the kill matrix: every known mistake through every check"
	@echo "make pages     all that follows from the rubric, the checks and the bank (half an hour)"
	@echo "make lint      style, types, import layers"
	@echo "make docs      the documentation, in docs/_build/html"
	@echo "make bench     speed beside other graders: docs/speed.md (hours)"
	@echo "make lock      bring $(LOCK) up to date"

# The lock is tried first. If a version in it is not available, the ranges in pyproject.toml decide.
$(READY): pyproject.toml $(LOCK)
	$(PYTHON) -m venv $(VENV_OPTIONS) $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1' # the first with --group
	$(INSTALL) --constraint $(LOCK) || $(INSTALL)
	touch $@

environment: $(READY)

demo: $(READY)
	$(BIN)/autograder release
	$(BIN)/python -m tests.sample_class submitted
	$(BIN)/autograder grade submitted --results results
	$(BIN)/autograder report results
	@echo
	@echo "Look at results/report.html (the class), results/feedback/ (each student),"
	@echo "release/ (what students get). Next: $(BIN)/nbgrader generate_assignment vae"

test: $(READY)
	$(PYTEST)

test-exhaustive: $(READY)
	$(PYTEST) -m exhaustive

test-all: test test-exhaustive

coverage: $(READY)
	$(PYTEST) --cov --cov-report=term --cov-report=xml --cov-fail-under=80

score: $(READY)
	$(BIN)/autograder validate

# Mistakes are named by what the first run has learned, so the second one makes the matrix.
pages: $(READY)
	mkdir -p build
	$(BIN)/python -m tools.visible_points
	$(BIN)/autograder release
	$(BIN)/python -m tools.course_pictures
	$(BIN)/autograder validate --names
	$(BIN)/autograder validate --matrix build/matrix.json
	$(BIN)/python -m benchmarks.checks.names build/names.json
	$(BIN)/python -m benchmarks.checks.page build/matrix.json build/names.json
	$(BIN)/python -m pytest -q -m "" tests/grading/test_goldens.py --update-goldens
	git --no-pager diff --stat

# Nothing else should run meanwhile. One part of it: python -m benchmarks.speed overhead
bench: $(READY)
	$(BIN)/python -m benchmarks.speed

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=source/vae $(BIN)/lint-imports --no-logo

docs: $(READY)
	$(BIN)/sphinx-build --fail-on-warning --keep-going --quiet docs docs/_build/html

# Needs uv. The build of torch, and with it CUDA's packages, is left to the machine.
lock:
	uv pip compile --universal --python-version 3.11 --quiet --no-annotate --upgrade \
	    --custom-compile-command 'make lock' --extra canvas --extra cluster --group dev pyproject.toml \
	    --output-file $(LOCK)
	sed -i.bak -E '/^(torch|torchvision|triton|nvidia-.*|cuda-.*)==/d' $(LOCK) && rm $(LOCK).bak

clean:
	rm -rf $(VENV) build dist docs/_build submitted results autograded feedback gradebook.db
