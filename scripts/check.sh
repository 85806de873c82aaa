#!/usr/bin/env bash
# Everything that must hold before a change lands. Goes on after a failure, and says at the end what failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
passed=0
failed=()
step() {
  local name=$1 began=$SECONDS
  shift
  echo "=== $name"
  if "$@"; then
    passed=$((passed + 1))
    echo "=== $name: passed ($((SECONDS - began)) s)"
  else
    failed+=("$name")
    echo "=== $name: FAILED ($((SECONDS - began)) s)"
  fi
}
step format ruff format --check -q src tests bench scripts
step lint ruff check -q src tests bench scripts
step types mypy
step architecture lint-imports
step "api types" bash scripts/api_types.sh --check
step "web lint and types" npm --prefix web run --silent check
step "web build" npm --prefix web run --silent build
step tests bash scripts/test.sh
step journeys bash scripts/e2e.sh
echo
[ ${#failed[@]} -eq 0 ] || printf 'failed: %s\n' "${failed[@]}"
echo "$passed passed, ${#failed[@]} failed"
[ ${#failed[@]} -eq 0 ]
