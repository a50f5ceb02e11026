# make run    sets up .venv here and checks the built-in rules on all cases, then shows the bug itself
# make test   everything that CI does: tests with coverage, ruff, mypy, the import law
# make bench  benchmarks of the oracles and of a whole run, beside LAPACK alone
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test bench clean

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(VENV)/.installed
	$(BIN)/eigcheck run cases/
	@echo
	@echo 'And the bug that this tool exists for, once in full:'
	@echo
	@$(BIN)/eigcheck probe "1 2; 2 3" --rule chainrules/released; test $$? -eq 1

test: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto --cov --cov-report=term --cov-fail-under=90

bench: $(VENV)/.installed
	$(BIN)/python -m pytest benchmarks --benchmark-only --benchmark-columns=min,median,max,rounds

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
