.PHONY: check test format lock

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

lock: ## every package that the tests install, with its hashes (pip install uv); PyTorch's wheels differ by machine
	echo "hatchling>=1.25" | uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" --extra test --upgrade pyproject.toml - -o requirements.lock
