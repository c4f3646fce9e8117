#!/usr/bin/env bash
# A private PostgreSQL cluster with PostGIS, for tests and development.
#
#   .ci/postgis.sh start [DIR] [--while PID]   makes the cluster, starts it, prints its DSN
#   .ci/postgis.sh dsn   DIR                   prints the DSN of a running cluster
#   .ci/postgis.sh stop  DIR                   stops it and removes DIR
#   .ci/postgis.sh installed                   is there a PostgreSQL with PostGIS to start?
#
# The DSN is the only thing on stdout, so that a shell can say
#   export SHIKONG_TEST_POSTGIS="$(.ci/postgis.sh start /tmp/mine)"
# It listens on a socket inside DIR and on no port; nothing else is touched, least of all a cluster that the
# machine already runs. Nothing in it is durable: fsync is off. With --while the cluster goes with process PID,
# even when that process is killed without a chance to clean up.
set -euo pipefail

readonly ROLE=shikong DATABASE=shikong
# sun_path holds 108 bytes with its terminating zero; PostgreSQL appends /.s.PGSQL.5432, 14 bytes.
readonly SOCKET_PATH_MAX=$((107 - 14))

die() { printf 'postgis.sh: %s\n' "$*" >&2; exit 1; }
usage() { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# The folder with initdb and pg_ctl of the newest installed PostgreSQL that has PostGIS.
bin_dir() {
  local control dir version
  if [ -n "${PG_BIN:-}" ]; then printf '%s\n' "$PG_BIN"; return 0; fi
  for control in $(ls -d /usr/share/postgresql/*/extension/postgis.control 2>/dev/null | sort -t/ -k5,5nr); do
    version=$(printf '%s' "$control" | cut -d/ -f5)
    dir=/usr/lib/postgresql/$version/bin
    if [ -x "$dir/initdb" ]; then printf '%s\n' "$dir"; return 0; fi
  done
  if command -v pg_config >/dev/null && [ -f "$(pg_config --sharedir)/extension/postgis.control" ]; then
    dir=$(pg_config --bindir)
    if [ -x "$dir/initdb" ]; then printf '%s\n' "$dir"; return 0; fi
  fi
  die "no PostgreSQL with PostGIS found; install it (Debian, Ubuntu: apt-get install postgresql postgresql-postgis) or set PG_BIN to the folder that holds initdb"
}

# PostgreSQL refuses to run as root, so root lends the folder to somebody with fewer rights.
servant() {
  if [ "$(id -u)" -ne 0 ]; then id -un; return 0; fi
  local name
  for name in postgres nobody; do
    if getent passwd "$name" >/dev/null; then printf '%s\n' "$name"; return 0; fi
  done
  die "running as root, and there is neither a user postgres nor nobody to run PostgreSQL as"
}

as_servant() {
  local user
  user=$(servant)
  if [ "$(id -un)" = "$user" ]; then "$@"; else runuser -u "$user" -- "$@"; fi
}

dsn() { printf 'postgres://%s@/%s?host=%s&sslmode=disable\n' "$ROLE" "$DATABASE" "$1"; }

settings() {
  cat <<CONF
listen_addresses = ''
unix_socket_directories = '$1'
dynamic_shared_memory_type = mmap     # /dev/shm is 64 MB in many containers
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
shared_buffers = 128MB
max_connections = 200
max_prepared_transactions = 10
max_locks_per_transaction = 256
timezone = 'Asia/Shanghai'            # not UTC, so that a forgotten zone shows
log_min_messages = warning
log_line_prefix = '%m [%p] %d '
CONF
}

# A collation that is not bytewise makes a forgotten COLLATE "C" visible.
init() {
  local bin=$1 dir=$2
  local plain=(--pgdata="$dir/data" --username="$ROLE" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync)
  as_servant "$bin/initdb" "${plain[@]}" --locale-provider=icu --icu-locale=zh >"$dir/initdb.log" 2>&1 && return 0
  rm -rf "$dir/data"
  as_servant "$bin/initdb" "${plain[@]}" >"$dir/initdb.log" 2>&1 && return 0
  cat "$dir/initdb.log" >&2
  die "initdb failed in $dir"
}

start() {
  local guard=$2 bin
  dir=$1 # not local: the trap below reads it
  bin=$(bin_dir)
  if [ -z "$dir" ]; then dir=$(mktemp -d /tmp/shikong-pg.XXXXXX); fi
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd -P)
  if [ -n "$(ls -A "$dir")" ]; then die "$dir is not empty; stop the cluster in it first, or name another folder"; fi
  if [ "${#dir}" -gt "$SOCKET_PATH_MAX" ]; then
    die "$dir: path of ${#dir} bytes is too long for a unix socket (at most $SOCKET_PATH_MAX); name a shorter folder"
  fi
  chmod 700 "$dir"
  if [ "$(id -u)" -eq 0 ]; then chown "$(servant)" "$dir"; fi
  if ! (cd / && as_servant test -w "$dir"); then
    rmdir "$dir"
    die "$dir: user $(servant) cannot reach it; name a folder under /tmp"
  fi

  cd "$dir"
  trap 'stop "$dir"' EXIT
  init "$bin" "$dir"
  settings "$dir" | as_servant tee -a "$dir/data/postgresql.conf" >/dev/null
  if ! as_servant "$bin/pg_ctl" start --pgdata="$dir/data" --log="$dir/server.log" --wait --timeout=120 >"$dir/pg_ctl.log" 2>&1 </dev/null; then
    cat "$dir/pg_ctl.log" "$dir/server.log" >&2 || true
    die "PostgreSQL did not start in $dir"
  fi
  if [ -n "$guard" ]; then watch "$dir" "$guard"; fi
  "$bin/psql" -q -X -v ON_ERROR_STOP=1 -h "$dir" -U "$ROLE" -d postgres -c "CREATE DATABASE $DATABASE"
  "$bin/psql" -q -X -v ON_ERROR_STOP=1 -h "$dir" -U "$ROLE" -d "$DATABASE" -c 'CREATE EXTENSION postgis'
  trap - EXIT
  dsn "$dir"
}

# Waits in a session of its own, so that Ctrl-C in the terminal does not reach it.
watch() {
  setsid bash -c 'while kill -0 "$2" 2>/dev/null && [ -d "$3" ]; do sleep 1; done; [ ! -d "$3" ] || exec "$1" stop "$3"' \
    watch "$SELF" "$2" "$1" </dev/null >/dev/null 2>&1 &
}

stop() {
  local dir=$1 bin
  if [ ! -d "$dir" ]; then return 0; fi
  if [ ! -e "$dir/initdb.log" ]; then die "$dir is not a cluster of this script; it stays"; fi
  dir=$(cd "$dir" && pwd -P)
  bin=$(bin_dir)
  cd /
  if [ -f "$dir/data/postmaster.pid" ]; then
    as_servant "$bin/pg_ctl" stop --pgdata="$dir/data" --mode=immediate --wait --timeout=60 >/dev/null || true
  fi
  rm -rf "$dir"
}

SELF=$(cd "$(dirname "$0")" && pwd -P)/$(basename "$0")
readonly SELF
command=${1:-}
shift || true
folder='' guard=''
while [ $# -gt 0 ]; do
  case $1 in
    --while) guard=${2:?--while needs a process id}; shift 2 ;;
    -*) usage ;;
    *) folder=$1; shift ;;
  esac
done
case $command in
  start) start "$folder" "$guard" ;;
  dsn) [ -n "$folder" ] || usage; dsn "$(cd "$folder" && pwd -P)" ;;
  stop) [ -n "$folder" ] || usage; stop "$folder" ;;
  installed) (bin_dir) >/dev/null 2>&1 ;;
  *) usage ;;
esac
