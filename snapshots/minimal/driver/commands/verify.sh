# shellcheck shell=bash
# Part of agcgen, the same for every system.
# verify: six questions whose answers say whether the system works. Every answer is asked for, also where one before it was bad.

help_verify() {
  cat <<'HELP'
agc.sh verify [--only PART,…]: whether the system works. Ends with 1 where something does not, and says what.

  gateway      Azure has the traffic controller, its association and frontends; the Gateway, every route and every policy is accepted
  identities   service account, federated credential and roles of every identity are exactly those of the spec, and a pod gets a token
  pods         the workloads run, and each reaches what it calls, asked from inside its own pod
  traffic      every route answers through the frontend's host name
  connections  connections are made, their Secrets and ConfigMaps have every key, the database users are there
  tests        the requests under tests of the spec, asked through the frontend, with redirects not followed

It changes nothing but this: asking from inside a pod leaves an ephemeral container in it, until the pod goes; and a test that
sends POST, PUT, PATCH or DELETE does what the workload makes of it.

Of a test's answer the status, its headers, and where a redirect leads are seen; which backend answered, and what it saw, is not. So
where a test expects a backend, any answer but 404 and 5xx will do, and the line says what was not seen; agcgen test knows the rest.
A proxy of the environment is asked for a tunnel, so that no answer is its own. Certificates are checked (CURL_CA_BUNDLE names an
authority of yours), but not at the frontend's own address, which none can name. Not asked: what needs a certificate of the client,
and calls of gRPC.
HELP
}

command_verify() {
  local part
  if [ "$COMMAND" = verify ]; then
    step 'cluster'
    open_cluster
  fi
  for part in gateway identities pods traffic connections tests; do
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
    check 60 "$workload gets a token" pod_gets_token "$workload" "$client"
  done 4< <(rows identity)
}

# What mends a client id that is not the identity's, wherever it stands: bind fetches it, apply annotates and makes such pods anew.
BIND_ANEW='Run: agc.sh bind, then agc.sh apply'

account_is_annotated() {
  local annotated
  annotated=$(client_of_account kubectl_try "$1") || return 1
  [ "$annotated" = "$2" ] && return 0
  REASON="its annotation is '$annotated', the identity's client id is $2. $BIND_ANEW"
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

# assignments_of IDENTITY PRINCIPAL: role and scope of each. az lists those of one subscription: ours, and each in which the spec gives a role.
assignments_of() {
  local subscription
  while IFS= read -r subscription <&6; do
    try az role assignment list --all --assignee-object-id "$2" --fill-principal-name false --fill-role-definition-name false \
      --query '[].[roleDefinitionId, scope]' --output tsv --subscription "$subscription" || return 1
  done 6< <(
    printf '%s\n' "$SUBSCRIPTION"
    rows_of role "$1" | sed -n 's,^[^/]*/subscriptions/\([^/]*\)/.*,\1,p' | LC_ALL=C sort -u
  )
}

# Exactly the roles of the spec: a missing one breaks the workload, one more is a hole.
roles_are_exactly() {
  local role scope
  assignments_of "$1" "$2" >"$WORK/roles" || return 1
  while IFS=$'\t' read -r role scope; do
    printf '%s %s\n' "${role##*/}" "$scope"
  done <"$WORK/roles" | in_lower_case | LC_ALL=C sort >"$WORK/roles.have"
  while IFS=$'\t' read -r role scope; do
    printf '%s %s\n' "$role" "$(full_id "$scope")"
  done < <(rows_of role "$1") | in_lower_case | LC_ALL=C sort >"$WORK/roles.want"
  scope=$(LC_ALL=C comm -13 "$WORK/roles.have" "$WORK/roles.want" | sed -n 1p)
  if [ -n "$scope" ] && ! dry_run; then
    REASON="it lacks the role ${scope% *} at ${scope#* }. A new one takes some minutes; else run: agc.sh deploy --again"
    return 1
  fi
  scope=$(LC_ALL=C comm -23 "$WORK/roles.have" "$WORK/roles.want" | sed -n 1p)
  [ -n "$scope" ] || return 0
  REASON="it has the role ${scope% *} at ${scope#* }, which the spec does not give, or not any more. To take it away: az role assignment delete --assignee-object-id $2 --role ${scope% *} --scope ${scope#* }"
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

# pod_gets_token WORKLOAD CLIENT: the whole exchange, in the pod and as its service account.
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
    REASON="the pod has no AZURE_CLIENT_ID: it is older than the annotation of its service account. $BIND_ANEW"
    return 1
  elif [ "$client" != "$2" ]; then
    REASON="the pod acts as the client id $client, the identity's is $2. $BIND_ANEW"
    return 1
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

# is_healthy FIRST LAST: whether the status that ends ANSWER is one of those. Without a range any but 5xx is: whoever serves nothing
# but /orders answers 404 at /, and that a route is there has been asked before.
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
    case $status in
      5??) ;;
      404)
        DETAIL="404, the application's own or the gateway's; a request under \`tests\` of the spec tells them apart"
        return 0
        ;;
      *) return 0 ;;
    esac
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
  ANSWER=$(ask_outside "$1" --output /dev/null --write-out '%{http_code}') || return 1
  is_healthy "$2" "$3"
}

