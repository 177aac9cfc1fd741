#!/bin/sh
# Make an audit log of what a command calls on this machine, without rules or rights: strace sees
# what a rule `-a always,exit -S all` would record.
#
#   audit_strace.sh LOG PROGRAM [ARGUMENT...]
#
# PROGRAM is a path, and stands as exe= in every record, that of the execve which began it included.
# The status is that of the command.
set -eu
log=${1:?usage: audit_strace.sh LOG PROGRAM [ARGUMENT...]}
shift
case $(uname -m) in
    x86_64) arch=c000003e ;;
    aarch64) arch=c00000b7 ;;
    riscv64) arch=c00000f3 ;;
    s390x) arch=80000016 ;;
    ppc64le) arch=c0000015 ;;
    *) echo "audit_strace.sh: which arch= the records of $(uname -m) have is not known here" >&2; exit 1 ;;
esac

calls=$(mktemp)
trap 'rm -f "$calls"' EXIT
status=0
strace -f -n -e raw=all -e signal=none -o "$calls" -- "$@" || status=$?

# 29346 [ 257] openat(0xffffff9c, 0x55c012478004, 0, 0) = 0x3
# 29346 [  21] access(0x7fd9287da2a0, 0x4) = -1 ENOENT (No such file or directory)
# 29346 [ 231] exit_group(0)              = ?
awk -v arch="$arch" -v exe="$1" -v time="$(date +%s)" '
/^[0-9]+ +\[ *[0-9]+\] [a-z_0-9]+\(/ {
    number = $0
    sub(/^[0-9]+ +\[ */, "", number)
    result = / = \?/ ? "" : / = -1 / ? " success=no exit=-1" : " success=yes exit=0"
    comm = exe
    sub(/.*\//, "", comm)
    printf "type=SYSCALL msg=audit(%d.000:%d): arch=%s syscall=%d%s", time, ++serial, arch, number, result
    printf " a0=0 a1=0 a2=0 a3=0 items=0 ppid=1 pid=%d auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0", $1
    printf " egid=0 sgid=0 fsgid=0 tty=(none) ses=4294967295 comm=\"%.15s\" exe=\"%s\" key=(null)\n", comm, exe
}' "$calls" > "$log"
exit "$status"
