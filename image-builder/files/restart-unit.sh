#!/usr/bin/env bash
# Restarts one of the tenant's units, as the control plane asks for by Run Command: `restart-unit.sh <unit>`.
#
# The connector gets the token that Parameter Store has now: its tunnel may be another one, or have another secret.
set -euo pipefail

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly here unit=$1
# For the token alone; the restart does not wait for it any longer.
readonly token_deadline_seconds=${TOKEN_DEADLINE_SECONDS:-10}

if [[ $unit == warren-connector ]]; then
  BOOT_DEADLINE_SECONDS=$token_deadline_seconds "$here/boot.sh" --fetch-token ||
    echo 'the token was not fetched: the connector goes on with the one that it has' >&2
fi
systemctl restart "$unit.service"
