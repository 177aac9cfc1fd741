# Takes --root out of the words, and runs the original with that system over /sys and /proc/uptime.
export PROGRAM CLOCK
root= is_root=
for word; do
    shift
    if [ "$is_root" ]; then
        root=$word is_root=
    elif [ "$word" = --root ]; then
        is_root=1
    else
        set -- "$@" "$word"
    fi
done
run='PATH="${PROGRAM%/*}:$PATH" exec "${PROGRAM##*/}" "$@"'
[ "$root" ] || exec sh -c "$run" sh "$@"
TREES=$(cd "$root" && pwd) || exit
if [ ! -d "$TREES/1" ]; then
    mkdir -p "$SCRATCH/$$" && ln -s "$TREES" "$SCRATCH/$$/1" && TREES=$SCRATCH/$$ || exit
fi
export TREES
mounts='mount --bind "$TREES/1/sys" /sys && mount --bind "$TREES/1/proc/uptime" /proc/uptime'
exec unshare -m sh -c "$mounts && LD_PRELOAD=\$CLOCK $run" sh "$@"
