# `make demo` and `make test` set up all they need in .venv, with uv when it is there.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
UV := $(shell command -v uv 2>/dev/null)

.PHONY: demo test test-sdks test-ssh lint bench docs screenshots clean

demo: $(VENV)/.demo
	@$(VENV)/bin/peek demo $(ARGS)

test: lint
	$(RUN) pytest -q $(ARGS)

lint: $(VENV)/.dev
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(VENV)/bin/lint-imports

test-sdks: $(VENV)/.dev
	$(RUN) tests.sdks $(ARGS)

test-ssh: $(VENV)/.dev
	$(RUN) tests.remote

bench: $(VENV)/.dev
	$(RUN) bench $(ARGS)

docs: $(VENV)/.dev
	$(RUN) docs.format
	$(RUN) docs.keys

screenshots: $(VENV)/.dev
	$(RUN) docs.screenshots

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	@echo "installing Peek and the demo's model client into $(VENV) …"
	@$(INSTALL) -e '.[demo]'
	@$(VENV)/bin/python -m compileall -q capture peek_tui
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/bin/python
	@echo "installing Peek and what its tests need into $(VENV) …"
	@$(INSTALL) -e '.[demo,dev]'
	@touch $@ $(VENV)/.demo

ifdef UV
INSTALL := uv pip install --quiet --python $(VENV)/bin/python
$(VENV)/bin/python:
	@uv venv --quiet --python '>=3.11' $(VENV)
else
INSTALL := $(VENV)/bin/python -m pip install --quiet --disable-pip-version-check
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Peek needs Python 3.11 or newer; say which: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
endif
