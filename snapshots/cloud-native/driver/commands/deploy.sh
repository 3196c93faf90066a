# shellcheck shell=bash
# Part of agcgen, the same for every system.
# deploy: the resource group, and everything of infra/ in it.

help_deploy() {
  cat <<'HELP'
agc.sh deploy [--again]: the resource group with its tags, and everything of infra/ in it. The first time takes 10 to 20 minutes.

  1. the group, where it is made for this system and not there yet
  2. a deleted vault of ours is recovered: its name would be taken
  3. values of secrets that the vault does not have are asked for, where somebody can be asked
  4. the deployment, under its fixed name; one that is running already is waited for
  5. the group's tag agcgen-infra: the hash of infra/ that was deployed; until that has succeeded, "running"

Where the last deployment succeeded, the tag is the hash of infra/, and the cluster is there, nothing is done; --again does it all the same.
A secret whose variable has a value is always written: it becomes a new version.
HELP
}

command_deploy() {
  step deploy
  make_group
  finish_running_deployment
  if is_deployed && [ "$AGAIN" != yes ] && ! is_a_secret_given; then
    result unchanged "deployment $DEPLOYMENT" 'has made what is in infra/'
    return
  fi
  recover_vaults
  ask_for_secrets
  run_deployment
}

GROUP_IS_NEW=''
make_group() {
  local tag
  if group_exists "$GROUP"; then
    result ok "group $GROUP" 'is there'
    return
  fi
  if [ "$GROUP_PROVISION" = existing ]; then
    if dry_run; then return; fi
    die "group $GROUP" 'is not there, and the spec says that it is not made for this system; make it, or correct azure.resourceGroup'
  fi
  # The tag says whose the group is: destroy deletes no other.
  set -- "agcgen-made=$NAME"
  while IFS= read -r tag; do
    set -- "$@" "$tag"
  done < <(rows tag)
  GROUP_IS_NEW=yes
  az_act group create --name "$GROUP" --location "$LOCATION" --tags "$@" --output none
  result changed "group $GROUP" "made in $LOCATION"
}

# Prints the state of the deployment; nothing where there is none.
deployment_state() {
  az_find deployment group show --resource-group "$GROUP" --name "$DEPLOYMENT" --query properties.provisioningState --output tsv
}

# Whether Azure has exactly what is in infra/. Deployment and tag outlive what was made: without the cluster they say nothing.
is_deployed() {
  local state tag
  state=$(deployment_state)
  tag=$(az_look group show --name "$GROUP" --query 'tags."agcgen-infra"' --output tsv)
  [ "$state" = Succeeded ] && [ "$tag" = "$(hash_of_infra)" ] && cluster_is_there
}

is_a_secret_given() {
  local variable
  while IFS=$'\t' read -r variable _; do
    if [ -n "${!variable-}" ]; then return 0; fi
  done < <(rows secret)
  return 1
}

# The deployment of an interrupted run goes on in Azure. Its outcome is looked at afterwards, as that of any earlier one.
finish_running_deployment() {
  if dry_run; then return; fi
  case $(deployment_state) in
    '' | Succeeded | Failed | Canceled) ;;
    *) wait_for 3600 "deployment $DEPLOYMENT of an earlier run has ended" deployment_has_ended ;;
  esac
}

recover_vaults() {
  local vault
  while IFS=$'\t' read -r vault _ <&4; do
    if is_ours Microsoft.KeyVault/vaults "$vault" || ! is_soft_deleted "$vault"; then continue; fi
    az_act keyvault recover --name "$vault" --location "$LOCATION" --output none
    result changed "vault $vault" 'recovered; it was deleted and had kept its name and its secrets'
  done 4< <(rows vault)
}

# Values are read from the terminal into the environment of this run and stand nowhere else.
ask_for_secrets() {
  local variable vault secret value
  while IFS=$'\t' read -r variable vault secret <&4; do
    if [ -n "${!variable-}" ] || vault_has_secret "$vault" "$secret"; then continue; fi
    if dry_run; then
      unknown "$variable" >/dev/null
      continue
    fi
    [ -t 0 ] || die "secret $secret" "no value. Run: read -rs $variable; export $variable"
    printf 'Value of %s in %s: ' "$secret" "$vault" >&3
    IFS= read -rs value
    printf '\n' >&3
    [ -n "$value" ] || die "secret $secret" 'no value was given'
    export "$variable=$value"
  done 4< <(rows secret)
}

run_deployment() {
  local hash
  hash=$(hash_of_infra)
  # If this run ends early, nobody may take what Azure then has for what an earlier folder says.
  if [ "$GROUP_IS_NEW" != yes ]; then merge_tags agcgen-infra=running; fi
  az_act deployment group create --resource-group "$GROUP" --name "$DEPLOYMENT" --parameters "$PARAMETERS" --no-wait --output none
  wait_for 3600 "deployment $DEPLOYMENT has ended" deployment_has_ended
  if ! dry_run && [ "$(deployment_state)" != Succeeded ]; then
    tell_of_failed_deployment
    die "deployment $DEPLOYMENT" 'failed, for the reason above'
  fi
  tag_group "agcgen-infra=$hash"
  result changed "deployment $DEPLOYMENT" 'succeeded'
}

# merge_tags TAG: this tag, and those of the spec, which a group that was there before may lack.
merge_tags() {
  local tag
  if [ "$GROUP_PROVISION" = created ]; then
    while IFS= read -r tag; do
      set -- "$@" "$tag"
    done < <(rows tag)
  fi
  tag_group "$@"
}

# tag_group TAG…: tags that somebody else has set stay.
tag_group() {
  az_act tag update --resource-id "$(full_id "/resourceGroups/$GROUP")" --operation merge --tags "$@" --output none
}

deployment_has_ended() {
  local state
  state=$(az_try deployment group show --resource-group "$GROUP" --name "$DEPLOYMENT" --query properties.provisioningState --output tsv) || return 1
  REASON="it is $state"
  case $state in
    Succeeded | Failed | Canceled) return 0 ;;
    *) return 1 ;;
  esac
}

# The messages of what failed, one below the other, and what is known about them.
tell_of_failed_deployment() {
  az_try deployment operation group list --resource-group "$GROUP" --name "$DEPLOYMENT" \
    --query "[?properties.provisioningState=='Failed'].[properties.targetResource.resourceName, to_string(properties.statusMessage)]" \
    --output tsv >"$WORK/failed" || return 0
  az_try deployment group show --resource-group "$GROUP" --name "$DEPLOYMENT" --query 'to_string(properties.error)' --output tsv >>"$WORK/failed" || true
  tell "$WORK/failed"
}
