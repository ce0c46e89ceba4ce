# The everyday verbs. `make` alone lists them.
# Needs Python 3.11 or newer with pip; everything else is set up here.

PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
PY := .venv/bin/python
MANAGE := $(PY) manage.py
export PYTHONDONTWRITEBYTECODE = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.DEFAULT_GOAL := help
.PHONY: help demo demo-data test test-fast walks bench format lock browser screenshots clean

help: ## Show these verbs
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: demo-data ## Start the site with the invented district of Thornbridge (PORT=8000)
	@DEMO=true HOST=$(HOST) PORT=$(PORT) SITE_URL=http://localhost:$(PORT) $(MANAGE) serve

demo-data: .venv/installed ## Everything that demo does, but serve
	@echo "Bringing the tables up to date"
	@DEMO=true SQLITE_SYNCHRONOUS=OFF $(MANAGE) migrate -v 0
	@DEMO=true SQLITE_SYNCHRONOUS=OFF SITE_URL=http://localhost:$(PORT) $(MANAGE) demo

test: .venv/tests-installed browser ## Everything that CI checks: style, types, contracts, tests, journeys, on each database found
	@$(PY) tests/run.py

test-fast: .venv/tests-installed ## The tests alone, on SQLite, without the browser
	@$(PY) -m pytest -q -n 2 --dist loadscope -m "not browser" tests

walks: .venv/tests-installed browser ## The longest walks: odd values, hostile texts and equal posts through every screen of the desk
	@$(PY) -m pytest -q -n 2 --dist loadscope -m walk tests

bench: .venv/tests-installed ## Measure the promises of speed on PostgreSQL; writes docs/benchmarks.md
	@$(PY) tests/bench/run.py

format: .venv/tests-installed ## Put the code in its one format
	@.venv/bin/ruff format . && .venv/bin/ruff check --fix .

screenshots: .venv/tests-installed browser ## Make the pictures in docs/ from the demo
	@$(PY) tests/screenshots.py

lock: ## Resolve the versions again (needs uv)
	uv pip compile pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header -q -o requirements.lock
	uv pip compile pyproject.toml --extra test -c requirements.lock --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-header -q -o tests/requirements.lock

browser: .venv/tests-installed
	@$(PY) tests/find_browser.py

clean: ## Remove what these commands made: the environment, and var/ with all its data
	rm -rf .venv var staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Moothall needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=python3.11, say.") if sys.version_info < (3, 11) else 0'
	@echo "Making an environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.lock
	@echo "Installing the libraries of requirements.lock (about a minute the first time)"
	@$(PY) -m pip install -q --require-hashes --no-deps -r requirements.lock
	@touch $@

.venv/tests-installed: .venv/installed tests/requirements.lock
	@echo "Installing what the tests need"
	@$(PY) -m pip install -q --require-hashes --no-deps -r tests/requirements.lock
	@touch $@
