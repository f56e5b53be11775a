# Everything a person does with this checkout. `make` alone prints this list.

PYTHON ?= python3
ARGS ?=
ROUNDS ?= 200

VENV := .venv
BIN := $(VENV)/bin
# -qq: pip says nothing but errors. The versions come from constraints.txt, never from the day.
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
PYTEST := $(BIN)/python -m pytest
# Or each process compiles every module anew, and pytest rewrites every test anew: half a minute for `make check`.
unexport PYTHONDONTWRITEBYTECODE
FAST_TESTS := $(wildcard tests/unit tests/golden)
# SQLite waits for the disk at each of some ten thousand commits, which takes longer than all else together. Nothing in these
# tests depends on it, and `make test` runs them on the disk.
IN_MEMORY := $(shell [ -w /dev/shm ] && [ "$$(df -Pm /dev/shm | awk 'NR == 2 { print $$4 }')" -ge 1000 ] && echo TMPDIR=/dev/shm)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check bench bench-parse bench-quality pictures test-slow torture clean

help:
	@echo 'make run [ARGS=--once]   install into .venv and show the router at work over real SMTP'
	@echo 'make test [ARGS=…]       install and pass the tests (ARGS goes to pytest)'
	@echo 'make check               what a commit must pass: ruff, mypy, lint-imports, unit and golden tests but the long ones'
	@echo 'make test-slow           crash tests and everything else that takes minutes'
	@echo 'make torture [ROUNDS=N]  kill -9 at random moments, $(ROUNDS) rounds; and a thousand mangled mails for each'
	@echo 'make bench               speed and size, beside a Postfix on this machine'
	@echo 'make bench-parse         how well and how fast real mails are read, over ../shared/corpora'
	@echo 'make bench-quality       how often the right house and the right matter are found'
	@echo 'make pictures            draw every letter (docs/mails) and the pages (docs/web) as a phone and a desk show them'
	@echo 'make clean               remove .venv and every cache'
	@echo
	@echo 'PYTHON=python3.12 chooses the interpreter for .venv (any from 3.11 on).'

# The stamp, not the folder: `python -m venv` leaves a folder behind also when it fails half-way.
$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo 'mailroute needs Python 3.11 or newer, and "$(PYTHON)" is not: install it, or choose one with make PYTHON=python3.12'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo 'This Python cannot make virtual environments: install its venv module (Debian, Ubuntu: apt install python3-venv)'; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.created pyproject.toml constraints.txt
	@echo 'Installing mailroute into $(VENV) (about a minute the first time) …'
	@$(PIP_INSTALL) -e '.[postgres]'
	@touch $@

$(VENV)/.dev: $(VENV)/.run
	@echo 'Installing what the tests need …'
	@$(PIP_INSTALL) -e '.[postgres,crypto,dev]'
	@touch $@

run: $(VENV)/.run
	@$(BIN)/mailroute demo $(ARGS)

# One worker per core of a small machine; a file's tests stay together, so its servers start once.
test: $(VENV)/.dev
	@tests/support/install-servers.sh
	@$(PYTEST) -q -n 2 --dist loadfile -m 'not slow and not crash' $(ARGS)

check: $(VENV)/.dev
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo 'Not formatted: run $(BIN)/ruff format'; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo > $(VENV)/lint-imports.txt || { cat $(VENV)/lint-imports.txt; exit 1; }
	@$(IN_MEMORY) $(PYTEST) -q -n 2 --dist worksteal -m 'not slow and not postgres and not long' $(FAST_TESTS)

test-slow: $(VENV)/.dev
	@tests/support/install-servers.sh
	@$(PYTEST) -q -m 'slow or crash' $(ARGS)

torture: $(VENV)/.dev
	@MAILROUTE_CRASH_ROUNDS=$(ROUNDS) $(PYTEST) -q -m crash $(ARGS)
	@MAILROUTE_MUTATED_MAILS=$$(( $(ROUNDS) * 1000 )) $(PYTEST) -q --timeout 0 tests/property/test_parse_laws.py -k mutated

bench: $(VENV)/.dev
	@tests/support/install-servers.sh
	@$(BIN)/python -m tests.bench $(ARGS)

bench-parse: $(VENV)/.dev
	@$(BIN)/python -m tests.corpora.score $(ARGS)

bench-quality: $(VENV)/.dev
	@$(BIN)/python -m tests.quality $(ARGS)

pictures: $(VENV)/.dev
	@tests/support/install-servers.sh
	@$(BIN)/python -m tests.pictures $(ARGS)
	@$(BIN)/python -m tests.pictures.pages

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
