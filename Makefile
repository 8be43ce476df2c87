# Everything here is one line to a script; scripts/ says how.
.DEFAULT_GOAL := help
.PHONY: help demo test matrix chaos fuzz lint completions man bench install

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build, and list the HPAs of the embedded demo clusters
	@scripts/demo.sh

test: ## Run the whole test suite
	@scripts/test.sh

matrix: ## Run the list, path and report suites with every kubectl from 1.24 to 1.37, and Debian's
	@scripts/matrix.sh

chaos: ## Kill everything that forwards are made of at random moments, 10,000 times
	@scripts/chaos.sh

fuzz: ## Try what is read from outside with made-up bytes, 5 minutes a target
	@scripts/fuzz.sh

lint: ## Check format, lints, documentation, completions, manual pages and licences
	@scripts/lint.sh

completions: ## Write completions/ anew
	@scripts/completions.sh

man: ## Write the manual pages in man/ anew
	@scripts/man.sh

bench: ## Run the benchmarks: against kubectl, and watchdog's own parts
	@scripts/bench.sh

install: ## Install watchdog for this user, with cargo
	@scripts/install.sh
