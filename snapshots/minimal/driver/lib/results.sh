# shellcheck shell=bash
# Part of agcgen, the same for every system.
# What is told: the story, line by line, to whoever watches, and every result once more for machines.
#
# The story goes to file descriptor 3: standard output, or standard error where that carries JSON.

# Results of this run: whether one failed, whether something differs.
FAILED='' DIFFERS=''
# Where the run stands, for the message that says how to go on.
STEP=''

# Called wrongly: nothing was done.
refuse() {
  printf 'agc.sh: %s\nTry: agc.sh help\n' "$*" >&2
  exit 2
}

say() {
  printf '%s\n' "$*" >&3
}

# A new part of the story.
step() {
  STEP=$1
  MARK=$SECONDS
  say ''
  say "== $1"
}

# result STATE NAME [DETAIL]: a line of the story, kept for the JSON. The states: ok, changed, unchanged,
# skipped, differs, missing, failed.
result() {
  local state=$1 name=$2 detail=${3-} seconds=$((SECONDS - MARK))
  WHY='' NEXT=''
  MARK=$SECONDS
  # Of a dry run nothing is known.
  if dry_run; then return; fi
  case $state in
    failed)
      FAILED=yes
      explain "$detail"
      ;;
    differs) DIFFERS=yes ;;
  esac
  clear_progress
  local padded="$state          " took=''
  # Short waits are not worth a word.
  [ "$seconds" -lt 5 ] || took=" ($(duration "$seconds"))"
  say "${padded:0:10}$name${detail:+: $detail}$took"
  say_why
  json_object step "$STEP" name "$name" result "$state" detail "$detail" why "$WHY" next "$NEXT"
  printf '{%s,"seconds":%d}\n' "$JSON" "$seconds" >>"$WORK/results"
}

# 200 becomes 3 m 20 s.
duration() {
  if [ "$1" -lt 60 ]; then printf '%d s' "$1"; else printf '%d m %d s' $(($1 / 60)) $(($1 % 60)); fi
}

# Ends the run: what is wrong, and what to do.
die() {
  result failed "$1" "${2-}"
  end_at_once
}

# Ends the run from wherever this is called, also from within $(…), whose exit alone would leave an empty answer behind.
end_at_once() {
  kill -USR1 $$
  exit 1
}

# json_text TEXT: leaves it in JSON as a string of JSON. The replacements stand in variables: what bash makes of quotes in them differs
# between its versions.
json_text() {
  local text=$1 backslash='\' mark='"' tab=$'\t' line=$'\n'
  text=${text//"$backslash"/"$backslash$backslash"}
  text=${text//"$mark"/"$backslash$mark"}
  text=${text//"$line"/"${backslash}n"}
  text=${text//"$tab"/"${backslash}t"}
  case $text in *[[:cntrl:]]*) text=$(printf '%s' "$text" | LC_ALL=C tr -d '\000-\037') ;; esac
  JSON="\"$text\""
}

# json_object KEY VALUE …: leaves in JSON an object of these texts, without its braces.
json_object() {
  local object=''
  while [ $# -gt 0 ]; do
    json_text "$2"
    object="$object${object:+,}\"$1\":$JSON"
    shift 2
  done
  JSON=$object
}

# The document of --output json, for a run that ends with this status.
print_json() {
  local separator='' line ok=false
  case $1 in 0 | 3) ok=true ;; esac
  json_object system "$NAME" command "$COMMAND"
  printf '{%s,"dryRun":%s,"ok":%s,"differs":%s,"results":[' "$JSON" "$(yes_or_no "$DRY_RUN")" "$ok" "$(yes_or_no "$DIFFERS")"
  while IFS= read -r line; do
    printf '%s\n%s' "$separator" "$line"
    separator=,
  done <"$WORK/results"
  printf '\n]}\n'
}

yes_or_no() {
  if [ "$1" = yes ]; then echo true; else echo false; fi
}

# progress TEXT: one line that is overwritten on a terminal; elsewhere a line a minute, so that a CI job is seen to live.
progress() {
  if [ -t 3 ]; then
    printf '\r\033[K%s' "$1" >&3
  elif [ $((SECONDS - LAST_PROGRESS)) -ge 60 ]; then
    say "$1"
    LAST_PROGRESS=$SECONDS
  fi
}
LAST_PROGRESS=0

clear_progress() {
  [ ! -t 3 ] || printf '\r\033[K' >&3
}

# confirm QUESTION: a person's yes. Without a terminal only --yes is one.
confirm() {
  local answer=''
  if [ "$YES" = yes ] || dry_run; then return 0; fi
  [ -t 0 ] || refuse "$1 Nobody can be asked here: --yes says so beforehand."
  printf '%s [yes/no] ' "$1" >&3
  read -r answer || true
  [ "$answer" = yes ] || die "$COMMAND" 'not confirmed; nothing was changed'
}
