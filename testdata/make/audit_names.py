"""Names of system calls, errors and capabilities, from tables that are not auditloginfo's own."""

import errno
import re
import subprocess

# Architectures by the arch= of a record.
ARCHES = {0xc000003e: "x86_64", 0x40000003: "i386", 0x40000028: "arm", 0xc00000b7: "aarch64", 0x14: "ppc",
          0x80000015: "ppc64", 0xc0000015: "ppc64le", 0x16: "s390", 0x80000016: "s390x",
          0x400000f3: "riscv32", 0xc00000f3: "riscv64", 0xc0000102: "loongarch64", 0x8: "mips",
          0x40000008: "mipsel", 0x80000008: "mips64", 0xc0000008: "mipsel64", 0x2: "sparc",
          0x8000002b: "sparc64"}
HEADERS = {"x86_64": "unistd_64.h", "x32": "unistd_x32.h", "i386": "unistd_32.h"}
# Whose table `ausyscall --dump` is asked for: it knows neither mips nor sparc, and riscv64 and
# loongarch64 number their calls as aarch64 does.
DUMPS = {"riscv64": "aarch64", "loongarch64": "aarch64"}
DUMPS.update({name: name for name in "x86_64 i386 arm aarch64 ppc ppc64 ppc64le s390 s390x".split()})
# Calls that are younger than many a header; from 424 on all architectures share the numbers.
YOUNG = dict(enumerate(
    "cachestat fchmodat2 map_shadow_stack futex_wake futex_wait futex_requeue statmount listmount"
    " lsm_get_self_attr lsm_set_self_attr lsm_list_modules mseal setxattrat getxattrat listxattrat"
    " removexattrat open_tree_attr file_getattr file_setattr".split(), 451))
X32 = 0x40000000

CAPABILITIES = ("chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable"
                " net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio"
                " sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time"
                " sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog"
                " wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore").split()

NAMES = {}    # tables by architecture, as far as they were needed


def call_names(arch, given):
    """The names of the system calls of an architecture, by number; the kernel's headers come last."""
    names = dict(YOUNG)
    if arch in DUMPS:
        try:
            dump = subprocess.run(["ausyscall", DUMPS[arch], "--dump"], capture_output=True, text=True).stdout
            names.update((int(number), name) for number, name in re.findall(r"^(\d+)\t(\S+)$", dump, re.M))
        except OSError:
            pass
    if arch in HEADERS:
        for folder in ("/usr/include/x86_64-linux-gnu/asm/", "/usr/include/asm/"):
            try:
                header = open(folder + HEADERS[arch]).read()
            except OSError:
                continue
            defined = re.findall(r"#define __NR_(\w+) (?:\(__X32_SYSCALL_BIT \+ )?(\d+)", header)
            names.update((int(number), name) for name, number in defined)
    if given:
        lines = map(str.split, open(given))
        names.update((int(number), name) for of, number, name in lines if of == arch)
    return names


def call_name(fields, given):
    """The architecture and the name of the call that a record tells of."""
    value, number = int(fields["arch"], 16), int(fields["syscall"])
    arch = ARCHES.get(value)
    if arch == "x86_64" and number >= X32:
        arch, lookup = "x32", number - X32
    else:
        lookup = number
    if arch not in NAMES:
        NAMES[arch] = call_names(arch, given) if arch else {}
    return arch or f"{value:x}", NAMES[arch].get(lookup, f"syscall-{number}")


def error_name(number):
    usual = {errno.EAGAIN: "EAGAIN", errno.EDEADLK: "EDEADLK", errno.EOPNOTSUPP: "EOPNOTSUPP"}
    return usual.get(number) or errno.errorcode.get(number) or str(number)
