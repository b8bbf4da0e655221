# shellcheck shell=bash
# The tenant's data volume. The control plane finds it by its tags and attaches it under one agreed device name, which
# udev (amazon-ec2-utils) links to the NVMe device: so the machine needs no permission to ask EC2 for anything.

readonly data_device=${DATA_DEVICE:-/dev/sdf}
readonly data_label=warren-data

is_attached() {
  reason="there is no $data_device yet"
  [[ -e $data_device ]]
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
  chmod 0711 "$data_directory"
  install --directory --mode=0700 --owner="$app_user" "$data_directory"/{app,postgres,redis}
  say data-volume finished "mounted on $data_directory"
}