# ask_outside URL OPTION…: one request as it stands there, its redirect not followed. A proxy of the environment is asked for a tunnel:
# so no answer is its own.
ask_outside() {
  try curl "$@" --silent --show-error --max-time 20 --globoff --path-as-is --no-location --proxytunnel --suppress-connect-headers
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

# --- 6: is what the spec's tests expect so from outside?

verify_tests() {
  local frontend gateway address title method scheme host port target began=$SECONDS
  if ! has_rows test; then
    result unchanged 'tests' 'the spec has none'
    return
  fi
  while IFS=$'\t' read -r frontend gateway <&5; do
    tests_of "$gateway" >"$WORK/tests"
    [ -s "$WORK/tests" ] || continue
    address=$(host_of "$gateway") || {
      result failed "tests at frontend $frontend" "gateway $gateway has no address yet"
      continue
    }
    while IFS=$'\t' read -r title method scheme host port target <&4; do
      case $(rows_of test-needs "$title") in
        certificate) result skipped "test $title" 'not asked: it needs a certificate of the client. agcgen test answers it' ;;
        message) result skipped "test $title" 'not asked: gRPC needs a message, which only its service knows. agcgen test answers it' ;;
        *)
          url_of "$scheme" "$host" "$port" "$target" "$address"
          check "$(left_of 180 "$began")" "test $title" test_passes "$title" "$method" "$URL" "$host" "$address"
          ;;
      esac
    done 4<"$WORK/tests"
  done 5< <(rows frontend)
}

tests_of() {
  local title gateway rest
  while IFS=$'\t' read -r title gateway rest; do
    if [ "$gateway" = "$1" ]; then printf '%s\t%s\n' "$title" "$rest"; fi
  done < <(rows test)
}

# left_of SECONDS BEGAN: what is left of a time that many share, so that ten failures do not wait ten times as long as one.
left_of() {
  local patience=${AGC_PATIENCE:-100} left=$1
  if ! dry_run && [ "$patience" -gt 0 ]; then
    # wait_for takes the percentage of it again.
    left=$((($1 * patience / 100 - (SECONDS - $2)) * 100 / patience))
  fi
  if [ "$left" -lt 0 ]; then left=0; fi
  printf '%s\n' "$left"
}

# url_of SCHEME HOST PORT TARGET ADDRESS: leaves it in URL. Without a host it is one at the frontend's own address.
url_of() {
  URL=$2
  if [ "$URL" = - ]; then URL=$5; fi
  URL=$1://$URL:$3$4
  one_form "$URL"
}

