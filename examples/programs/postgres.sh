#!/bin/sh
# postgres.sh — what docker-entrypoint.sh of the image does, on this machine: a new cluster, then the server.
# --no-sync: the example lives for seconds. No socket: its folder in the image is not this machine's.
set -eu
shift # "postgres"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --no-sync --auth="$POSTGRES_HOST_AUTH_METHOD" --username=postgres >/dev/null
fi
exec postgres -c unix_socket_directories= "$@"
