# shellcheck shell=bash
# Part of agcgen, the same for every system.
# preflight: what must be so before anything is made. It asks everything and tells of all that is wrong at once.

help_preflight() {
  cat <<'HELP'
agc.sh preflight [--fix]: what must be so before anything is made. Changes nothing; with --fix it registers what is missing.

  tools          az, kubectl and the others are there and new enough
  login          somebody is signed in, and the subscription can be reached
  rights         whoever is signed in may write role assignments, also in the group of the nodes
  providers      resource providers are registered, and the preview features of the add-on; --fix registers them and waits, and for
                 features their provider again each time
  region         Application Gateway for Containers exists in the region
  cluster        of one that is there: AKS takes the spec's version, size and zones of nodes, network mode and addresses of Services
  Kubernetes     AKS offers the version in the region
  cores          the size of the nodes will do, and the quota has room for them and those of an upgrade
  zones          the size of the nodes is in every zone that they are spread over
  names          names that must be unique in the world are free, or ours; a deleted vault is told, deploy recovers it
  node group     no other cluster has its nodes in the group that this one's nodes go to
  existing       what the spec says is there already is there
  secrets        the value of every secret is in the environment, or the vault has it already
  administrators somebody can get into the cluster
HELP
}

command_preflight() {
  step preflight
  check_tools
  check_login
  check_rights
  check_providers
  check_features
  check_region
  check_cluster
  check_names
  check_node_group
  check_existing
  check_secrets
  check_administrators
  if [ "$FAILED" = yes ]; then exit 1; fi
}

# --- tools

check_tools() {
  local tool wanted have message
  while IFS=$'\t' read -r tool wanted <&4; do
    # az brings it, or finds it.
    if [ "$tool" = bicep ] && ! dry_run && ! command -v az >/dev/null; then continue; fi
    if ! dry_run && [ "$tool" != bicep ] && ! command -v "$tool" >/dev/null; then
      result failed "$tool" "not on PATH$(how_to_install "$tool")"
      continue
    fi
    if [ "$wanted" = - ]; then
      result ok "$tool"
      continue
    fi
    have=$(version_of "$tool") || have=''
    if dry_run; then continue; fi
    if [ -z "$have" ]; then
      message=$(first_line "$WORK/stderr")
      result failed "$tool" "did not say its version; at least $wanted is needed${message:+: ${message%.}}$(how_to_install "$tool")"
    elif at_least "$have" "$wanted"; then
      result ok "$tool" "$have"
    else
      result failed "$tool" "$have is too old, at least $wanted is needed$(how_to_install "$tool")"
    fi
  done 4< <(rows tool)
  # Without it nothing below could be asked.
  dry_run || command -v az >/dev/null || exit 1
}

how_to_install() {
  case $1 in
    bicep) printf '. Run: az bicep upgrade' ;;
    kubectl | kubelogin) printf '. Run: az aks install-cli' ;;
    az) printf '. See https://learn.microsoft.com/cli/azure/install-azure-cli' ;;
    helm) printf '. See https://helm.sh/docs/intro/install' ;;
  esac
}

version_of() {
  case $1 in
    az) try az version --query '"azure-cli"' --output tsv ;;
    # az finds its own Bicep, or that on PATH where it is told to.
    bicep) try az bicep version | sed -n 's/.*version \([0-9.]*\).*/\1/p' ;;
    kubectl) try kubectl version --client --output yaml | sed -n 's/^  gitVersion: v//p' ;;
    helm) try helm version --template '{{.Version}}' | sed 's/^v//' ;;
  esac
}

# at_least HAVE WANTED: compares the first three numbers.
at_least() {
  local have
  number_of "$1"
  have=$NUMBER
  number_of "$2"
  [ "$have" -ge "$NUMBER" ]
}

