# Parapet needs python3 (3.11 or newer, with venv) and make. `make` alone says what there is.
# Every dependency comes as a pinned, hashed binary wheel: no compiler is needed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# --no-deps: a lock names everything already, and holds what requirements-overrides.in says instead of what a package says.
INSTALL := $(PIP) install --require-hashes --only-binary :all: --no-deps

# A stamp says that a step was done; it is done again only when what it stands on has changed.
MADE := $(VENV)/.made-venv
RUNTIME := $(VENV)/.made-runtime
PROJECT := $(VENV)/.made-project
DEV := $(VENV)/.made-dev
PAGE := src/parapet/web/static/index.html

.DEFAULT_GOAL := help
.PHONY: help demo demo-turkiye web wheel test test-web test-slow check bench validate docs setup lock clean

help: ## say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(PROJECT) ## set up, play examples/ankara.yaml, say what was stopped, what leaked and why, make its replay
	$(BIN)/parapet run examples/ankara.yaml
	@$(MAKE) --no-print-directory web
	@$(BIN)/parapet replay examples/ankara.yaml --save out/replay
	@echo "Double-click that page to watch the battle on a globe, or serve it: $(BIN)/parapet replay examples/ankara.yaml"

web: $(PAGE) ## build the replay's page (with this machine's Node.js, or one that comes as a wheel)

wheel: $(PAGE) ## build the wheel, with the page in it, into dist/
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

demo-turkiye: $(PROJECT) ## set up, play the battles of the dispute and make its scorecard, out/turkiye/scorecard.html
	$(BIN)/parapet scorecard examples/turkiye.yaml --store out/turkiye --out out/turkiye/scorecard.html

test: $(DEV) ## set up and run the tests (a few minutes: the engine is compiled once)
	$(BIN)/python -m pytest -q

test-web: $(PAGE) ## open replays in a real browser and try everything (Chromium is installed where that is allowed)
	$(BIN)/python web/build.py --test

test-slow: $(DEV) ## run the slow tests, then the kernels' tests with every index checked
	$(BIN)/python -m pytest -q -m slow
	NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest -q tests/test_jit.py tests/physics tests/engine

check: $(DEV) ## lint, check types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(DEV) ## measure speed; adds lines to benchmarks/results.jsonl
	$(BIN)/python benchmarks/run.py

validate: $(DEV) ## compare with the public record; writes docs/trust.md
	$(BIN)/python -m validation

docs: $(DEV) ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

setup: $(DEV) ## only set up .venv, with everything for development

lock: ## resolve the locks anew (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the path; everything else works without it." >&2; exit 1; }
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) -c requirements.txt requirements-build.in -o requirements-build.txt
	$(LOCK) -c requirements.txt -c requirements-build.txt --group dev -o requirements-dev.txt
	$(LOCK) requirements-node.in -o requirements-node.txt

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-build \
	--no-emit-index-url --no-annotate --no-header -c requirements-limits.in --override requirements-overrides.in

$(PAGE): web/build.py web/vite.config.js web/package-lock.json web/index.html $(wildcard web/src/* web/public/*) | $(PROJECT)
	@$(BIN)/python web/build.py
	@touch $@

clean: ## remove .venv, what was built and what tools left behind
	rm -rf $(VENV) web/node_modules src/parapet/web/static site dist out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(MADE):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Parapet needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true)." >&2; \
		echo "Name another one:  make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu the package python3-venv brings it." >&2; exit 1; }
	@touch $@

$(RUNTIME): requirements.txt $(MADE)
	@echo "Installing pinned dependencies into $(VENV) (once; a few minutes on a slow line)"
	@$(INSTALL) -r requirements.txt
	@touch $@

$(PROJECT): pyproject.toml requirements-build.txt $(RUNTIME)
	@$(INSTALL) -r requirements-build.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.txt $(PROJECT)
	@echo "Installing pinned development tools into $(VENV) (once)"
	@$(INSTALL) -r requirements-dev.txt
	@touch $@
