#!/bin/sh
# Part of agcgen, the same for every system.
#
# Gives the databases of one SQL server the users and roles of the spec. Can be run any number of times.
#
# Environment:
#   SQL_SERVER   host name of the server
#   USER_PREFIX  users of workloads begin so; of these, what the spec does not have is dropped; no other user is touched
#   DATABASES    names of the databases, one a line
#   GRANTS       one a line: user, variable that holds its client id, database role, database (the rest of the line)
#
# It signs in as the workload identity of the pod, which administers the server. No password, no Graph.
# sqlcmd is go-sqlcmd: https://github.com/microsoft/go-sqlcmd.
set -eu
LC_ALL=C
export LC_ALL

# A paused serverless database takes a minute to wake up and refuses sign-ins until then. A new identity takes a while to
# be known everywhere. 20 times 15 seconds are 5 minutes; then the Job makes a new pod.
attempts=20
pause=15

here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'sql-grants: %s\n' "$*" >&2
  exit 1
}

# The names below become text of T-SQL, so nothing but these characters gets there.
check_name() {
  case $2 in
    '' | *[!a-z0-9-]*) fail "$1 '$2' is not made of a-z, 0-9 and - alone." ;;
  esac
}

# run_sql DATABASE FILE. -N: encrypted, with the server's certificate checked. -x: $(…) has no meaning. -b: an error of
# the server ends it.
run_sql() {
  sqlcmd -S "$SQL_SERVER" --database-name="$1" --authentication-method=ActiveDirectoryDefault -N true -l 30 -x -b -i "$2"
}

wait_for_database() {
  attempt=1
  until run_sql "$1" "$work/ping.sql" >"$work/ping.log" 2>&1; do
    cat "$work/ping.log" >&2
    if [ "$attempt" -ge "$attempts" ]; then
      fail "database '$1' on $SQL_SERVER takes no sign-in. The last answer stands above."
    fi
    printf 'sql-grants: attempt %s of %s for database %s; the next one in %s seconds.\n' \
      "$attempt" "$attempts" "$1" "$pause" >&2
    attempt=$((attempt + 1))
    sleep "$pause"
  done
}

# Prints the declarations that grants.sql works on, for the database $1. All variables of a shell are global: the loops
# below have one of their own for the database.
wanted() {
  printf "DECLARE @user_prefix nvarchar(128) = N'%s';\n" "$USER_PREFIX"
  printf 'DECLARE @wanted TABLE (\n'
  printf '  user_name sysname COLLATE Latin1_General_BIN2 NOT NULL,\n'
  printf '  sid varbinary(85) NOT NULL,\n'
  printf '  role_name sysname COLLATE Latin1_General_BIN2 NOT NULL\n'
  printf ');\n'
  while read -r user variable role target; do
    if [ -z "$user" ] || [ "$target" != "$1" ]; then
      continue
    fi
    check_name 'user' "$user"
    case $user in
      "$USER_PREFIX"?*) ;;
      *) fail "user '$user' does not begin with '$USER_PREFIX'." ;;
    esac
    case $role in
      '' | *[!a-z_]*) fail "role '$role' is not made of a-z and _ alone." ;;
    esac
    case $variable in
      '' | [0-9]* | *[!A-Z0-9_]*) fail "'$variable' is not the name of a variable." ;;
    esac
    eval "client_id=\${$variable-}"
    # shellcheck disable=SC2154 # eval sets it
    case $client_id in
      *[!0-9A-Fa-f-]*) fail "$variable holds '$client_id', which is no client id. Was the late value bound?" ;;
      ????????-????-????-????-????????????) ;;
      *) fail "$variable holds '$client_id', which is no client id. Was the late value bound?" ;;
    esac
    printf 'INSERT INTO @wanted (user_name, sid, role_name)\n'
    printf "VALUES (N'%s', CAST(CAST('%s' AS uniqueidentifier) AS varbinary(16)), N'%s');\n" \
      "$user" "$client_id" "$role"
  done <"$work/grants"
}

command -v sqlcmd >/dev/null || fail 'the image has no sqlcmd.'
check_name 'USER_PREFIX' "$USER_PREFIX"
printf '%s\n' "$GRANTS" >"$work/grants"
printf '%s\n' "$DATABASES" >"$work/databases"

# A grant on a database that is not listed would be forgotten without a word.
while read -r user variable role target; do
  if [ -n "$user" ] && ! grep -Fqx -e "$target" "$work/databases"; then
    fail "the grant of $role to $user is on database '$target', which is not among DATABASES."
  fi
done <"$work/grants"

# A sign-in wakes a paused database up, and is refused. Each gets one before the first is waited for, so all wake up together.
# The list comes in as 3, because sqlcmd may read its standard input.
printf 'SELECT 1;\n' >"$work/ping.sql"
while read -r database <&3; do
  [ -z "$database" ] || run_sql "$database" "$work/ping.sql" >/dev/null 2>&1 || true
done 3<"$work/databases"

while read -r database <&3; do
  if [ -z "$database" ]; then
    continue
  fi
  printf 'sql-grants: database %s on %s\n' "$database" "$SQL_SERVER"
  wanted "$database" >"$work/batch.sql"
  cat "$here/grants.sql" >>"$work/batch.sql"
  wait_for_database "$database"
  run_sql "$database" "$work/batch.sql"
done 3<"$work/databases"
printf 'sql-grants: done\n'
