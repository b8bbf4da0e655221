# shellcheck shell=bash
# The machine's units, and whether what they run does its work.

# The application itself, behind the front.
readonly health_url=${HEALTH_URL:-http://localhost:${APP_PORT:-8081}${HEALTH_PATH:-/health}}
readonly ready_url=${READY_URL:-http://127.0.0.1:20241/ready}

# start_unit <unit>
start_unit() {
  systemctl start "$1" || fail "$1" 'systemctl start failed'
  say "$1" started
}

# answers <url>: whether it answers 200
answers() {
  local status
  status=$(curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' "$1") || status=000
  reason="$1 answers HTTP $status"
  [[ $status != 000 ]] || reason="$1 does not answer"
  [[ $status == 200 ]]
}

# await_answer <step> <url> <until>
await_answer() {
  say "$1" started "$2"
  retry "$1" "$3" answers "$2" || return 1
  say "$1" finished
}
