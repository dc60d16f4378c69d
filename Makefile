# The commands of this project; `make` alone lists them. Each does the set-up it needs, once.
#
#   PYTHON=python3.12    when the machine's python3 is older than 3.11
#   TESTS=tests/core     what to test, and any other option of pytest
#   BENCH=polls          which benchmarks to run, see docs/explanation/benchmarks.md
#   WORKERS=6            how many tests run at a time, the quick ones aside; those on the engine mostly wait

PYTHON ?= python3
UV ?= uv
GO ?= go
TESTS ?=
WORKERS ?= 4
BENCH ?=

VENV := .venv
INSTALLED := build/installed
PY := $(VENV)/bin/python
# From outside, so that pip itself is not among what the list of the package's needs names.
INTO_INSTALLED = $(PY) -m pip --python $(INSTALLED)/bin/python install --quiet --disable-pip-version-check
LOCK := requirements-dev.lock
PYTEST = exec env PATH="$$(cat $(VENV)/engine-path):$$PATH" $(PY) -m pytest -n $(WORKERS) --dist worksteal

# A process that may not keep compiled modules compiles all of ours anew, and the tests start thousands of processes.
# People's output is buffered, so that of the tests is too.
unexport PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup engine demo test test-fast test-long bench docs site package lint lock clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

setup: $(VENV)/ready engine $(VENV)/bin/actionlint ## make .venv from the lock file and get the Pulumi engine

demo: setup ## run the main job on the real engine against the emulator
	@exec env PATH="$$(cat $(VENV)/engine-path):$$PATH" $(PY) -m tools.demo

test: lint engine $(VENV)/bin/actionlint ## lint, then run the tests, those on the real engine included
	@$(PYTEST) -m "not long" $(TESTS)

test-fast: $(VENV)/ready ## run the quick tests, which need no engine: a minute or two
	@exec $(PY) -m pytest -n 3 --dist worksteal -q -m "not engine and not long and not slow" $(TESTS)

test-long: lint engine $(VENV)/bin/actionlint ## the same, the slow ones, and coverage; writes scoreboard and support
	@rm -rf build/scoreboard
	@export XPLENTY_SCOREBOARD="$$PWD/build/scoreboard"; $(PYTEST) --cov --cov-report=term $(TESTS)
	@test ! -f build/scoreboard/scoreboard.json || $(PY) -m tools.scoreboard build/scoreboard docs/explanation/promises.md
	@test ! -f build/scoreboard/support.json || $(PY) -m tools.support build/scoreboard docs/reference/support.md

bench: setup ## measure against a plain provider and against the engine itself, some minutes
	@exec env PATH="$$(cat $(VENV)/engine-path):$$PATH" $(PY) -m benchmarks.run $(BENCH)

docs: $(VENV)/ready engine ## write the pages that are made from the code, and the pictures
	$(PY) -m tools.commands
	$(PY) -m tools.pages
	@exec env PATH="$$(cat $(VENV)/engine-path):$$PATH" $(PY) -m tools.picture
	$(PY) -m tools.usage_picture

site: $(VENV)/ready ## build the site into build/site; a broken link is an error
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict

package: $(VENV)/ready ## build wheel and sdist into dist, check and install them, and list what they need in build/sbom.json
	@rm -rf dist $(INSTALLED)
	$(PY) -m build --no-isolation
	$(PY) -m twine check --strict dist/*
	@$(PY) -m venv --without-pip $(INSTALLED)
	$(INTO_INSTALLED) --require-hashes --requirement examples/gitops/requirements.txt
	$(INTO_INSTALLED) --no-index --no-deps dist/*.whl
	$(INSTALLED)/bin/xplenty-pulumi --version
	@version=$$($(INSTALLED)/bin/xplenty-pulumi --version | cut -d ' ' -f 2) && \
	  sed "s/^dynamic = .*/version = \"$$version\"/" pyproject.toml >build/pyproject.toml
	$(VENV)/bin/cyclonedx-py environment $(INSTALLED)/bin/python --pyproject build/pyproject.toml --output-reproducible \
	  --output-file build/sbom.json

lint: $(VENV)/ready ## check style, format, types and layers
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

# With UPGRADE=--upgrade every package is taken in its newest version, otherwise only as far as pyproject.toml asks.
lock: ## write the lock file anew from pyproject.toml, with uv
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	  --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE) \
	  --extra cli --extra emulator --extra otel --extra report --group pyproject.toml:dev --output-file $(LOCK) pyproject.toml
	@mkdir -p build
	$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --constraint $(LOCK) --extra cli \
	  --output-file build/requirements.txt pyproject.toml
	@for example in gitops branch_environments; do { \
	  echo "# What xplenty-pulumi[cli] needs, each with its hashes; docs/how-to/gitops.md says how to bring it up to date."; \
	  cat build/requirements.txt; } >examples/$$example/requirements.txt; done

clean: ## remove what these commands made here; engines stay in the user's cache folder
	rm -rf $(VENV) dist build htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	find . -name .git -prune -o -type d -name __pycache__ -exec rm -rf {} +

engine: $(VENV)/ready
	@exec $(PY) -m tools.engine > $(VENV)/engine-path.new
	@mv $(VENV)/engine-path.new $(VENV)/engine-path

# It has no package with a binary on PyPI; without Go the test that uses it is skipped and says so.
$(VENV)/bin/actionlint: | $(VENV)/ready
	@if command -v $(GO) >/dev/null; then \
	  GOBIN="$(CURDIR)/$(VENV)/bin" $(GO) install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 \
	  || echo "setup: actionlint cannot be built here; its test is skipped" >&2; \
	else echo "setup: there is no go here to build actionlint with; its test is skipped" >&2; fi

$(VENV)/locked: $(LOCK)
	@sh tools/setup/venv.sh $(PYTHON) $(VENV) $(LOCK)
	@touch $@

$(VENV)/ready: $(VENV)/locked pyproject.toml
	@echo "setup: installing this checkout, editable" >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(PY) -m pip check >/dev/null || { $(PY) -m pip check; echo "setup: run make lock: it lags behind pyproject.toml"; exit 1; } >&2
	@touch $@
