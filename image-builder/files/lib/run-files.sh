# shellcheck shell=bash
# The run directory: on tmpfs, each file whole or not there, and readable by its owner alone if it is a secret.

# Parameter Store's last answer, which may hold a secret.
readonly answer_file=$run_directory/answer.json.$$

# Others may pass through, to the one file that is theirs.
make_run_directory() {
  install --directory --mode=0711 "$run_directory"
}

clear_run_directory() {
  rm -f "$run_directory"/*.$$
}

# new_file <file>: where its content goes first; another run of this script has its own
new_file() {
  echo "$run_directory/$1.$$"
}

# publish <file> <mode> <owner>: the new file takes the place of the old
publish() {
  local new
  new=$(new_file "$1")
  chown "$3" "$new" && chmod "$2" "$new" && mv --force "$new" "$run_directory/$1"
}
