# shellcheck shell=bash
# Part of agcgen, the same for every system.
# verify: five questions whose answers say whether the system works. Every answer is asked for, also where one before it was bad.

help_verify() {
  cat <<'HELP'
agc.sh verify [--only PART,…]: whether the system works. Ends with 1 where something does not, and says what.

  gateway      Azure has the traffic controller, its association and frontends; the Gateway, every route and every policy is accepted
  identities   service account, federated credential and roles of every identity are exactly those of the spec, and a pod gets a token
  pods         the workloads run, and each reaches what it calls, asked from inside its own pod
  traffic      every route answers through the frontend's host name
  connections  connections are made, their Secrets and ConfigMaps have every key, the database users are there

It changes nothing but this: asking from inside a pod leaves an ephemeral container in it, until the pod goes.
HELP
}

command_verify() {
  local part
  if [ "$COMMAND" = verify ]; then
    step 'cluster'
    open_cluster
  fi
  for part in gateway identities pods traffic connections; do
    case ",${ONLY:-$part}," in
      *",$part,"*)
        step "verify $part"
        "verify_$part"
        ;;
    esac
  done
}

# check SECONDS NAME QUESTION ARGUMENT…: one line of the answer. DETAIL may say more where it is well.
check() {
  local budget=$1 name=$2
  DETAIL=''
  shift 2
  if wait_for "$budget" "$name" "$@"; then result ok "$name" "$DETAIL"; fi
}
DETAIL=''

# --- 1: is the gateway up?

verify_gateway() {
  local id part name gateway route
  if id=$(traffic_controller); then
    check 30 "traffic controller ${id##*/} is provisioned" is_provisioned "$id"
    while IFS=$'\t' read -r part name <&4; do
      check 30 "${part%s} $name is provisioned" is_provisioned "$id/$part/$name"
    done 4< <(rows gateway-part)
  else
    result failed 'traffic controller' "the ALB Controller has made none for $GATEWAY_NAME yet"
  fi
  check 30 "gateway class $GATEWAY_CLASS is accepted" has_condition gatewayclass "$GATEWAY_CLASS" Accepted
  while IFS=$'\t' read -r _ gateway <&4; do
    check 30 "gateway $gateway is accepted" has_condition gateway "$gateway" Accepted "$NAMESPACE"
    check 30 "gateway $gateway is programmed" has_condition gateway "$gateway" Programmed "$NAMESPACE"
  done 4< <(rows frontend)
  while IFS=$'\t' read -r route _ <&4; do
    check 30 "route $route is programmed" route_is_programmed "$route"
  done 4< <(rows route)
  while IFS=$'\t' read -r part name <&4; do
    check 30 "$part $name is accepted" has_condition "$part.alb.networking.azure.io" "$name" Accepted "$NAMESPACE"
  done 4< <(policies)
}

# The policies of AGC among what is rendered: kind and name.
policies() {
  awk -F '\t' '$1 == "object" && $2 ~ /^alb\.networking\.azure\.io\// && $3 ~ /Policy$/ { print $3 "\t" $5 }' "$LOCK_FILE"
}

is_provisioned() {
  REASON=$(az_try resource show --ids "$1" --api-version "$GATEWAY_API_VERSION" --query properties.provisioningState --output tsv) || return 1
  [ "$REASON" = Succeeded ] && return 0
  REASON="it is $REASON"
  return 1
}

# --- 2: are the identities wired?

