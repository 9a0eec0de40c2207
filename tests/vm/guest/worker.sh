#!/bin/sh
# The command of most containers: worker CODE exits with CODE on SIGTERM; worker ignore ignores it.
case $1 in
ignore) trap 'echo IGNORED' TERM ;;
*) trap 'exit '"$1" TERM ;;
esac
echo READY
while :; do
    sleep 1000 &
    wait $!
done
