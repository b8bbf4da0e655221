#!/usr/bin/env bash
# Puts the files of this directory to their places on a machine: what the image's build runs, and what the tests of the
# units look at. `install.sh [<root>]`, by default the running system's.
set -euo pipefail

root=${1:-}
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
readonly root here

# put <mode> <directory> <file>…
put() {
  install -D --mode="$1" --target-directory="$root$2" "${@:3}"
}

cd "$here"
put 0755 /opt/warren boot.sh connector-watchdog.sh restart-unit.sh
put 0644 /opt/warren compose.yaml
put 0644 /opt/warren/front front/haproxy.cfg
put 0644 /opt/warren/lib lib/*.sh
put 0644 /etc/systemd/system units/*
install -D --mode=0644 config/docker-daemon.json "$root/etc/docker/daemon.json"
install -D --mode=0644 config/docker-config.json "$root/opt/warren/docker/config.json"
install -D --mode=0644 config/sysusers.conf "$root/usr/lib/sysusers.d/warren.conf"
install -D --mode=0644 config/tmpfiles.conf "$root/usr/lib/tmpfiles.d/warren.conf"
