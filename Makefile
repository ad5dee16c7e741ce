# Kennisbank's set-up, tests and tools. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# PyTorch stands apart from the lock: its CPU and its CUDA builds carry the same version and other hashes.
# Without a GPU, save some gigabytes:  make install TORCH_INDEX="--index-url https://download.pytorch.org/whl/cpu"
TORCH := torch==2.13.0
TORCH_INDEX ?=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
ENGINE_VENV := .venv-engine
.DEFAULT_GOAL := help
.PHONY: help demo install install-dev test test-slow test-engine check serve bench bench-sets bench-ingest lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## try it: ingest the sample organisation, ask three questions
	@$(BIN)/python -m api.demo

install: $(VENV)/.installed ## the kb command in .venv

install-dev: $(VENV)/.installed-dev ## what the tests and checks need besides

serve: $(VENV)/.installed ## the service with its chat page, on this machine
	@$(BIN)/kb init && $(BIN)/kb serve

test: $(VENV)/.installed-dev ## all tests that need no drill (under 10 minutes on 2 cores)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not engine"

test-slow: $(VENV)/.installed-dev ## the drills: kill -9 loops, PostgreSQL, long properties
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -m "slow and not engine" --timeout 1800

test-engine: $(VENV)/.installed-dev $(ENGINE_VENV)/.installed ## against llama.cpp's own server (compiles it first: minutes)
	@KB_TEST_ENGINE_PYTHON=$(ENGINE_VENV)/bin/python $(BIN)/python -m pytest -m engine tests/engine

check: $(VENV)/.installed-dev ## formatting, lint, types
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy

bench: $(VENV)/.installed-dev ## speed and memory beside LlamaIndex's stock pipeline; finding and erasing a person
	@$(BIN)/python -m api.bench_suite speed
	@$(BIN)/python -m api.bench_suite privacy

bench-sets: $(VENV)/.installed-dev ## every question set in SETS=folder beside its rivals, into docs/benchmarks.md
	@$(BIN)/python -m api.bench_suite sets --write docs/benchmarks.md $(or $(SETS),$(error say where they are: make bench-sets SETS=folder))

bench-ingest: $(VENV)/.installed-dev ## memory of 10,000 small files; with FILES=folder also reading beside unstructured
	@$(BIN)/python -W ignore -m api.bench_suite ingest $(if $(FILES),--files $(FILES))

lock: $(VENV)/.installed-dev ## resolve the dependencies anew into the lock files
	@$(BIN)/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-header --quiet --upgrade \
	  --no-emit-package torch --no-annotate $(if $(PIP_FIND_LINKS),--find-links $(PIP_FIND_LINKS)) -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes --no-header --quiet --upgrade \
	  --no-emit-package torch --no-annotate $(if $(PIP_FIND_LINKS),--find-links $(PIP_FIND_LINKS)) -c requirements.lock -o requirements-dev.lock

clean: ## remove what make built (never a data directory)
	rm -rf $(VENV) $(ENGINE_VENV) *.egg-info .mypy_cache .ruff_cache

$(VENV)/.made:
	@echo "Making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info[:2] <= (3, 12) else "Kennisbank needs Python 3.11 or 3.12: make PYTHON=python3.11 …")'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.made requirements.lock pyproject.toml
	@echo "Installing what the lock file names (once, some minutes) …"
	@$(PIP) $(TORCH_INDEX) $(TORCH)
	@$(PIP) --require-hashes --no-deps -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	@echo "Installing what the tests need …"
	@$(PIP) --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

$(ENGINE_VENV)/.installed: tests/engine/requirements.txt
	@echo "Compiling llama.cpp's server (7 minutes on 2 cores) …"
	@$(PYTHON) -m venv $(ENGINE_VENV)
	@$(ENGINE_VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r tests/engine/requirements.txt
	@touch $@
