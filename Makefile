.PHONY: check test format

PY ?= .venv/bin/

check: ## format, lint, types, layers
	$(PY)ruff format --check .
	$(PY)ruff check .
	$(PY)mypy
	$(PY)lint-imports

test:
	$(PY)pytest

format:
	$(PY)ruff format .
	$(PY)ruff check --fix .
