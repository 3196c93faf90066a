# shellcheck shell=bash
# Part of agcgen, the same for every system.
# up: all of it, in the order in which each part finds what it needs.

help_up() {
  cat <<'HELP'
agc.sh up [--fix] [--again]: preflight, deploy, bind, apply platform, connect, apply workloads, apply routes, verify.

It can be stopped and run again at any time: every part asks what is there and does the rest. A second run changes nothing.
HELP
}

command_up() {
  command_preflight
  command_deploy
  command_bind
  step 'cluster'
  open_cluster
  apply_platform
  command_connect
  apply_workloads
  apply_routes
  prune
  command_verify
}
