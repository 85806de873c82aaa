#!/usr/bin/env bash
# Generates the web's types from the API. With --check: fails when the committed types differ.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python scripts/openapi.py > "$scratch/openapi.json"
(cd web && npx --no-install openapi-typescript "$scratch/openapi.json" -o "$scratch/schema.d.ts" >/dev/null)
target=web/src/api/schema.d.ts
if [ "${1:-}" = --check ]; then
  diff -u "$target" "$scratch/schema.d.ts" || { echo "the web's types are out of date: make api-types" >&2; exit 1; }
else
  cp "$scratch/schema.d.ts" "$target"
fi
