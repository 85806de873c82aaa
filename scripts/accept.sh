#!/usr/bin/env bash
# The main job on real data. ACCEPT=quick takes ten minutes at most; without it, trainings are as long as asked for.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
data=${TONGGUAN_DATA:-../shared/data}
if [ ! -d "$data/neu-det" ]; then
  echo "accept: skipped, no real data at $data (set TONGGUAN_DATA)"
  exit 0
fi
exec python -m tests.acceptance "$data"
