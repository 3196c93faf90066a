# shellcheck shell=bash
# Part of agcgen, the same for every system.
# The way into the cluster, and questions about its objects that several commands ask.

# A kubeconfig of our own, made anew: it names no other cluster, and a cluster that was made anew has another address.
open_cluster() {
  get_credentials
  wait_for 600 'the cluster lets us in' cluster_lets_us_in
}

get_credentials() {
  az_look aks get-credentials --resource-group "$GROUP" --name "$CLUSTER" --file "$OWN_KUBECONFIG" --overwrite-existing >/dev/null
  in_cluster look kubelogin convert-kubeconfig -l azurecli
  if dry_run; then say "  # every kubectl and helm below with KUBECONFIG=$OWN_KUBECONFIG"; fi
}

# A role takes some minutes until the cluster knows of it.
cluster_lets_us_in() {
  kubectl_try auth can-i create namespaces --quiet && return 0
  REASON="whoever is signed in may not make namespaces yet; administrators of the spec may: $(first_line "$WORK/stderr")"
  return 1
}

# Where the cluster may be gone or unreachable, and that is no failure: drift, status, deploy.
cluster_is_there() {
  [ -n "$(az_find aks show --resource-group "$GROUP" --name "$CLUSTER" --query name --output tsv)" ] || dry_run
}

# has_condition KIND NAME CONDITION [NAMESPACE]: whether a condition is True; else its message is the reason.
has_condition() {
  local generation status seen message
  kubectl_try get "$1" "$2" ${4:+--namespace "$4"} --output \
    "jsonpath={.metadata.generation}{\"\\t\"}{range .status.conditions[?(@.type==\"$3\")]}{.status}{\"\\t0\"}{.observedGeneration}{\"\\t\"}{.message}{end}" \
    >"$WORK/condition" || return 1
  generation='' status='' seen='' message=''
  IFS=$'\t' read -r generation status seen message <"$WORK/condition" || true
  if is_old "$generation" "$seen"; then return 1; fi
  [ "$status" != True ] || return 0
  REASON="$3 is ${status:-not said yet}${message:+: $message}"
  return 1
}

# is_old GENERATION SEEN: whether a condition speaks of an object as it was before its last change. SEEN is the generation that the
# controller has seen, with a 0 in front: not every controller says it, and no field is empty.
is_old() {
  [ "${2:-0}" -ne 0 ] && [ "$2" -lt "$1" ] || return 1
  REASON='its controller has not seen the last change yet'
}

# Every parent of a route must have accepted, resolved and programmed it.
route_is_programmed() {
  local type generation kind status seen message parents
  kubectl_try get httproute "$1" --namespace "$NAMESPACE" --output \
    'jsonpath={.metadata.generation}{"\n"}{range .status.parents[*].conditions[*]}{.type}{"\t"}{.status}{"\t0"}{.observedGeneration}{"\t"}{.message}{"\n"}{end}' \
    >"$WORK/condition" || return 1
  for type in Accepted ResolvedRefs Programmed; do
    parents=0
    {
      IFS= read -r generation || true
      while IFS=$'\t' read -r kind status seen message; do
        [ "$kind" = "$type" ] || continue
        parents=$((parents + 1))
        if is_old "$generation" "$seen"; then return 1; fi
        if [ "$status" != True ]; then
          REASON="$type is $status: $message"
          return 1
        fi
      done
    } <"$WORK/condition"
    if [ "$parents" -eq 0 ]; then
      REASON="$type is not said yet"
      return 1
    fi
  done
}

# has_keys KIND NAME ROWS KEY: whether a Secret or ConfigMap has every key that these rows name, with a value. The values are not read.
has_keys() {
  local wanted
  kubectl_try get "$1" "$2" --namespace "$NAMESPACE" \
    --output "go-template={{range \$key, \$value := .data}}{{if \$value}}{{\$key}}{{\"\\n\"}}{{end}}{{end}}" >"$WORK/keys" || return 1
  if dry_run; then return 0; fi
  while IFS= read -r wanted; do
    grep -Fqx "$wanted" "$WORK/keys" || {
      REASON="it has no $wanted"
      return 1
    }
  done < <(rows_of "$3" "$4")
}

# The pods that a workload has now, by name. One that goes is still called Running until it has ended.
pods_of() {
  kubectl_look get pods --namespace "$NAMESPACE" --selector "app.kubernetes.io/name=$1" --output \
    'jsonpath={range .items[?(@.status.phase=="Running")]}{.metadata.deletionTimestamp}{"\t"}{.metadata.name}{"\n"}{end}' |
    awk -F '\t' '$1 == "" { print $2 }'
}

# client_of_account ASK ACCOUNT: the client id that a service account is annotated with. ASK is how the cluster is asked.
client_of_account() {
  "$1" get serviceaccount "$2" --namespace "$NAMESPACE" --output 'jsonpath={.metadata.annotations.azure\.workload\.identity/client-id}'
}

# One pod of a workload; in a dry run a name for it.
a_pod_of() {
  local pod
  pod=$(pods_of "$1" | sed -n 1p)
  if [ -n "$pod" ]; then printf '%s\n' "$pod"; else unknown "pod-of-$1"; fi
}

# The id of the traffic controller: ours, or the one that the ALB Controller made and names in a message `alb-id=<id>`.
traffic_controller() {
  local id
  if [ "$GATEWAY_DEPLOYMENT" = byo ]; then
    full_id "/resourceGroups/$GROUP/providers/Microsoft.ServiceNetworking/trafficControllers/$GATEWAY_NAME"
    return
  fi
  id=$(kubectl_find applicationloadbalancer.alb.networking.azure.io "$GATEWAY_NAME" --namespace "$NAMESPACE" \
    --output 'jsonpath={.status.conditions[?(@.type=="Deployment")].message}' | sed -n 's/^alb-id=//p')
  if [ -n "$id" ]; then printf '%s\n' "$id"; else unknown AGC_ID; fi
}

# The host name of a Gateway.
host_of() {
  local host
  host=$(kubectl_find gateway "$1" --namespace "$NAMESPACE" --output 'jsonpath={.status.addresses[0].value}')
  if [ -n "$host" ]; then printf '%s\n' "$host"; else unknown "host-of-$1"; fi
}
