# Every target works from a fresh clone: the ones that need the environment make it first.
SHELL := /bin/bash
PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup dev demo test check fix e2e bench accept new web api-types licences clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(STAMP) web ## make .venv with the program tongguan, and build the web pages

$(STAMP): pyproject.toml scripts/setup.sh
	PY=$(PY) bash scripts/setup.sh
	@touch $@

WEB_SOURCES := $(shell find web/src web/index.html web/package.json web/vite.config.ts -type f 2>/dev/null)
WEB_BUILT := src/tongguan/api/web/index.html

web: $(WEB_BUILT)

web/node_modules/.ready: web/package.json web/package-lock.json $(STAMP)
	# Not `npm ci`: a registry that lacks packages of other platforms (optional ones) would make it refuse the lock file.
	cd web && npm install --no-save --no-audit --no-fund
	@touch $@

$(WEB_BUILT): $(WEB_SOURCES) web/node_modules/.ready
	cd web && npm run build

dev: setup ## run the server with the web pages rebuilt on change
	bash scripts/dev.sh

demo: setup ## a steel-plate project with people, labels, pay and a model, behind a printed address
	$(BIN)/tongguan demo

test: setup ## all tests that need no browser
	bash scripts/test.sh

check: setup ## tests, lint, types, architecture, web build, browser journeys
	bash scripts/check.sh

fix: $(STAMP) web/node_modules/.ready ## repair what the linters can repair
	$(BIN)/ruff check --fix src tests bench scripts
	$(BIN)/ruff format src tests bench scripts
	cd web && npx biome check --write .

e2e: setup ## browser journeys only; screenshots land in build/screenshots
	bash scripts/e2e.sh

bench: setup ## figures of speed and memory, as JSON, into build/bench
	$(BIN)/python -m bench

accept: setup ## the main job on real data; ACCEPT=quick for ten minutes at most
	bash scripts/accept.sh

new: $(STAMP) ## scaffold: make new KIND=label|format|recipe|stage NAME=...
	$(BIN)/python scripts/new.py "$(KIND)" "$(NAME)"

api-types: $(STAMP) web/node_modules/.ready ## regenerate the web's types from the API
	bash scripts/api_types.sh

licences: $(STAMP) web/node_modules/.ready ## rewrite THIRD_PARTY_LICENCES.md
	$(BIN)/python scripts/licences.py

clean: ## remove build results (not data)
	rm -rf build .mypy_cache .ruff_cache src/tongguan/api/web web/node_modules $(VENV)