# number_of VERSION: leaves in NUMBER one that grows with the version, of which it takes major, minor and patch.
number_of() {
  local parts part place
  IFS=. read -r -a parts <<<"$1"
  NUMBER=0
  for place in 0 1 2; do
    part=${parts[place]-}
    part=${part%%[!0-9]*}
    NUMBER=$((NUMBER * 100000 + 10#${part:-0}))
  done
}

# --- login and rights

check_login() {
  local who
  if [ -n "$NO_SUBSCRIPTION" ]; then
    result failed 'login' "$NO_SUBSCRIPTION"
    # Nothing below could be asked.
    exit 1
  fi
  who=$(az_look account show --query '[[name, user.name]]' --output tsv)
  result ok 'login' "$(printf '%s' "$who" | tr '\t' ' ')"
}

check_rights() {
  ask_permissions "$GROUP"
  check_right "$GROUP" Microsoft.Authorization/roleAssignments/write 'role assignments'
  check_right "$GROUP" Microsoft.Resources/deployments/write 'deployments'
  # The deployment assigns a role in the group that AKS makes for the nodes.
  ask_permissions "$NODE_GROUP"
  check_right "$NODE_GROUP" Microsoft.Authorization/roleAssignments/write 'role assignments'
  check_rights_elsewhere
}

# On what is in other groups roles are assigned too, by a deployment there.
check_rights_elsewhere() {
  local scope
  while IFS= read -r scope <&4; do
    ask_permissions_at "$scope"
    check_right "${scope##*/}" Microsoft.Authorization/roleAssignments/write 'role assignments'
    check_right "${scope##*/}" Microsoft.Resources/deployments/write 'deployments'
  done 4< <(
    rows assignment | cut -f4 | while IFS= read -r scope; do
      full_id "$scope"
    done | sed -n 's,^\(/subscriptions/[^/]*/resourceGroups/[^/]*\)/.*,\1,p' | grep -vix "$(full_id "/resourceGroups/$GROUP")" | LC_ALL=C sort -u
  )
}

group_exists() {
  [ "$(az_look group exists --name "$1" --output tsv)" = true ]
}

# ask_permissions GROUP: what whoever is signed in may do there, or in the subscription where there is no such group yet.
ask_permissions() {
  local scope=/subscriptions/$SUBSCRIPTION
  if group_exists "$1"; then scope=$scope/resourceGroups/$1; fi
  ask_permissions_at "$scope"
}

# ask_permissions_at SCOPE: the same, for an id.
ask_permissions_at() {
  SCOPE=$1
  az_look rest --method get --url "$SCOPE/providers/Microsoft.Authorization/permissions?api-version=2022-04-01" \
    --query "value[].[join(' ', actions || [\`-\`]), join(' ', notActions || [\`-\`])]" --output tsv >"$WORK/permissions"
}

# check_right GROUP ACTION WHAT: whether one of the permissions that were asked for allows it.
check_right() {
  local allowed denied granted=''
  while IFS=$'\t' read -r allowed denied; do
    if fits_one "$2" "$allowed" && ! fits_one "$2" "$denied"; then granted=yes; fi
  done <"$WORK/permissions"
  if [ "$granted" = yes ]; then
    result ok "right: $3 in $1"
  else
    result failed "right: $3 in $1" "whoever is signed in lacks $2 at $SCOPE; Contributor is not enough, Role Based Access Control Administrator or Owner has it"
  fi
}

# fits_one ACTION PATTERNS: whether one of the patterns, in which * stands for anything, fits.
fits_one() {
  local pattern status=1
  set -f
  shopt -s nocasematch
  for pattern in $2; do
    # shellcheck disable=SC2053 # the stars are meant
    if [[ $1 = $pattern ]]; then status=0; fi
  done
  shopt -u nocasematch
  set +f
  return "$status"
}

# --- the subscription

check_providers() {
  local provider
  az_look provider list --query "[?registrationState=='Registered'].namespace" --output tsv >"$WORK/providers"
  while IFS= read -r provider <&4; do
    if grep -Fqix "$provider" "$WORK/providers"; then
      result ok "provider $provider"
    elif [ "$FIX" = yes ]; then
      az_act provider register --namespace "$provider" --output none
      if wait_for 600 "provider $provider is registered" provider_is_registered "$provider"; then
        result changed "provider $provider" 'registered'
      fi
    elif ! dry_run; then
      result failed "provider $provider" "not registered. Run: agc.sh preflight --fix, or: az provider register --namespace $provider --wait"
    fi
  done 4< <(rows provider)
}

provider_is_registered() {
  REASON=$(az_try provider show --namespace "$1" --query registrationState --output tsv) || return 1
  [ "$REASON" = Registered ]
}

check_features() {
  local provider feature state
  while IFS=$'\t' read -r provider feature <&4; do
    state=$(az_look feature show --namespace "$provider" --name "$feature" --query properties.state --output tsv)
    if [ "$state" = Registered ]; then
      result ok "feature $feature"
    elif [ "$FIX" = yes ]; then
      az_act feature register --namespace "$provider" --name "$feature" --output none
      if wait_for 1800 "feature $feature is registered" feature_is_registered "$provider" "$feature"; then
        result changed "feature $feature" 'registered'
      fi
    elif ! dry_run; then
      result failed "feature $feature" "$state. Run: agc.sh preflight --fix (it can take a quarter of an hour)"
    fi
  done 4< <(rows feature)
  [ "$FIX" = yes ] || return 0
  # A feature is in force once its provider is registered anew. Nothing says whether that was done since, as where a run was killed.
  while IFS= read -r provider <&4; do
    az_act provider register --namespace "$provider" --wait --output none
  done 4< <(rows feature | cut -f1 | LC_ALL=C sort -u)
}

feature_is_registered() {
  REASON=$(az_try feature show --namespace "$1" --name "$2" --query properties.state --output tsv) || return 1
  [ "$REASON" = Registered ]
}

check_region() {
  local region found=''
  az_look provider show --namespace Microsoft.ServiceNetworking \
    --query "resourceTypes[?resourceType=='trafficControllers'].locations[]" --output tsv >"$WORK/regions"
  while IFS= read -r region; do
    if same "${region// /}" "$LOCATION"; then found=yes; fi
  done <"$WORK/regions"
  if [ "$found" = yes ] || dry_run; then
    result ok "region $LOCATION"
  else
    result failed "region $LOCATION" 'Application Gateway for Containers is not offered there; choose another azure.location and render again'
  fi
}

# A cluster that is there has its version and its nodes already.
check_cluster() {
  local running='' size='' mode='' services='' zones=''
  IFS=$'\t' read -r running size mode services zones < <(az_find aks show --resource-group "$GROUP" --name "$CLUSTER" --output tsv \
    --query "[[currentKubernetesVersion, agentPoolProfiles[?name=='system'].vmSize | [0] || '-', networkProfile.networkPluginMode || 'flat', networkProfile.serviceCidr || '-', \
join(',', sort(agentPoolProfiles[?name=='system'].availabilityZones[] || \`[]\`)) || '-']]") || true
  if [ -n "$running" ]; then
    result ok 'cluster' 'is there'
    check_version_stays "$running"
    check_size_stays "$size"
    check_zones_stay "$zones"
    check_stays cluster.cni.mode "$mode" "$CNI"
    check_stays cluster.cni.serviceCidr "$services" "$SERVICE_CIDR"
    return
  fi
  check_kubernetes
  check_cores
}

# Azure itself upgrades a cluster whose version has fallen out of support.
check_version_stays() {
  local major minor
  IFS=. read -r major minor _ <<<"$1"
  if at_least "$KUBERNETES" "$major.$minor"; then return; fi
  result failed "Kubernetes $KUBERNETES" "the cluster is at $major.$minor already, and AKS never goes back; set cluster.kubernetesVersion to \"$major.$minor\" and render again"
}

# The feature, a preview, replaces the nodes one after the other (Azure/AKS issue 5839, 2026-09). Once it is none it has no state.
check_size_stays() {
  local state
  if [ "$1" = - ] || same "$1" "$NODE_SIZE"; then return; fi
  state=$(az_find feature show --namespace Microsoft.ContainerService --name AgentPoolVMSSResize --query properties.state --output tsv)
  case $state in
    '' | Registered) result ok 'node size' "AKS replaces $1 by $NODE_SIZE" ;;
    *) result failed 'node size' "the nodes are $1, and AKS makes them $NODE_SIZE only with its preview feature AgentPoolVMSSResize; set cluster.nodes.size to $1 and render again, or register the feature" ;;
  esac
}

