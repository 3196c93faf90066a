# shellcheck shell=bash
# What the stand-ins of az, kubectl, helm, kubelogin and curl share. They keep a small state in files below STANDIN_STATE, write every
# call down, and know nothing but the calls of the driver: any other one fails with status 64.
#
#   calls     a line a call: `act` or `look`, the unit separator, then program and words
#   fail      planted failures, a line each: words that the call holds, status, message; separated by tabs
#   fail-at   the number of the changing call that fails, from 0
#   slow      words of a call that takes a second, and says by the file `sleeping` that it does
#   <others>  what is there: the file exists, its content is its state
set -eu

STATE=$STANDIN_STATE
PROGRAM=${0##*/}
CALL="$PROGRAM $*"

# The words behind the flags: FLAG_dump_header is what follows --dump-header.
for word in "$@"; do
  case ${flag-} in
    --[a-z]*)
      flag=${flag#--}
      printf -v "FLAG_${flag//[!a-z]/_}" %s "$word"
      ;;
  esac
  flag=$word
done

# record KIND WORD…: writes the call down, and fails where a failure is planted for it.
record() {
  local words status message
  printf '%s\037%s\n' "$1" "${CALL//$'\n'/ }" >>"$STATE/calls"
  if has slow; then
    case $CALL in
      *"$(get slow)"*)
        put sleeping
        sleep 1
        ;;
    esac
  fi
  if [ "$1" = act ] && has fail-at; then
    put acts "$(($(get acts) + 1))"
    if [ "$(get acts)" -gt "$(get fail-at)" ]; then
      echo 'planted failure' >&2
      exit 1
    fi
  fi
  [ -f "$STATE/fail" ] || return 0
  while IFS=$'\t' read -r words status message; do
    case $CALL in
      *"$words"*)
        printf '%s\n' "$message" >&2
        exit "$status"
        ;;
    esac
  done <"$STATE/fail"
}

look() { record look "$@"; }
act() { record act "$@"; }

unknown_call() {
  printf 'stand-in: unknown call: %s\n' "$CALL" | tee -a "$STATE/unknown" >&2
  exit 64
}

# has NAME: whether it is there; get NAME: its content; put NAME [CONTENT]; drop NAME.
has() { [ -e "$STATE/$1" ]; }
get() {
  local content=''
  if [ -f "$STATE/$1" ]; then IFS= read -r -d '' content <"$STATE/$1" || true; fi
  printf '%s' "$content"
}
put() {
  case $1 in */*) [ -d "$STATE/${1%/*}" ] || mkdir -p "$STATE/${1%/*}" ;; esac
  printf '%s\n' "${2-}" >"$STATE/$1"
}
drop() { rm -rf "${STATE:?}/$1"; }

# client_id NAME: the same one for the same identity, every time.
client_id() {
  local hash=5381 place code
  for ((place = 0; place < ${#1}; place++)); do
    printf -v code %d "'${1:place:1}"
    hash=$(((hash * 33 + code) % 4294967296))
  done
  printf '%08x-0000-4000-8000-%012x\n' "$hash" "$hash"
}

not_found() {
  printf '(ResourceNotFound) %s was not found.\n' "$1" >&2
  exit 3
}
