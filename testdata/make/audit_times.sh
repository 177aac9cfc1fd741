#!/bin/sh
# What ausearch finds between two times, for 24 pairs of them, to compare with --start and --end.
#
#   audit_times.sh --log > LOG    make a log with events around every time that a word stands for now
#   audit_times.sh LOG            print lines  START|END|number of events; an empty one is not given
#
# Times are in UTC. ausearch takes neither seconds of the epoch nor ISO 8601 nor, before audit 4,
# this-hour: those are given to it as a date of the C locale. Words move on with the clock: compare
# within two minutes, and not across an hour.
set -eu
export LC_ALL=C TZ=UTC

# One event per second, from three before to three after a time.
around() {
    awk -v time="$1" -v serial="$2" 'BEGIN { for (i = -3; i <= 3; i++) {
        printf "type=SYSCALL msg=audit(%d.500:%d): arch=c000003e syscall=2 success=yes exit=3 ", time + i, ++serial
        printf "a0=7ffc69cb6522 a1=0 a2=0 a3=0 items=1 ppid=438 pid=447 auid=7005 uid=7005 gid=7005 euid=7005 suid=7005 "
        printf "fsuid=7005 egid=7005 sgid=7005 fsgid=7005 tty=pts0 ses=3 comm=\"cat\" exe=\"/usr/bin/cat\" key=(null)\n"
        printf "type=PATH msg=audit(%d.500:%d): item=0 name=\"/etc/hosts\" nametype=NORMAL\n", time + i, serial } }'
}

# The times that words stand for, first to last; of those that move with the clock some minutes off.
make_log() {
    now=$(date +%s)
    {
        for day in 'jan 1' "$(date +%Y-%m-01)" '7 days ago' "$(date +%w) days ago" yesterday today; do
            date -d "$(date -d "$day" +%Y-%m-%d)" +%s
        done
        echo $((now - now % 3600)) $((now - 660)) $((now - 480)) $((now - 300)) $((now + 3600))
        # What ausearch takes for the boot differs by a second from one run to the next.
        awk '/^btime/ { print $2 - 60, $2 + 60 }' /proc/stat
    } | tr ' ' '\n' | sort -n | { serial=0; while read -r time; do around "$time" $serial; serial=$((serial + 7)); done; }
}

# The words that ausearch takes for one of our times.
for_ausearch() {
    case $1 in
        this-hour) date '+%x %H:00:00' ;;
        [0-9]*T*) date -d "$1" '+%x %T' ;;
        [0-9]*-*) date -d "$1" '+%x 00:00:00' ;;
        [0-9]*) date -d "@$1" '+%x %T' ;;
        *) echo "$1" ;;
    esac
}

count() {   # START END LOG
    # shellcheck disable=SC2046 # a date and a time are two words
    ausearch --raw -if "$3" $([ -z "$1" ] || echo -ts $(for_ausearch "$1")) $([ -z "$2" ] || echo -te $(for_ausearch "$2")) 2> /dev/null |
        stamps | sort -u | wc -l
}

# The stamps of records, where those begin: text in them may say anything.
stamps() {
    sed -nE 's/^(node=[^ ]+ )?type=[^ ]+ msg=audit\(([0-9.]+:[0-9]+)\).*/\2/p'
}

pairs() {
    first=$(stamps < "$1" | cut -d. -f1 | sort -n | sed -n 1p)
    last=$(stamps < "$1" | cut -d. -f1 | sort -n | sed -n '$p')
    at() { date -d "@$1" +%FT%T; }
    middle=$(((first + last) / 2))
    for start in now recent this-hour today yesterday this-week week-ago this-month this-year boot; do echo "$start|"; done
    for end in now recent today yesterday this-week week-ago this-month boot; do echo "|$end"; done
    echo "this-week|yesterday"
    echo "yesterday|today"
    echo "$first|$((first + 10))"
    echo "$(at $((last - 5)))|$(at "$last")"
    echo "$(at $middle | cut -dT -f1)|now"
    echo "|$(at $middle)"
}

case ${1:?usage: audit_times.sh --log | LOG} in
    --log) make_log ;;
    *) pairs "$1" | while IFS='|' read -r start end; do echo "$start|$end|$(count "$start" "$end" "$1")"; done ;;
esac
