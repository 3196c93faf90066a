#!/usr/bin/env bash
# Part of agcgen, the same for every system. What differs from system to system stands in system.tsv beside this file.
#
# Deploys, connects, verifies and removes one system on Azure and in its cluster. `agc.sh help` says how to use it.
#
#   agc.sh       this file: what can be asked for, and who does it
#   lib/         what every command uses: calls, waiting, results, the rows of system.tsv
#   commands/    one file a command
#   failures.tsv what messages of Azure and Kubernetes mean, and what to do
#
# It runs in every bash from 3.2 (macOS) on. It writes late-values.env of the output folder and nothing else there; its
# lock lies in AGC_STATE.
set -euo pipefail +o noclobber

# With it cd goes elsewhere, and says so on standard output.
unset CDPATH
DRIVER=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
OUT=$(cd -- "$DRIVER/.." && pwd)

# shellcheck source=lib/results.sh
. "$DRIVER/lib/results.sh"
# shellcheck source=lib/system.sh
. "$DRIVER/lib/system.sh"
# shellcheck source=lib/calls.sh
. "$DRIVER/lib/calls.sh"
# shellcheck source=lib/wait.sh
. "$DRIVER/lib/wait.sh"
# shellcheck source=lib/cluster.sh
. "$DRIVER/lib/cluster.sh"
# shellcheck source=lib/group.sh
. "$DRIVER/lib/group.sh"
# shellcheck source=lib/run.sh
. "$DRIVER/lib/run.sh"
# shellcheck source=commands/preflight.sh
. "$DRIVER/commands/preflight.sh"
# shellcheck source=commands/plan.sh
. "$DRIVER/commands/plan.sh"
# shellcheck source=commands/deploy.sh
. "$DRIVER/commands/deploy.sh"
# shellcheck source=commands/bind.sh
. "$DRIVER/commands/bind.sh"
# shellcheck source=commands/apply.sh
. "$DRIVER/commands/apply.sh"
# shellcheck source=commands/connect.sh
. "$DRIVER/commands/connect.sh"
# shellcheck source=commands/verify.sh
. "$DRIVER/commands/verify.sh"
# shellcheck source=commands/status.sh
. "$DRIVER/commands/status.sh"
# shellcheck source=commands/drift.sh
. "$DRIVER/commands/drift.sh"
# shellcheck source=commands/destroy.sh
. "$DRIVER/commands/destroy.sh"
# shellcheck source=commands/up.sh
. "$DRIVER/commands/up.sh"

usage() {
  cat <<'USAGE'
agc.sh COMMAND [OPTION…]: deploys, connects, verifies and removes the system of this folder

  up         all of it, in order: preflight, deploy, bind, apply, connect, verify
  preflight  what must be so before anything is made; --fix registers providers
  plan       what a deployment would change in Azure
  deploy     the resource group, and everything of infra/ in it
  bind       the values that only the deployment knows, into late-values.env
  apply      the ALB Controller and the manifests: apply [platform] [workloads] [routes]
  connect    the connections of Service Connector
  verify     whether it works: verify [--only gateway,identities,pods,traffic,connections,tests]
  status     what there is, in one screen
  drift      what is not as in this folder any more, in Azure and in the cluster
  destroy    all of it away, in the order that leaves nothing behind; --without-cluster where it does not answer

  --dry-run       prints every call, makes none; needs no login and no network
  --yes           asks nothing
  --output json   one JSON document on standard output, the story on standard error
  --help          what a command does, call by call

Every command can be run again: it asks what is there and does the rest.
It ends with 0, or with 1 where something failed, 2 where it was called wrongly, 3 where plan or drift found a difference.

  AGC_STATE        folder of its lock (~/.local/state/agcgen)
  AGC_SUBSCRIPTION name or id of the subscription where the spec names none (the signed-in one)
  AGC_PROBE_IMAGE  image with curl and sh that asks from inside the pods
  AGC_PATIENCE     percent of every time that is waited at most (100)
USAGE
}

# Reads the command line into COMMAND, WORDS, DRY_RUN, YES, OUTPUT, ONLY, FIX, AGAIN, WITHOUT_CLUSTER.
read_arguments() {
  COMMAND='' WORDS='' DRY_RUN='' YES='' OUTPUT=text ONLY='' FIX='' AGAIN='' WITHOUT_CLUSTER='' HELP=''
  while [ $# -gt 0 ]; do
    case $1 in
      --dry-run) DRY_RUN=yes ;;
      --yes) YES=yes ;;
      --fix) FIX=yes ;;
      --again) AGAIN=yes ;;
      --without-cluster) WITHOUT_CLUSTER=yes ;;
      --help | -h) HELP=yes ;;
      --output=*) OUTPUT=${1#*=} ;;
      --only=*) ONLY=${1#*=} ;;
      --output | --only)
        [ $# -ge 2 ] || refuse "$1 wants a value."
        if [ "$1" = --output ]; then OUTPUT=$2; else ONLY=$2; fi
        shift
        ;;
      --environment | --environment=*) refuse "--environment is reserved: this version renders one environment." ;;
      -*) refuse "there is no option $1." ;;
      *)
        if [ -z "$COMMAND" ]; then COMMAND=$1; else WORDS="$WORDS $1"; fi
        ;;
    esac
    shift
  done
  case $OUTPUT in
    text | json) ;;
    *) refuse "--output is text or json, not '$OUTPUT'." ;;
  esac
}

# An option or word that the command does not take is a mistake, never ignored.
check_arguments() {
  case $COMMAND in
    apply) check_words platform workloads routes ;;
    *) [ -z "$WORDS" ] || refuse "$COMMAND takes no word:$WORDS." ;;
  esac
  [ -z "$ONLY" ] || [ "$COMMAND" = verify ] || refuse "--only belongs to verify."
  check_only
  [ -z "$FIX" ] || [ "$COMMAND" = preflight ] || [ "$COMMAND" = up ] || refuse "--fix belongs to preflight and up."
  [ -z "$AGAIN" ] || [ "$COMMAND" = deploy ] || [ "$COMMAND" = up ] || refuse "--again belongs to deploy and up."
  [ -z "$WITHOUT_CLUSTER" ] || [ "$COMMAND" = destroy ] || refuse "--without-cluster belongs to destroy."
}

check_only() {
  local part
  for part in ${ONLY//,/ }; do
    case $part in
      gateway | identities | pods | traffic | connections | tests) ;;
      *) refuse "--only knows gateway, identities, pods, traffic, connections and tests, not '$part'." ;;
    esac
  done
}

check_words() {
  local word known
  for word in $WORDS; do
    for known in "$@"; do
      [ "$word" != "$known" ] || continue 2
    done
    refuse "$COMMAND knows $*, not '$word'."
  done
}

main() {
  read_arguments "$@"
  case $COMMAND in
    '' | help)
      usage
      [ "$COMMAND" = help ] || [ -n "$HELP" ] || exit 2
      ;;
    up | preflight | plan | deploy | bind | apply | connect | verify | status | drift | destroy)
      if [ -n "$HELP" ]; then
        "help_$COMMAND"
        return
      fi
      check_arguments
      open_system
      begin_run
      "command_$COMMAND"
      end_run
      ;;
    *) refuse "there is no command '$COMMAND'." ;;
  esac
}

# bash 3.2 takes an empty "$@" for an unset variable.
main ${1+"$@"}