verify_identities() {
  local workload identity credential account key principal client issuer
  if ! has_rows identity; then
    result unchanged 'identities' 'no workload connects to a resource of Azure'
    return
  fi
  issuer=$(az_look aks show --resource-group "$GROUP" --name "$CLUSTER" --query oidcIssuerProfile.issuerUrl --output tsv)
  while IFS=$'\t' read -r workload identity credential account key <&4; do
    principal='' client=''
    az_find identity show --resource-group "$GROUP" --name "$identity" --query '[[principalId, clientId]]' --output tsv >"$WORK/identity"
    IFS=$'\t' read -r principal client _ <"$WORK/identity" || true
    if dry_run; then principal=$(unknown "principal-of-$identity"); fi
    if ! dry_run && [ -z "$client" ]; then
      result failed "identity $identity" 'is not there. Run: agc.sh deploy'
      continue
    fi
    check 5 "service account $account acts as $identity" account_is_annotated "$account" "$client"
    check 30 "federated credential $credential trusts $account" credential_fits "$identity" "$credential" "$issuer" "system:serviceaccount:$NAMESPACE:$account"
    check 30 "roles of $identity are those of the spec" roles_are_exactly "$identity" "$principal"
    check 60 "$workload gets a token" pod_gets_token "$workload"
  done 4< <(rows identity)
}

account_is_annotated() {
  local annotated
  annotated=$(kubectl_try get serviceaccount "$1" --namespace "$NAMESPACE" \
    --output 'jsonpath={.metadata.annotations.azure\.workload\.identity/client-id}') || return 1
  [ "$annotated" = "$2" ] && return 0
  REASON="its annotation is '$annotated', the identity's client id is $2. Run: agc.sh bind, then agc.sh apply"
  return 1
}

credential_fits() {
  local issuer='' subject='' audience=''
  az_try identity federated-credential show --resource-group "$GROUP" --identity-name "$1" --name "$2" \
    --query '[[issuer, subject, audiences[0]]]' --output tsv >"$WORK/credential" || return 1
  IFS=$'\t' read -r issuer subject audience <"$WORK/credential" || true
  if [ "${issuer%/}" != "${3%/}" ]; then
    REASON="it trusts the issuer $issuer, the cluster is $3"
  elif [ "$subject" != "$4" ]; then
    REASON="it trusts $subject, the pods are $4"
  elif [ "$audience" != api://AzureADTokenExchange ]; then
    REASON="its audience is $audience, not api://AzureADTokenExchange"
  else
    return 0
  fi
  REASON="$REASON. Run: agc.sh deploy --again"
  return 1
}

# Exactly the roles of the spec: a missing one breaks the workload, one more is a hole.
roles_are_exactly() {
  local role scope
  az_try role assignment list --all --assignee-object-id "$2" --fill-principal-name false --fill-role-definition-name false \
    --query '[].[roleDefinitionId, scope]' --output tsv >"$WORK/roles" || return 1
  while IFS=$'\t' read -r role scope; do
    printf '%s %s\n' "$(lower "${role##*/}")" "$(lower "$scope")"
  done <"$WORK/roles" | LC_ALL=C sort >"$WORK/roles.have"
  while IFS=$'\t' read -r role scope; do
    printf '%s %s\n' "$(lower "$role")" "$(lower "$(full_id "$scope")")"
  done < <(rows_of role "$1") | LC_ALL=C sort >"$WORK/roles.want"
  scope=$(LC_ALL=C comm -13 "$WORK/roles.have" "$WORK/roles.want" | sed -n 1p)
  if [ -n "$scope" ] && ! dry_run; then
    REASON="it lacks the role ${scope% *} at ${scope#* }. A new one takes some minutes; else run: agc.sh deploy --again"
    return 1
  fi
  scope=$(LC_ALL=C comm -23 "$WORK/roles.have" "$WORK/roles.want" | sed -n 1p)
  [ -n "$scope" ] || return 0
  REASON="it has the role ${scope% *} at ${scope#* }, which the spec does not give. Whoever gave it may take it away: az role assignment delete"
  return 2
}

# What runs in a pod, with arguments behind it. The token does not leave the pod: of the answer only the code of an error and the
# status are kept.
read -r -d '' EXCHANGE_TOKEN <<'POD' || true
curl "$1$2/oauth2/v2.0/token" --silent --show-error --max-time 20 --write-out '\n%{http_code}' \
  --data-urlencode grant_type=client_credentials --data-urlencode "client_id=$3" \
  --data-urlencode scope=https://management.azure.com/.default \
  --data-urlencode client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
  --data-urlencode "client_assertion@$4" 2>&1 |
  sed -n -e 's/.*\(AADSTS[0-9]*\).*/\1/p' -e '$p' >/dev/termination-log
POD
# shellcheck disable=SC2016 # the pod expands it
ASK_URL='curl "$1" --silent --show-error --max-time 10 --output /dev/null --write-out "%{http_code}" >/dev/termination-log 2>&1'

# The whole exchange, in the pod and as its service account.
pod_gets_token() {
  local pod name value client='' tenant='' authority='' file=''
  pod=$(a_pod_of "$1") || {
    REASON='no pod runs'
    return 1
  }
  kubectl_try get pod "$pod" --namespace "$NAMESPACE" \
    --output 'jsonpath={range .spec.containers[0].env[*]}{.name}={.value}{"\n"}{end}' >"$WORK/env" || return 1
  while IFS='=' read -r name value; do
    case $name in
      AZURE_CLIENT_ID) client=$value ;;
      AZURE_TENANT_ID) tenant=$value ;;
      AZURE_AUTHORITY_HOST) authority=$value ;;
      AZURE_FEDERATED_TOKEN_FILE) file=$value ;;
    esac
  done <"$WORK/env"
  if dry_run; then
    client='<client id>' tenant='<tenant>' authority='<authority>/' file='<token folder>/<token file>'
  elif [ -z "$client" ] || [ -z "$file" ]; then
    REASON="the pod has no AZURE_CLIENT_ID: it started before its service account was annotated. Run: kubectl rollout restart deployment/$1 --namespace $NAMESPACE"
    return 2
  fi
  ask_in_pod "$pod" ", \"volumeMounts\": [{\"name\": \"azure-identity-token\", \"mountPath\": \"${file%/*}\", \"readOnly\": true}]" \
    "$EXCHANGE_TOKEN" "$authority" "$tenant" "$client" "$file" || return 1
  case $ANSWER in
    *200) return 0 ;;
    *) REASON="the exchange was answered with: $ANSWER" ;;
  esac
  return 1
}

