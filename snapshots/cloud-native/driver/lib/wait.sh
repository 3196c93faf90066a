# shellcheck shell=bash
# Part of agcgen, the same for every system.
# Waiting: never a guess, always a question that is asked again until its answer is right or its time is over.

# Why the last question was answered with "not yet".
REASON=''

# wait_for SECONDS WHAT QUESTION ARGUMENT…: asks QUESTION until it succeeds. It leaves in REASON why it has not yet; where it leaves
# nothing, its last call has failed, and the message of that is the reason. Its status 2 says that it never will succeed. Fails where
# the time is over, with the reason.
wait_for() {
  local budget=$(($1 * ${AGC_PATIENCE:-100} / 100)) what=$2 began=$SECONDS pause=2 status
  shift 2
  if dry_run; then
    "$@" || true
    say "  # waits until $what, $(duration "$budget") at most"
    return 0
  fi
  while true; do
    REASON='' status=0
    "$@" || status=$?
    if [ "$status" -eq 0 ]; then return 0; fi
    [ -n "$REASON" ] || REASON=$(first_line "$WORK/stderr")
    if [ "$status" -eq 2 ]; then
      result failed "$what" "$REASON"
      return 1
    fi
    if [ $((SECONDS - began)) -ge "$budget" ]; then
      result failed "$what" "not within $(duration "$budget"). $REASON"
      return 1
    fi
    progress "waiting until $what ($(duration $((SECONDS - began))))${REASON:+: $REASON}"
    sleep "${AGC_PAUSE:-$pause}"
    [ "$pause" -ge 15 ] || pause=$((pause + 2))
  done
}

# first_line FILE: the first line of a message that says something.
first_line() {
  beginning_of "$(grep -m 1 . "$1" 2>/dev/null || true)"
}

# beginning_of TEXT: as much of it as fits into a line. Where the locale counts bytes, half a character may be its last: that goes.
beginning_of() {
  local text=${1:0:300}
  if [ "$text" != "$1" ]; then
    text=$(printf '%s\n' "$text" | LC_ALL=C sed "$(printf 's/[\300-\377][\200-\277]*$//')")
  fi
  printf '%s\n' "$text"
}
