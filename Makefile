# Every target does its own set-up, in .venv and, as root on Debian or Ubuntu, with apt-get.
PYTHON ?= python3
export PYTHON
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.PHONY: help demo test lint format docs bench clean

help:
	@echo "make demo     see dk at work: a page from a container, and what dk would do"
	@echo "make test     all tests, beside private engines (as root on Linux)"
	@echo "make lint     ruff, mypy, actionlint"
	@echo "make format   let ruff write the code's form"
	@echo "make docs     write the reference from the code"
	@echo "make bench    dk beside the docker command, timed (as root on Linux)"
	@echo "make clean    remove .venv, .venv-compose, .engines and what tools left"

demo: .venv/.dk
	@tools/busybox.sh
	@tools/beside-engine.sh examples/demo.sh

test: .venv/.dev
	@tools/test.sh $(ARGS)

lint: .venv/.dev
	ruff check .
	ruff format --check .
	mypy
	tools/actionlint.sh

format: .venv/.dev
	ruff check --fix .
	ruff format .

docs: .venv/.dev
	python tools/reference.py
	python -m dk.cheat.markdown docs

bench: .venv/.bench
	@tools/busybox.sh
	@tools/programs.sh dockerd=docker.io iptables=iptables
	@dk engine run -- python -m benchmarks.run
	@dk engine run -- python -m benchmarks.clean

clean:
	rm -rf .venv .venv-compose .engines .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.dk: pyproject.toml
	@tools/venv.sh
	@touch $@

.venv/.dev: pyproject.toml
	@tools/venv.sh dev
	@touch .venv/.dk $@

.venv/.bench: pyproject.toml
	@tools/venv.sh bench
	@touch .venv/.dk $@
