# Everything that is made goes to .build/ (and dist/); build/ is source. Logs of the steps: .build/*.log
PYTHON ?= python3
ARCH ?= $(if $(filter aarch64,$(shell uname -m)),arm64,amd64)
JOBS ?= 2
FUZZ_SECONDS ?= 20
STRESS_ROUNDS ?= 200
ARGS ?=

VENV := .build/venv
BIN := $(VENV)/bin
EXT := $(shell find ext -name '*.p[yx][xd]' -o -name '*.h' -o -name '*.c')
PACKAGE := $(shell find kubexit -name '*.py' -o -name '*.pyi' -o -name py.typed 2>/dev/null)
RUN := @build/quiet.sh
export PYTHON FUZZ_SECONDS STRESS_ROUNDS
export PYTHONPYCACHEPREFIX := $(CURDIR)/.build/pycache
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.build/hypothesis
PYTEST := $(BIN)/python build/plain_signals.py build/fence.sh $(BIN)/pytest -q -n $(JOBS)
BENCH := PYTHONPATH=build:tests build/fence.sh .build/bench/venv/bin/python -P -m bench

.PHONY: help dev demo test check gate static audit sanitize fuzz stress cluster image container e2e bench bench-compare bench-page latency docs clean
# An interrupted step leaves no half-made target behind.
.DELETE_ON_ERROR:
help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-13s %s\n' "$$name" "$$text"; done

dev: .build/stamp/installed ## the pinned tools and kubexit itself, in .build/venv

demo: dev .build/gate/kubexit ## a pod of real processes on this machine, no cluster (ARGS=--fail; ARGS=istio-job, or another that examples/README.md names)
	@PYTHONPATH=examples $(BIN)/python -P -m demo $(ARGS)

test: dev .build/gate/kubexit ## all tests but the long ones (ARGS= goes to pytest)
	@$(PYTEST) -m 'not stress and not cluster and not latency and not container' $(ARGS); status=$$?; \
	echo "  NOT TESTED here: a real API server (make cluster), containers (make container), rare orders of events (make stress)"; exit $$status

check: dev .build/gate/kubexit ## format, types, layers, the boundary, generated docs, fast tests
	@build/check.sh
	@$(PYTEST) tests/build $(wildcard tests/unit) $(ARGS)

gate: dev .build/gate/kubexit ## the native unit as a static program without libpython: .build/gate/kubexit
	@echo "  .build/gate/kubexit: $$(cat .build/gate/how)"

static: .build/native/supervisor.c .build/stamp/static ## the product: one static file with everything, dist/kubexit-linux-ARCH (ARCH=arm64)
	@build/static/bundle.sh $(ARCH)

audit: .build/stamp/static ## is what the static file is made of known to be vulnerable? (KUBEXIT_ADVISORIES: OSV records)
	@PYTHONPATH=build/static .build/static/venv/bin/python -P -m audit

static-twice: .build/stamp/static ## is the static file the same, byte for byte, when it is built in another place?
	@build/static/twice.sh $(ARCH)

sanitize: dev .build/sanitize/kubexit ## process tests under the address and undefined-behaviour sanitizers
	@rm -f .build/sanitize/reports/report*
	@KUBEXIT_FORMS=sanitize $(PYTEST) -m 'not stress and not cluster and not container' tests/process $(ARGS)
	@! head -n 40 .build/sanitize/reports/report* 2>/dev/null

fuzz: dev .build/native/supervisor.c ## feed the readers of foreign text with noise (FUZZ_SECONDS=20 each)
	@build/fuzz.sh

stress: dev .build/gate/kubexit ## repeat until rare orders of events have happened (STRESS_ROUNDS=200)
	@$(PYTEST) --timeout 0 -m stress $(ARGS)

cluster: dev .build/gate/kubexit ## tests against a real API server: KUBECONFIG's, or one built and started here
	@[ -n "$$KUBECONFIG" ] || PYTHONPATH=tests $(BIN)/python -m cluster.programs || true
	@$(PYTEST) -m cluster tests/cluster $(ARGS)

