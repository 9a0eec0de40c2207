# Everything that is made goes to .build/ (and dist/); build/ is source. Logs of the steps: .build/*.log
PYTHON ?= python3
ARCH ?= $(if $(filter aarch64,$(shell uname -m)),arm64,amd64)
# Two workers for each processor: most tests wait for processes and deadlines, and compute little.
JOBS ?= $(shell echo $$((2 * $$(nproc))))
FUZZ_SECONDS ?= 20
STRESS_ROUNDS ?= 200
ARGS ?=

VENV := .build/venv
BIN := $(VENV)/bin
EXT := $(shell find ext -name '*.p[yx][xd]' -o -name '*.h' -o -name '*.c')
KUBECTL := $(shell find -L kubectl -type f 2>/dev/null)
PACKAGE := $(shell find kubexit -name '*.py' -o -name '*.pyi' -o -name py.typed 2>/dev/null)
RUN := @build/quiet.sh
export PYTHON FUZZ_SECONDS STRESS_ROUNDS
export PYTHONPYCACHEPREFIX := $(CURDIR)/.build/pycache
export HYPOTHESIS_STORAGE_DIRECTORY := $(CURDIR)/.build/hypothesis
PYTEST := $(BIN)/python build/plain_signals.py build/fence.sh $(BIN)/pytest -q -n $(JOBS) --dist worksteal
NODE := PYTHONPATH=build $(BIN)/python -P -m node
BENCH := PYTHONPATH=tests:build build/fence.sh .build/bench/venv/bin/python -P -m bench

# `make test KIND=stress` runs test-stress. One command for each purpose keeps the list short; KIND says how deep.
KIND =
TEST_KINDS := cluster container fuzz latency release sandbox sanitize site stress
CHECK_KINDS := audit twice

.PHONY: help dev demo check test mutants model faults vm gate static image release bench node node-down e2e screens docs site clean check-source test-quick \
	$(TEST_KINDS:%=test-%) $(CHECK_KINDS:%=check-%)
# An interrupted step leaves no half-made target behind.
.DELETE_ON_ERROR:
help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  make %-10s %s\n' "$$name" "$$text"; done

dev: .build/stamp/installed .build/stamp/kubectl ## set up .build/venv with the pinned tools, kubexit and kubectl-kubexit

demo: dev .build/gate/kubexit ## run a pod of real processes here, without a cluster (ARGS=--fail; ARGS=istio-job or another example; ARGS=./FILE: a manifest)
	@PYTHONPATH=examples $(BIN)/python -P -m demo $(ARGS)

check: check-$(or $(KIND),source) ## check format, types, layers, docs and language (KIND=audit: known vulnerabilities; KIND=twice: equal builds)

test: test-$(or $(KIND),quick) ## run the tests (ARGS: for pytest; KIND=cluster, container, fuzz, latency, release, sandbox, sanitize, site or stress)

check-source: dev .build/gate/kubexit
	@build/check.sh
	@$(PYTEST) tests/build $(wildcard tests/unit) $(ARGS)

# Are parts of the static file known to be vulnerable? KUBEXIT_ADVISORIES names a folder of OSV records.
check-audit: .build/stamp/static
	@PYTHONPATH=build/static .build/static/venv/bin/python -P -m audit

# Is the static file the same, byte for byte, when it is built in another place?
check-twice: .build/stamp/static
	@build/static/twice.sh $(ARCH)

check-%:
	@echo "  no check of the kind $*; KIND can be: $(CHECK_KINDS)"; exit 2

test-quick: dev .build/gate/kubexit
	@build/machine.sh test || true
	@$(PYTEST) -m 'not stress and not cluster and not latency and not container and not sandbox and not node and not site and not release and not vm' $(ARGS); status=$$?; \
	echo "  NOT TESTED here: a real API server (KIND=cluster), containers (KIND=container), gVisor (KIND=sandbox)," \
		"a real node (make e2e), other kernels (make vm), rare orders of events (KIND=stress)"; exit $$status

