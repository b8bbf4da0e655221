# shellcheck shell=bash
# Who this machine works for: the tags that the control plane gave the instance, read from its metadata service.

read_identity() {
  local answer
  reason='the metadata service does not answer'
  open_session || return 1
  reason="the metadata service does not know this machine's warren:* tags"
  answer=$(metadata instance-id placement/region \
    tags/instance/warren:{stage,slug,generation,hostname}) || return 1
  {
    read -r instance_id && read -r region
    read -r stage && read -r slug && read -r generation && read -r hostname
  } <<<"$answer"
}

# The tags are the control plane's, but a wrong one must not reach a file or a URL.
check_identity() {
  local value
  for value in "$stage" "$slug" "$generation" "$hostname" "$instance_id" "$region"; do
    [[ $value =~ ^[A-Za-z0-9.-]+$ ]] || fail identity "a tag is malformed: '$value'"
  done
}

# For the units.
write_tenant_file() {
  printf '%s=%s\n' TENANT_STAGE "$stage" TENANT_SLUG "$slug" TENANT_GENERATION "$generation" \
    TENANT_HOSTNAME "$hostname" INSTANCE_ID "$instance_id" >"$(new_file tenant.env)"
  publish tenant.env 0444 "$(id --user)"
}

learn_identity() {
  say identity started
  retry identity "$deadline_seconds" read_identity || exit 1
  check_identity
  write_tenant_file
  say identity finished "$instance_id is $hostname, generation $generation"
}
