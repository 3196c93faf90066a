# shellcheck shell=bash
# Part of agcgen, the same for every system.
# apply: the ALB Controller, and the manifests in their phases.

help_apply() {
  cat <<'HELP'
agc.sh apply [platform] [workloads] [routes]: the ALB Controller and the manifests; without words all three phases.

  platform    the controller, where Helm installs it; k8s/platform; the Gateway is programmed; database users are made
  workloads   k8s/workloads; waits until they have rolled out. The Secrets of connections must be there: agc.sh connect
              Pods that act as an earlier identity are made anew.
  routes      k8s/routes; waits until each is programmed

What is as it should be is not applied again (kubectl diff says so). After all three, objects that agcgen once wrote and does not
write any more are deleted: those with its labels, of kinds that it writes, that are not in agcgen.lock; never a namespace.
HELP
}

command_apply() {
  local phase
  # shellcheck disable=SC2086 # words of check_words: no blank in them
  set -- $WORDS
  [ $# -gt 0 ] || set -- platform workloads routes
  step 'cluster'
  open_cluster
  for phase in platform workloads routes; do
    case " $* " in *" $phase "*) "apply_$phase" ;; esac
  done
  [ $# -lt 3 ] || prune
}

# --- phases

apply_platform() {
  step 'apply platform'
  install_controller
  wait_for 600 "gateway class $GATEWAY_CLASS is accepted" has_condition gatewayclass "$GATEWAY_CLASS" Accepted
  replace_jobs
  apply_folder platform
  wait_for_gateways
  wait_for_jobs
}

apply_workloads() {
  local workload secret limit
  step 'apply workloads'
  while IFS=$'\t' read -r _ _ _ _ _ secret _ <&4; do
    if dry_run; then continue; fi
    [ -n "$(kubectl_find secret "$secret" --namespace "$NAMESPACE" --output name)" ] ||
      die "secret $secret" 'its pods would wait for it. Run: agc.sh connect'
  done 4< <(rows connection)
  apply_folder workloads
  restart_for_identities
  while IFS=$'\t' read -r workload _ limit <&4; do
    wait_for "$limit" "$workload has rolled out" has_rolled_out "$workload"
    result ok "workload $workload" 'has rolled out'
  done 4< <(rows workload)
}

# The webhook writes the client id into a pod when the pod is made: pods from before a new identity never hear of it.
restart_for_identities() {
  local workload account
  while IFS=$'\t' read -r workload _ _ account _ <&5; do
    if dry_run; then
      say "  # restarts $workload if its pods act as another client id than service account $account"
    elif pods_act_as_another "$workload" "$account"; then
      kubectl_act rollout restart "deployment/$workload" --namespace "$NAMESPACE"
      result changed "workload $workload" 'restarted: its pods act as an earlier identity, or as none'
    fi
  done 5< <(rows identity)
}

# A pod that goes or has ended does not count: one that was evicted stays for long. Other webhooks add containers, and each has the
# variable.
pods_act_as_another() {
  local client
  client=$(client_of_account kubectl_look "$2")
  kubectl_look get pods --namespace "$NAMESPACE" --selector "app.kubernetes.io/name=$1" --output \
    'jsonpath={range .items[*]}{.metadata.deletionTimestamp}{"\t"}{.status.phase}{"\t"}{.spec.containers[*].env[?(@.name=="AZURE_CLIENT_ID")].value}{"\n"}{end}' \
    >"$WORK/client-ids"
  [ -n "$client" ] && awk -F '\t' -v client="$client" '
    $1 != "" || $2 == "Succeeded" || $2 == "Failed" { next }
    {
      n = split($3, ids, " ")
      if (n == 0) other = 1
      for (; n > 0; n--) if (ids[n] != client) other = 1
    }
    END { exit !other }' "$WORK/client-ids"
}

apply_routes() {
  local route
  has_rows route || return 0
  step 'apply routes'
  apply_folder routes
  while IFS=$'\t' read -r route _ <&4; do
    wait_for 600 "route $route is programmed" route_is_programmed "$route"
    result ok "route $route" 'is programmed'
  done 4< <(rows route)
}

# apply_folder PHASE: unless the cluster has it already.
apply_folder() {
  local status=0
  kubectl_try diff --server-side --kustomize "$OUT/k8s/$1" >"$WORK/diff" || status=$?
  if [ "$status" -eq 0 ] && ! dry_run; then
    result unchanged "k8s/$1"
    return
  fi
  # A status above 1 is no difference but a failure, such as a kind that is not there yet: the apply tells of it.
  kubectl_act apply --server-side --kustomize "$OUT/k8s/$1"
  result changed "k8s/$1" 'applied'
}

# --- the controller

install_controller() {
  local client_id wanted
  case $CONTROLLER in
    addon)
      result ok 'ALB Controller' 'AKS brings it as an add-on'
      return
      ;;
    existing)
      result ok 'ALB Controller' 'somebody else installs it'
      return
      ;;
  esac
  client_id=$(late_value ALB_CONTROLLER_CLIENT_ID)
  # Helm keeps this description with the release: what it was installed from.
  wanted="agcgen $(printf '%s %s %s' "$CONTROLLER_VERSION" "$client_id" "$(hash_of "$OUT/controller/values.yaml")" | hash_of)"
  if in_cluster try helm status "$CONTROLLER_RELEASE" --namespace "$CONTROLLER_NAMESPACE" --output yaml >"$WORK/release" &&
    grep -q "^  description: $wanted\$" "$WORK/release" && grep -q '^  status: deployed$' "$WORK/release"; then
    result unchanged 'ALB Controller' "$CONTROLLER_VERSION"
    return
  fi
  in_cluster act helm upgrade --install "$CONTROLLER_RELEASE" "$CONTROLLER_CHART" --version "$CONTROLLER_VERSION" \
    --namespace "$CONTROLLER_NAMESPACE" --values "$OUT/controller/values.yaml" \
    --set-string "albController.podIdentity.clientID=$client_id" --description "$wanted" --wait --timeout 10m
  result changed 'ALB Controller' "$CONTROLLER_VERSION installed"
}

