# shellcheck shell=bash
# What the scripts say: one JSON line per event on the console.

# say <step> <outcome> [<detail>]
say() {
  local unit=${console_unit:-warren-boot} line
  # An older bash, such as macOS's, cannot tell the time by itself.
  if ((BASH_VERSINFO[0] >= 5)) && is_plain "$unit$*"; then
    TZ=UTC0 printf -v line '{"at":"%(%Y-%m-%dT%H:%M:%SZ)T"' -1
    add_member unit "$unit"
    add_member step "$1"
    add_member outcome "$2"
    [[ -z ${3:-} ]] || add_member detail "$3"
    echo "$line}"
  else
    jq --null-input --compact-output --arg unit "$unit" --arg step "$1" --arg outcome "$2" --arg detail "${3:-}" \
      '{at: (now | todate), unit: $unit, step: $step, outcome: $outcome}
       + if $detail == "" then {} else {detail: $detail} end'
  fi
}

# is_plain <text>: whether it is printable ASCII, which JSON takes as it is but for quotes and backslashes. Nearly all
# that is said is, and jq, which takes everything, takes longer to start than the step that it reports.
is_plain() {
  local LC_ALL=C
  [[ $1 != *[![:print:]]* ]]
}

# add_member <name> <plain text>: to the JSON object that begins in $line
add_member() {
  local text=${2//\\/\\\\}
  line+=",\"$1\":\"${text//\"/\\\"}\""
}

# fail <step> <detail>
fail() {
  say "$1" failed "$2"
  exit 1
}
