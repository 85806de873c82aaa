#!/usr/bin/env bash
# The server on port 8000 and Vite's development server on 5173, which passes API calls on.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
trap 'kill $(jobs -p) 2>/dev/null' EXIT
TONGGUAN_LOG_JSON=false TONGGUAN_PUBLIC_URL=http://127.0.0.1:5173 tongguan serve --port 8000 &
(cd web && npm run dev) &
wait
