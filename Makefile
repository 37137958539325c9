# Verkkoapu. `make help` lists the commands.
PYTHON3 ?= python3
BIN := .venv/bin
RASA := cd bot && TF_CPP_MIN_LOG_LEVEL=3 RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 PYTHONWARNINGS=ignore ../.venv-bot/bin/python -m rasa
.DEFAULT_GOAL := help
.PHONY: help setup run test check train evaluate bench counsellor messages messages-check content-check content-stamp settings

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: ## make both environments and train what is not trained
	@$(PYTHON3) tools/setup.py service

run: setup ## start the whole service (Ctrl-C stops it)
	@$(BIN)/verkkoapu run

test: ## set up and run every test, on real parts
	@$(PYTHON3) tools/setup.py tests
	@$(BIN)/python -m pytest $(PYTEST)

check: ## lint, types, imports, Rasa data, content, catalogues, docs
	@$(PYTHON3) tools/setup.py tests
	@$(BIN)/python tools/check.py

train: setup ## train search, safety guard and Rasa where content changed

evaluate: setup ## quality of answers, per language and style, beside peers
	@$(BIN)/verkkoapu evaluate $(EVALUATE)

bench: setup ## speed and memory beside stock Rasa
	@$(PYTHON3) tools/setup.py tests
	@$(BIN)/verkkoapu bench $(BENCH)

counsellor: setup ## make a log-in: make counsellor USERNAME=… LANGUAGES=fi,sv ROLE=counsellor
	@$(BIN)/verkkoapu counsellor --username "$(USERNAME)" --languages "$(LANGUAGES)" --role "$(or $(ROLE),counsellor)"

content-check: setup ## what an editor must mend, with file, line and fix
	@$(BIN)/verkkoapu content check

content-stamp: setup ## write into translations what they were translated from
	@$(BIN)/verkkoapu content stamp

messages: setup ## bring the message catalogues up to date with the code
	@$(BIN)/verkkoapu messages update

messages-check: setup ## whether the message catalogues are up to date
	@$(BIN)/verkkoapu messages check

settings: setup ## every setting with its value, default and meaning
	@$(BIN)/verkkoapu settings
