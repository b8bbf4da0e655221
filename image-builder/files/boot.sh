#!/usr/bin/env bash
# Boots a tenant's machine: learns from the instance's tags who it is, fetches its secrets from Parameter Store with the
# machine's own identity, mounts the tenant's data, and starts the front, the connector and the tenant's application.
#
# Every step is one JSON line on the console, so that the console's last line tells where a boot stopped.
# Secrets go through pipes and files on tmpfs only: never into arguments, the environment or the console.
# `boot.sh --check` looks, without any network, whether this machine has all that a boot needs. `boot.sh --fetch-token`
# fetches the connector's token anew, and does nothing else.
set -euo pipefail
umask 077

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly here
readonly run_directory=${RUN_DIRECTORY:-/run/warren}
readonly data_directory=${DATA_DIRECTORY:-/var/lib/warren/data}
readonly connector_user=${CONNECTOR_USER:-warren-connector}
readonly front_user=${FRONT_USER:-warren-front}
readonly app_user=${APP_USER:-warren-app}
# Until the control plane has named this machine as its secrets' reader, they are refused.
readonly deadline_seconds=${BOOT_DEADLINE_SECONDS:-900}
readonly first_answer_seconds=${FIRST_ANSWER_SECONDS:-600}
readonly first_pause=${BOOT_RETRY_MILLISECONDS:-1000}

# shellcheck source=lib/console.sh
source "$here/lib/console.sh"
# shellcheck source=lib/waiting.sh
source "$here/lib/waiting.sh"
# shellcheck source=lib/metadata.sh
source "$here/lib/metadata.sh"
# shellcheck source=lib/run-files.sh
source "$here/lib/run-files.sh"
# shellcheck source=lib/identity.sh
source "$here/lib/identity.sh"
# shellcheck source=lib/front.sh
source "$here/lib/front.sh"
# shellcheck source=lib/secrets.sh
source "$here/lib/secrets.sh"
# shellcheck source=lib/data-volume.sh
source "$here/lib/data-volume.sh"
# shellcheck source=lib/units.sh
source "$here/lib/units.sh"
# shellcheck source=lib/last-lines.sh
source "$here/lib/last-lines.sh"

boot() {
  make_run_directory
  trap clear_run_directory EXIT

  learn_identity
  # Before anybody can ask: until the application is healthy, it says that this machine is starting.
  write_front_file
  start_unit warren-front
  # The connector needs nothing else: its connection is up by the time the application is.
  fetch_secret tunnel-token "$connector_user"
  start_unit warren-connector

  mount_data
  fetch_secret admin-token "$app_user"
  fetch_secret database-password "$app_user"
  start_unit warren-app

  local troubles=() until=$((SECONDS + first_answer_seconds))
  await_answer health "$health_url" "$until" || troubles+=('the application is not healthy')
  await_answer connection "$ready_url" "$until" || troubles+=('the connector is not connected')
  ((${#troubles[@]} == 0)) || tell_last_lines warren-front warren-connector warren-app
  ((${#troubles[@]} == 0)) || fail boot "after $(elapsed) ms: ${troubles[*]}; its units stay up"
  say boot finished "after $(elapsed) ms"
}

fetch_token() {
  trap clear_run_directory EXIT
  learn_identity
  fetch_secret tunnel-token "$connector_user"
}

case ${1:-} in
'') boot ;;
--fetch-token) fetch_token ;;
--check)
  # shellcheck source=lib/check.sh
  source "$here/lib/check.sh"
  check_machine
  ;;
*)
  echo "boot.sh: unknown argument '$1': it takes none, --check or --fetch-token" >&2
  exit 2
  ;;
esac
