# shellcheck shell=bash
# Part of agcgen, the same for every system.
# plan: what a deployment would change in Azure.

help_plan() {
  cat <<'HELP'
agc.sh plan: what a deployment would change in Azure, as az deployment group what-if says. Changes nothing.

Ends with 3 where something would change. What-if also lists properties that Azure fills in by itself; read it, do not count it.
HELP
}

command_plan() {
  step plan
  plan_infra
}

# The changes of what-if, one result each. Also asked by drift.
plan_infra() {
  local change id found=''
  if ! dry_run && ! group_exists "$GROUP"; then
    result differs "group $GROUP" 'is not there: everything would be made'
    return
  fi
  # Values of secrets are not compared: a parameter without a value leaves its secret as it is.
  az_look deployment group what-if --resource-group "$GROUP" --name "$DEPLOYMENT" --parameters "$PARAMETERS" \
    --result-format ResourceIdOnly --exclude-change-types NoChange Ignore --no-pretty-print \
    --query 'changes[].[changeType, resourceId]' --output tsv >"$WORK/changes"
  while IFS=$'\t' read -r change id; do
    [ -n "$change" ] || continue
    found=yes
    result differs "$(short_id "$id")" "$change"
  done <"$WORK/changes"
  [ "$found" = yes ] || result unchanged 'infra' 'Azure is as in infra/'
}