# one_form URL: leaves it in URL in the form in which two that mean the same are the same.
one_form() {
  local scheme rest authority
  URL=$1
  case $1 in *://*) ;; *) return 0 ;; esac
  scheme=$(lower "${1%%://*}") rest=${1#*://}
  authority=${rest%%[/?#]*}
  rest=${rest#"$authority"}
  authority=$(lower "$authority")
  case $scheme:$authority in
    http:*:80) authority=${authority%:80} ;;
    https:*:443) authority=${authority%:443} ;;
  esac
  case $rest in /*) ;; *) rest=/$rest ;; esac
  URL=$scheme://$authority$rest
}

# test_passes TITLE METHOD URL HOST ADDRESS: asks once. Nothing of the spec is more than a word of the call.
test_passes() {
  local title=$1 method=$2 url=$3 host=$4 address=$5 header has_length='' status unseen
  set -- "$url"
  if [ "$host" != - ]; then
    set -- "$@" --connect-to "::$address:"
  else
    case $url in https:*) set -- "$@" --insecure ;; esac
  fi
  case $method in
    GET) ;;
    HEAD) set -- "$@" --head ;;
    *) set -- "$@" --request "$method" ;;
  esac
  while IFS= read -r header; do
    if same "${header%%:*}" content-length || same "${header%%:*}" transfer-encoding; then has_length=yes; fi
    # So curl sends a header without a value; else it would leave the header out.
    if [ -z "${header#*:}" ]; then header="${header%:};"; fi
    set -- "$@" --header "$header"
  done < <(rows_of test-header "$title")
  case $method$has_length in POST | PUT | PATCH) set -- "$@" --header content-length:0 ;; esac
  ask_outside "$@" --output /dev/null --dump-header - --write-out '\n%{http_code}' >"$WORK/answer" || return 1
  if dry_run; then return 0; fi
  status=$(sed -n '$p' "$WORK/answer")
  unseen=$(joined "$(rows_of test-unseen "$title")")
  if is_answered "$title" "$url" "$address" "$status" "$unseen"; then
    DETAIL="$status${unseen:+; not seen from outside: $unseen}"
    return 0
  fi
  REASON="$url: $REASON${unseen:+. Expected: $unseen}"
  return 1
}

# is_answered TITLE URL ADDRESS STATUS UNSEEN: whether the answer is as expected, as far as it is seen.
is_answered() {
  local status wanted scheme host port target header got
  status=$(rows_of test-status "$1")
  if [ -n "$status" ] && [ "$status" != "$4" ]; then
    REASON="it answers $4, not $status"
    return 1
  fi
  if IFS=$'\t' read -r scheme host port target < <(rows_of test-location "$1"); then
    url_of "$scheme" "$host" "$port" "$target" "$3"
    wanted=$URL
    case $4 in 3??) location_of "$2" ;; *) URL='' ;; esac
    if [ -z "$URL" ]; then
      REASON="it answers $4 and leads nowhere, not to $wanted"
      return 1
    fi
    if [ "$URL" != "$wanted" ]; then
      REASON="it leads to $(readable "$URL"), not to $wanted"
      return 1
    fi
  fi
  while IFS= read -r header; do
    header_of_answer "${header%%:*}" || {
      REASON="the answer ($4) has no header ${header%%:*}, which should be '${header#*:}'"
      return 1
    }
    got=$VALUE
    if [ "$(without_blanks "$got")" != "$(without_blanks "${header#*:}")" ]; then
      REASON="the header ${header%%:*} is '$(readable "$got")', not '${header#*:}'"
      return 1
    fi
  done < <(rows_of test-answer "$1")
  case $4$status in
    404 | 5??)
      [ -n "$5" ] || return 0
      REASON="it answers $4: the gateway, where no backend takes it, or else the backend itself; then ask for a path that it knows"
      return 1
      ;;
  esac
}

# location_of URL: leaves in URL where the answer of that URL, which is in one form, leads; nothing where it leads nowhere.
location_of() {
  local authority
  URL=''
  header_of_answer location || return 0
  case $VALUE in
    //*) one_form "${1%%://*}:$VALUE" ;;
    /*)
      authority=${1#*://}
      one_form "${1%%://*}://${authority%%/*}$VALUE"
      ;;
    *) one_form "$VALUE" ;;
  esac
}

# header_of_answer NAME: leaves in VALUE what the header of the answer is, several joined as RFC 9110, 5.2 does. Fails without one.
header_of_answer() {
  local line found=''
  VALUE=''
  while IFS= read -r line; do
    line=${line%$'\r'}
    case $line in
      # What stood before was no final answer.
      HTTP/*) VALUE='' found='' ;;
      *:*)
        if same "${line%%:*}" "$1"; then
          VALUE=$VALUE${found:+,}${line#*:}
          found=yes
        fi
        ;;
    esac
  done <"$WORK/answer"
  VALUE=$(printf '%s' "$VALUE" | LC_ALL=C sed 's/^[[:blank:]]*//; s/[[:blank:]]*$//')
  [ -n "$found" ]
}

# Blanks around commas and at the ends make no difference in a header.
without_blanks() {
  printf '%s' "$1" | LC_ALL=C sed 's/[[:blank:]]*,[[:blank:]]*/,/g; s/^[[:blank:]]*//; s/[[:blank:]]*$//'
}

# What came from outside, as a terminal may show it.
readable() {
  beginning_of "$(printf '%s' "$1" | LC_ALL=C tr -d '\000-\037\177')"
}

# joined LINES: on one line.
joined() {
  local line all=''
  while IFS= read -r line; do
    all=$all${all:+, }$line
  done <<<"$1"
  printf '%s\n' "$all"
}
