# shellcheck shell=bash
# Part of agcgen, the same for every system.
# destroy: all of it away, in the order that leaves nothing behind: each part needs what the later ones remove.

help_destroy() {
  cat <<'HELP'
agc.sh destroy [--without-cluster]: all of it away. Lists first what goes, and asks.

  1. routes and Gateway; where the ALB Controller made the gateway, waits until Azure has removed it
  2. connections of Service Connector, their Secrets, and service accounts that it made
  3. the ALB Controller, where Helm installed it; the namespaces with everything in them
  4. role assignments that would stay when the rest is gone
  5. the resource group, if this program made it and nothing of others is in it; else what the deployment made, one by one

What Azure is deleting already is waited for. With --without-cluster 1 to 3 are left out, for a cluster that does not answer: it
goes all the same, with everything in it, and its group of nodes with a gateway that the ALB Controller made there.
DNS records are yours: remove those that lead to a frontend BEFORE. The host name of a removed frontend may become somebody else's.
Data is gone, but for vaults, which are kept as deleted for a while.
HELP
}

command_destroy() {
  step 'destroy'
  if ! dry_run && ! group_exists "$GROUP"; then
    result unchanged "group $GROUP" 'is not there'
    tell_of_vaults
    return
  fi
  if group_is_going; then
    result ok "group $GROUP" 'Azure is deleting it already'
    wait_for_group
    tell_of_vaults
    return
  fi
  ask_about_cluster
  say "First of all: remove every DNS record that leads to a frontend. Its host name may become somebody else's."
  list_what_goes
  confirm "All of that is deleted in the subscription $SUBSCRIPTION_NAME ($SUBSCRIPTION), with its data. Are the DNS records gone that lead to it, and is that what you want?"
  case $CLUSTER_IS in
    there)
      step 'destroy in the cluster'
      enter_cluster
      remove_routes_and_gateways
      remove_connections
      remove_controller
      remove_namespaces
      ;;
    going) wait_for 3600 "cluster $CLUSTER is gone" cluster_is_gone ;;
  esac
  step 'destroy in Azure'
  remove_assignments assignment
  if [ "$WHOLE_GROUP" = yes ]; then look_again; fi
  if [ "$WHOLE_GROUP" = yes ]; then
    remove_group
  else
    forget_deployment
    remove_assignments group-assignment
    remove_resources
  fi
  tell_of_vaults
}

# --- whether the cluster can be asked

# Leaves in CLUSTER_IS what it is: gone, going, there, or unasked. One that cannot answer is told of before anything is removed.
ask_about_cluster() {
  local state='' power='' without='agc.sh destroy --without-cluster removes it unasked'
  CLUSTER_IS=unasked
  if [ "$WITHOUT_CLUSTER" = yes ]; then return; fi
  az_find aks show --resource-group "$GROUP" --name "$CLUSTER" --query '[[provisioningState, powerState.code]]' --output tsv >"$WORK/cluster"
  IFS=$'\t' read -r state power <"$WORK/cluster" || true
  if dry_run; then state=Succeeded; fi
  case $state:$power in
    :) CLUSTER_IS=gone ;;
    Deleting:*)
      CLUSTER_IS=going
      result ok "cluster $CLUSTER" 'Azure is deleting it already'
      ;;
    *:Stopped | Stopping:*)
      die "cluster $CLUSTER" "it is stopped. Run: az aks start --resource-group $GROUP --name $CLUSTER --subscription $SUBSCRIPTION, then the same again; or $without"
      ;;
    Failed:*) die "cluster $CLUSTER" "it has failed. agc.sh deploy --again may mend it; or $without" ;;
    *) CLUSTER_IS=there ;;
  esac
}

cluster_is_gone() {
  REASON=$(az_try aks list --resource-group "$GROUP" --query "[?name=='$CLUSTER'].provisioningState" --output tsv) || return 1
  [ -n "$REASON" ] || return 0
  REASON="it is $REASON"
  return 1
}

