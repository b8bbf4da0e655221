#!/usr/bin/env bash
# Boots a tenant's machine: learns from the instance's tags who it is, fetches its tunnel token from Parameter Store
# with the machine's own identity, and starts the connector and the tenant's application.
#
# Every step is one JSON line on the console, so that the console's last line tells where a boot stopped.
# Secrets go through pipes and files on tmpfs only: never into arguments, the environment or the console.
set -euo pipefail
umask 077

readonly imds=${IMDS_ENDPOINT:-http://169.254.169.254}
readonly run_directory=${RUN_DIRECTORY:-/run/warren}
# Until the control plane has named this machine as the token's reader, the token is refused.
readonly deadline_seconds=${BOOT_DEADLINE_SECONDS:-900}
readonly retry_seconds=${BOOT_RETRY_SECONDS:-2}
readonly answer_file=$run_directory/answer.json

# say <step> <outcome> [<detail>]
say() {
  jq --null-input --compact-output --arg step "$1" --arg outcome "$2" --arg detail "${3:-}" \
    '{at: (now | todate), unit: "warren-boot", step: $step, outcome: $outcome}
     + if $detail == "" then {} else {detail: $detail} end'
}

# fail <step> <detail>
fail() {
  say "$1" failed "$2"
  exit 1
}

# left: seconds until the deadline
left() {
  echo $((deadline_seconds - SECONDS))
}

open_session() {
  curl --silent --fail --max-time 5 --request PUT "$imds/latest/api/token" \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 21600' \
    --output "$run_directory/imds-session"
}

# metadata <path>…: the values, one per line
metadata() {
  local urls=() path
  for path in "$@"; do urls+=("$imds/latest/meta-data/$path"); done
  printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$(<"$run_directory/imds-session")" |
    curl --silent --fail --fail-early --max-time 5 --write-out '\n' --config - "${urls[@]}"
}

# The tags are the control plane's, but a wrong one must not reach a file or a URL.
check_identity() {
  local value
  for value in "$stage" "$slug" "$generation" "$hostname" "$instance_id" "$region"; do
    [[ $value =~ ^[A-Za-z0-9.-]+$ ]] || fail identity "a tag is missing or malformed: '$value'"
  done
}

learn_identity() {
  local answer
  until open_session && answer=$(metadata instance-id placement/region \
    tags/instance/warren:{stage,slug,generation,hostname}); do
    (($(left) > 0)) || fail identity "the metadata service did not answer with this machine's warren:* tags"
    sleep "$retry_seconds"
  done
  {
    read -r instance_id && read -r region
    read -r stage && read -r slug && read -r generation && read -r hostname
  } <<<"$answer"
  check_identity
}

# For the units: who they work for.
write_identity() {
  printf '%s=%s\n' TENANT_STAGE "$stage" TENANT_SLUG "$slug" TENANT_GENERATION "$generation" \
    TENANT_HOSTNAME "$hostname" INSTANCE_ID "$instance_id" >"$run_directory/tenant.env"
}

# signature_options <role>: its credentials, as curl options
signature_options() {
  metadata "iam/security-credentials/$1" | jq --raw-output \
    '"user = \"\(.AccessKeyId):\(.SecretAccessKey)\"", "header = \"X-Amz-Security-Token: \(.Token)\""'
}

# get_parameter <name> <role>: its answer goes to $answer_file; prints the HTTP status, 000 without an answer.
# No --fail: an error's body says which it is.
get_parameter() {
  local endpoint=${AWS_ENDPOINT_URL_SSM:-${AWS_ENDPOINT_URL:-https://ssm.$region.amazonaws.com}}
  signature_options "$2" | curl --silent --max-time 10 --config - --aws-sigv4 "aws:amz:$region:ssm" \
    --header 'Content-Type: application/x-amz-json-1.1' --header 'X-Amz-Target: AmazonSSM.GetParameter' \
    --data "{\"Name\": \"$1\", \"WithDecryption\": true}" \
    --output "$answer_file" --write-out '%{http_code}' "$endpoint/"
}

# Why the last answer is not the parameter, in a word.
refusal() {
  jq --exit-status --raw-output '.__type // "an answer without a value" | sub(".*#"; "")' "$answer_file" 2>/dev/null ||
    echo 'no answer'
}

# fetch_token <parameter>: into a file for the connector, whole or not at all
fetch_token() {
  local status reason last_reason='' role=''
  while true; do
    : >"$answer_file"
    [[ -n $role ]] || role=$(metadata iam/security-credentials/) || true
    status=$(get_parameter "$1" "$role") || status=000
    if [[ $status == 200 ]] && jq --exit-status --raw-output --join-output .Parameter.Value \
      "$answer_file" >"$run_directory/tunnel-token.new"; then
      mv "$run_directory/tunnel-token.new" "$run_directory/tunnel-token"
      return
    fi
    reason="$(refusal) (HTTP $status)"
    (($(left) > 0)) || fail tunnel-token "gave up after $deadline_seconds s: $reason"
    # Refused and missing are expected until the control plane is as far: said once, not every time.
    [[ $reason == "$last_reason" ]] || say tunnel-token waiting "$reason"
    last_reason=$reason
    sleep "$retry_seconds"
  done
}

main() {
  mkdir -p "$run_directory"
  trap 'rm -f "$answer_file" "$run_directory/imds-session" "$run_directory/tunnel-token.new"' EXIT

  say identity started
  learn_identity
  write_identity
  say identity finished "$instance_id is $hostname, generation $generation"

  local parameter=/warren/$stage/tenants/$slug/$generation/tunnel-token
  say tunnel-token started "$parameter"
  fetch_token "$parameter"
  say tunnel-token finished

  local unit
  for unit in warren-connector warren-app; do
    systemctl start "$unit" || fail "$unit" 'systemctl start failed'
    say "$unit" started
  done
  say boot finished "after $SECONDS s"
}

main
