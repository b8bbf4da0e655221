# shellcheck shell=bash
# How a boot waits: never without an end, and never without saying for what.

readonly started_at=${EPOCHREALTIME//[!0-9]/} # microseconds

# elapsed: milliseconds since the script began
elapsed() {
  echo $(((${EPOCHREALTIME//[!0-9]/} - started_at) / 1000))
}

# nap <milliseconds>
nap() {
  local seconds
  printf -v seconds '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
  sleep "$seconds"
}

# retry <step> <until> <command>…: repeats the command until it succeeds or until $SECONDS says <until>, then fails.
# What the command leaves in $reason is said once, not at every try: waiting is expected.
# Pauses grow by a half, to fifteen times the first: an account may read 40 parameters a second, whatever waits for them.
retry() {
  local step=$1 until=$2 said='' pause=$first_pause
  shift 2
  reason='no reason is known'
  until "$@"; do
    if ((SECONDS >= until)); then
      say "$step" failed "gave up after $SECONDS s: $reason"
      return 1
    fi
    [[ $reason == "$said" ]] || say "$step" waiting "$reason"
    said=$reason
    # Any of the last quarter of it, so that machines that began together do not go on together.
    nap $((pause - RANDOM % (pause / 4 + 1)))
    pause=$((pause * 3 / 2 > first_pause * 15 ? first_pause * 15 : pause * 3 / 2))
  done
}
