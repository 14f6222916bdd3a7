PYTHON ?= python3
PYTHONS ?= python3.11 python3.12 python3.13
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PROCESSES ?= 2
PYTEST = $(BIN)/python -m pytest --numprocesses $(PROCESSES) --dist loadfile --no-loadscope-reorder
PAGE := $(VENV)/.demo

# Where it is set, each process compiles what it imports anew, and pytest all of the tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test fuzz coverage soak check format install install-browser screenshots bench evaluate evaluate-model docs build release sbom clean help

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(PAGE): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing nmt_rag and what its page needs into $(VENV) (a minute or two, the first time only) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[demo,office]"
	@touch $@

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing torch into $(VENV) (some minutes, the first time only) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt torch
	@echo "Installing nmt_rag and the other libraries into $(VENV) (some minutes) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[models,langchain,generation,mcp,serve,demo,training,docs,dev]"
	@touch $@ $(PAGE)

install: $(STAMP) ## Create .venv and install everything

demo: $(PAGE) ## Start the web demo on 127.0.0.1
	$(BIN)/python app.py

test: $(STAMP) ## Run the tests in two processes; PROCESSES=0 runs them in one, as pytest alone does
	$(PYTEST)

fuzz: $(STAMP) ## Run the tests of properties with examples drawn anew
	$(PYTEST) -m hypothesis --hypothesis-profile random

coverage: $(STAMP) ## Run the tests, and list the lines and branches that none of them reaches; few enough, or it fails
	$(PYTEST) --cov --cov-report=term-missing:skip-covered

check: $(STAMP) ## Lint, format check and type check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

install-browser: $(STAMP) ## Install what the tests of the web page in a browser need: Chromium, Playwright, axe-core
	@command -v chromium >/dev/null || { apt-get update && apt-get install -y chromium fonts-liberation; } \
		|| { echo "Chromium could not be installed. As root: apt-get install chromium; or set CHROMIUM to its path."; exit 1; }
	@echo "Installing Playwright and axe-core (a minute) …"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "playwright>=1.50" "axe-playwright-python>=0.1.8"

screenshots: $(STAMP) ## Take the pictures of the web page in docs/images (needs install-browser)
	$(BIN)/python docs/screenshots.py

format: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

soak: $(STAMP) ## A thousand kills of a writer, then half an hour each of visitors, hostile requests and damaged files (hours)
	NMT_RAG_KILLS=1000 $(BIN)/python -m pytest -q tests/index/test_crash.py
	NMT_RAG_REQUESTS=200 $(BIN)/python -m pytest -q tests/interfaces/http/test_schema.py
	NMT_RAG_EVERY=1 $(BIN)/python -m pytest -q tests/documents/test_who_does_what.py
	$(BIN)/python -m benchmarks.visiting --seconds 1800
	$(BIN)/python -m benchmarks.soaking --minutes 30
	$(BIN)/python -m benchmarks.mutating --seconds 1800

bench: $(STAMP) ## Run the benchmarks (minutes)
	$(BIN)/python -m benchmarks

evaluate: $(STAMP) ## Answer the development questions by words, embeddings and both
	$(BIN)/python -m training.development

evaluate-model: $(STAMP) ## Measure the packaged model (needs NMT_RAG_SHARED)
	$(BIN)/python -m training.evaluate

docs: $(STAMP) ## Build the documents and the API reference in build/docs; a warning is an error
	$(BIN)/mkdocs build

build: $(STAMP) ## Build the wheel and the source archive
	$(BIN)/python -m build --no-isolation

release: build ## Build, check with twine, and ask from a fresh environment of each of PYTHONS (needs a network)
	$(PYTHON) -m venv build/release/twine
	build/release/twine/bin/pip install --quiet "twine>=6"
	build/release/twine/bin/twine check --strict dist/*
	set -e; for python in $(PYTHONS); do \
		rm -rf build/release/$$python; $$python -m venv build/release/$$python; \
		build/release/$$python/bin/pip install --quiet dist/*.whl; \
		NMT_RAG_INDEX=build/release/$$python/index build/release/$$python/bin/nmt-rag ask "Vem är KAST till för?"; \
	done

sbom: ## List what an installed nmt_rag consists of, in build/sbom.json (CycloneDX); EXTRAS=serve,mcp adds extras
	$(PYTHON) -m venv build/sbom/tool
	build/sbom/tool/bin/python -m pip install --quiet --disable-pip-version-check "cyclonedx-bom>=7.0"
	$(PYTHON) -m venv --clear build/sbom/installed
	build/sbom/installed/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt ".$(if $(EXTRAS),[$(EXTRAS)])"
	build/sbom/installed/bin/python -m pip uninstall --quiet --yes setuptools pip
	build/sbom/tool/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
		--spec-version 1.6 --output-format JSON --output-file build/sbom.json build/sbom/installed/bin/python

clean: ## Remove what was built
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .coverage
