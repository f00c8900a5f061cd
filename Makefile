# Two commands matter: `make demo` and `make test`. Each sets up what it needs.

PYTHON ?= python3.11
AERO := .venv/bin/aero
INSTALLED := .venv/installed

.PHONY: demo test test-unit up down help

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(INSTALLED) ## start everything, load all flights out of New York in 2013, show answers and addresses
	@$(AERO) demo

test: $(INSTALLED) ## every test, on real services that the tests start for themselves
	@.venv/bin/python -m pytest

test-unit: $(INSTALLED) ## the tests that need no service
	@.venv/bin/python -m pytest -m "not cluster"

up: $(INSTALLED) ## start all services
	@$(AERO) up

down: $(INSTALLED) ## stop all services; nothing is lost
	@$(AERO) down

$(INSTALLED): setup.cfg constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed ($(PYTHON) is not on the PATH): apt-get install python3.11, or PYTHON=/path/to/it make …"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || { echo "$(PYTHON) is not Python 3.11: PYTHON=/path/to/it make …"; exit 1; }
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@echo "Installing Python packages into .venv …"
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $(INSTALLED)
