#!/bin/sh
# PgBouncer before 1.21 (Debian 12 has 1.18.0) in transaction mode hands a client another client's prepared statement, and nobody
# is told: no error, the wrong rows.
#
# Clients name their statements by counting (psycopg 3: `_pg3_0`, sqlx: `sqlx_s_1`), and every client begins at the same number.
# Two clients prepare two statements under one name, each on a server connection of its own. In its next transaction the first
# client is given the other's connection, where that name is known, and executes what the other one prepared.
#
# Seen with PgBouncer 1.18.0, PostgreSQL 15, psycopg 3.2.3: asked for 'mine', answered 'theirs'.
# Exits with 0 while that is so, with 1 when it is not, with 2 when something is missing.
set -eu
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
bouncer=/usr/sbin/pgbouncer
if [ -z "$bin" ] || [ ! -x "$bouncer" ]; then
  echo "needs Debian's packages postgresql and pgbouncer" >&2
  exit 2
fi
folder=$(mktemp -d)
as=""
user=""
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as="runuser -u postgres --"
  user="-u postgres"
fi
end() {
  if [ -n "${pooler:-}" ]; then kill "$pooler" 2>/dev/null || true; fi
  (cd / && $as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1) || true
  rm -rf "$folder"
}
trap end EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "psycopg[binary]==3.2.3"
port=$("$folder/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
pooled=$("$folder/venv/bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cd /
$as "$bin/initdb" -U finder -A trust -N --no-instructions -D "$folder/data" >/dev/null
$as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/data/log" -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" start >/dev/null
cat > "$folder/pgbouncer.ini" <<END
[databases]
postgres = host=127.0.0.1 port=$port dbname=postgres user=finder
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $pooled
unix_socket_dir =
auth_type = any
pool_mode = transaction
END
chmod a+r "$folder/pgbouncer.ini"
"$bouncer" --version | head -n 1
"$bouncer" $user "$folder/pgbouncer.ini" 2>/dev/null &
pooler=$!
sleep 1
POOLED=$pooled "$folder/venv/bin/python" - <<'END'
import os, sys
import psycopg

address = f"postgres://finder@127.0.0.1:{os.environ['POOLED']}/postgres"
# Prepared at the first use, as sqlx does always.
first, second = (psycopg.connect(address, prepare_threshold=0) for _ in range(2))
ask = lambda connection, question: connection.execute(question).fetchone()[0]
# Both in a transaction at once, so each on a server connection of its own.
ask(first, "SELECT 'mine'")
ask(second, "SELECT 'theirs'")
first.commit()
second.commit()
answer = ask(first, "SELECT 'mine'")
print(f"asked for 'mine', answered {answer!r}")
sys.exit(0 if answer == "theirs" else 1)
END
