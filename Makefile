# The commands of this repository; dev/README.md explains them.
PYTHON ?= python3
DEV = $(PYTHON) -m dev
ARGS ?=

.PHONY: setup demo pictures screens test test-fast smoke lint prove year bench database pins stop clean-data clean

setup:
	@$(DEV) setup

demo:
	@$(DEV) demo

pictures:
	@$(DEV) module dev.pictures

screens:
	@$(DEV) module dev.screens $(ARGS)

test:
	@$(DEV) test $(ARGS)

test-fast:
	@$(DEV) test-fast $(ARGS)

smoke:
	@$(DEV) smoke

lint:
	@$(DEV) lint $(ARGS)

prove:
	@$(DEV) module tests.prove $(ARGS)

year:
	@$(DEV) module tests.year

bench:
	@$(DEV) module bench $(ARGS)

database:
	@$(DEV) database $(NAME)

pins:
	@$(DEV) pins

stop:
	@$(DEV) stop

clean-data:
	@$(DEV) clean-data

clean:
	@$(DEV) clean
