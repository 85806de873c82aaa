#!/usr/bin/env bash
# All tests that need no browser: Python in two processes, then the web's unit tests.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
python -m pytest -n "${TEST_PROCESSES:-2}" --dist loadfile -m "not journey" -q "$@"
(cd web && npm test)
