# shellcheck shell=bash
# What the scripts say: one JSON line per event on the console.

# say <step> <outcome> [<detail>]
say() {
  jq --null-input --compact-output --arg unit "${console_unit:-warren-boot}" \
    --arg step "$1" --arg outcome "$2" --arg detail "${3:-}" \
    '{at: (now | todate), unit: $unit, step: $step, outcome: $outcome}
     + if $detail == "" then {} else {detail: $detail} end'
}

# fail <step> <detail>
fail() {
  say "$1" failed "$2"
  exit 1
}
