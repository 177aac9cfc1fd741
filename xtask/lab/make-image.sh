#!/bin/sh
# make-image.sh FOLDER: makes a Debian system for the lab in FOLDER: root.ext4, vmlinuz and initrd.
#
# The system has no boot loader, and does not start its service manager. The initrd mounts the root file system and starts /lab-init,
# which mounts the folder that the host shares and runs guest/init from it. Run as root: mmdebstrap unpacks packages.
#
# Environment: SUITE (Debian release), MIRROR (default: the mirror that apt of this host uses).
set -eu
folder=$1
suite=${SUITE:-trixie}
mirror=${MIRROR:-$(apt-get indextargets --format '$(SITE)' | grep -m1 '/debian$')}
packages=auditd,audispd-plugins,sudo,passwd,login,multipath-tools,dmsetup,nvme-cli,sysstat,fio,mt-st,sg3-utils,lsscsi
packages=$packages,udev,kmod,procps,iproute2,util-linux,e2fsprogs,python3,busybox-static,systemd,apparmor,crun

# Backports have the newest kernel: scsi_debug emulates whole tape drives since Linux 6.15. Since 7.0 Debian's kernel comes in
# two packages that need no initramfs tool. The name of the newest one stands in the dependencies of linux-image-amd64.
cat > "$folder/install-kernel" <<'E2'
#!/bin/sh
set -eu
in_root() { chroot "$1" env DEBIAN_FRONTEND=noninteractive sh -euc "$2"; }
in_root "$1" '
    version=$(apt-cache show linux-image-amd64 | sed -n "s/^Depends:.*linux-image-\([0-9][^ ,]*\).*/\1/p" | sort -V | tail -n 1)
    case $version in
        [0-6].*) kernel=linux-image-$version ;;
        *) kernel="linux-binary-$version linux-modules-$version" ;;
    esac
    apt-get install --yes --no-install-recommends $kernel
    depmod "$version"
    echo "$version" > /kernel-version'
E2

# Prints the modules that the root needs, dependencies first.
modules() {
    for module in virtio_pci virtio_blk ext4; do
        chroot "$root" modprobe -S "$version" --show-depends "$module"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

unpack() {
    case $1 in
        *.xz) xz -dc "$1" ;;
        *.zst) zstd -qdc "$1" ;;
        *) cat "$1" ;;
    esac
}

make_initrd() {
    initrd=$folder/initrd.d
    mkdir -p "$initrd/dev" "$initrd/proc" "$initrd/sys" "$initrd/root" "$initrd/modules"
    cp "$root/usr/bin/busybox" "$initrd/busybox"
    modules | while read -r module; do
        name=$(basename "$module" | sed 's/\.ko.*//').ko
        unpack "$root$module" > "$initrd/modules/$name"
        echo "/modules/$name" >> "$initrd/modules.list"
    done
    cat > "$initrd/init" <<'E2'
#!/busybox sh
b=/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
while read -r module; do $b insmod "$module"; done < /modules.list
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 300 ]; do $b sleep 0.1; tries=$((tries + 1)); done
$b mount -t ext4 /dev/vda /root || $b poweroff -f
$b umount /proc /sys
$b mount --move /dev /root/dev
exec $b switch_root /root /lab-init
E2
    chmod 755 "$initrd/init"
    (cd "$initrd" && find . | cpio -o -H newc --quiet | zstd -q -3) > "$folder/initrd"
    rm -rf "$initrd"
}

make_lab_init() {
    cat > "$root/lab-init" <<'E2'
#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TZ=UTC
mount -t proc proc /proc
mount -t sysfs sys /sys
modprobe -a 9pnet_virtio 9p
mkdir -p /lab
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 lab /lab || poweroff -f
exec sh /lab/guest/init
E2
    chmod 755 "$root/lab-init"
}

# One file system image, sparse, with room to spare.
pack_root() {
    size=$(($(du -sxm "$root" | cut -f 1) + 1024))
    mke2fs -q -t ext4 -O ^has_journal -d "$root" "$folder/root.ext4" "${size}M"
}

root=$folder/root
rm -rf "$root" "$folder/root.ext4" "$folder/initrd.d"
printf 'deb %s %s main\ndeb %s %s-backports main\n' "$mirror" "$suite" "$mirror" "$suite" |
    mmdebstrap --variant=minbase --mode=root --include="$packages" \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --aptopt='Acquire::Check-Valid-Until "false"' \
        --customize-hook="sh $folder/install-kernel \"\$1\"" "$suite" "$root" -
version=$(cat "$root/kernel-version")
chroot "$root" useradd --create-home --uid 7001 --shell /bin/bash oper
echo 'oper ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/oper"
chmod 440 "$root/etc/sudoers.d/oper"
echo lab > "$root/etc/hostname"
echo '127.0.0.1 localhost lab' > "$root/etc/hosts"
cp "$root/boot/vmlinuz-$version" "$folder/vmlinuz" 2> /dev/null || cp "$root/usr/lib/modules/$version/vmlinuz" "$folder/vmlinuz"
make_initrd
make_lab_init
pack_root
rm -rf "$root" "$folder/install-kernel"
echo "$version" > "$folder/kernel"