# --- 3: do the pods run, and do they reach each other?

verify_pods() {
  local workload callee url first last
  while IFS=$'\t' read -r workload _ <&4; do
    check 60 "workload $workload has rolled out" has_rolled_out "$workload"
  done 4< <(rows workload)
  while IFS=$'\t' read -r workload callee url first last <&4; do
    check 60 "$workload reaches $callee" pod_reaches "$workload" "$url" "$first" "$last"
  done 4< <(rows call)
}

pod_reaches() {
  local pod
  pod=$(a_pod_of "$1") || {
    REASON='no pod runs'
    return 1
  }
  ask_in_pod "$pod" '' "$ASK_URL" "$2" || return 1
  is_healthy "$3" "$4"
}

# is_healthy FIRST LAST: whether the status that ends ANSWER is one of those. Without a range any but 404 and 5xx is.
is_healthy() {
  local status=${ANSWER: -3}
  DETAIL=$status
  if dry_run; then return 0; fi
  case $status in
    [1-9][0-9][0-9]) ;;
    *)
      REASON="no answer: $ANSWER"
      return 1
      ;;
  esac
  if [ "$1" = - ]; then
    case $status in 404 | 5??) ;; *) return 0 ;; esac
  elif [ "$status" -ge "$1" ] && [ "$status" -le "$2" ]; then
    return 0
  fi
  REASON="it answers $status$([ "$1" = - ] || printf ', not %s to %s' "$1" "$2")"
  return 1
}

