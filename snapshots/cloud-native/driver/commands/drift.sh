# shellcheck shell=bash
# Part of agcgen, the same for every system.
# drift: what is not as in this folder any more.

help_drift() {
  cat <<'HELP'
agc.sh drift: what is not as in this folder any more: in Azure (what-if), in the cluster (kubectl diff), in Service Connector.

It also lists what lies in the resource group and is not in the spec: what an earlier spec asked for stays, and is billed. That is no
difference. Changes nothing. Ends with 3 where something differs, and prints the differences of manifests as kubectl diff does.
HELP
}

command_drift() {
  local phase connection workload target client identity secret resource
  step 'drift in Azure'
  forget_secrets
  plan_infra
  tell_of_foreign
  step 'drift in the cluster'
  if ! cluster_is_there; then
    result differs "cluster $CLUSTER" 'is not there'
    return
  fi
  open_cluster
  for phase in platform workloads routes; do
    if [ "$phase" != routes ] || has_rows route; then diff_folder "$phase"; fi
  done
  diff_stale
  if has_rows connection; then step 'drift of connections'; fi
  while IFS=$'\t' read -r connection workload target client identity secret resource <&5; do
    if connection_is_right && has_keys secret "$secret" connection-key "$connection"; then
      result unchanged "connection $connection"
    else
      result differs "connection $connection" 'it is not there, not finished, leads elsewhere, or sets other variables'
    fi
  done 5< <(rows connection)
}

# No deployment deletes what an earlier spec asked for.
tell_of_foreign() {
  if ! dry_run && ! group_exists "$GROUP"; then return; fi
  list_group
  if dry_run || [ ! -s "$WORK/foreign" ]; then return; fi
  say "In the group, and not in the spec, or not any more; Azure bills it until somebody deletes it:"
  say_foreign
}

# A value that is given would be written by a deployment; it says nothing about what has changed.
forget_secrets() {
  local variable
  while IFS=$'\t' read -r variable _; do
    unset "$variable"
  done < <(rows secret)
}

# What the next apply of all three phases deletes.
diff_stale() {
  local kind name
  list_stale kubectl_try || {
    result failed 'objects of an earlier spec' "could not be listed: $(first_line "$WORK/stderr")"
    return
  }
  if dry_run; then return; fi
  while IFS=$'\t' read -r _ kind _ name; do
    result differs "$kind $name" 'the spec does not have it any more; agc.sh apply deletes it'
  done <"$WORK/stale"
}

diff_folder() {
  local status=0
  kubectl_try diff --server-side --kustomize "$OUT/k8s/$1" >"$WORK/diff" || status=$?
  if [ "$status" -gt 1 ]; then
    result failed "k8s/$1" "could not be compared: $(first_line "$WORK/stderr")"
  elif [ "$status" -eq 1 ]; then
    sed 's/^/  /' "$WORK/diff" >&3
    result differs "k8s/$1"
  else
    result unchanged "k8s/$1"
  fi
}
