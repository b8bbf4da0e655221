# shellcheck shell=bash
# How a boot waits: never without an end, and never without saying for what.

readonly started_at=${EPOCHREALTIME//[!0-9]/} # microseconds

# elapsed: milliseconds since the script began
elapsed() {
  echo $(((${EPOCHREALTIME//[!0-9]/} - started_at) / 1000))
}

# retry <step> <until> <command>…: repeats the command until it succeeds or until $SECONDS says <until>, then fails.
# What the command leaves in $reason is said once, not at every try: waiting is expected.
retry() {
  local step=$1 until=$2 said=''
  shift 2
  reason='no reason is known'
  until "$@"; do
    if ((SECONDS >= until)); then
      say "$step" failed "gave up after $SECONDS s: $reason"
      return 1
    fi
    [[ $reason == "$said" ]] || say "$step" waiting "$reason"
    said=$reason
    sleep "$retry_seconds"
  done
}
