# shellcheck shell=bash
# Part of agcgen, the same for every system.
# status: what there is, in one screen.

help_status() {
  cat <<'HELP'
agc.sh status: what there is, in one screen: the group, the deployment, the late values, the cluster, the workloads, the connections,
and where clients reach it. Changes nothing, waits for nothing, and judges nothing: verify does.
HELP
}

command_status() {
  step status
  if ! dry_run && ! group_exists "$GROUP"; then
    result missing "group $GROUP" 'nothing is deployed; begin with: agc.sh preflight'
    return
  fi
  result ok "group $GROUP"
  status_of_deployment
  status_of_late_values
  if ! cluster_is_there; then
    result missing "cluster $CLUSTER"
    return
  fi
  status_of_cluster
}

status_of_deployment() {
  local state
  state=$(deployment_state)
  if [ -z "$state" ] && ! dry_run; then
    result missing "deployment $DEPLOYMENT" 'run: agc.sh deploy'
  elif is_deployed; then
    result ok "deployment $DEPLOYMENT" 'has made what is in infra/'
  elif [ "$state" = Succeeded ]; then
    result missing "deployment $DEPLOYMENT" "it is $state, and infra/ has changed since, a run ended before it, or the cluster is gone; run: agc.sh deploy"
  elif ! dry_run; then
    result missing "deployment $DEPLOYMENT" "it is $state; run: agc.sh deploy"
  fi
}

status_of_late_values() {
  local key _shape
  while IFS=$'\t' read -r key _shape <&4; do
    if grep -q "^$key=." "$LATE_VALUES"; then
      result ok "late value $key" "$(late_value "$key")"
    else
      result missing "late value $key" 'run: agc.sh bind'
    fi
  done 4< <(rows late)
}

status_of_cluster() {
  local workload ready gateway host
  result ok "cluster $CLUSTER" "$(az_look aks show --resource-group "$GROUP" --name "$CLUSTER" \
    --query "join(', ', [provisioningState, powerState.code, currentKubernetesVersion][].not_null(@, '-'))" --output tsv)"
  get_credentials
  if ! cluster_lets_us_in; then
    result missing 'workloads' "$REASON"
    return
  fi
  while IFS=$'\t' read -r workload _ <&4; do
    ready=$(kubectl_find deployment "$workload" --namespace "$NAMESPACE" --output 'jsonpath={.status.availableReplicas} of {.spec.replicas} pods')
    if [ -n "$ready" ]; then result ok "workload $workload" "${ready# }"; else result missing "workload $workload"; fi
  done 4< <(rows workload)
  while IFS=$'\t' read -r _ gateway <&4; do
    # Before the platform is applied the cluster may not know Gateways.
    host=$(kubectl_try get --ignore-not-found gateway "$gateway" --namespace "$NAMESPACE" --output 'jsonpath={.status.addresses[0].value}') || host=''
    if [ -n "$host" ]; then result ok "gateway $gateway" "http://$host"; else result missing "gateway $gateway" 'it has no address'; fi
  done 4< <(rows frontend)
  if has_rows connection; then status_of_connections; fi
}

status_of_connections() {
  local name state
  az_look aks connection list --resource-group "$GROUP" --name "$CLUSTER" \
    --query '[].[name, provisioningState]' --output tsv >"$WORK/connections"
  while IFS=$'\t' read -r name _ <&4; do
    state=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' "$WORK/connections")
    if [ -n "$state" ]; then result ok "connection $name" "$state"; else result missing "connection $name" 'run: agc.sh connect'; fi
  done 4< <(rows connection)
}
