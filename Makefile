# Every target calls start.py, which does its own set-up: `make run` is `python3 start.py run`.
# Another Python: make run PYTHON=python3.12.  More words for a command: make test ARGS='-k transfer'.

PYTHON ?= python3
ARGS ?=

.PHONY: help setup run test programs check browser bench translate

help setup run test programs check browser bench translate:
	@$(PYTHON) start.py $@ $(ARGS)