# ask_in_pod POD SETTINGS SCRIPT ARGUMENT…: runs a script beside a pod's container, with its network and its service account, and
# leaves in ANSWER what it wrote to /dev/termination-log. Images of workloads need no curl.
ask_in_pod() {
  local pod=$1 settings=$2 script=$3 image user container
  shift 3
  IFS=$'\t' read -r image user < <(rows probe-image)
  container=agc-$$-$RANDOM
  if dry_run; then container=agc-probe; fi
  settings="{\"securityContext\": {\"runAsUser\": $user}$settings}"
  printf '%s\n' "$settings" >"$WORK/probe.json"
  if dry_run; then say "  # <probe settings>: a file with $settings"; fi
  kubectl_try debug "$pod" --namespace "$NAMESPACE" --image "${AGC_PROBE_IMAGE:-$image}" --container "$container" \
    --profile restricted --custom "$(probe_settings)" -- sh -c "$script" sh "$@" >/dev/null || return 1
  ANSWER=''
  if dry_run; then return 0; fi
  local began=$SECONDS
  until probe_has_ended "$pod" "$container"; do
    if [ $((SECONDS - began)) -ge 120 ]; then
      REASON="the ephemeral container has not run within 2 m: $ANSWER. AGC_PROBE_IMAGE names another image"
      return 1
    fi
    sleep "${AGC_PAUSE:-2}"
  done
}

probe_settings() {
  if dry_run; then printf '<probe settings>\n'; else printf '%s\n' "$WORK/probe.json"; fi
}

probe_has_ended() {
  local code
  kubectl_try get pod "$1" --namespace "$NAMESPACE" --output \
    "jsonpath={range .status.ephemeralContainerStatuses[?(@.name==\"$2\")].state}{.terminated.exitCode}{\"\\t\"}{.terminated.message}{.waiting.reason}{end}" \
    >"$WORK/probe" || return 1
  code=$(cut -f1 "$WORK/probe" | sed -n 1p)
  ANSWER=$(cut -f2- "$WORK/probe" | tr '\n' ' ' | sed 's/ *$//')
  [ -n "$code" ]
}

# --- 4: does traffic from outside reach each route?

verify_traffic() {
  local frontend gateway route path first last host
  if ! has_rows route; then
    result unchanged 'traffic' 'there is no route: nothing from outside may reach a workload'
    return
  fi
  while IFS=$'\t' read -r frontend gateway <&5; do
    host=$(host_of "$gateway") || {
      result failed "frontend $frontend" "gateway $gateway has no address yet"
      continue
    }
    while IFS=$'\t' read -r route path first last <&4; do
      check 180 "route $route answers at http://$host$path" route_answers "http://$host$path" "$first" "$last"
    done 4< <(routes_of "$gateway")
  done 5< <(rows frontend)
}

routes_of() {
  local route gateway rest
  while IFS=$'\t' read -r route gateway rest; do
    if [ "$gateway" = "$1" ]; then printf '%s\t%s\n' "$route" "$rest"; fi
  done < <(rows route)
}

route_answers() {
  ANSWER=$(try curl "$1" --silent --show-error --max-time 20 --output /dev/null --write-out '%{http_code}') || return 1
  is_healthy "$2" "$3"
}

# --- 5: are the connections complete?

verify_connections() {
  local connection workload target client identity secret resource map key job namespace
  while IFS=$'\t' read -r connection workload target client identity secret resource <&5; do
    check 30 "connection $connection is made" connection_is_made
    check 30 "secret $secret has its keys" has_keys secret "$secret" connection-key "$connection"
  done 5< <(rows connection)
  while IFS= read -r map <&4; do
    check 5 "configmap $map has its keys" has_keys configmap "$map" settings "$map"
  done 4< <(rows settings | cut -f1 | LC_ALL=C sort -u)
  while IFS=$'\t' read -r job namespace <&4; do
    check 30 "job $job is complete" job_is_complete "$job" "$namespace"
  done 4< <(rows job)
  if ! has_rows connection && ! has_rows settings; then result unchanged 'connections' 'there is none'; fi
}

connection_is_made() {
  connection_is_right && return 0
  dry_run && return 0
  REASON='it is not there, not finished, or leads elsewhere. Run: agc.sh connect'
  return 1
}
