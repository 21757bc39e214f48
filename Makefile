# Needs python3 (3.11 to 3.14), make and a package index; everything else is installed into .venv.
#
#   make run      install putar alone, run the OpenAI flywheel, write its page
#   make test     install what development needs, run all tests
#   make check    format, lint, types, import contracts, then all tests
#   make bench    how fast, against which peers (about three minutes)
#   make docs     write the pages that are made from the program itself
#   make picture  write docs/page.png (needs a Chromium)
#   make wheel    build the package as it would be published

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test lint check bench docs picture format wheel clean

run: $(VENV)/ready-to-run
	$(BIN)/putar run openai-compute

test: $(VENV)/ready-to-test
	$(BIN)/python -m pytest --numprocesses=auto

lint: $(VENV)/ready-to-test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

bench: $(VENV)/ready-to-test
	$(BIN)/python bench/all.py

docs: $(VENV)/ready-to-test
	$(BIN)/python docs/make_cli.py
	$(BIN)/python docs/make_formats.py
	$(BIN)/python docs/make_functions.py
	$(BIN)/python docs/make_server.py

picture: $(VENV)/ready-to-run
	$(BIN)/python docs/picture.py

format: $(VENV)/ready-to-test
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

wheel: $(VENV)/ready-to-run
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) build dist bench/built .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache

# Each stamp is newer than pyproject.toml when that environment is up to date.
$(VENV)/ready-to-run: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	touch $@

$(VENV)/ready-to-test: pyproject.toml | $(BIN)/python
	$(PIP) --editable ".[dev]"
	touch $(VENV)/ready-to-run $@

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15) and "putar needs Python 3.11 to 3.14; say which one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
