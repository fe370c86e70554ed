# Every target sets up what it needs: .venv, from requirements.lock, without a container engine.
VENV := .venv
PYTHON_IN := $(VENV)/bin/python
READY := $(VENV)/.ready

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## a local Slack and seven stores in the browser, the real bot; needs no account anywhere
	$(PYTHON_IN) -m bot.cli demo

story: $(READY) ## play the story once: exits 0 only if every number agrees
	$(PYTHON_IN) -m bot.cli story

test: $(READY) ## every test (the official contracts: STOCKROOM_SPECS, default ../shared/specs)
	$(PYTHON_IN) -m pytest

test-browser: $(READY) ## the pages, clicked through in Chromium (Debian: chromium and chromium-driver)
	$(PYTHON_IN) -m pytest tests/browser --dist loadfile

pictures: $(READY) ## the four pictures of the README, made anew
	STOCKROOM_PICTURES=docs $(PYTHON_IN) -m pytest tests/browser/test_pictures.py -n 0

bench: $(READY) ## measure the figures, each beside its floor in the same run (FIGURE=ack: that one only)
	$(PYTHON_IN) -m bench $(FIGURE)

EVENTS ?= 2000
SEED ?= 1
simulate: $(READY) ## a simulated world that tries to break the engine (EVENTS=N SEED=N [MUTANT=N] [KEEP=1,2,..] [SEEDS=N] [CALM=1])
	$(PYTHON_IN) -m simulator --events $(EVENTS) --seed $(SEED) $(if $(MUTANT),--mutant $(MUTANT)) $(if $(KEEP),--keep $(KEEP)) \
		$(if $(SEEDS),--seeds $(SEEDS)) $(if $(CALM),--calm)

lint: $(READY) ## style, types, import directions
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

$(READY): requirements.lock pyproject.toml tools/venv.sh
	sh tools/venv.sh $(VENV) requirements.lock
	touch $@

.PHONY: help demo story test test-browser pictures bench simulate lint
.DEFAULT_GOAL := help