# The zones of nodes that are there never change (https://learn.microsoft.com/azure/aks/reliability-availability-zones-configure,
# 2026-11). A template that names none leaves them as they are (https://learn.microsoft.com/azure/aks/availability-zones, an older
# form of the page).
check_zones_stay() {
  if [ "$NODE_ZONES" = - ] || [ "$1" = "$NODE_ZONES" ]; then return; fi
  result failed "zones $NODE_ZONES" "the nodes of the cluster are in $(if [ "$1" = - ]; then echo none; else echo "$1"; fi), and AKS never changes that; set profile: dev, which asks for none, and render again. Only a new cluster takes them"
}

# check_stays KEY IS WANTED: what AKS takes once, when it makes the cluster. AKS itself takes a flat network to overlay
# (https://learn.microsoft.com/azure/aks/upgrade-aks-ipam-and-dataplane, 2026-11), but not the number of pods a node (maxPods), which
# the deployment sets by the mode.
check_stays() {
  if [ "$2" = - ] || same "$2" "$3"; then return; fi
  result failed "$1" "the cluster has $2, and no deployment makes it $3; set it to $2 and render again. Only a new cluster takes another"
}

# AKS takes a minor version up some months after it came out, and drops it about a year later.
check_kubernetes() {
  local offered
  offered=$(az_look aks get-versions --location "$LOCATION" \
    --query "sort(values[?contains(to_string(capabilities.supportPlan), 'KubernetesOfficial')].version) | join(', ', @)" --output tsv)
  case ", $offered," in
    *", $KUBERNETES,"*) result ok "Kubernetes $KUBERNETES" ;;
    *) dry_run || result failed "Kubernetes $KUBERNETES" "AKS offers $offered in $LOCATION; set cluster.kubernetesVersion to one of these and render again" ;;
  esac
}

