# shellcheck shell=bash
# Part of agcgen, the same for every system.
# Calls of az, kubectl, helm, kubelogin and curl. Nothing else in this program starts one of them.
#
#   look …   changes nothing; prints what the program prints
#   act …    changes something; what the program prints joins the story
#   try …    changes nothing and may fail: no message, the status says it, and $WORK/stderr why
#
# A look or an act that fails ends the run, wherever it stands: an answer that was not given is never taken for "no".
# A dry run shows the call and makes none; then look and try print nothing. No secret is ever an argument.

# A login or a proxy is the user's; these are only habits of az that a script must not have.
export AZURE_CORE_COLLECT_TELEMETRY=no AZURE_CORE_NO_COLOR=yes AZURE_CORE_SURVEY_MESSAGE=no
export AZURE_CORE_ONLY_SHOW_ERRORS=yes AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no
# Of kubectl too: a kuberc may make every delete interactive or every apply a dry run, and another program to compare with need not end
# with 1 where something differs.
export KUBERC=off
unset KUBECTL_EXTERNAL_DIFF

dry_run() {
  [ "$DRY_RUN" = yes ]
}

look() {
  if dry_run; then
    show_call "$@"
    return 0
  fi
  "$@" </dev/null 2>"$WORK/stderr" || call_failed $? "$@"
}

act() {
  if dry_run; then
    show_call "$@"
    return 0
  fi
  clear_progress
  "$@" </dev/null >&3 2>"$WORK/stderr" || call_failed $? "$@"
}

try() {
  if dry_run; then
    show_call "$@"
    return 0
  fi
  "$@" </dev/null 2>"$WORK/stderr"
}

# Every call of az names the subscription.
az_look() { look az "$@" --subscription "$SUBSCRIPTION"; }
az_act() { act az "$@" --subscription "$SUBSCRIPTION"; }
az_try() { try az "$@" --subscription "$SUBSCRIPTION"; }

# act_unless MESSAGE …: like act, but where the call fails with MESSAGE there is nothing to be done: status 1.
act_unless() {
  local message=$1 status=0
  shift
  clear_progress
  try "$@" >&3 || status=$?
  if [ "$status" -eq 0 ]; then return 0; fi
  grep -Eq "$message" "$WORK/stderr" || call_failed "$status" "$@"
  return 1
}

# az_act_unless MESSAGE …: the same of az.
az_act_unless() {
  local message=$1
  shift
  act_unless "$message" az "$@" --subscription "$SUBSCRIPTION"
}

# Exit code of az where a thing is not there (azure-cli 2.91, 2026-11).
AZ_NOT_FOUND=3

# az_find …: like az_look, but a thing that is not there is no failure: prints nothing. A subscription that is not there is one.
az_find() {
  local status=0
  az_try "$@" || status=$?
  if [ "$status" -eq 0 ]; then return 0; fi
  case $(<"$WORK/stderr") in
    *SubscriptionNotFound*) ;;
    *)
      # Python's ModuleNotFoundError is none.
      if [ "$status" -eq "$AZ_NOT_FOUND" ] || grep -Eq '^(ERROR: )?\([A-Za-z]*NotFound\)' "$WORK/stderr"; then return 0; fi
      ;;
  esac
  call_failed "$status" az "$@"
}

# The program's own kubeconfig; the user's stays as it is.
in_cluster() {
  if dry_run; then
    "$@"
  else
    KUBECONFIG=$OWN_KUBECONFIG "$@"
  fi
}
kubectl_look() { in_cluster look kubectl "$@"; }
kubectl_act() { in_cluster act kubectl "$@"; }
kubectl_try() { in_cluster try kubectl "$@"; }

# kubectl_delete WHAT…: it is gone afterwards. Of a kind that the cluster does not know there is nothing, and what a finalizer holds
# is not waited for without end.
kubectl_delete() {
  in_cluster act_unless 'no matches for kind|have a resource type' kubectl delete "$@" --ignore-not-found --timeout 15m || true
}

# kubectl_find …: like kubectl_look, but prints nothing for a thing that is not there.
kubectl_find() { kubectl_look get --ignore-not-found "$@"; }

# Tells of a call that failed, with what is known about its message, and ends the run.
call_failed() {
  local status=$1
  shift
  clear_progress
  say ''
  say "This call failed with status $status:"
  show_call "$@"
  tell "$WORK/stderr"
  end_at_once
}

# explain TEXT: leaves in WHY and NEXT what the last row of failures.tsv that fits a message says; nothing where none fits.
explain() {
  local pattern cause next
  WHY='' NEXT=''
  while IFS=$'\t' read -r pattern cause next _; do
    case $pattern in '#'* | '') continue ;; esac
    if [[ $1 =~ $pattern ]]; then WHY=$cause NEXT=$next; fi
  done <"$DRIVER/failures.tsv"
}

# Says what explain has found.
say_why() {
  [ -n "$WHY" ] || return 0
  say "  why:  $WHY"
  say "  next: $NEXT"
}

# tell FILE: a message as it came, and what is known about it.
tell() {
  sed 's/^/  /' "$1" >&3
  explain "$(cat "$1")"
  say_why
}

show_call() {
  print_call "$@" >&3
}

# A call as it would be typed: quoted where needed, and broken before its flags where it is long.
print_call() {
  local word line='' lines='  ' length=0
  for word in "$@"; do
    quote "$word"
    length=$((length + ${#QUOTED} + 1))
  done
  for word in "$@"; do
    quote "$word"
    if [ "$length" -gt 100 ] && [[ $QUOTED = -* ]]; then
      lines="$lines$line \\"$'\n    '
      line=''
    fi
    line="$line${line:+ }$QUOTED"
  done
  printf '%s%s\n' "$lines" "$line"
}

# quote WORD: leaves in QUOTED how a shell takes it as one word. Not printed: a dry run does this a thousand times.
quote() {
  local mark="'" escaped="'\\''"
  QUOTED=$1
  case $1 in
    '' | *[!A-Za-z0-9_./:=@,+-]*) QUOTED="'${1//$mark/$escaped}'" ;;
  esac
}
