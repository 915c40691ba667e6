# shellcheck shell=bash
# How a step of the set-up runs, is skipped, and says what went wrong; sourced by _setup.sh.

# fail SENTENCE WHAT_TO_DO: stop here, and say so in words.
fail() {
  printf '\n✗ %s\n  What to do 怎么办: %s\n' "$1" "$2" >&2
  exit 1
}

# fingerprint FILE_OR_FOLDER…: one hash of all names and contents.
fingerprint() {
  find "$@" -type f -not -name '*.pyc' -not -name '*.mo' -print0 | sort -z |
    xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# once STAMP FINGERPRINT NAME TITLE COMMAND…: a step, unless it was done with these inputs before.
once() {
  local stamp=$1 want=$2
  if [[ -f $stamp && $(<"$stamp") == "$want" ]]; then return; fi
  step "${@:3}"
  echo "$want" >"$stamp"
}

# step NAME TITLE COMMAND…: run a command with its output in a log; say how long it took, or which
# command failed and what to do. Call it as a statement of its own: after `if` or before `||` bash
# would go on after the first failure inside.
step() {
  local name=$1 title=$2 log=$LOGS/$1.log start=$SECONDS status beat
  shift 2
  printf '==> %s …\n' "$title"
  show_life "$log" 8>&- 9>&- & # holds no lock
  beat=$!
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  kill "$beat" 2>/dev/null || true
  wait "$beat" 2>/dev/null || true
  if ((status)); then explain_failure "$name" "$title" "$log"; fi
  printf '    done in %ds\n' $((SECONDS - start))
}

# A slow step shows its last line now and then; an interrupted one leaves nothing behind.
show_life() {
  while sleep 15 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
    printf '    … %s\n' "$(tail -n 3 "$1" | tr '\r' '\n' | grep . | tail -n 1 | cut -c1-100)"
  done
}

explain_failure() {
  local name=$1 title=$2 log=$3 command advice
  command=$(grep '^+ ' "$log" | tail -n 1 | cut -c3-) || true
  case $name in
    packages) advice='see the line with E: above; check the connection and /etc/apt' ;;
    venv) advice='install the python3-venv that belongs to this python3' ;;
    npm | node | python) advice='check the connection to the registry; bin/lock makes the locks' ;;
    browser) advice="install a Chromium that starts, or: bin/test -m 'not browser'" ;;
    data) advice='mend what the last line names; if the library changed: bin/demo --fresh' ;;
    *) advice='mend what the lines above name' ;;
  esac
  printf '\n✗ Failed 未成功: %s\n' "$title" >&2
  if [[ $command ]]; then printf '  command 命令: %s\n' "$command" >&2; fi
  tail -n 15 "$log" | sed 's/^/  | /' >&2
  printf '  whole log 完整日志: %s\n' "${log#"$ROOT"/}" >&2
  fail "This step must work before the next 这一步没有成功，后面的步骤不能继续." "$advice"
}

# run COMMAND…: run it and write it into the log, so that a failure can name it.
run() {
  printf '+ %s\n' "${*/#as_root/sudo}"
  "$@"
}
