#!/usr/bin/env bash
# Restarts a connector that runs but has no connection for a while: cloudflared never exits over a lost one, and reads
# its token file only when it starts. Patience doubles with every restart in vain, so that an outage of the edge does not
# become a storm of restarts.
set -euo pipefail

readonly ready_url=${READY_URL:-http://127.0.0.1:20241/ready}
readonly interval_seconds=${WATCHDOG_INTERVAL_SECONDS:-10}
# In checks that fail in a row: 1 minute at first, 16 at most.
readonly first_patience=${WATCHDOG_PATIENCE:-6}
readonly longest_patience=$((first_patience * 16))
readonly console_unit=warren-connector-watchdog

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly here
# shellcheck source=lib/console.sh
source "$here/lib/console.sh"

failures=0
patience=$first_patience

is_ready() {
  curl --silent --fail --max-time 5 --output /dev/null "$ready_url"
}

# One that was stopped on purpose, or that systemd starts again by itself, is left alone.
is_running() {
  [[ $(systemctl is-active warren-connector) == active ]]
}

restart_connector() {
  say restart started "not ready in $failures checks in a row"
  systemctl restart warren-connector || say restart failed 'systemctl restart failed'
  failures=0
  patience=$((patience * 2 > longest_patience ? longest_patience : patience * 2))
}

watch_connector() {
  if is_ready; then
    ((patience == first_patience)) || say connection finished 'ready again'
    failures=0
    patience=$first_patience
    return
  fi
  failures=$((failures + 1))
  if ((failures >= patience)) && is_running; then restart_connector; fi
}

while sleep "$interval_seconds"; do watch_connector; done