enter_cluster() {
  get_credentials
  wait_for 600 'the cluster lets us in' cluster_lets_us_in ||
    die "cluster $CLUSTER" 'cannot be asked, for the reason above. When it is gone: the same again; or agc.sh destroy --without-cluster removes it unasked'
}

# --- what goes

# Decides whether the whole group goes (WHOLE_GROUP), and says what goes and what stays.
list_what_goes() {
  local made id
  made=$(az_look group show --name "$GROUP" --query 'tags."agcgen-made"' --output tsv)
  list_group
  WHOLE_GROUP=no
  if [ "$made" = "$NAME" ] && [ ! -s "$WORK/foreign" ]; then WHOLE_GROUP=yes; fi
  if dry_run; then
    WHOLE_GROUP=$(if [ "$GROUP_PROVISION" = created ]; then echo yes; else echo no; fi)
    return
  fi
  if [ "$CLUSTER_IS" = unasked ]; then say 'The cluster is not asked: what is in it goes with it.'; fi
  say 'Goes, with all data in it:'
  if [ "$WHOLE_GROUP" = yes ]; then say "  the resource group $GROUP and that of the nodes, $NODE_GROUP"; fi
  while IFS= read -r id; do
    if is_listed "$id"; then say "  $(short_id "$id")"; fi
  done <"$WORK/resources"
  [ "$WHOLE_GROUP" = yes ] && return
  if [ -s "$WORK/foreign" ]; then
    say "Stays, because the spec does not have it, or not any more:"
    say_foreign
  else
    say "Stays: the resource group $GROUP, which was there before."
  fi
}

# --- in the cluster

remove_routes_and_gateways() {
  local gateway
  if has_rows route; then
    kubectl_delete --kustomize "$OUT/k8s/routes"
  fi
  while IFS=$'\t' read -r _ gateway <&4; do
    kubectl_delete gateway "$gateway" --namespace "$NAMESPACE"
    result changed "gateway $gateway" 'is gone'
  done 4< <(rows frontend)
  if [ "$GATEWAY_DEPLOYMENT" = managed ]; then
    # Its controller must still run: it removes what it made in Azure, and only then lets the object go.
    kubectl_delete applicationloadbalancer.alb.networking.azure.io "$GATEWAY_NAME" --namespace "$NAMESPACE"
    result changed "gateway $GATEWAY_NAME in Azure" 'is gone'
  fi
}

remove_connections() {
  local connection workload secret key
  has_rows connection || return 0
  az_look aks connection list --resource-group "$GROUP" --name "$CLUSTER" --query '[].name' --output tsv >"$WORK/connections"
  while IFS=$'\t' read -r connection workload _ _ _ secret _ <&4; do
    if dry_run || grep -Fqx "$connection" "$WORK/connections"; then
      wait_for 1800 'the cluster is not being changed' cluster_is_settled
      az_act aks connection delete --resource-group "$GROUP" --name "$CLUSTER" --connection "$connection" --yes --output none
      result changed "connection $connection" 'is gone'
    fi
    # The service leaves its Secrets, and a service account where it made one.
    kubectl_delete secret "$secret" --namespace "$NAMESPACE"
    key=$(client_id_key "$workload")
    if dry_run || grep -q "^$key=." "$LATE_VALUES"; then
      kubectl_delete serviceaccount "sc-account-$(late_value "$key")" --namespace "$NAMESPACE"
    fi
  done 4< <(rows connection)
}

remove_controller() {
  [ "$CONTROLLER" = helm ] || return 0
  in_cluster act helm uninstall "$CONTROLLER_RELEASE" --namespace "$CONTROLLER_NAMESPACE" --ignore-not-found --wait
  result changed 'ALB Controller' 'is gone'
}

remove_namespaces() {
  local namespace
  while IFS= read -r namespace <&4; do
    kubectl_delete namespace "$namespace"
    result changed "namespace $namespace" 'is gone'
  done 4< <(rows namespace)
}