# Against the API server of KUBECONFIG, or one that is built and started here.
test-cluster: dev .build/gate/kubexit
	@[ -n "$$KUBECONFIG" ] || PYTHONPATH=build $(BIN)/python -P -m node.programs \
		etcd kube-apiserver kube-controller-manager helm kustomize || true
	@$(PYTEST) -m cluster tests/cluster $(ARGS)

# The images, and the file in other images, in real containers of podman or docker; images in a real registry.
test-container: dev
	@PYTHONPATH=build $(BIN)/python -m node.programs registry || true
	@$(PYTEST) -n 0 -m container tests/images tests/kubectl $(ARGS)

# What `make release` made, as a reader gets it: installed in clean roots, pushed to a registry, unpacked by krew.
test-release: dev
	@build/machine.sh release || true
	@PYTHONPATH=build $(BIN)/python -P -m release.tools >/dev/null || true
	@$(PYTEST) -m release tests/published $(ARGS)

# Pods in gVisor, a kernel that is not Linux, by runsc.
test-sandbox: dev .build/gate/kubexit
	@$(PYTEST) -m sandbox tests/sandbox $(ARGS)

# The website in a headless browser, at the widths of a phone and of a desktop; pictures: .build/site/screenshots
test-site: dev site
	@build/machine.sh site || true
	@$(PYTEST) -n 0 -m site tests/browser $(ARGS)

# Random input for the readers of untrusted text, FUZZ_SECONDS for each.
test-fuzz: dev .build/native/supervisor.c
	@build/fuzz.sh

# Times as ratios to peers that are measured in the same run; a start that takes twice as long fails.
test-latency: dev .build/gate/kubexit
	@$(BIN)/python build/plain_signals.py build/fence.sh $(BIN)/pytest -q -m latency tests/latency $(ARGS)

# Process tests under the address and undefined-behaviour sanitizers.
test-sanitize: dev .build/sanitize/kubexit
	@rm -f .build/sanitize/reports/report*
	@KUBEXIT_FORMS=sanitize $(PYTEST) -m 'not stress and not cluster and not container' tests/process $(ARGS)
	@! head -n 40 .build/sanitize/reports/report* 2>/dev/null

# STRESS_ROUNDS repetitions, so that rare orders of events happen.
test-stress: dev .build/gate/kubexit
	@$(PYTEST) --timeout 0 -m stress $(ARGS)

test-%:
	@echo "  no tests of the kind $*; KIND can be: $(TEST_KINDS)"; exit 2

gate: dev .build/gate/kubexit ## link the native unit without Python: .build/gate/kubexit
	@echo "  .build/gate/kubexit: $$(cat .build/gate/how)"

static: .build/native/supervisor.c .build/stamp/static ## build the product, one static file: dist/kubexit-linux-ARCH (ARCH=arm64)
	@build/static/bundle.sh $(ARCH)

image: dev static ## build the images kubexit:VERSION and kubexit:VERSION-ca with docker, podman or buildah
	@build/image.sh

RELEASE_ARCHES ?= amd64 arm64
release: dev ## make all that a release publishes: dist/release, dist/oci (RELEASE_ARCHES=amd64)
	@for arch in $(RELEASE_ARCHES); do $(MAKE) --no-print-directory static ARCH=$$arch || exit; done
	@build/release.sh $(RELEASE_ARCHES)

node: dev .build/stamp/node ## start a Kubernetes of one node on this machine, in its own namespaces, and print its KUBECONFIG
	@$(NODE) up

node-down: dev ## stop that node and remove all that it made
	@$(NODE) down

e2e: dev ## run pods of dist/ in the cluster of KUBECONFIG, or on a node made here (ARGS: for pytest)
	@[ -n "$$KUBECONFIG" ] || build/machine.sh node || true
	@PYTHONPATH=build:tests:examples $(BIN)/python -P -m e2e $(ARGS)

