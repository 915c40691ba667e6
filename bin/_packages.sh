# shellcheck shell=bash
# The distribution's packages; sourced by _setup.sh.

# packages NAME…: install those that are missing; empty names are none.
packages() {
  local package missing=()
  for package in "$@"; do
    if [[ $package ]] && ! is_installed "$package"; then missing+=("$package"); fi
  done
  if ((${#missing[@]} == 0)); then return; fi
  command -v apt-get >/dev/null || fail "No apt-get here to install or find: ${missing[*]}." \
    'use Debian 12 or Ubuntu 24.04; a container will do'
  may_install || fail "Missing packages: ${missing[*]}. To install them takes root." \
    "as root: apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
  step packages "Distribution packages: ${missing[*]}" install_packages "${missing[@]}"
}

# optional_packages WHAT NAME…: install them if that works; where it does not, WHAT is skipped. Tried
# once in a clone: where a distribution has them not, it will not have them tomorrow.
optional_packages() {
  local what=$1 package missing=()
  shift
  for package in "$@"; do
    if ! is_installed "$package"; then missing+=("$package"); fi
  done
  if ((${#missing[@]} == 0)); then return; fi
  if command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }; then
    once "$LOGS/optional-packages.stamp" "${missing[*]}" \
      optional-packages "Packages for $what: ${missing[*]}" try_to_install "${missing[@]}"
  else
    printf '==> Without %s: %s is skipped\n' "${missing[*]}" "$what"
  fi
}

try_to_install() {
  install_packages "$@" || echo "Not to be had here: $*"
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# may_install: whether as_root will work; asks for the password of sudo where somebody can type it.
may_install() {
  ((EUID == 0)) || sudo -n true 2>/dev/null ||
    { [[ -t 0 ]] && command -v sudo >/dev/null && sudo -v; }
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

install_packages() {
  local status=0 no_cluster=/etc/postgresql-common/createcluster.d/inspector.conf
  # A list of somebody else's that cannot be refreshed is no reason to stop: the install decides.
  run as_root apt-get update || echo 'Not all package lists could be refreshed.'
  # The suite has a cluster of its own (_postgres.sh); Debian's package would start another.
  as_root mkdir -p "${no_cluster%/*}"
  echo 'create_main_cluster = false' | as_root tee "$no_cluster" >/dev/null
  run as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" || status=$?
  as_root rm -f "$no_cluster"
  return "$status"
}

# Some packages are needed only where nothing else does their work: these print a name, or nothing.

venv_package() {
  PATH=$OUTER_PATH python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
}

postgresql_package() {
  if [[ ! $(postgres_programs) ]]; then echo postgresql; fi
}

chromium_package() {
  # Ubuntu's chromium is a snap, which does not start in a container: see _chromium.sh.
  if [[ ! $(installed_browsers) ]] && ! grep -q '^ID=ubuntu' /etc/os-release; then
    echo chromium
  fi
}
