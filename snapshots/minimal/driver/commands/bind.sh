# shellcheck shell=bash
# Part of agcgen, the same for every system.
# bind: the values that only the deployment knows.

help_bind() {
  cat <<'HELP'
agc.sh bind: reads the output lateValues of the deployment, checks every value against its shape, and writes all of them into
k8s/platform/late-values.env. None of them is secret: commit the file. A file that has them already is left as it is.
HELP
}

command_bind() {
  step bind
  if ! has_rows late; then
    result unchanged 'late values' 'this system has none'
    return
  fi
  az_look deployment group show --resource-group "$GROUP" --name "$DEPLOYMENT" \
    --query 'properties.outputs.lateValues.value[].[key, value]' --output tsv >"$WORK/late"
  if dry_run; then
    say "  # writes them into ${LATE_VALUES#"$OUT"/}"
    return
  fi
  check_late_values
  write_late_values
}

check_late_values() {
  local key shape value
  while IFS=$'\t' read -r key shape; do
    value=$(bound_value "$key")
    if [ -z "$value" ]; then
      result failed "$key" "the deployment does not say it. infra/ has changed since; run: agc.sh deploy"
    elif ! fits_shape "$value" "$shape"; then
      result failed "$key" "'$value' is no $(shape_name "$shape")"
    fi
  done < <(rows late)
  if [ "$FAILED" = yes ]; then exit 1; fi
}

# bound_value KEY: what the deployment says.
bound_value() {
  local key value
  while IFS=$'\t' read -r key value; do
    if [ "$key" = "$1" ]; then printf '%s\n' "$value"; fi
  done <"$WORK/late"
}

# fits_shape VALUE SHAPE: a client id is a GUID; any other shape is the ARM type of an id.
fits_shape() {
  local hex='[0-9A-Fa-f]' guid
  guid="$hex{8}-$hex{4}-$hex{4}-$hex{4}-$hex{12}"
  if [ "$2" = client-id ]; then
    [[ $1 =~ ^$guid$ ]]
  else
    # Between the parts of the type stand the names.
    [[ $(lower "$1") =~ ^/subscriptions/$guid/resourcegroups/[^/]+/providers/$(lower "${2%%/*}/$(printf '%s' "${2#*/}" | sed 's,/,/[^/]+/,g')")/[^/]+$ ]]
  fi
}

shape_name() {
  if [ "$1" = client-id ]; then printf 'client id (a GUID)'; else printf 'resource id of a %s' "$1"; fi
}

# Each value below its own comment, as render writes them. What is in place is not written again.
write_late_values() {
  local line key
  {
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in '#'* | '') printf '%s\n' "$line" ;; esac
    done <"$LATE_VALUES"
  } >"$WORK/comments"
  awk -v late="$WORK/late" '
    BEGIN { while ((getline row < late) > 0) { split(row, field, "\t"); value[field[1]] = field[2]; order[++count] = field[1] } }
    function flush() { if (open != "") { print open "=" value[open]; done[open] = 1; open = "" } }
    /^$/ { flush() }
    /^# [A-Z][A-Z0-9_]*: / { key = $2; sub(/:$/, "", key); if (key in value) open = key }
    { print }
    END { flush(); for (i = 1; i <= count; i++) if (!(order[i] in done)) print order[i] "=" value[order[i]] }
  ' "$WORK/comments" >"$WORK/values"
  if cmp -s "$WORK/values" "$LATE_VALUES"; then
    result unchanged 'late values' "${LATE_VALUES#"$OUT"/} has them"
    return
  fi
  # A copy in the same folder, then a rename: whoever reads it sees the old file or the new one.
  cp "$WORK/values" "$LATE_VALUES.new"
  mv "$LATE_VALUES.new" "$LATE_VALUES"
  while IFS=$'\t' read -r key _; do
    result changed "$key" "$(bound_value "$key")"
  done < <(rows late)
  say "Commit ${LATE_VALUES#"$OUT"/}: git add '$LATE_VALUES' && git commit -m 'Late values of $NAME'"
}