# Pictures of kubectl kubexit for docs/use/pictures, from pods on a real node.
screens: dev
	@[ -n "$$KUBECONFIG" ] || build/machine.sh node || true
	@PYTHONPATH=build:tests:examples $(BIN)/python -P -m e2e.screens

bench: dev .build/gate/kubexit .build/stamp/bench ## measure kubexit beside its peers (ARGS="--only start,end"; ARGS="compare BEFORE [AFTER]": two commits; ARGS=page)
	@$(BENCH) $(if $(filter run compare page,$(firstword $(ARGS))),,run) $(ARGS)

mutants: dev ## remove each protection of the native unit in turn: does a test notice? (ARGS: words of their names; --check; --sample N; --record FILE)
	@PYTHONPATH=tests $(BIN)/python -P -m mutants $(ARGS)

# Every order of events of the graveyard protocol, by spin (ARGS: words of the names; --short: less than a minute; --trail).
model: .build/stamp/machine
	@build/machine.sh model
	@PYTHONPATH=tests $(PYTHON) -P -m model $(ARGS)

# Each system call fails in each of its ways, once (ARGS: words of the names; --sample N; --seed SEED; --jobs N; --soak).
faults: dev .build/gate/kubexit
	@PYTHONPATH=tests $(BIN)/python build/plain_signals.py build/fence.sh $(BIN)/python -P -m faults $(ARGS)

# The static file on kernels of Debian, in QEMU (ARGS: their names, as in tests/vm/pins.toml; --renew).
vm: dev
	@build/machine.sh vm || true
	@PYTHONPATH=tests:build/static $(BIN)/python build/plain_signals.py build/fence.sh $(BIN)/python -P -m vm $(ARGS)

docs: dev ## write the generated parts of docs/, and which test covers which statement: .build/docs/behaviours.md
	@$(BIN)/python build/docs.py --write

site: .build/stamp/site ## make the website of docs/: dist/site; a dead link fails
	@PYTHONPATH=build $(PYTHON) -P -m website

clean: ## remove .build/ and dist/
	@rm -rf .build dist

.build/stamp/machine: build/machine.sh
	@build/machine.sh
	@mkdir -p $(@D) && touch $@

.build/stamp/venv: requirements/lock.txt build/venv.sh | .build/stamp/machine
	$(RUN) "tools, as pinned in requirements/lock.txt" venv build/venv.sh $(PYTHON) $(VENV)
	@touch $@

.build/stamp/node: build/machine.sh | .build/stamp/machine
	@build/machine.sh node
	@mkdir -p $(@D) && touch $@

.build/stamp/bench: requirements/bench.txt build/venv.sh | .build/stamp/machine
	@build/machine.sh bench || echo "  peers that are not installed are not measured"
	$(RUN) "what measures and draws, as pinned in requirements/bench.txt" venv-bench build/venv.sh $(PYTHON) .build/bench/venv bench
	@touch $@

.build/stamp/site: requirements/site.txt build/venv.sh | .build/stamp/machine
	$(RUN) "what makes the website, as pinned in requirements/site.txt" venv-site build/venv.sh $(PYTHON) .build/site/venv site
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

.build/stamp/kubectl: .build/stamp/venv $(KUBECTL)
	$(RUN) "kubectl-kubexit, installed in .build/venv" kubectl $(BIN)/pip install --disable-pip-version-check \
		--no-deps --no-build-isolation --force-reinstall ./kubectl
	@touch $@

.build/native/supervisor.c: build/native.sh build/cold.py $(EXT) .build/stamp/venv
	$(RUN) "native unit: Cython to C" native build/native.sh

.build/gate/kubexit: build/gate.sh build/gate.ld pyproject.toml .build/native/supervisor.c
	$(RUN) "native unit: static, without libpython" gate build/gate.sh

.build/sanitize/kubexit: build/sanitize.sh build/traps.sh build/sanitizer_options.c .build/native/supervisor.c
	$(RUN) "native unit: with sanitizers" sanitize build/sanitize.sh build
