# Two commands on a fresh machine with Python and make: `make demo` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help environment demo test score bench lint clean

help:
	@echo "make demo    a sample class, graded: scores, reasons, reports"
	@echo "make test    the kit's own tests"
	@echo "make score   the checks' own score: every known mistake through every check"
	@echo "make bench   how fast it is, beside others: docs/speed.md (hours)"
	@echo "make lint    style and types"

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

environment: $(READY)

demo: $(READY)
	$(BIN)/autograder release
	$(BIN)/python tests/sample_class.py submitted
	$(BIN)/autograder grade submitted --results results
	$(BIN)/autograder report results
	@echo
	@echo "Look at results/report.html (the class), results/feedback/ (each student),"
	@echo "release/ (what students get). Next: $(BIN)/nbgrader generate_assignment vae"

# A file of tests stays on one processor: its tests share rooms, courses and graded classes.
test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile

score: $(READY)
	$(BIN)/autograder validate

# Nothing else should run meanwhile. One part of it: python -m benchmarks.speed.__main__ overhead
bench: $(READY)
	$(BIN)/python -m benchmarks.speed.__main__

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf $(VENV) submitted results autograded feedback gradebook.db
