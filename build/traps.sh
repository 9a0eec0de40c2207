#!/bin/sh
# traps.sh OBJECT — assembly that defines every Python name which OBJECT leaves undefined, as an instruction that
# ends the program. Sanitized code keeps all sections, so it refers to all of libpython; with traps in its place
# the program needs none, and a call that would have reached the interpreter cannot go unnoticed.
set -eu
echo '.text'
nm -u "$1" | sed -n 's/^ *U \(_\{0,1\}Py[A-Za-z0-9_]*\)$/\1/p' | sort -u | while read -r name; do
    printf '.globl %s\n%s:\n' "$name" "$name"
done
case $(uname -m) in
    aarch64) echo '  udf #0' ;;
    *) echo '  ud2' ;;
esac
echo '.section .note.GNU-stack,"",%progbits'
