# shellcheck shell=bash
# Part of agcgen, the same for every system.
# The system of this folder: the rows of system.tsv, the late values, and hashes of what is rendered.
#
# A row is tab-separated fields, the first one its kind. No field is empty (`-` stands for none), because read joins adjacent tabs.

# Reads what every command needs into the variables below.
# shellcheck disable=SC2034 # the other files read them
open_system() {
  SYSTEM=$DRIVER/system.tsv LOCK_FILE=$OUT/agcgen.lock LATE_VALUES=$OUT/k8s/platform/late-values.env
  [ -f "$SYSTEM" ] || refuse "system.tsv is not beside agc.sh; render the spec again."
  read_rows
  [ "$(rows agcgen-system)" = 1 ] || refuse "this agc.sh and system.tsv are of different versions of agcgen; render the spec again."
  [ "$(rows end)" = "$(($(grep -c -v '^#' "$SYSTEM") - 1))" ] || refuse "system.tsv has lost rows; render the spec again."
  # What is not in it is deleted from the cluster.
  [ -f "$LOCK_FILE" ] || refuse "agcgen.lock is missing. It belongs to this folder and into git: restore it, or render the spec again."
  is_whole_lock || refuse "agcgen.lock is cut short or damaged: restore it from git, or render the spec again with --force."
  IFS=$'\t' read -r NAME _ < <(rows system)
  IFS=$'\t' read -r GROUP LOCATION GROUP_PROVISION < <(rows group)
  IFS=$'\t' read -r CLUSTER NODE_GROUP KUBERNETES NODE_SIZE NODE_COUNT NODE_SURGE NODE_ZONES CNI SERVICE_CIDR < <(rows cluster)
  IFS=$'\t' read -r CONTROLLER CONTROLLER_RELEASE CONTROLLER_CHART CONTROLLER_VERSION CONTROLLER_NAMESPACE < <(rows controller)
  IFS=$'\t' read -r GATEWAY_DEPLOYMENT GATEWAY_NAME GATEWAY_CLASS GATEWAY_API_VERSION < <(rows gateway)
  DEPLOYMENT=$(rows deployment)
  NAMESPACE=$(rows namespace | sed -n 1p)
  SPEC_SUBSCRIPTION=$(rows subscription)
  PARAMETERS=$OUT/infra/main.bicepparam
}

# Its last row says how many stand before it.
is_whole_lock() {
  awk -F '\t' '{ whole = $1 == "end" && $2 "" == NR - 1 "" } END { exit !whole }' "$LOCK_FILE"
}

# Reads the rows of each kind into a variable of its own: a system may have thousands, and is asked for them again and again.
read_rows() {
  local kind rest name
  unset "${!ROWS_@}"
  while IFS=$'\t' read -r kind rest; do
    case $kind in
      '#'*) continue ;;
      *[!a-z-]*) refuse "system.tsv is damaged; render the spec again." ;;
    esac
    name=ROWS_${kind//-/_}
    printf -v "$name" '%s%s\n' "${!name-}" "$rest"
  done <"$SYSTEM"
}

# rows KIND: the rows of that kind, without the kind.
rows() {
  local name=ROWS_${1//-/_}
  printf '%s' "${!name-}"
}

has_rows() {
  local name=ROWS_${1//-/_}
  [ -n "${!name-}" ]
}

# rows_of KIND KEY: the rows of that kind whose next field is KEY, without both.
rows_of() {
  local name=ROWS_${1//-/_} row
  while IFS= read -r row; do
    if [ "${row%%$'\t'*}" = "$2" ]; then printf '%s\n' "${row#*$'\t'}"; fi
  done <<<"${!name-}"
}

# late_value KEY: from late-values.env. In a dry run one that is open is shown as <KEY>.
late_value() {
  local key value
  while IFS='=' read -r key value; do
    if [ "$key" = "$1" ] && [ -n "$value" ]; then
      printf '%s\n' "$value"
      return
    fi
  done <"$LATE_VALUES"
  unknown "$1" || die "late value $1" "it has no value yet; run: agc.sh bind"
}

# unknown NAME: what a dry run prints in the place of a value that is not known yet. Fails where this is no dry run.
unknown() {
  dry_run || return 1
  printf '%s\n' "$1" >>"$WORK/unknown"
  printf '<%s>\n' "$1"
}

# full_id PATH: a resource id. Rows whose subscription is the one that is deployed to begin with /resourceGroups.
full_id() {
  case $1 in
    /resourceGroups/*) printf '/subscriptions/%s%s\n' "$SUBSCRIPTION" "$1" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# The part of a resource id behind its group.
short_id() {
  case $1 in
    */providers/*) printf '%s\n' "${1##*/providers/}" ;;
    *) printf '%s\n' "$1" ;;
  esac
}

# The hash of a file, or of standard input.
hash_of() {
  hashes_of "$@" | cut -c1-64
}

# A line for each file: hash and name.
hashes_of() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi
}

# One hash of everything in infra/: names and contents.
hash_of_infra() {
  (
    cd "$OUT" || exit
    set --
    while IFS= read -r file; do
      set -- "$@" "$file"
    done < <(find infra -type f | LC_ALL=C sort)
    hashes_of "$@"
  ) | hash_of
}

# same ONE OTHER: whether two texts of Azure are the same; it takes no notice of case in names and ids.
same() {
  local status=1
  shopt -s nocasematch
  if [[ $1 = "$2" ]]; then status=0; fi
  shopt -u nocasematch
  return "$status"
}

# is_part_of ID WHOLE: whether an id is that of WHOLE, or of a part of it.
is_part_of() {
  local status=1
  shopt -s nocasematch
  if [[ $1/ = "$2"/* ]]; then status=0; fi
  shopt -u nocasematch
  return "$status"
}

lower() {
  printf '%s' "$1" | in_lower_case
}

in_lower_case() {
  LC_ALL=C tr '[:upper:]' '[:lower:]'
}
