# shellcheck shell=bash
# The run directory: on tmpfs, each file whole or not there, and readable by its owner alone if it is a secret.

# Parameter Store's last answer, which may hold a secret.
readonly answer_file=$run_directory/answer.json

# Others may pass through, to the one file that is theirs.
make_run_directory() {
  install --directory --mode=0711 "$run_directory"
}

clear_run_directory() {
  rm -f "$session_file" "$answer_file" "$run_directory"/*.new
}

# publish <file> <mode> <owner>: <file>.new becomes <file>
publish() {
  local new=$run_directory/$1.new
  chown "$3" "$new" && chmod "$2" "$new" && mv --force "$new" "$run_directory/$1"
}
