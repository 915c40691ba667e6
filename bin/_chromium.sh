# shellcheck shell=bash
# A Chromium for the browser stories; sourced by _setup.sh.

# find_or_fetch_browser: set BROWSER to the path of one that was seen to start.
find_or_fetch_browser() {
  local known=$LOGS/browser
  BROWSER=$(cat "$known" 2>/dev/null || true)
  if [[ -x $BROWSER && $known -nt $BROWSER ]]; then return; fi
  BROWSER=$(first_that_starts)
  if [[ ! $BROWSER ]]; then fetch_browser; fi
  echo "$BROWSER" >"$known"
}

installed_browsers() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    command -v "$name" || true
  done
}

first_that_starts() {
  local browser fetched=("$PLAYWRIGHT_BROWSERS_PATH"/chromium-*/chrome-linux*/chrome)
  for browser in $(installed_browsers) "${fetched[@]}"; do
    if starts "$browser"; then
      echo "$browser"
      return
    fi
  done
}

starts() {
  local profile page
  [[ -x $1 ]] || return 1
  profile=$(mktemp -d)
  page=$(timeout 60 "$1" --headless --no-sandbox --disable-gpu --disable-dev-shm-usage \
    --user-data-dir="$profile" --dump-dom about:blank 2>/dev/null) || true
  rm -rf "$profile"
  [[ $page == *'<html'* ]]
}

# Where the distribution has none that starts (Ubuntu, in a container): the build that the pinned
# Playwright was made for.
fetch_browser() {
  may_install || fail 'No Chromium starts here. To install what one needs takes root.' \
    "as root: $VENV/bin/python -m playwright install-deps chromium"
  step browser 'Chromium, as built for Playwright' install_browser
  BROWSER=$(first_that_starts)
  [[ $BROWSER ]] || fail 'No Chromium starts here, not even the one of Playwright.' \
    "install a Chromium or Google Chrome that starts, or: bin/test -m 'not browser'"
}

install_browser() {
  run as_root "$VENV/bin/python" -m playwright install-deps chromium
  run "$VENV/bin/python" -m playwright install --no-shell chromium
}
