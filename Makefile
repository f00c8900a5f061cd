# Two commands matter: `make demo` and `make test`. Each sets up what it needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || echo python3)
AERO := .venv/bin/aero
INSTALLED := .venv/installed
BENCH := .venv/installed-bench
MUTANTS := .venv/installed-mutants

.PHONY: demo test test-long test-cluster-long kill-test chaos chaos-night soak javas lint test-unit mutants fetch up down help bench bench-quick bench-history compose-build compose-up compose-demo compose-test compose-down

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(INSTALLED) ## start everything, load all flights out of New York in 2013, show answers and addresses
	@$(AERO) demo

test: $(INSTALLED) ## lint and the tests, on real services that they start for themselves; not those of the containers
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory -j 2 test-unit fetch
	@.venv/bin/python -m pytest -m "cluster and not kills and not long"

test-long: $(INSTALLED) ## tests that need no cluster and take longest: doors, backup, recovery, models, the bench; three quarters of an hour
	@.venv/bin/python -m pytest -n 2 --dist loadfile -o console_output_style=progress -m "long and not cluster"

test-cluster-long: $(INSTALLED) ## the same of those on a cluster: strangers, mends, notebooks, the forecast, what others connect; as long again
	@.venv/bin/python -m pytest -m "long and cluster"

kill-test: $(INSTALLED) ## writers side by side, and servers and writers killed at work: two hours, not in `make test`
	@.venv/bin/python -m pytest -m kills

chaos: $(INSTALLED) ## random faults while all works, then what was lost or doubled; SEED=7 FAULTS=10; 200 take some three hours
	@.venv/bin/python -m bench.chaos run --faults $(or $(FAULTS),200) $(if $(SEED),--seed $(SEED)) $(if $(CLOCKS),--clocks)

chaos-night: $(INSTALLED) ## the same with 1,000 faults, servers frozen for up to three minutes
	@.venv/bin/python -m bench.chaos run --faults $(or $(FAULTS),1000) --longest 180 $(if $(SEED),--seed $(SEED))

soak: $(INSTALLED) ## live events at a fixed rate for half an hour: whether memory, handles, threads, latency grow; MINUTES=, RATE=
	@.venv/bin/python -m bench.soak run --minutes $(or $(MINUTES),30) --rate $(or $(RATE),200)

javas: $(INSTALLED) ## a short demo on the machine's Java and on Java 17 and 21 of PyPI, beside what runs; some twelve minutes
	@.ci/javas

lint: $(INSTALLED) ## format, style, types and the direction of imports; changes nothing
	@.venv/bin/ruff format --quiet --check . || { echo "Format them: .venv/bin/ruff format ."; exit 1; }
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo

test-unit: $(INSTALLED) ## the tests that need no service
	@.venv/bin/python -m pytest -n 2 --dist loadfile -o console_output_style=progress -m "not cluster and not compose and not long"

mutants: $(MUTANTS) ## change what decides about data, a line at a time, and list what no unit test notices; some hours
	@.venv/bin/mutmut run --max-children 2 $(NAMES)
	@.venv/bin/mutmut results

# Beside the unit tests: this waits for the network, they for the processor. A moving line would write over theirs.
fetch: $(INSTALLED)
	@TTY_COMPATIBLE=0 $(AERO) fetch >/dev/null

bench-quick: $(BENCH) ## loading and asking beside DuckDB, chDB and plain Spark, 3 million flights, some eleven minutes
	@.venv/bin/python -m bench.performance quick

bench: $(BENCH) ## the same with 49 million flights: some hours, and 20 GB of disk
	@.venv/bin/python -m bench.performance full

bench-history: $(BENCH) ## what grows with the rows, to all months since 1987; killed, it goes on where it was; 40 GB of disk
	@.venv/bin/python -m bench.performance history

up: $(INSTALLED) ## start all services
	@$(AERO) up

down: $(INSTALLED) ## stop all services; nothing is lost
	@$(AERO) down

# The cluster of containers. Docker is all it needs; only compose-test needs Python too.
COMPOSE = $(shell docker compose version >/dev/null 2>&1 && echo docker compose || echo docker-compose) -f docker/compose.yaml

compose-build:
	@docker/base.sh
	@$(COMPOSE) build namenode metastore zookeeper kafka luigid postgres redis superset

compose-up: compose-build ## the same system as containers, by Docker Compose; until all are ready
	@$(COMPOSE) up -d
	@$(COMPOSE) run --rm -T client up
	@$(COMPOSE) ps

compose-demo: compose-up ## the demo on the containers, and a day of live traffic
	@$(COMPOSE) run --rm -T client demo
	@$(COMPOSE) up -d --no-deps replay

compose-test: compose-build $(INSTALLED) ## what the containers must survive; on a cluster of its own beside yours
	@.venv/bin/python -m pytest -m compose

compose-down: ## stop and remove the containers; their volumes stay
	@$(COMPOSE) --profile live --profile client down

$(INSTALLED): setup.cfg constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null || { \
	  echo "Python 3.11 or 3.12 is needed; Superset's packages end there, and $(PYTHON) is neither."; \
	  echo "Debian 12: apt-get install python3.11-venv. Ubuntu 24.04: apt-get install python3.12-venv."; \
	  echo "Fedora: dnf install python3.12. Anywhere, without root: uv python install 3.12, or pyenv install 3.12."; \
	  echo "Then: PYTHON=/path/to/python3.12 make …"; exit 1; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@echo "Installing Python packages into .venv …"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $(INSTALLED)

$(BENCH): $(INSTALLED)
	@echo "Installing what is measured beside into .venv …"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@touch $(BENCH)

$(MUTANTS): $(INSTALLED)
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[mutants]'
	@touch $(MUTANTS)
