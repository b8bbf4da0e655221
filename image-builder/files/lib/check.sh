# shellcheck shell=bash
# The dry run: whether a machine of this image has all that a boot needs. The image's test component runs it.

readonly image_file=${IMAGE_FILE:-/etc/warren/image.env}
readonly oldest_curl=7.87.0 # signs requests with a session token

# check <what> <command>…: says the outcome; a failure does not end the other checks
check() {
  local what=$1
  shift
  if "$@" >/dev/null; then
    say check finished "$what"
  else
    say check failed "$what"
    failures=$((failures + 1))
  fi
}

has_new_curl() {
  local version
  version=$(curl --version | awk 'NR == 1 {print $2}')
  printf '%s\n' "$oldest_curl" "$version" | sort --check --version-sort
}

# in_memory: whether the run directory is, which is not there before the first boot
in_memory() {
  [[ $(findmnt --noheadings --output FSTYPE --target "$(dirname "$run_directory")") == tmpfs ]]
}

has_no_swap() {
  local swap
  swap=$(swapon --show --noheadings) && [[ -z $swap ]]
}

is_enabled() {
  [[ $(systemctl is-enabled "$1") == "$2" ]]
}

images() {
  sed --quiet 's/^[A-Z]*_IMAGE=//p' "$image_file"
}

# Application, Postgres and Redis: no tag can change under a machine.
images_are_pinned() {
  [[ $(images | grep --count --extended-regexp '@sha256:[0-9a-f]{64}$') == 3 && $(images | wc --lines) == 3 ]]
}

images_are_here() {
  local image
  for image in $(images); do docker image inspect "$image" || return 1; done
}

front_is_sound() {
  FRONT_PORT=8080 FRONT_KEY=a2V5 FRONT_MACHINE=m FRONT_APPLICATION=a FRONT_SETTINGS=0 \
    haproxy -c -C /tmp -f "$here/front/haproxy.cfg"
}

check_machine() {
  local failures=0 tool unit
  # ebsnvme-id comes with the udev rule that gives the data volume its device name, and tells it where the link is missing.
  for tool in awk blkid blockdev cloudflared curl docker docker-credential-ecr-login dumpe2fs e2fsck ebsnvme-id findmnt haproxy install jq \
    mkfs.ext4 mount mountpoint resize2fs swapon systemctl umount wipefs; do
    check "tool $tool" command -v "$tool"
  done
  check "curl is $oldest_curl or newer" has_new_curl
  check 'docker compose' docker compose version
  check "user $connector_user" id "$connector_user"
  check "user $front_user" id "$front_user"
  check 'haproxy.cfg' front_is_sound
  check "user $app_user is 970, as compose.yaml says" test "$(id --user "$app_user" || true)" = 970
  check 'warren-boot starts with the machine' is_enabled warren-boot.service enabled
  for unit in warren-connector warren-connector-watchdog warren-front warren-app; do
    check "$unit is started by warren-boot alone" is_enabled "$unit.service" static
  done
  check "$run_directory is in memory" in_memory
  check 'no swap, which would bring secrets to disk' has_no_swap
  check "images are pinned by digest in $image_file" images_are_pinned
  check 'images are on this machine' images_are_here
  check 'compose.yaml' docker compose --env-file "$image_file" --file "$here/compose.yaml" config --quiet
  ((failures == 0)) || fail boot "$failures of the checks failed"
  say boot finished 'dry run: all that a boot needs is here'
}
