# Nothing but Python 3.11 or newer and make is needed; everything else is put into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help install test lint types demo bench clean

help:
	@echo "make install  set up .venv with the command albumen"
	@echo "make demo     import real photographs into a library and search it"
	@echo "make test     run every check and test"
	@echo "make bench    measure import, search and retrieval on this machine"

.venv/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Albumen needs Python 3.11 or newer; name one with: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

.venv/.dev: .venv/.installed
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

install: .venv/.installed

demo: .venv/.installed
	$(BIN)/python scripts/demo.py

lint: .venv/.dev
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/lint-imports

types: .venv/.dev
	$(BIN)/pyright

test: lint types
	$(BIN)/python -m pytest

bench: .venv/.dev
	$(BIN)/python -m benchmarks.all

clean:
	rm -rf .venv build dist demo