# --- in Azure

# remove_assignments KIND: roles on things that stay. Left behind, they would block a later identity of the same name.
remove_assignments() {
  local identity group role scope principal
  while IFS=$'\t' read -r identity group role scope <&4; do
    principal=$(az_find identity show --resource-group "$group" --name "$identity" --query principalId --output tsv)
    if [ -z "$principal" ]; then
      principal=$(unknown "principal-of-$identity") || {
        result skipped "role of $identity" "the identity is gone; if its role at $scope is left, it is one of an unknown principal"
        continue
      }
    fi
    # The message of azure-cli 2.91 where it is gone already, as after a run that ended too early.
    if az_act_unless 'No matched assignments' role assignment delete --assignee-object-id "$principal" --role "$role" --scope "$(full_id "$scope")"; then
      result changed "role of $identity" "taken away at $scope"
    else
      result unchanged "role of $identity" "it has none at $scope any more"
    fi
  done 4< <(rows "$1")
}

# What somebody has put into the group since the list was made, many minutes ago, must not go with it.
look_again() {
  list_group
  [ -s "$WORK/foreign" ] || return 0
  WHOLE_GROUP=no
  say "The group stays, and its parts go one by one: this has come into it since the question."
  say_foreign
}

remove_group() {
  az_act group delete --name "$GROUP" --yes --no-wait
  wait_for_group
}

wait_for_group() {
  NOT_DELETING=0
  wait_for 3600 "group $GROUP is gone" group_is_gone
  result changed "group $GROUP" 'is gone'
}

group_is_going() {
  [ "$(az_look group show --name "$GROUP" --query properties.provisioningState --output tsv)" = Deleting ]
}

# Azure gives up where a lock or something that is in use keeps a part. The state follows the deletion by some seconds.
group_is_gone() {
  REASON=$(az_try group exists --name "$GROUP" --output tsv) || return 1
  [ "$REASON" = false ] && return 0
  REASON=$(az_try group show --name "$GROUP" --query properties.provisioningState --output tsv) || return 1
  if [ "$REASON" = Deleting ]; then NOT_DELETING=0; else NOT_DELETING=$((NOT_DELETING + 1)); fi
  if [ "$NOT_DELETING" -ge 3 ]; then
    REASON='Azure has stopped deleting it; the Activity log of the group says why'
    return 2
  fi
  REASON='Azure is deleting it'
  return 1
}

# The group stays, and its tag would say that everything is there.
forget_deployment() {
  local tag
  tag=$(az_look group show --name "$GROUP" --query 'tags."agcgen-infra"' --output tsv)
  if dry_run; then tag='<its value>'; fi
  [ -n "$tag" ] || return 0
  az_act tag update --resource-id "$(full_id "/resourceGroups/$GROUP")" --operation delete --tags "agcgen-infra=$tag" --output none
}

# The rows stand in the order in which Azure lets go of them: what uses something before what is used.
remove_resources() {
  local id
  while IFS= read -r id <&4; do
    id=$(full_id "$id")
    if ! dry_run && ! grep -Fqix "$id" "$WORK/resources"; then continue; fi
    az_act resource delete --ids "$id" --output none
    result changed "$(short_id "$id")" 'is gone'
  done 4< <(rows resource)
}

tell_of_vaults() {
  local vault days purge
  while IFS=$'\t' read -r vault days purge <&4; do
    say ''
    if [ "$purge" = purgeable ]; then
      say "$vault is kept as deleted for $days days and keeps its name; agc.sh deploy recovers it. To give the name free, for good:"
      print_call az keyvault purge --name "$vault" --location "$LOCATION" --subscription "$SUBSCRIPTION" >&3
    else
      say "$vault is kept as deleted for $days days, and nobody can remove it earlier; agc.sh deploy recovers it."
    fi
  done 4< <(rows vault)
}
