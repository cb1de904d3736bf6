# Everything that is done with Dure starts here. `make` alone lists it.
PYTHON ?= python3
RUN = .venv/bin
UV ?= uv
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
export PYTHON

help: ## what there is
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 12

install: ## make .venv from the lock; needs neither root nor a compiler
	@tools/install base

up: install ## everything on this machine: data base, web, watch, sender, jobs, demo office
	@$(RUN)/dure up

phones: install ## as up, and real phones in the same Wi-Fi reach it: a local certificate, for a trial only
	@DURE_LAN="$${DURE_LAN:-1}" $(RUN)/dure up

paper: install ## PDF and Hangul files (.hwpx): what makes them, and a Korean font for the PDF
	@tools/install paper

day: install ## live one day of the demo office and print its story
	@$(RUN)/dure day

pictures: dev browser ## take the pictures of docs/tour.md anew
	$(RUN)/python tools/pictures

soak: dev ## the properties and the crash run again and again, until something breaks
	while HYPOTHESIS_PROFILE=soak $(RUN)/pytest -q -o faulthandler_timeout=7200 --hypothesis-profile=soak tests/duty tests/care tests/cases tests/stories tests/field $(wildcard tests/crash); do :; done

dev:
	@tools/install dev

check: dev ## style, types, import order, translations, migrations, shape, packages
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/mypy
	$(RUN)/lint-imports --no-logo
	$(RUN)/python tools/catalogue.py check
	$(RUN)/dure makemigrations --check --dry-run
	$(RUN)/pytest -q tests/test_shape.py
	$(RUN)/python -I -S tools/audit

audit: install ## what is installed: as locked, licences, known vulnerabilities (asks the registry)
	@$(RUN)/python -I -S tools/audit --ask

browser:
	@tools/browser

test: dev browser check ## check, then all tests
	$(RUN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lock: ## resolve requirements/*.in anew into hashed locks (needs uv)
	$(LOCK) --upgrade requirements/base.in -o requirements/base.txt
	$(LOCK) --upgrade requirements/paper.in -c requirements/base.txt -o requirements/paper.txt
	$(LOCK) --upgrade requirements/dev.in -c requirements/base.txt -c requirements/paper.txt -o requirements/dev.txt

.PHONY: help install up phones paper day pictures soak dev check audit browser test lock
.NOTPARALLEL:
