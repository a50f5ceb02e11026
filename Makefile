# make run    checks the built-in rules on all cases, then shows the bug that this tool exists for. Its report stays in
#             build, where tests read it if nothing has changed since
# make test   ruff, mypy, the import laws, tests with coverage, which is at least what is told (docs/contributing.md)
# make test-frameworks  the adapters, with the real torch, JAX, autograd, PyTensor and TensorFlow, in .venv-frameworks
# make bench  the oracles, a verdict and a whole run, timed beside LAPACK alone (see benchmarks/README.md, docs/cost.md)
# make oracles-on-trial  oracles and right rules held against certified numbers; writes docs/oracles.md, docs/budget.md
# make campaign  eigcheck beside eight other gradient checkers, in .venv-campaign; writes docs/campaign.md (25 minutes on
#                two cores; SCALE=small: two)
# make atlas  all frameworks on all cases, in .venv-frameworks; writes docs/atlas.md (a quarter of an hour on two cores)
# make findings  hunts through all frameworks, in .venv-frameworks; writes docs/findings-hunted.md (three quarters of an
#                hour; HUNT=10 seconds for each hunt: ten minutes)
# make docs   the documentation as a site in build/docs; a warning is an error (CI builds it, too)
# make clean  removes what these have made
#
# Needs Python 3.11 or later, make and git; what else is needed goes into .venv here.
# Another Python: make PYTHON=python3.12 run
PYTHON ?= python3
JOBS ?= auto
VENV := .venv
BIN := $(VENV)/bin
FRAMEWORKS_VENV := .venv-frameworks
CAMPAIGN_VENV := .venv-campaign
SCALE ?= full
HUNT ?= 60
# What is imported is compiled on its first use, and most of what is installed is not imported.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-compile
FRAMEWORKS_PIP := $(FRAMEWORKS_VENV)/bin/python $(PIP_INSTALL) --constraint tests/frameworks/constraints.txt
PIP := $(BIN)/python $(PIP_INSTALL)

.PHONY: run test test-frameworks bench oracles-on-trial campaign atlas findings docs clean

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "eigcheck needs Python 3.11 or later; try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable .
	@$(BIN)/python -m compileall -q eigcheck
	@: > $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[dev]'
	@$(BIN)/python -m compileall -q eigcheck
	@: > $@ && : > $(VENV)/.installed

run: $(VENV)/.installed
	@mkdir -p build && : > build/cases.begun
	$(BIN)/eigcheck run cases/ -j $(JOBS) --report json=build/cases.json
	@printf '\nAnd the bug that this tool exists for, once in full:\n\n'; \
	$(BIN)/eigcheck probe "1 2; 2 3" --rule chainrules/released; test $$? -eq 1

# That is kept; so is what pytest rewrites of eigcheck, which tests start, too.
run test test-frameworks atlas findings: export PYTHONDONTWRITEBYTECODE =

# Beside mypy the modules of tests are compiled, or else each process of pytest does so at first.
test: export MYPY_NUM_WORKERS = auto
test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(BIN)/python -m pytest -q --collect-only -p no:cacheprovider >/dev/null 2>&1 &
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal --cov --cov-report=term --cov-fail-under=90

$(FRAMEWORKS_VENV)/.installed: pyproject.toml tests/frameworks/constraints.txt
	$(PYTHON) -m venv $(FRAMEWORKS_VENV)
	$(FRAMEWORKS_PIP) --editable '.[torch,jax,autograd,pytensor]' pytest pytest-xdist hypothesis
	@$(FRAMEWORKS_PIP) --editable '.[tensorflow]' \
	  || echo "TensorFlow cannot be installed here: its tests will be skipped"
	@: > $@

test-frameworks: $(FRAMEWORKS_VENV)/.installed
	EIGCHECK_FRAMEWORKS="torch jax autograd pytensor" $(FRAMEWORKS_VENV)/bin/python -m pytest -q -n $(JOBS) \
	  --dist worksteal tests/frameworks tests/docs/test_framework_page.py

bench: $(VENV)/.installed-dev
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=min,median,max,rounds
	$(BIN)/python -m benchmarks.cost

oracles-on-trial: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.trial_of_oracles

$(CAMPAIGN_VENV)/.installed: pyproject.toml benchmarks/campaign/requirements.txt
	$(PYTHON) -m venv $(CAMPAIGN_VENV)
	$(CAMPAIGN_VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
	  --requirement benchmarks/campaign/requirements.txt --editable .
	@: > $@

campaign: $(CAMPAIGN_VENV)/.installed
	$(CAMPAIGN_VENV)/bin/python -m benchmarks.campaign --scale $(SCALE)

atlas: $(FRAMEWORKS_VENV)/.installed
	$(FRAMEWORKS_VENV)/bin/python -m benchmarks.atlas

findings: $(FRAMEWORKS_VENV)/.installed
	$(FRAMEWORKS_VENV)/bin/python -m benchmarks.findings --seconds $(HUNT)

$(VENV)/.installed-docs: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable '.[docs]'
	@: > $@ && : > $(VENV)/.installed

docs: $(VENV)/.installed-docs
	$(BIN)/python -m sphinx -W -E --keep-going -q -b html docs build/docs
	@echo build/docs/index.html

clean:
	rm -rf $(VENV) $(FRAMEWORKS_VENV) $(CAMPAIGN_VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* .benchmarks build dist
