# shellcheck shell=bash
# Part of agcgen, the same for every system.
# connect: the connections of Service Connector, one at a time.

help_connect() {
  cat <<'HELP'
agc.sh connect: the connections of Service Connector. Each writes where a resource is into a Secret of the workload's namespace.

For each, one after another: waits until the cluster is not being changed, makes the connection unless it is there as it should be,
and waits until its Secret has every key. A workload whose pods started before its Secret changed is restarted.
Identities, roles and firewall rules are those of infra/, hence --opt-out auth publicnetwork.
HELP
}

command_connect() {
  step connect
  if ! has_rows connection; then
    result unchanged 'connections' 'none goes by Service Connector'
    return
  fi
  if [ "$COMMAND" = connect ]; then open_cluster; fi
  local connection workload target client identity secret resource
  while IFS=$'\t' read -r connection workload target client identity secret resource <&5; do
    make_connection
    wait_for 300 "secret $secret has its keys" has_keys secret "$secret" connection-key "$connection"
  done 5< <(rows connection)
  restart_workloads
}

# Makes the connection that command_connect has read, unless it is there and right. The names of its variables are seen in its
# Secret alone.
make_connection() {
  local flag value keys unless_equal=--no-recreate
  if connection_is_right; then
    if has_keys secret "$secret" connection-key "$connection"; then
      result unchanged "connection $connection"
      return
    fi
    # With that option az 2.91 would see an equal connection, and the service would not write its Secret again.
    unless_equal=''
  fi
  wait_for 1800 'the cluster is not being changed' cluster_is_settled
  set -- connection create "$target" --resource-group "$GROUP" --name "$CLUSTER" --connection "$connection" \
    --kube-namespace "$NAMESPACE"
  while IFS=$'\t' read -r flag value; do
    set -- "$@" "$flag" "$value"
  done < <(rows_of connection-flag "$connection")
  set -- "$@" --workload-identity "$(identity_id "$identity")" --client-type "$client"
  keys=''
  while IFS= read -r value; do
    [ -n "$keys" ] || set -- "$@" --customized-keys
    keys=yes
    set -- "$@" "$value"
  done < <(rows_of connection-rename "$connection")
  az_act aks "$@" --opt-out auth publicnetwork ${unless_equal:+"$unless_equal"} --output none
  result changed "connection $connection" "$workload to ${resource##*/}"
}

identity_id() {
  full_id "/resourceGroups/$GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/$1"
}

# Whether the connection leads where it should: state, target, client type, namespace and identity.
connection_is_right() {
  local state target_id client_type scope client_id
  az_find aks connection show --resource-group "$GROUP" --name "$CLUSTER" --connection "$connection" \
    --query "[[provisioningState, targetService.id, clientType, scope || '-', authInfo.clientId || '-']]" --output tsv >"$WORK/connection"
  state='' target_id='' client_type='' scope='' client_id=''
  IFS=$'\t' read -r state target_id client_type scope client_id <"$WORK/connection" || true
  is_part_of "$target_id" "$(full_id "$resource")" && [ "$state" = Succeeded ] && [ "$client_type" = "$client" ] && [ "$scope" = "$NAMESPACE" ] &&
    [ "$client_id" = "$(late_value "$(client_id_key "$workload")")" ]
}

client_id_key() {
  local key
  IFS=$'\t' read -r _ _ _ key < <(rows_of identity "$1")
  printf '%s\n' "$key"
}

cluster_is_settled() {
  REASON=$(az_try aks show --resource-group "$GROUP" --name "$CLUSTER" --query provisioningState --output tsv) || return 1
  [ "$REASON" = Succeeded ] && return 0
  [ "$REASON" != Failed ] || {
    REASON='it has failed; run: agc.sh deploy --again'
    return 2
  }
  REASON="it is $REASON"
  return 1
}

# A changed Secret does not restart pods: envFrom is read once, when a container starts.
restart_workloads() {
  local workload limit _rest
  while IFS= read -r workload <&5; do
    if dry_run; then
      say "  # restarts $workload if its pods are older than its Secrets"
    elif pods_are_older_than_secrets "$workload"; then
      kubectl_act rollout restart "deployment/$workload" --namespace "$NAMESPACE"
      IFS=$'\t' read -r _ limit < <(rows_of workload "$workload")
      wait_for "$limit" "$workload has rolled out" has_rolled_out "$workload"
      result changed "workload $workload" 'restarted: a Secret of it is newer than its pods'
    fi
  done 5< <(rows connection | cut -f2 | LC_ALL=C sort -u)
}

# Times of Kubernetes are of one form, so their order is that of their text.
pods_are_older_than_secrets() {
  local oldest newest secrets
  secrets=$(rows connection | awk -F '\t' -v workload="$1" '$2 == workload { print $6 }')
  oldest=$(kubectl_look get pods --namespace "$NAMESPACE" --selector "app.kubernetes.io/name=$1" --output \
    'jsonpath={range .items[*].status.containerStatuses[*].state.running}{.startedAt}{"\n"}{end}' | grep . | LC_ALL=C sort | sed -n 1p) || true
  [ -n "$oldest" ] || return 1
  # shellcheck disable=SC2086 # names of Secrets: no blank in them
  newest=$(kubectl_look get secret $secrets --namespace "$NAMESPACE" --show-managed-fields --output \
    'jsonpath={range ..managedFields[*]}{.time}{"\n"}{end}' | LC_ALL=C sort | tail -n 1)
  [[ $newest > $oldest ]]
}
