# Each target sets up what it needs, on a machine with Python 3.11+, git and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# One more than there are cores: tests of processes and deadlines wait for a fifth of their time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1

.PHONY: help demo local sandbox test soak check scan deploy-check generate build benchmark reliability drift interop lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Start the stack on this machine, connect an account, run all actions
	@$(BIN)/python -m local demo

local: $(READY) ## Run the stack on this machine until Ctrl-C
	@$(BIN)/python -m local

sandbox: $(READY) ## Run Calendly's API on this machine until Ctrl-C; OPTIONS="--help" lists its options
	@$(BIN)/python -m sandbox $(OPTIONS)

test: $(READY) ## Run all tests, offline
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

soak: $(READY) ## Run all tests at full size: thousands of deliveries and events, hundreds of schedules
	@SIZES=full $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

check: $(READY) ## Check formatting, lint, types, template
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m generate --check
	$(BIN)/sam validate --lint
	@# NONE, so that the template's own exceptions do not hide what skips.toml has to give a reason for.
	@$(BIN)/cfn-lint -t template.yaml --append-rules cfn_lint_serverless.rules --ignore-checks NONE --format json \
		| $(BIN)/python -m tests.scan cfn-lint
	@# WS1004 expects a log group per function and does not know LoggingConfig.LogGroup, which all functions have.
	$(BIN)/cfn-lint -t agents.yaml --append-rules cfn_lint_serverless.rules --ignore-checks WS1004
	@# Once more as CloudFormation gets it: conditional dependencies are seen only there.
	@mkdir -p .local
	@$(BIN)/python -m generate.budget .local/transformed.json
	$(BIN)/cfn-lint -t .local/transformed.json --ignore-checks W
	@if npm ci --prefix statemachines/check --no-fund --no-audit --loglevel silent >/dev/null 2>&1; then \
		for each in statemachines/*.asl.json; do \
			statemachines/check/node_modules/.bin/asl-validator --json-path $$each || exit 1; \
		done; \
	else \
		echo "npm or its registry is not available: only cfn-lint checks the state machines, in the tests."; \
	fi

scan: $(READY) ## Scan the template with checkov, in an environment of its own (needs a registry)
	@test -x .local/checkov/bin/checkov || { \
		$(PYTHON) -m venv .local/checkov && .local/checkov/bin/python -m pip install --quiet --disable-pip-version-check \
			--no-deps --require-hashes -r requirements/checkov.txt; }
	@.local/checkov/bin/checkov -f template.yaml --framework cloudformation --skip-download --quiet -o json \
		| $(BIN)/python -m tests.scan checkov

deploy-check: $(READY) ## Deploy the template to a local AWS and use it, ten minutes (needs a registry)
	@test -x .local/deploy-check/ministack/bin/ministack || { \
		$(PYTHON) -m venv .local/deploy-check/ministack && .local/deploy-check/ministack/bin/python -m pip install --quiet \
			--disable-pip-version-check --no-deps --require-hashes -r requirements/deploy-check.txt; }
	@$(BIN)/python -m tests.deploy

generate: $(READY) ## Write what is generated from the actions: template, README, openapi.yaml, scopes, events
	@$(BIN)/python -m generate

build: $(READY) ## Build what `sam deploy` uploads
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/sam build

benchmark: $(READY) ## Measure speed, size and cost; writes docs/benchmarks.md
	@$(BIN)/python -m benchmarks

reliability: $(READY) ## Call the local stack while faults happen; writes docs/reliability.md; SECONDS=5 of each fault
	@$(BIN)/python -m benchmarks.reliability $(if $(SECONDS),--seconds $(SECONDS))

drift: $(READY) ## Compare an OpenAPI file of Calendly's with the contract: make drift FILE=calendly-api.yaml
	@$(BIN)/python -m tests.contract.drift $(FILE)

interop: $(READY) ## Run published clients against the sandbox; writes the table in docs/sandbox.md (needs uv, npm)
	@$(BIN)/python -m tests.interop $(CLIENTS)

lock: ## Recompile the requirements files (needs uv)
	uv pip compile pyproject.toml --group dev --quiet --no-header --generate-hashes --universal --python-version 3.11 \
		-o requirements/dev.txt
	uv pip compile requirements/checkov.in --quiet --no-header --generate-hashes --universal --python-version 3.11 \
		-o requirements/checkov.txt
	uv pip compile requirements/deploy-check.in --quiet --no-header --generate-hashes --universal --python-version 3.11 \
		-o requirements/deploy-check.txt
	uv pip compile benchmarks/conventional/requirements.in --quiet --no-header --generate-hashes --universal \
		--python-version 3.11 -c requirements/dev.txt -o benchmarks/conventional/requirements.txt
	uv pip compile pyproject.toml --quiet --no-header --generate-hashes --python-version 3.13 \
		--python-platform aarch64-manylinux2014 -c requirements/dev.txt -o layers/calendly/requirements.txt

clean: ## Remove everything that the other targets created
	rm -rf $(VENV) .aws-sam .local .mypy_cache .ruff_cache statemachines/check/node_modules benchmarks/tools/node_modules

$(READY): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Choose another with PYTHON=...") if sys.version_info < (3, 11) else None'
	@echo "Setting up $(VENV), once: $$(grep -c '==' requirements/dev.txt) packages, about a minute ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --require-hashes \
		-r requirements/dev.txt
	@echo "... and their bytecode, a quarter of a minute."
	@# On all cores, which pip does on one; and without the packages' own tests.
	@$(BIN)/python -m compileall -q -j 0 -x '/tests?/' $(VENV)/lib
	@touch $@
