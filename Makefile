# `make` lists the targets. What they need they install first: see deploy/install.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install run test check bench preview goldens lock alerts dashboards images manifests k3s-e2e

VENV := .venv
PY := $(VENV)/bin/python
ORDER ?= samples/wix/pickup-asap-cash.json
BASE_PORT ?= 8700
ONCE ?=
# 0 leaves Prometheus and Alertmanager out, of `install` and of `run`.
MONITORING ?= 1
ARGS ?=
IMAGES ?=
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header
IMAGE_LOCK := $(LOCK) -c requirements.lock
CODE := libs services simulators deploy grafana tests bench gallery

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

install: ## a virtual environment with the locked packages; on Debian also RabbitMQ and a font
	@MONITORING=$(MONITORING) deploy/install $(VENV)

run: install ## the whole system with virtual printers, mails and alerts; ONCE=1 ends after the ticket, ORDER=file takes yours
	@$(PY) -m dev_stack --order "$(ORDER)" --base-port $(BASE_PORT) $(if $(ONCE),--once) $(if $(filter 0,$(MONITORING)),--no-monitoring)

check: install ## formatting, lint, types, import contracts
	@$(VENV)/bin/ruff format --check $(CODE)
	@$(VENV)/bin/ruff check $(CODE)
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports

test: check ## everything `check` does, then all tests; ARGS="-k name" picks some
	@$(PY) -m pytest $(ARGS)

bench: install ## measure: one line per figure, and var/bench.json
	@$(PY) -m bench $(ARGS)

preview: install ## every kind of ticket as pictures on one page, var/preview/index.html; ARGS="--only .bar." picks some
	@$(PY) -m gallery $(ARGS)

goldens: install ## write the kept tickets anew, that the tests compare with: look at what changed
	@$(PY) -m gallery --goldens

alerts: install ## write routes and the list of metrics anew, and test every alert
	@$(PY) -m bonfire.alert_routes bonfire.example.toml deploy/alertmanager
	@$(PY) -m deploy.prometheus.catalogue docs/metrics.md
	@$(PY) -m pytest -q tests/unit/monitoring tests/integration/monitoring/test_alert_tools.py

dashboards: install ## write Grafana's dashboards anew
	@$(PY) -m grafana.build grafana/dashboards

images: ## one image for each service, and one for the simulators; IMAGES="print-agent rabbitmq" picks some
	@deploy/images/build $(IMAGES)

manifests: install ## render every overlay for k3s and check it: schemas, pod security, networks, probes
	@$(PY) -m pytest -q tests/manifests

k3s-e2e: install ## an order through the cluster that KUBECONFIG names; see docs/operating.md
	@$(PY) -m tests.k3s

lock: install ## renew requirements.lock from pyproject.toml, and the images' locks from that
	@$(LOCK) --all-extras pyproject.toml -o requirements.lock
	@for extra in order-ingest print-agent notifier simulators; do \
	  $(IMAGE_LOCK) --extra $$extra pyproject.toml -o deploy/images/requirements/$$extra.lock || exit 1; \
	done
	@printf 'hatchling\neditables\n' | $(IMAGE_LOCK) - -o deploy/images/requirements/build.lock
