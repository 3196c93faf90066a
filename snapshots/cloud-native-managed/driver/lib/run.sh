# shellcheck shell=bash
# Part of agcgen, the same for every system.
# A run from its begin to its end: where it keeps things, that there is one at a time, and what is said if it is stopped.

begin_run() {
  if [ "$OUTPUT" = json ]; then exec 3>&2; else exec 3>&1; fi
  [ -n "${AGC_STATE-}${XDG_STATE_HOME-}${HOME-}" ] ||
    refuse 'neither HOME nor AGC_STATE is set: name a folder for the lock in AGC_STATE.'
  WORK=$(mktemp -d) MARK=$SECONDS
  # One a run: beside an up that goes on, status may ask another cluster.
  OWN_KUBECONFIG=$WORK/kubeconfig
  if dry_run; then OWN_KUBECONFIG='<kubeconfig of this run>'; fi
  : >"$WORK/results"
  : >"$WORK/unknown"
  : >"$WORK/stderr"
  trap 'leave $?' EXIT
  trap 'interrupted INT 130' INT
  trap 'interrupted TERM 143' TERM
  trap 'interrupted HUP 129' HUP
  trap 'FAILED=yes; exit 1' USR1
  say "agc.sh $COMMAND: $NAME$(if dry_run; then printf ', dry run: every call is shown, none is made'; fi)"
  choose_subscription
  if dry_run; then return; fi
  [ -z "$SUBSCRIPTION" ] || say "subscription: $SUBSCRIPTION_NAME ($SUBSCRIPTION)"
  case $COMMAND in plan | status | drift) ;; *) take_lock ;; esac
}

end_run() {
  if dry_run; then say_unknown; fi
  if [ "$FAILED" = yes ]; then exit 1; fi
  if [ "$DIFFERS" = yes ]; then exit 3; fi
  exit 0
}

say_unknown() {
  [ -s "$WORK/unknown" ] || return 0
  say ''
  say "Not known yet: $(LC_ALL=C sort -u "$WORK/unknown" | tr '\n' ' ' | sed 's/ $//; s/ /, /g')."
}

# Two runs at once would each see half of what the other does. A link is made at once or not at all, and never empty: the lock is a
# file with the number of the process that took it.
take_lock() {
  local state
  state=$(lower "${SUBSCRIPTION:-none}.$GROUP.$NAME")
  state=${AGC_STATE:-${XDG_STATE_HOME:-${HOME-}/.local/state}/agcgen}/$state
  LOCK=$state/lock
  (umask 077 && mkdir -p "$state" && printf '%s\n' "$$" >"$LOCK.$$") 2>"$WORK/stderr" ||
    die 'lock' "cannot make $LOCK: $(first_line "$WORK/stderr"). Name another folder in AGC_STATE"
  link_lock "$LOCK" || take_lock_over || no_lock "$(first_line "$WORK/stderr")"
  rm -f "$LOCK.$$"
}
LOCK=''

link_lock() {
  ln "$LOCK.$$" "$1" 2>"$WORK/stderr"
}

# A run that was killed leaves its lock. One at a time takes it away, and looks again before: it may be another one by now.
take_lock_over() {
  local status=0
  lock_is_stale || return
  link_lock "$LOCK.over" || return
  if lock_is_stale; then rm -f "$LOCK"; fi
  link_lock "$LOCK" || status=$?
  rm -f "$LOCK.over"
  return "$status"
}

# Whether there is a lock, and its process, left in HOLDER, is gone.
lock_is_stale() {
  HOLDER=$(cat "$LOCK" 2>/dev/null) || return
  ! kill -0 "$HOLDER" 2>/dev/null
}
HOLDER=''

# no_lock MESSAGE: ends the run.
no_lock() {
  if [ -n "$HOLDER" ] && kill -0 "$HOLDER" 2>/dev/null; then
    die 'lock' "process $HOLDER is at work on this system from this machine; wait for it. Its lock is $LOCK"
  fi
  die 'lock' "cannot take it: $1. Try again. If no other run is at work, remove $LOCK and $LOCK.over, or name another folder in AGC_STATE"
}

# What is ours of it; also where the run ends in the midst of taking it.
leave_lock() {
  local file
  [ -n "$LOCK" ] || return 0
  for file in "$LOCK" "$LOCK.over"; do
    if [ "$(cat "$file" 2>/dev/null)" = "$$" ]; then rm -f "$file"; fi
  done
  rm -f "$LOCK.$$"
}

# Every call leaves either the old or the new state, so there is nothing to roll back.
interrupted() {
  clear_progress
  say ''
  say "Interrupted by $1 in step: ${STEP:-begin}. What Azure has begun goes on there."
  STOPPED=yes
  exit "$2"
}
STOPPED=''

leave() {
  local status=$1
  trap - EXIT INT TERM HUP USR1
  # Whoever reads may have gone: what this run has is put away all the same.
  trap '' PIPE
  set +e
  leave_lock
  if [ "$status" -ne 0 ] && [ "$status" -ne 3 ] && [ "$FAILED$STOPPED" != yes ] && [ -n "$STEP" ]; then
    say "Stopped in step: $STEP."
  fi
  case $status in
    0 | 2 | 3) ;;
    *) say "When the cause is gone: agc.sh $COMMAND$WORDS${WITHOUT_CLUSTER:+ --without-cluster}. It goes on from here." ;;
  esac
  if [ "$OUTPUT" = json ]; then print_json "$status" 2>/dev/null; fi
  rm -rf "$WORK"
  case $status in 0 | 2 | 3 | 129 | 130 | 143) exit "$status" ;; *) exit 1 ;; esac
}

# The subscription of the spec, of AGC_SUBSCRIPTION, or the signed-in one. Every call names it from here on, by its id: AGC_SUBSCRIPTION
# may be a name, which az takes, but ids of resources have none.
choose_subscription() {
  local wanted=$SPEC_SUBSCRIPTION message
  SUBSCRIPTION='' SUBSCRIPTION_NAME=''
  if ! dry_run && ! command -v az >/dev/null; then
    # preflight tells of it, with everything else that is missing.
    case $COMMAND in preflight | up) return ;; esac
    die 'az' "not on PATH$(how_to_install az)"
  fi
  if [ "$wanted" = - ]; then wanted=${AGC_SUBSCRIPTION-}; fi
  if dry_run; then
    # Of a name it cannot ask the id.
    if [[ $wanted =~ ^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$ ]]; then
      SUBSCRIPTION=$wanted
    else
      SUBSCRIPTION=$(unknown subscription)
    fi
    return
  fi
  if try az account show ${wanted:+--subscription "$wanted"} --query '[[id, name]]' --output tsv >"$WORK/subscription"; then
    IFS=$'\t' read -r SUBSCRIPTION SUBSCRIPTION_NAME <"$WORK/subscription"
    return
  fi
  message=$(first_line "$WORK/stderr")
  NO_SUBSCRIPTION=${message%.}
  if [ -n "$wanted" ]; then NO_SUBSCRIPTION="cannot use $wanted: ${message%.}. \`az account list --output table\` lists those that you have"; fi
  # So does it of this, after the tools.
  case $COMMAND in preflight | up) return ;; esac
  die 'subscription' "$NO_SUBSCRIPTION"
}
# Why there is none.
NO_SUBSCRIPTION=''
