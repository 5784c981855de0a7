# Two commands do everything: `make run` and `make test`. The rest is what they are made of.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501
# One more than there are processors: the browser tests wait more than they work.
WORKERS ?= $(shell $(PYTHON) -c "import os; print((os.cpu_count() or 1) + 1)")

.PHONY: run setup test faults bench fuzz lake test-lake audit lint demo docs screenshots sample wheels clean

run: setup
	@$(BIN)/python -m data demo --if-empty
	$(BIN)/streamlit run serve.py --server.address 127.0.0.1 --server.port $(PORT)

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新：请安装后用 make PYTHON=python3.11 重试。"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.dev-ready: $(VENV)/.ready requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

# Browser tests need Chromium and a Chinese font; Debian as root gets them here, elsewhere the tests say what is missing.
test: $(VENV)/.dev-ready
	@sh tests/browser/install.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m metrics docs --check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# Kills every command at every point; takes hours. `make test` tries a fixed few of them.
faults: $(VENV)/.dev-ready
	mkdir -p out/faults && $(BIN)/python -m tests.faults.killed out/faults 0

# From the generator to docs/benchmark.md: one to two hours and 30 GB, on a machine that does nothing else meanwhile.
bench: $(VENV)/.dev-ready
	$(BIN)/python -m bench.run out/bench

# Bad files, made from a random seed (or SEED=…) and imported, for SECONDS; what fails stays in out/fuzz. `make test` tries a fixed few.
SECONDS ?= 600
fuzz: $(VENV)/.dev-ready
	$(BIN)/python -m tests.fuzz.watched out/fuzz $(SECONDS) $(SEED)

# Only for several bureaus in one lake (docs/lake.md): an older DuckDB and its extensions, beside the product's own.
lake: .lake/.ready

.lake/.ready: $(VENV)/.ready requirements-lake.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade --target .lake -r requirements-lake.txt
	@touch $@

test-lake: $(VENV)/.dev-ready .lake/.ready
	KPI_TEST_LAKE=1 $(BIN)/python -m pytest tests/lake

# Known vulnerabilities of the dependencies; says so where the list of them cannot be reached.
audit: $(VENV)/.dev-ready
	$(BIN)/python .ci/audit.py

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

demo: setup
	$(BIN)/python -m data demo

docs: setup
	$(BIN)/python -m metrics docs

sample: $(VENV)/.dev-ready
	$(BIN)/python data/sample/generate.py

screenshots: $(VENV)/.dev-ready
	$(BIN)/python docs/screenshots.py

# For a network without Internet: carry this folder and the repository over, then pip install --no-index --find-links wheels
wheels: setup
	$(BIN)/pip download --quiet --dest wheels -r requirements.txt

clean:
	rm -rf $(VENV) .lake wheels .pytest_cache .ruff_cache
