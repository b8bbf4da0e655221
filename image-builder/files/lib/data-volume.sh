# shellcheck shell=bash
# The tenant's data volume. The control plane finds it by its tags and attaches it under one agreed device name, which
# udev (amazon-ec2-utils) links to the NVMe device: so the machine needs no permission to ask EC2 for anything. That link
# may vanish when a device is written to anew: then the devices themselves are asked for the name they were attached under.

data_device=${DATA_DEVICE:-/dev/sdf}
readonly nvme_devices=${NVME_DEVICES:-/dev/nvme[0-9]*n1}
readonly data_label=warren-data

is_attached() {
  reason="there is no $data_device yet"
  [[ -e $data_device ]] || find_device
}

# find_device: takes the NVMe device that says of itself that it was attached under our name
find_device() {
  local device name
  for device in $nvme_devices; do
    [[ -e $device ]] || continue
    name=$(ebsnvme-id --block-dev "$device" 2>/dev/null) || continue
    [[ /dev/${name#/dev/} == "$data_device" ]] || continue
    say data-volume started "there is no $data_device: $device says that it is that one"
    data_device=$device
    return
  done
  return 1
}

# Whether no trace of anything is on the volume. Both tools must say so: blkid also answers 2 for a device that it
# cannot read, and what either of them takes for data must never be formatted.
is_empty() {
  local status=0 traces
  blkid --probe "$data_device" >/dev/null || status=$?
  traces=$(wipefs --no-act --noheadings "$data_device") || fail data-volume "wipefs cannot read $data_device"
  ((status == 2)) && [[ -z $traces ]]
}

# content: type and label of what is on the volume, such as `ext4 warren-data`
content() {
  local tag
  for tag in TYPE PTTYPE LABEL; do
    blkid --probe --match-tag "$tag" --output value "$data_device" || true
  done | paste --serial --delimiters=' '
}

# Without --force: mkfs refuses by itself what looks used.
format_volume() {
  say data-volume started "$data_device is empty: it is formatted"
  mkfs.ext4 -q -L "$data_label" "$data_device" </dev/null || fail data-volume "mkfs.ext4 failed on $data_device"
}

# A machine that was cut off leaves a journal to replay, which is safe; to write to a filesystem that is really damaged
# destroys what a snapshot or a person could still save.
check_filesystem() {
  local status=0 found advice='restore it from a snapshot (docs/runbook.md)'
  found=$(e2fsck -p "$data_device" </dev/null 2>&1 | tr --squeeze-repeats '[:space:]' ' ') || status=$?
  found=${found:0:300}
  # Below 4 all is repaired; 2 wants a reboot, but only of a filesystem that is mounted.
  ((status < 4)) || fail data-volume \
    "$data_device is not sound, so not mounted: $advice; e2fsck (status $status): ${found% }"
  say data-volume started "e2fsck (status $status): ${found% }"
}

# is_larger: whether the volume has room that its filesystem does not know of, as after it was modified
is_larger() {
  local device filesystem
  device=$(blockdev --getsize64 "$data_device") && filesystem=$(dumpe2fs -h "$data_device" 2>/dev/null |
    awk -F ': *' '$1 == "Block count" {count = $2} $1 == "Block size" {size = $2} END {printf "%d", count * size}') ||
    return 1
  # Less than a group of the smallest blocks is no room.
  ((device >= filesystem + 8 * 1024 * 1024))
}

# While it is not mounted: growing a mounted one would take a capability more. One that cannot grow serves as it is.
grow_filesystem() {
  local status=0 found
  is_larger || return 0
  say data-volume started "$data_device is larger than its filesystem, which is checked as a whole and grows"
  found=$({ e2fsck -f -p "$data_device" && resize2fs "$data_device"; } </dev/null 2>&1 |
    tr --squeeze-repeats '[:space:]' ' ') || status=$?
  say data-volume started "resize2fs (status $status): ${found:0:300}"
}

prepare_volume() {
  local found
  if is_empty; then
    format_volume
    return
  fi
  found=$(content)
  [[ $found == "ext4 $data_label" ]] || fail data-volume \
    "$data_device is neither empty nor a data volume of ours ('${found:-nothing recognised}'): left untouched"
  check_filesystem
  grow_filesystem
}

# A volume of somebody else's data is the worst that could be mounted: each says whose it is.
check_owner() {
  local mark=$data_directory/.tenant owner="$stage/$slug"
  [[ -s $mark ]] || echo "$owner" >"$mark"
  if [[ $(<"$mark") != "$owner" ]]; then
    umount "$data_directory"
    fail data-volume "$data_device holds the data of another tenant: unmounted"
  fi
}

# Postgres reads the files of its own major version only, and what a newer one has written an older one cannot read: to
# find that out by starting it is too late. Whether it is so, the image's own Postgres says.
check_database() {
  local mark=$data_directory/postgres/PG_VERSION is wants
  [[ -s $mark ]] || return 0
  is=$(<"$mark")
  wants=$(docker image inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "${POSTGRES_IMAGE:-}" |
    sed --quiet 's/^PG_MAJOR=//p') || wants=''
  [[ -n $wants && $is != "$wants" ]] || return 0
  fail data-volume "the data is of Postgres $is, and this image has Postgres $wants: left untouched; \
launch from an image with Postgres $is, or move the data over first (docs/runbook.md)"
}

mount_data() {
  say data-volume started "$data_device"
  retry data-volume "$deadline_seconds" is_attached || exit 1
  if ! mountpoint --quiet "$data_directory"; then
    prepare_volume
    install --directory --mode=0755 "$(dirname "$data_directory")"
    install --directory --mode=0711 "$data_directory"
    mount --options nodev,nosuid,noexec,noatime "$data_device" "$data_directory" ||
      fail data-volume "mount failed: $data_device on $data_directory"
  fi
  check_owner
  check_database
  chmod 0711 "$data_directory"
  install --directory --mode=0700 --owner="$app_user" "$data_directory"/{app,postgres,redis}
  say data-volume finished "mounted on $data_directory"
}