# Fewest cores that AKS takes for the nodes of a system pool (its page on system node pools, 2026-11).
LEAST_CORES=2

check_cores() {
  local family cores zones restricted needed used limit what
  IFS=$'\t' read -r family cores zones restricted < <(az_look vm list-skus --location "$LOCATION" --resource-type virtualMachines --size "$NODE_SIZE" \
    --query "[?name=='$NODE_SIZE'] | [:1].[family, capabilities[?name=='vCPUs'].value | [0], join(',', locationInfo[0].zones || [\`-\`]), join(',', restrictions[?type=='Zone'].restrictionInfo.zones[] || [\`-\`])]" --output tsv) || true
  if dry_run; then
    az_look vm list-usage --location "$LOCATION" --output none
    return
  fi
  if [ -z "${cores-}" ]; then
    result failed "cores" "$NODE_SIZE is not offered in $LOCATION; choose another cluster.nodes.size and render again"
    return
  fi
  if [ "$cores" -lt "$LEAST_CORES" ]; then
    result failed "cores" "$NODE_SIZE has $cores, and AKS wants $LEAST_CORES or more a node; choose a larger cluster.nodes.size and render again"
  fi
  check_zones "$zones" "$restricted"
  needed=$(((NODE_COUNT + NODE_SURGE) * cores))
  az_look vm list-usage --location "$LOCATION" \
    --query "[?name.value=='$family' || name.value=='cores'].[name.value, currentValue, limit]" --output tsv >"$WORK/usage"
  while IFS=$'\t' read -r what used limit; do
    if [ $((used + needed)) -le "$limit" ]; then
      result ok "cores: $what" "$needed needed, $((limit - used)) left"
    else
      result failed "cores: $what" "$needed needed for $NODE_COUNT nodes of $NODE_SIZE and $NODE_SURGE more during an upgrade, $((limit - used)) left; ask for more under Quotas in the portal"
    fi
  done <"$WORK/usage"
}

# check_zones ZONES RESTRICTED: whether the size is in every zone that the nodes are spread over, and this subscription may have it
# there.
check_zones() {
  local zone missing=''
  if [ "$NODE_ZONES" = - ]; then return; fi
  for zone in ${NODE_ZONES//,/ }; do
    case ,$1, in *,$zone,*) ;; *) missing="$missing, $zone" ;; esac
    case ,$2, in *,$zone,*) missing="$missing, $zone" ;; esac
  done
  if [ -z "$missing" ]; then
    result ok "zones $NODE_ZONES"
  else
    result failed "zones $NODE_ZONES" "this subscription cannot have $NODE_SIZE in zone ${missing#, } of $LOCATION; choose another cluster.nodes.size or azure.location, or profile: dev, which spreads nodes over no zones, and render again"
  fi
}

# --- names

check_names() {
  local type name version
  while IFS=$'\t' read -r type name version <&4; do
    if is_ours "$type" "$name"; then
      result ok "name $name" 'ours'
    elif [ "$type" = Microsoft.KeyVault/vaults ] && is_soft_deleted "$name"; then
      result ok "name $name" 'a deleted vault of ours has it; deploy recovers that vault'
    else
      check_name "$type" "$name" "$version"
    fi
  done 4< <(rows unique)
}