wait_for_gateways() {
  local gateway
  if [ "$GATEWAY_DEPLOYMENT" = managed ]; then
    wait_for 900 'the ALB Controller has made the gateway in Azure' \
      has_condition applicationloadbalancer.alb.networking.azure.io "$GATEWAY_NAME" Deployment "$NAMESPACE"
    switch_logs
  fi
  while IFS=$'\t' read -r _ gateway <&4; do
    wait_for 600 "gateway $gateway is programmed" has_condition gateway "$gateway" Programmed "$NAMESPACE"
    result ok "gateway $gateway" 'is programmed'
  done 4< <(rows frontend)
}

# Whether the gateway logs what switch_logs has read, and where it says.
logs_are_right() {
  local has_workspace='' has_logs=''
  az_find monitor diagnostic-settings show --name logs --resource "$id" \
    --query "[[workspaceId, join(' ', sort(logs[?enabled].[category, categoryGroup][]))]]" --output tsv >"$WORK/logs"
  IFS=$'\t' read -r has_workspace has_logs <"$WORK/logs" || true
  same "$has_workspace" "$(full_id "$workspace")" && [ "$has_logs" = "$(kinds_of_logs)" ]
}

# The kinds of logs that are wanted, in order.
kinds_of_logs() {
  printf '%s\n' "$logs" | grep -o '"category[A-Za-z]*": "[A-Za-z]*"' | cut -d'"' -f4 | LC_ALL=C sort | paste -s -d ' ' -
}

# The ALB Controller has made the gateway under a random name, so Bicep cannot say what it logs.
switch_logs() {
  local workspace logs id
  if ! has_rows logs; then
    switch_off_logs
    return
  fi
  IFS=$'\t' read -r workspace logs < <(rows logs)
  id=$(traffic_controller)
  if logs_are_right; then
    result unchanged 'logs of the gateway'
    return
  fi
  az_act monitor diagnostic-settings create --name logs --resource "$id" --workspace "$(full_id "$workspace")" \
    --logs "$logs" --metrics '[{"category": "AllMetrics", "enabled": true}]' --output none
  result changed 'logs of the gateway' 'switched on'
}

# A setting of this name was made by this program, when the spec still asked for logs.
switch_off_logs() {
  local id
  id=$(traffic_controller)
  [ -n "$(az_find monitor diagnostic-settings show --name logs --resource "$id" --query name --output tsv)" ] || return 0
  az_act monitor diagnostic-settings delete --name logs --resource "$id" --output none
  result changed 'logs of the gateway' 'switched off'
}

# --- database users

# A finished Job cannot be changed. One that has failed, or is not what is rendered, makes room for the new one.
replace_jobs() {
  local job namespace status
  while IFS=$'\t' read -r job namespace <&4; do
    if ! dry_run && [ -z "$(kubectl_find job "$job" --namespace "$namespace" --output name)" ]; then continue; fi
    status=0
    kubectl_try diff --server-side --kustomize "$OUT/k8s/platform" --selector "app.kubernetes.io/name=$job" >"$WORK/diff" || status=$?
    if [ "$status" -eq 0 ] && ! dry_run && ! has_condition job "$job" Failed "$namespace"; then continue; fi
    kubectl_delete job "$job" --namespace "$namespace"
  done 4< <(rows job)
}

