# shellcheck shell=bash
# What units said last, for the console: whoever asks why a machine did not come up may have nothing else.

# tell_last_lines <unit>…
tell_last_lines() {
  local unit line
  for unit in "$@"; do
    while IFS= read -r line; do
      say "$unit" failed "${line:0:300}"
    done < <(journalctl --boot --unit "$unit" --lines 3 --output cat --no-pager 2>/dev/null || true)
  done
}
