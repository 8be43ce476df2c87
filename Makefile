# Each target runs a script of scripts/.
.DEFAULT_GOAL := help
.PHONY: help demo test matrix chaos fuzz lint completions man bench install

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build watchdog, and list the HPAs of its embedded demo clusters
	@scripts/demo.sh

test: ## Run the whole test suite
	@scripts/test.sh

matrix: ## Run the list, path and report suites with every kubectl from 1.24 to 1.37, and Debian's
	@scripts/matrix.sh

chaos: ## Kill processes that forwards need at random moments, 10,000 times
	@scripts/chaos.sh

fuzz: ## Fuzz the parsers of external input, 5 minutes per target
	@scripts/fuzz.sh

lint: ## Check format, lints, documentation, completions, manual pages and licences
	@scripts/lint.sh

completions: ## Regenerate the shell completions in completions/
	@scripts/completions.sh

man: ## Regenerate the manual pages in man/
	@scripts/man.sh

bench: ## Run the benchmarks: comparisons with kubectl, then watchdog's own
	@scripts/bench.sh

install: ## Install watchdog for this user, with cargo
	@scripts/install.sh
