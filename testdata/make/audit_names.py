"""Names of system calls, errors, capabilities and types of records, from tables that are not auditloginfo's own."""

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

# Types of records by number: the kernel's, libaudit's, and those of AppArmor before 2.6.24.
TYPES = {number: name for first, names in (
    (1005, "USER LOGIN"),
    (1100, "USER_AUTH USER_ACCT USER_MGMT CRED_ACQ CRED_DISP USER_START USER_END USER_AVC USER_CHAUTHTOK"
           " USER_ERR CRED_REFR USYS_CONFIG USER_LOGIN USER_LOGOUT ADD_USER DEL_USER ADD_GROUP DEL_GROUP"
           " DAC_CHECK CHGRP_ID TEST TRUSTED_APP USER_SELINUX_ERR USER_CMD USER_TTY CHUSER_ID GRP_AUTH"
           " SYSTEM_BOOT SYSTEM_SHUTDOWN SYSTEM_RUNLEVEL SERVICE_START SERVICE_STOP GRP_MGMT GRP_CHAUTHTOK"
           " MAC_CHECK ACCT_LOCK ACCT_UNLOCK USER_DEVICE SOFTWARE_UPDATE"),
    (1200, "DAEMON_START DAEMON_END DAEMON_ABORT DAEMON_CONFIG DAEMON_RECONFIG DAEMON_ROTATE"
           " DAEMON_RESUME DAEMON_ACCEPT DAEMON_CLOSE DAEMON_ERR"),
    (1300, "SYSCALL"),
    (1302, "PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD"),
    (1309, "EXECVE"),
    (1311, "IPC_SET_PERM MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR KERNEL_OTHER FD_PAIR OBJ_PID TTY EOE"
           " BPRM_FCAPS CAPSET MMAP NETFILTER_PKT NETFILTER_CFG SECCOMP PROCTITLE FEATURE_CHANGE REPLACE"
           " KERN_MODULE FANOTIFY TIME_INJOFFSET TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL"
           " DM_EVENT"),
    (1400, "AVC SELINUX_ERR AVC_PATH MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW"
           " MAC_CIPSOV4_ADD MAC_CIPSOV4_DEL MAC_MAP_ADD MAC_MAP_DEL MAC_IPSEC_ADDSA MAC_IPSEC_DELSA"
           " MAC_IPSEC_ADDSPD MAC_IPSEC_DELSPD MAC_IPSEC_EVENT MAC_UNLBL_STCADD MAC_UNLBL_STCDEL"
           " MAC_CALIPSO_ADD MAC_CALIPSO_DEL IPE_ACCESS IPE_CONFIG_CHANGE IPE_POLICY_LOAD LANDLOCK_ACCESS"
           " LANDLOCK_DOMAIN MAC_TASK_CONTEXTS MAC_OBJ_CONTEXTS"),
    (1500, "APPARMOR APPARMOR_AUDIT APPARMOR_ALLOWED APPARMOR_DENIED APPARMOR_HINT APPARMOR_STATUS"
           " APPARMOR_ERROR APPARMOR_KILL"),
    (1700, "ANOM_PROMISCUOUS ANOM_ABEND ANOM_LINK ANOM_CREAT"),
    (1800, "INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE"
           " INTEGRITY_EVM_XATTR INTEGRITY_POLICY_RULE"),
    (2000, "KERNEL"),
    (2400, "CRYPTO_TEST_USER CRYPTO_PARAM_CHANGE_USER CRYPTO_LOGIN CRYPTO_LOGOUT CRYPTO_KEY_USER"
           " CRYPTO_FAILURE_USER CRYPTO_REPLAY_USER CRYPTO_SESSION CRYPTO_IKE_SA CRYPTO_IPSEC_SA"),
    (2500, "VIRT_CONTROL VIRT_RESOURCE VIRT_MACHINE_ID VIRT_INTEGRITY_CHECK VIRT_CREATE VIRT_DESTROY"
           " VIRT_MIGRATE_IN VIRT_MIGRATE_OUT"),
) for number, name in enumerate(names.split(), first)}

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
