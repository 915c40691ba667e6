# shellcheck shell=bash
# A private PostgreSQL cluster for one run of the suite; sourced by _setup.sh.
#
# It listens on a socket in a temporary folder that only its owner enters: no port to be free, no
# password, and no way to meet a server that happens to run here.

# start_postgres [durable]: make and start the cluster; export INSPECTOR_TEST_POSTGRES_URL. Nothing of
# the suite must survive a power cut, so nothing waits for the disk; what is measured is `durable`, with
# the settings that README.md recommends.
start_postgres() {
  local programs
  CLUSTER_SETTINGS='-c fsync=off -c synchronous_commit=off -c full_page_writes=off'
  if [[ ${1:-} == durable ]]; then
    CLUSTER_SETTINGS='-c max_connections=200 -c shared_buffers=4GB -c effective_cache_size=12GB'
    CLUSTER_SETTINGS+=' -c work_mem=16MB -c random_page_cost=1.1'
  fi
  programs=$(postgres_programs)
  CLUSTER=$(mktemp -d "${TMPDIR:-/tmp}/inspector-pg-XXXXXX")
  # PostgreSQL refuses to run as root; the package has made the account `postgres`.
  if ((EUID == 0)); then chown postgres: "$CLUSTER"; fi
  CLUSTER_CONTROL=("$programs/pg_ctl" -D "$CLUSTER/data" -s -w)
  step postgres 'Private PostgreSQL cluster' create_cluster "$programs"
  export INSPECTOR_TEST_POSTGRES_URL="postgresql+psycopg://inspector@/postgres?host=$CLUSTER"
}

# stop_postgres: stop the cluster and remove every trace; harmless without one.
stop_postgres() {
  if [[ ! ${CLUSTER:-} ]]; then return; fi
  as_cluster_owner "${CLUSTER_CONTROL[@]}" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$CLUSTER"
  CLUSTER=
}

create_cluster() {
  run as_cluster_owner "$1/initdb" -D "$CLUSTER/data" -U inspector -A trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync
  run as_cluster_owner "${CLUSTER_CONTROL[@]}" -l "$CLUSTER/log" -o "-k $CLUSTER \
    -c listen_addresses='' $CLUSTER_SETTINGS" start ||
    { cat "$CLUSTER/log" && return 1; }
}

as_cluster_owner() {
  if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# postgres_programs: print the folder of the newest initdb, or nothing.
postgres_programs() {
  local found
  found=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1) || true
  if [[ ! $found ]]; then found=$(command -v initdb) || true; fi
  printf '%s' "${found%/initdb}"
}
