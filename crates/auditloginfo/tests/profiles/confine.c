/* Runs a command under a seccomp profile, or writes the filter for others to load.
 *
 *   confine NAMES COMMAND [ARGUMENT...]
 *   confine NAMES > FILTER                 as bwrap --seccomp takes it
 *
 * NAMES are lines: architectures such as SCMP_ARCH_X86_64, and the calls that are allowed. */
#include <ctype.h>
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int fail(const char *what, int error) {
    fprintf(stderr, "confine: %s: %s\n", what, strerror(error));
    return 125;
}

static int add(scmp_filter_ctx filter, char *name) {
    static const char arch[] = "SCMP_ARCH_";
    if (strncmp(name, arch, strlen(arch)) != 0) {
        int call = seccomp_syscall_resolve_name(name);
        return call == __NR_SCMP_ERROR ? -EINVAL : seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    }
    char *word = name + strlen(arch);
    for (char *at = word; *at; at++) *at = (char)tolower(*at);
    int error = seccomp_arch_add(filter, seccomp_arch_resolve_name(word));
    return error == -EEXIST ? 0 : error;
}

int main(int argc, char **argv) {
    FILE *names = argc > 1 ? fopen(argv[1], "r") : NULL;
    if (names == NULL) return fail("names", errno);
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    char name[64];
    while (fscanf(names, "%63s", name) == 1) {
        int error = add(filter, name);
        if (error) return fail(name, -error);
    }
    fclose(names);
    if (argc == 2) return seccomp_export_bpf(filter, STDOUT_FILENO) ? fail("filter", EIO) : 0;
    int error = seccomp_load(filter);
    if (error) return fail("filter", -error);
    execv(argv[2], argv + 2);
    return fail(argv[2], errno);
}