# is_ours TYPE NAME: whether our group has it.
is_ours() {
  [ -n "$(az_find resource show --resource-group "$GROUP" --resource-type "$1" --name "$2" --query id --output tsv)" ]
}

# check_name TYPE NAME VERSION: asks the provider. Some call their answer nameAvailable, some available.
check_name() {
  local one='' other='' message=''
  az_look rest --method post --url "/subscriptions/$SUBSCRIPTION/providers/${1%%/*}/checkNameAvailability?api-version=$3" \
    --body "{\"name\": \"$2\", \"type\": \"$1\"}" \
    --query "[[to_string(nameAvailable), to_string(available), message || 'taken']]" --output tsv >"$WORK/available"
  if dry_run; then return; fi
  IFS=$'\t' read -r one other message <"$WORK/available" || true
  case "$one $other" in
    *[Tt]rue*) result ok "name $2" 'free' ;;
    *) result failed "name $2" "$message. Give the resource an azureName, or before the first deployment another azure.suffix" ;;
  esac
}

# Whether the subscription has a deleted vault of that name which was in our group.
is_soft_deleted() {
  local was
  was=$(az_look keyvault list-deleted --resource-type vault --query "[?name=='$1'].properties.vaultId" --output tsv)
  same "$was" "$(full_id "/resourceGroups/$GROUP/providers/Microsoft.KeyVault/vaults/$1")"
}

# Two systems in one resource group would share the group of the nodes, which Azure refuses, and the network's rules.
check_node_group() {
  local cluster nodes
  az_find aks list --resource-group "$GROUP" --query '[].[name, nodeResourceGroup]' --output tsv >"$WORK/clusters"
  while IFS=$'\t' read -r cluster nodes; do
    if same "$nodes" "$NODE_GROUP" && ! same "$cluster" "$CLUSTER"; then
      result failed "node group $NODE_GROUP" "the nodes of the cluster $cluster are in it; give this system a group of its own by azure.resourceGroup, and render again"
      return
    fi
  done <"$WORK/clusters"
  result ok "node group $NODE_GROUP"
}

check_existing() {
  local id
  if [ "$GROUP_PROVISION" = existing ] && ! dry_run && ! group_exists "$GROUP"; then
    result failed "existing group $GROUP" 'is not there; make it, or correct azure.resourceGroup and render again'
  fi
  while IFS= read -r id <&4; do
    if [ -n "$(az_find resource show --ids "$(full_id "$id")" --query id --output tsv)" ]; then
      result ok "existing $(short_id "$id")"
    elif ! dry_run; then
      result failed "existing $(short_id "$id")" "$(full_id "$id") is not there; correct the spec, which says that it is, and render again"
    fi
  done 4< <(rows existing)
}

# --- secrets and people

check_secrets() {
  local variable vault secret
  while IFS=$'\t' read -r variable vault secret <&4; do
    if [ -n "${!variable-}" ]; then
      result ok "secret $secret" "from $variable"
    elif vault_has_secret "$vault" "$secret"; then
      result ok "secret $secret" "in $vault"
    elif dry_run; then
      unknown "$variable" >/dev/null
    elif [ -t 0 ] && [ "$COMMAND" != preflight ]; then
      result ok "secret $secret" 'deploy asks for its value'
    else
      result failed "secret $secret" "no value. Run: read -rs $variable; export $variable"
    fi
  done 4< <(rows secret)
}

# By ARM, which knows that a secret is there and never its value, and needs no role in the vault.
vault_has_secret() {
  [ -n "$(az_find resource show \
    --ids "$(full_id "/resourceGroups/$GROUP/providers/Microsoft.KeyVault/vaults/$1/secrets/$2")" --query id --output tsv)" ]
}

check_administrators() {
  if has_rows administrator; then
    local id
    while IFS= read -r id <&4; do
      case $id in
        *[!0-]*) result ok "administrator $id" ;;
        *) result failed "administrator $id" "a placeholder, nobody's id. Put the object id of your group into cluster.administrators and render: az ad group show --group <name> --query id --output tsv" ;;
      esac
    done 4< <(rows administrator)
  else
    result failed 'administrators' 'the spec names none and the cluster has no local accounts: nobody could get into it. Add cluster.administrators and render'
  fi
}
