#!/usr/bin/env bash
# Browser journeys. Finds Chromium, or installs Debian's when that is possible, or says what to do.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
find_chromium() {
  for name in "${TONGGUAN_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    [ -n "$name" ] && command -v "$name" && return 0
  done
  return 1
}
if ! chromium=$(find_chromium); then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "No Chromium found: installing Debian's, with a Chinese font"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
    chromium=$(find_chromium)
  else
    echo "The browser journeys need Chromium: install the packages chromium and fonts-noto-cjk," >&2
    echo "or set TONGGUAN_CHROMIUM to a Chromium or Chrome program." >&2
    exit 1
  fi
fi
if command -v fc-list >/dev/null && ! fc-list :lang=zh | grep -q . && command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get install -y -qq fonts-noto-cjk >/dev/null || echo "No Chinese font: screenshots will show boxes" >&2
fi
export TONGGUAN_CHROMIUM=$chromium
python -m pytest -m journey -q "${@:-tests/journeys}"
