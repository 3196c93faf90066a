#!/usr/bin/env bash
# Runs an etcd and a kube-apiserver on this machine alone, until its standard input is closed: however the test ends, they
# end with it. Everything they write is below FOLDER.
#
#   serve.sh FOLDER ETCD KUBE_APISERVER OPENSSL ETCD_PORT PEER_PORT PORT
set -euo pipefail

folder=$1 etcd=$2 kube_apiserver=$3 openssl=$4 etcd_port=$5 peer_port=$6 port=$7
exec 2>"$folder/serve.log"

# The keys of service accounts' tokens. None is asked for, but the server does not start without.
"$openssl" ecparam -name prime256v1 -genkey -noout -out "$folder/service-account.key"
"$openssl" ec -in "$folder/service-account.key" -pubout -out "$folder/service-account.pub"

# A fifth less work for room that is there.
export GOGC=400

"$etcd" \
  --data-dir "$folder/etcd" \
  --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$etcd_port" \
  --advertise-client-urls "http://127.0.0.1:$etcd_port" \
  --listen-peer-urls "http://127.0.0.1:$peer_port" \
  --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
  --initial-cluster "default=http://127.0.0.1:$peer_port" \
  >"$folder/etcd.log" 2>&1 </dev/null &

# Rights as in AKS; the admission plug-ins are the defaults, PodSecurity among them.
"$kube_apiserver" \
  --etcd-servers "http://127.0.0.1:$etcd_port" \
  --bind-address 127.0.0.1 \
  --advertise-address 192.0.2.1 \
  --secure-port "$port" \
  --cert-dir "$folder/certificates" \
  --token-auth-file "$folder/tokens.csv" \
  --authorization-mode RBAC \
  --service-cluster-ip-range 10.96.0.0/16 \
  --service-account-issuer https://kubernetes.default.svc \
  --service-account-key-file "$folder/service-account.pub" \
  --service-account-signing-key-file "$folder/service-account.key" \
  >"$folder/kube-apiserver.log" 2>&1 </dev/null &

# Until the input is closed, or one of the two gives up. Nothing that they keep is worth a farewell.
cat >/dev/null <&0 &
wait -n || true
jobs -p | xargs kill -KILL 2>/dev/null || true
wait
