# shellcheck shell=bash
# The instance's metadata service, in sessions (IMDSv2).

readonly imds=${IMDS_ENDPOINT:-http://169.254.169.254}
readonly session_file=$run_directory/imds-session.$$

open_session() {
  curl --silent --fail --max-time 5 --request PUT "$imds/latest/api/token" \
    --header 'X-aws-ec2-metadata-token-ttl-seconds: 21600' --output "$session_file"
}

# metadata <path>…: the values, one per line. The session's token is no argument: those are there for all to see.
metadata() {
  local urls=() path
  for path in "$@"; do urls+=("$imds/latest/meta-data/$path"); done
  printf 'header = "X-aws-ec2-metadata-token: %s"\n' "$(<"$session_file")" |
    curl --silent --fail --fail-early --max-time 5 --write-out '\n' --config - "${urls[@]}"
}
