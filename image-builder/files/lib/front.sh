# shellcheck shell=bash
# What the front says of this machine to a probe, and by what it knows one (core/machine/front.ts).

write_front_file() {
  local key machine
  key=$(printf '%s' "$generation" | base64 --wrap=0)
  machine=$(printf '%s %s' "$generation" "$instance_id" | sha256sum)
  # The image by its digest; a tenant has no settings yet.
  printf '%s=%s\n' FRONT_KEY "$key" FRONT_MACHINE "${machine%% *}" \
    FRONT_APPLICATION "${TENANT_IMAGE##*@}" FRONT_SETTINGS 0 >"$(new_file front.env)"
  publish front.env 0400 "$front_user"
}
