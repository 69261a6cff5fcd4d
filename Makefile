# Nothing but Python 3.11 or newer and make is needed; everything else is put into .venv.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help install ui test test-web lint types demo clean

help:
	@echo "make install  set up .venv with the command albumen"
	@echo "make demo     import real photographs, search them, and open the library in the browser"
	@echo "make test     run every check and test"
	@echo "make test-web drive the web app in Chromium"
	@echo "make ui       build the web app"

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

UI := src/albumen/web/static/index.html

ui: $(UI)

$(UI): .venv/.installed $(shell find ui/src ui/public ui/index.html ui/package-lock.json ui/vite.config.ts -type f)
	$(BIN)/python scripts/build_ui.py

demo: .venv/.installed $(UI)
	$(BIN)/python -m scripts.demo

lint: .venv/.dev
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/lint-imports

types: .venv/.dev
	$(BIN)/pyright

test: lint types $(UI)
	$(BIN)/python -m pytest

test-web: .venv/.dev $(UI)
	$(BIN)/python -m pytest -m browser tests/web

clean:
	rm -rf .venv build dist demo
