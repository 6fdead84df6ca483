# Every command sets up what it needs; everything lands in .venv and var/.
.PHONY: help run setup test check bench clean
help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## only the set-up; afterwards .venv/bin/portal is the command
	@deploy/setup.sh run

run: setup ## the whole portal with demonstration data: site, desk, static build
	@exec .venv/bin/portal demo

test: ## every check and test, in the order of speed
	@deploy/setup.sh test
	@exec .venv/bin/python -m tests

check: ## only format, lint, types and import contracts
	@deploy/setup.sh test
	@exec .venv/bin/python -m tests --checks-only

bench: ## the benchmarks of the static build, against Hugo
	@deploy/setup.sh test
	@exec .venv/bin/python -m tests.bench

clean: ## remove what can be made again
	rm -rf .venv build var
