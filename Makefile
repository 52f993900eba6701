# The commands of Choir, one line each; `make` alone lists them. Continuous integration calls the same ones (.ci/run).

## make demo    see it: a local Slack in the browser with the bot and a made-up agency in it, nothing to set up first
## make run     start the bot for a real workspace (after `.venv/bin/choir init`)
## make setup   only prepare .venv with what running needs
## make test    run the tests                    (part of them: make test ARGS="tests/domain -k pause")
## make check   format, lint, types, import contracts and tests: all that must pass before a change is shared
## make chaos   kill workers, lose replies and move clocks for long, on both databases; takes about half an hour
## make bench   measure how fast it is on this machine; takes a while and says how far it is
## make fix     let the tools repair what they can
## make lock    pin the dependencies of pyproject.toml again (Python 3.11; newer versions: make lock ARGS=--upgrade)
## ARGS="…" is handed on to the command; PYTHON=/path/to/python3 chooses the Python that .venv is made from.

.PHONY: help demo run setup test check chaos bench fix lock
export PYTHON
python := .venv/bin/python
# Which of the tests reach all that bot/domain decides. Counting lines makes every test slower, so the others go uncounted.
deciding := tests/domain tests/blocks tests/storage
compile := $(python) -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host
# What stopped has said why in one sentence. Make would add "*** Error 1" below it; ended by SIGPIPE it adds nothing, nor does a shell.
# A shell with a trap lets Ctrl-C end the command in its own time, without make's "Interrupt".
quietly := || { kill -PIPE $$PPID; exit 1; }

help:  ; @sed -n 's/^## //p' Makefile
demo:  ; @trap : INT; { .ci/setup run && $(python) -m bot demo $(ARGS); } $(quietly)
run:   ; @trap : INT; { .ci/setup run && $(python) -m bot run $(ARGS); } $(quietly)
setup: ; @.ci/setup run $(quietly)
test:  ; @.ci/setup dev $(quietly); $(python) -m pytest -n 3 --dist loadfile $(ARGS)
chaos: ; @.ci/setup dev $(quietly); $(python) -m tests.chaos $(ARGS) && CHOIR_LONGER=20 $(python) -m pytest --timeout=0 tests/chaos/test_outbox_machine.py
bench: ; @trap : INT; { .ci/setup dev && $(python) -m bot bench $(ARGS); } $(quietly)
fix:   ; @.ci/setup dev $(quietly); .venv/bin/ruff check --fix --quiet .; .venv/bin/ruff format .
check: ; @.ci/setup dev $(quietly); set -ex; .venv/bin/ruff format --check .; .venv/bin/ruff check .; .venv/bin/mypy; .venv/bin/lint-imports; $(MAKE) --no-print-directory test ARGS="$(deciding) --cov=bot.domain --cov-branch $(ARGS)"; $(MAKE) --no-print-directory test ARGS="tests $(deciding:%=--ignore=%) $(ARGS)"
lock:  ; @.ci/setup dev $(quietly); set -ex; $(compile) --extra lock -o requirements.lock $(ARGS) pyproject.toml; $(compile) --extra lock --extra dev -c requirements.lock -o requirements-dev.lock $(ARGS) pyproject.toml
