#!/usr/bin/env bash
# All tests that need no browser: Python in two processes, then the web's unit tests.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
# The processes share the cores: more threads in each would only wait for one another.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TONGGUAN_TRAIN_THREADS="${TONGGUAN_TRAIN_THREADS:-1}"
python -m pytest -n "${TEST_PROCESSES:-2}" --dist loadfile -m "not journey" -q "$@"
(cd web && npm test)
