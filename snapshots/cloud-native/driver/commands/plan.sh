# shellcheck shell=bash
# Part of agcgen, the same for every system.
# plan: what a deployment would change in Azure.

help_plan() {
  cat <<'HELP'
agc.sh plan: what a deployment would change in Azure, as az deployment group what-if says. Changes nothing.

Ends with 3 where something would change. What-if also lists properties that Azure fills in by itself; read it, do not count it.
Of a property it shows the path, never a value. What what-if cannot tell beforehand is skipped, and is no difference.
HELP
}

command_plan() {
  step plan
  plan_infra
}

# The changes of what-if, one result each. Also asked by drift.
plan_infra() {
  local change id detail found='' modified=''
  # A network's subnets and peerings are resources of their own. What-if says that they go where the network does not list them,
  # and they stay (Azure/arm-template-whatif#439, 2026-09).
  local not_told="path != 'properties.subnets' && path != 'properties.virtualNetworkPeerings'"
  if ! dry_run && ! group_exists "$GROUP"; then
    result differs "group $GROUP" 'is not there: everything would be made'
    return
  fi
  # Values of secrets are not compared: a parameter without a value leaves its secret as it is. Of the others only paths leave az.
  # With --result-format ResourceIdOnly what-if says Deploy of all that is there, changed or not
  # (https://learn.microsoft.com/azure/azure-resource-manager/bicep/deploy-what-if, 2026-11). An empty list counts as false in JMESPath.
  az_look deployment group what-if --resource-group "$GROUP" --name "$DEPLOYMENT" --parameters "$PARAMETERS" \
    --no-pretty-print --query "[changes, potentialChanges, diagnostics][].[changeType || level, resourceId || target || 'infra', \
unsupportedReason || message || join(', ', not_null(delta, \`[]\`)[?propertyChangeType != 'NoEffect' && $not_told].not_null(path, '?')) || '-']" \
    --output tsv >"$WORK/changes"
  while IFS=$'\t' read -r change id detail; do
    case $change:$detail in
      # Ignore: it lies in the group and not in infra/, of which drift tells. Info: nothing is missing. Modify:- has no property that
      # anybody could write. Without a tab it is the rest of a message.
      NoChange:* | Ignore:* | Info:* | Modify:- | *:) continue ;;
      Create:* | Delete:*) result differs "$(short_id "$id")" "$change" ;;
      Modify:*)
        result differs "$(short_id "$id")" "Modify $detail"
        modified=yes
        ;;
      *)
        [ "$detail" = - ] || change="$change, $detail"
        result skipped "$(short_id "$id")" "what-if cannot tell what becomes of it: $change"
        ;;
    esac
    found=yes
  done <"$WORK/changes"
  if [ "$modified" = yes ]; then say 'What-if also lists properties that Azure fills in by itself: read these before you count them.'; fi
  [ "$found" = yes ] || result unchanged 'infra' 'Azure is as in infra/'
}
