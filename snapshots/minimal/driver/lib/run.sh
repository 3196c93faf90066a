# shellcheck shell=bash
# Part of agcgen, the same for every system.
# A run from its begin to its end: where it keeps things, that there is one at a time, and what is said if it is stopped.

begin_run() {
  if [ "$OUTPUT" = json ]; then exec 3>&2; else exec 3>&1; fi
  [ -n "${AGC_STATE-}${XDG_STATE_HOME-}${HOME-}" ] ||
    refuse 'neither HOME nor AGC_STATE is set: name a folder for the kubeconfig and the lock in AGC_STATE.'
  WORK=$(mktemp -d) MARK=$SECONDS
  STATE=${AGC_STATE:-${XDG_STATE_HOME:-${HOME-}/.local/state}/agcgen}/$GROUP.$NAME
  : >"$WORK/results"
  : >"$WORK/unknown"
  : >"$WORK/stderr"
  trap 'leave $?' EXIT
  trap 'interrupted INT 130' INT
  trap 'interrupted TERM 143' TERM
  trap 'interrupted HUP 129' HUP
  trap 'FAILED=yes; exit 1' USR1
  say "agc.sh $COMMAND: $NAME$(if dry_run; then printf ', dry run: every call is shown, none is made'; fi)"
  if ! dry_run; then
    (umask 077 && mkdir -p "$STATE")
    case $COMMAND in plan | status | drift) ;; *) take_lock ;; esac
  fi
  choose_subscription
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

# Two runs at once would each see half of what the other does. mkdir is what every file system does at once or not at all.
take_lock() {
  local holder
  if ! mkdir "$STATE/lock" 2>/dev/null; then
    holder=$(cat "$STATE/lock/process" 2>/dev/null || true)
    if [ -n "$holder" ] && kill -0 "$holder" 2>/dev/null; then
      die 'lock' "process $holder is at work on this system from this machine; wait for it"
    fi
    # Whoever took it is gone.
    rm -rf "$STATE/lock"
    mkdir "$STATE/lock" 2>/dev/null || die 'lock' "another run has just begun; wait for it, or remove $STATE/lock"
  fi
  printf '%s\n' "$$" >"$STATE/lock/process"
  LOCKED=yes
}
LOCKED=''

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
  if [ "$status" -ne 0 ] && [ "$status" -ne 3 ] && [ "$FAILED$STOPPED" != yes ] && [ -n "$STEP" ]; then
    say "Stopped in step: $STEP."
  fi
  case $status in
    0 | 2 | 3) ;;
    *) say "When the cause is gone: agc.sh $COMMAND. It goes on from here." ;;
  esac
  if [ "$OUTPUT" = json ]; then print_json "$status"; fi
  [ "$LOCKED" != yes ] || rm -rf "$STATE/lock"
  rm -rf "$WORK"
  case $status in 0 | 2 | 3 | 129 | 130 | 143) exit "$status" ;; *) exit 1 ;; esac
}

# The subscription of the spec, of AGC_SUBSCRIPTION, or the signed-in one. Every call names it from here on.
choose_subscription() {
  if ! dry_run && ! command -v az >/dev/null; then
    SUBSCRIPTION=''
    # preflight tells of it, with everything else that is missing.
    case $COMMAND in preflight | up) return ;; esac
    die 'az' "not on PATH$(how_to_install az)"
  fi
  if [ "$SPEC_SUBSCRIPTION" != - ]; then
    SUBSCRIPTION=$SPEC_SUBSCRIPTION
    return
  fi
  if [ -n "${AGC_SUBSCRIPTION-}" ]; then
    SUBSCRIPTION=$AGC_SUBSCRIPTION
    return
  fi
  if dry_run; then
    SUBSCRIPTION=$(unknown subscription)
    return
  fi
  SUBSCRIPTION=$(look az account show --query id --output tsv)
}
