# shellcheck shell=bash
# Part of agcgen, the same for every system.
# What lies in the resource group, and what of it is of the spec.

# Leaves the ids of all in $WORK/resources, and in $WORK/foreign of what the spec does not have, or not any more.
list_group() {
  local id
  az_look resource list --resource-group "$GROUP" --query '[].id' --output tsv >"$WORK/resources"
  : >"$WORK/foreign"
  while IFS= read -r id; do
    is_listed "$id" || printf '%s\n' "$id" >>"$WORK/foreign"
  done <"$WORK/resources"
}

# Whether a resource is one that the deployment makes, or a part of one.
is_listed() {
  local own
  while IFS= read -r own; do
    if is_part_of "$1" "$(full_id "$own")"; then return 0; fi
  done < <(rows resource)
  return 1
}

say_foreign() {
  sed 's,.*/providers/,  ,' "$WORK/foreign" >&3
}