image: dev static ## images of the static file, by docker, podman or buildah: kubexit:VERSION and kubexit:VERSION-ca
	@build/image.sh

container: dev ## tests of the images, and of the file in other images, in real containers (podman or docker)
	@$(PYTEST) -n 0 -m container tests/images $(ARGS)

e2e: dev ## run the examples in the cluster of KUBECONFIG and check how each container ended
	@PYTHONPATH=tests $(BIN)/python -m cluster.e2e

bench: dev .build/gate/kubexit .build/stamp/bench ## what kubexit costs, beside its peers (ARGS="--only start,end --rounds 100"; --record)
	@$(BENCH) run $(ARGS)

bench-compare: dev .build/gate/kubexit .build/stamp/bench ## the same of two commits, in one run: BEFORE=commit [AFTER=commit]
	@[ -n "$(BEFORE)" ] || { echo "  make bench-compare BEFORE=commit [AFTER=commit]; without AFTER, the working tree"; exit 2; }
	@$(BENCH) compare $(ARGS) $(BEFORE) $(AFTER)

bench-page: .build/stamp/bench ## charts and tables of docs/use/benchmarks.md, from docs/use/benchmarks/results.json (ARGS=--check)
	@$(BENCH) page $(ARGS)

latency: dev .build/gate/kubexit ## tests of times as ratios to peers in one run; twice as slow is seen
	@$(BIN)/python build/plain_signals.py build/fence.sh $(BIN)/pytest -q -m latency tests/latency $(ARGS)

docs: dev ## write the generated parts of docs/, and .build/docs/behaviours.md: which test covers which statement
	@$(BIN)/python build/docs.py --write

clean: ## remove everything that was made
	@rm -rf .build dist

.build/stamp/machine: build/machine.sh
	@build/machine.sh
	@mkdir -p $(@D) && touch $@

.build/stamp/venv: requirements/lock.txt build/venv.sh | .build/stamp/machine
	$(RUN) "tools, as pinned in requirements/lock.txt" venv build/venv.sh $(PYTHON) $(VENV)
	@touch $@

.build/stamp/bench: requirements/bench.txt build/venv.sh | .build/stamp/machine
	@build/machine.sh bench || echo "  peers that are not installed are not measured"
	$(RUN) "what measures and draws, as pinned in requirements/bench.txt" venv-bench build/venv.sh $(PYTHON) .build/bench/venv bench
	@touch $@

.build/stamp/static: requirements/static.txt build/venv.sh build/static/python311.sh | .build/stamp/machine
	@ARCH=$(ARCH) build/machine.sh static
	@build/static/python311.sh >/dev/null
	$(RUN) "what makes the static file, as pinned" venv-static sh -c \
		'build/venv.sh "$$(build/static/python311.sh)" .build/static/venv static'
	@touch $@

.build/stamp/installed: .build/stamp/venv pyproject.toml setup.py setup.cfg $(EXT) $(PACKAGE)
	@# A module that was moved away would be installed from what setuptools keeps.
	@[ ! -d .build/setuptools ] || find .build/setuptools -name '*.py*' -delete
	$(RUN) "kubexit, installed in .build/venv" install $(BIN)/pip install --disable-pip-version-check \
		--no-deps --no-build-isolation --force-reinstall .
	@touch $@

.build/native/supervisor.c: build/native.sh $(EXT) .build/stamp/venv
	$(RUN) "native unit: Cython to C" native build/native.sh

.build/gate/kubexit: build/gate.sh pyproject.toml .build/native/supervisor.c
	$(RUN) "native unit: static, without libpython" gate build/gate.sh

.build/sanitize/kubexit: build/sanitize.sh build/traps.sh build/sanitizer_options.c .build/native/supervisor.c
	$(RUN) "native unit: with sanitizers" sanitize build/sanitize.sh build
