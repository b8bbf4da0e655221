# shellcheck shell=bash
# The tenant's secrets: Parameter Store gives them to this very machine once the control plane has named it their reader.
# One GetParameter per secret, by its full name: the machine may neither list parameters nor ask by path.

# signature_options: the machine's credentials, as curl options
signature_options() {
  local role
  role=$(metadata iam/security-credentials/) || return 1
  metadata "iam/security-credentials/$role" | jq --exit-status --raw-output \
    '"user = \"\(.AccessKeyId):\(.SecretAccessKey)\"", "header = \"X-Amz-Security-Token: \(.Token)\""'
}

# get_parameter <name>: its answer goes to $answer_file; prints the HTTP status, 000 without an answer.
# No --fail: an error's body says which it is.
get_parameter() {
  local endpoint=${AWS_ENDPOINT_URL_SSM:-${AWS_ENDPOINT_URL:-https://ssm.$region.amazonaws.com}}
  signature_options | curl --silent --max-time 10 --config - --aws-sigv4 "aws:amz:$region:ssm" \
    --header 'Content-Type: application/x-amz-json-1.1' --header 'X-Amz-Target: AmazonSSM.GetParameter' \
    --data "{\"Name\": \"$1\", \"WithDecryption\": true}" \
    --output "$answer_file" --write-out '%{http_code}' "$endpoint/"
}

# Why the last answer is not the parameter, in a word.
refusal() {
  jq --exit-status --raw-output '.__type // "an answer without a value" | sub(".*#"; "")' "$answer_file" 2>/dev/null ||
    echo 'no answer'
}

# read_secret <secret> <parameter> <owner>: into a file of the run directory
read_secret() {
  local status
  : >"$answer_file"
  status=$(get_parameter "$2") || status=000
  if [[ $status == 200 ]] && jq --exit-status --raw-output --join-output .Parameter.Value \
    "$answer_file" >"$(new_file "$1")"; then
    publish "$1" 0400 "$3"
    return
  fi
  reason="$(refusal) (HTTP $status)"
  return 1
}

# fetch_secret <secret> <owner>
fetch_secret() {
  local parameter=/warren/$stage/tenants/$slug/$generation/$1
  say "$1" started "$parameter"
  retry "$1" "$deadline_seconds" read_secret "$1" "$parameter" "$2" || exit 1
  say "$1" finished
}
