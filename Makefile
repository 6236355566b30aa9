# Two commands are enough: `make run`, `make test`. Needs python3, its venv module and make.
# PORT, DATA_DIR, DATABASE_URL (with DATABASE_APP_URL and DATABASE_WORKER_URL) and REDIS_URL are
# read from the environment or after the target's name: make run PORT=9000
.DEFAULT_GOAL := help
.PHONY: help run test check messages bench plans chaos parsing worlds mutants reset lock

python := .venv/bin/python
# The demonstration is asked for here and nowhere else.
DMP_DEMO ?= 1
# When make is killed, what it started is told to stop (Linux).
with_make := $(shell command -v setpriv > /dev/null && echo setpriv --pdeathsig=SIGTERM --)

help: # This list
	@sed -n 's/^\([a-z]*\):.*# /\1\t/p' Makefile | expand -t 12

run: # Start everything on this machine with invented people; Ctrl-C stops it
	@scripts/venv run
	@DMP_DEMO=$(DMP_DEMO) exec $(with_make) $(python) manage.py dev

test: # Run the tests; ARGS="tests/access -k mask" chooses some, ANEW=1 draws other examples
	@scripts/venv test
	@exec $(python) -m pytest $(ARGS)

check: # Format, lint, types, storeys, templates, migrations, deployment settings
	@scripts/venv dev
	@exec scripts/check

messages: # Collect and compile the translations (needs gettext)
	@scripts/venv test
	@exec scripts/messages

bench: # Measure and write benchmarks/results.json; ONLY=figure runs one, ARGS=--lines=10000000
	@scripts/venv test
	@exec $(python) -m benchmarks $(ONLY) $(ARGS)

plans: # Explain what the hot pages ask the database and keep it in docs/plans
	@scripts/venv test
	@exec $(python) -m benchmarks.plans

chaos: # Load a file while worker, broker and database are killed; ARGS="--kills 100"
	@scripts/venv test
	@exec $(python) -m tests.chaos $(ARGS)

parsing: # Test what reads the fund's files, and fail unless each line and branch of it was run
	@scripts/venv test
	@exec $(python) -m pytest tests/imports/parsing -q --cov=imports.parsing --cov-branch \
	  --cov-report=term-missing:skip-covered --cov-fail-under=100 $(ARGS)

worlds: # Ask the policy's three bodies about 2,000 random worlds, new each time; WORLDS=500
	@scripts/venv test
	@WORLDS=$(or $(WORLDS),2000) exec $(python) -m pytest -q \
	  tests/access/test_policy_worlds.py $(ARGS)

mutants: # Change the gate and the masks one thing at a time; ARGS="access/ladder.py --every 4"
	@scripts/venv test
	@exec $(python) -m tests.mutants $(ARGS)

reset: # Forget the invented people and everything else in DATA_DIR
	@scripts/venv run
	@DMP_DEMO=$(DMP_DEMO) exec $(python) manage.py reset

lock: # Remake requirements*.txt from pyproject.toml; ARGS=--upgrade for newer versions
	@scripts/venv dev
	@exec scripts/lock $(ARGS)