wait_for_jobs() {
  local job namespace
  while IFS=$'\t' read -r job namespace <&4; do
    if wait_for 1800 "job $job is complete" job_is_complete "$job" "$namespace"; then
      result ok "job $job" 'has made the database users'
      continue
    fi
    kubectl_try logs "job/$job" --namespace "$namespace" --all-pods --tail 40 >"$WORK/log" || first_line "$WORK/stderr" >"$WORK/log"
    tell "$WORK/log"
    exit 1
  done 4< <(rows job)
}

# Status 2 where the Job has given up.
job_is_complete() {
  if has_condition job "$1" Failed "$2"; then
    REASON='it has failed; its log stands below'
    return 2
  fi
  has_condition job "$1" Complete "$2"
}

# --- rollouts and pruning

# All pods are new ones, and all of them are available. As many may be available while an old one still serves for a new one.
has_rolled_out() {
  local wanted generation observed replicas updated available old
  # A number of the status is left out where it is 0, so each has a 0 in front.
  kubectl_try get deployment "$1" --namespace "$NAMESPACE" --output \
    'jsonpath={.spec.replicas}{" "}{.metadata.generation}{" 0"}{.status.observedGeneration}{" 0"}{.status.replicas}{" 0"}{.status.updatedReplicas}{" 0"}{.status.availableReplicas}' \
    >"$WORK/rollout" || return 1
  wanted='' generation='' observed='' replicas='' updated='' available=''
  read -r wanted generation observed replicas updated available <"$WORK/rollout" || true
  if [ "$observed" = "0$generation" ] && [ "$replicas $updated $available" = "0$wanted 0$wanted 0$wanted" ]; then return 0; fi
  available=${available#0} replicas=${replicas#0} updated=${updated#0}
  old=$((${replicas:-0} - ${updated:-0}))
  REASON="${available:-0} of $wanted pods are available$([ "$old" -le 0 ] || printf ', %s of before still there' "$old"). $(why_pods_wait "$1")"
  return 1
}

# Why the first pod of a workload that does not run does not.
why_pods_wait() {
  kubectl_try get pods --namespace "$NAMESPACE" --selector "app.kubernetes.io/name=$1" --output \
    'jsonpath={range .items[*].status.containerStatuses[*].state.waiting}{.reason}{": "}{.message}{"\n"}{end}' >"$WORK/waiting" || return 0
  first_line "$WORK/waiting"
}

prune() {
  local version kind namespace name
  step 'prune'
  list_stale kubectl_look
  if dry_run; then
    say '  # deletes those of them that are not in agcgen.lock'
    return
  fi
  while IFS=$'\t' read -r version kind namespace name <&4; do
    kubectl_delete "$(resource_of "$kind" "$version")" "$name" --namespace "$namespace"
    result changed "$kind $name" 'deleted; the spec does not have it any more'
  done 4<"$WORK/stale"
  result ok 'prune'
}

# list_stale ASK: leaves in $WORK/stale the objects that agcgen once wrote and does not write any more: version, kind, namespace, name.
# ASK is how the cluster is asked. Also of drift.
list_stale() {
  local kinds
  kinds=$(rows kind | tr '\n' ',' | sed 's/,$//')
  "$1" get "$kinds" --all-namespaces --selector "app.kubernetes.io/managed-by=agcgen,app.kubernetes.io/part-of=$NAME" --output \
    'jsonpath={range .items[*]}{.apiVersion}{"\t"}{.kind}{"\t"}{.metadata.namespace}{"\t"}{.metadata.name}{"\n"}{end}' >"$WORK/live" || return
  # Versions of a group come and go; the group is what an object belongs to.
  awk -F '\t' '
    function object(version, kind, namespace, name) { sub(/\/.*/, "", version); return version "\t" kind "\t" namespace "\t" name }
    !whole && $1 == "object" { written[object($2, $3, $4, $5)] }
    !whole && $1 == "end" { whole = 1; next }
    whole && !(object($1, $2, $3, $4) in written)' "$LOCK_FILE" "$WORK/live" >"$WORK/stale"
}

# The kind with its group, as kubectl takes it: `Gateway.v1.gateway.networking.k8s.io`.
resource_of() {
  case $2 in
    */*) printf '%s.%s.%s\n' "$1" "${2#*/}" "${2%/*}" ;;
    *) printf '%s\n' "$1" ;;
  esac
}
