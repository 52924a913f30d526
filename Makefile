# Shirabe from nothing: `make demo` for a report, `make test` for proof. Needs Python 3.11 and a package registry.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BOOTSTRAP := build/bootstrap
UV := $(shell command -v uv 2>/dev/null || echo $(BOOTSTRAP)/bin/uv)
RUN := $(UV) run --frozen --no-sync
SETUP := build/.setup
SPARK := build/.spark

# Behind an organisation's own certificates only the system's store knows whom to trust.
export UV_SYSTEM_CERTS ?= true
# The libraries are large: without their compiled form each command would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

# Debian's Chromium shows and photographs reports, which need Japanese fonts on paper too; Java runs the parity tests on Spark,
# PostgreSQL keeps the models of the tests' MLflow server.
SYSTEM_PACKAGES := chromium fonts-noto-cjk openjdk-17-jre-headless postgresql

.PHONY: help setup system demo test lint types imports unit bench screenshot clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: $(SETUP) ## the environment, as uv.lock says

$(SETUP): pyproject.toml uv.lock
	@command -v "$(UV)" >/dev/null 2>&1 || $(MAKE) --no-print-directory $(BOOTSTRAP)/bin/uv
	$(UV) sync --frozen --quiet --compile-bytecode
	@mkdir -p $(@D) && touch $@

# Spark is large and only the parity tests need it: who wants a report or a style check does without.
$(SPARK): $(SETUP)
	$(UV) sync --frozen --quiet --compile-bytecode --group parity
	@touch $@

# Debian's Python refuses `pip install --user`, so uv gets an environment of its own.
$(BOOTSTRAP)/bin/uv:
	python3 -m venv $(BOOTSTRAP)
	$(BOOTSTRAP)/bin/pip install --quiet uv

system: ## Debian packages for report.pdf, the browser tests and pictures (as root)
	@missing="$$(for name in $(SYSTEM_PACKAGES); do dpkg -s $$name >/dev/null 2>&1 || echo $$name; done)"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    apt-get update -qq; \
	    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else \
	    echo "not installed: $$(echo $$missing). Tests that need them are skipped;" \
	         "as root: apt-get install $$(echo $$missing)" >&2; \
	fi

demo: setup ## sample data to a weekly report; prints its path
	@$(RUN) shirabe demo

test: setup system lint types imports unit ## everything, from nothing

lint: setup ## style, and SQL within the portable subset
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) python -m features.engines.portable

types: setup ## mypy, strict
	$(RUN) mypy

imports: setup ## the rooms' import rules
	$(RUN) lint-imports

unit: $(SPARK) ## all tests
	$(RUN) pytest -n auto --no-loadscope-reorder

bench: setup ## benchmarks, small by default
	$(RUN) python -m benchmarks

screenshot: setup ## the picture of a report in docs/images
	$(RUN) shirabe demo
	$(RUN) python -m reports.picture build/demo/lake/reports/week=2026-W46 docs/images/report.png

clean: ## drop everything generated
	rm -rf build .venv
