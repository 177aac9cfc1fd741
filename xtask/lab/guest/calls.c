/*
 * calls.c - makes known system calls and writes down each of them.
 *
 * The program uses no C library, so the audit log must hold exactly the calls in its notes.
 *	calls login AUID UID PROGRAM ARGUMENT...	sets the login user and the user, then executes PROGRAM
 *	calls all FOLDER				makes every call below but those of io_uring, in FOLDER, which it creates
 *	calls io_uring FOLDER				opens a file through io_uring
 *	calls ANYTHING					exits
 * Each mode but the last writes its notes to standard output.
 */
#include "calls.h"
#include <linux/io_uring.h>
#include <linux/openat2.h>

#define SIGCHLD 17
enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16, AF_VSOCK = 40 };
enum { STREAM = 1, DATAGRAM = 2, RAW = 3, NONBLOCK = O_NONBLOCK };

static char self[256];
static char *environment[] = { "LAB=1", 0 };

static void end(void)
{
	note_call("exit_group", 0);
	write_notes();
	system_call(__NR_exit_group, (long[6]){ 0 });
}

static const char *odd_names[] = {
	"plain", "with blank", " leading", "trailing ", "new\nline", "tab\tinside", "quo\"te", "apos'trophe", "back\\slash", "-dash",
	"a=b", "(null)", "DEADBEEF", "\"DEADBEEF\"", "semi;colon", "star*", "$(id)", "~root", "100%", "\xc3\xa9\xc3\xbc",
	"\xff\xfe\x80", "\x01\x1d\x7f", "type=SYSCALL msg=audit(1.2:3):", "name=(null) nametype=PARENT", "\xe2\x80\xae" "bidi",
};
#define ODD_NAMES ((long)(sizeof odd_names / sizeof *odd_names))

static void open_every_way(void)
{
	struct open_how how = { .flags = O_RDONLY };
	long folder = file("/etc", CALL(open, L("/etc"), O_RDONLY | O_DIRECTORY));
	CALL(close, file("/etc/hostname", CALL(open, L("/etc/hostname"), O_RDONLY)));
	CALL(close, file("/etc/hostname", CALL(openat, AT_FDCWD, L("/etc/hostname"), O_RDONLY)));
	CALL(close, file("hostname", CALL(openat, folder, L("hostname"), O_RDONLY)));
	CALL(close, file("../etc/./hosts", CALL(openat, folder, L("../etc/./hosts"), O_RDONLY)));
	CALL(close, file("/etc/hosts", CALL(openat2, AT_FDCWD, L("/etc/hosts"), L(&how), sizeof how)));
	CALL(close, created("by creat", CALL(creat, L("by creat"), 0600)));
	CALL(close, created("by open", CALL(open, L("by open"), O_CREAT | O_RDWR, 0600)));
	CALL(close, created("by openat", CALL(openat, AT_FDCWD, L("by openat"), O_CREAT | O_WRONLY | O_EXCL, 0600)));
	how.flags = O_CREAT | O_RDWR;
	how.mode = 0600;
	CALL(close, created("by openat2", CALL(openat2, AT_FDCWD, L("by openat2"), L(&how), sizeof how)));
	CALL(close, file("by open", CALL(open, L("by open"), O_WRONLY | O_CREAT | O_APPEND, 0600)));
	CALL(close, change("truncated", "by open", file("by open", CALL(open, L("by open"), O_WRONLY | O_TRUNC))));
	CALL(close, folder);
}

static void open_odd_names(void)
{
	for (long i = 0; i < ODD_NAMES; i++) {
		CALL(close, created(odd_names[i], CALL(openat, AT_FDCWD, L(odd_names[i]), O_CREAT | O_WRONLY, 0600)));
		CALL(close, file(odd_names[i], CALL(open, L(odd_names[i]), O_RDONLY)));
		change("removed", odd_names[i], CALL(unlink, L(odd_names[i])));
	}
}

#ifdef __x86_64__
#define MAP(fd, length, offset) CALL(mmap, 0, length, 3, 1, fd, offset)
#else
#define MAP(fd, length, offset) CALL(mmap2, 0, length, 3, 1, fd, (offset) >> 12)
#endif

/* One request of io_uring: an open that no system call of the open family makes. */
static void open_by_io_uring(void)
{
	struct io_uring_params ring = { 0 };
	long fd = CALL(io_uring_setup, 1, L(&ring));
	char *rings = (char *)MAP(fd, 4096, IORING_OFF_SQ_RING);
	struct io_uring_sqe *request = (void *)MAP(fd, 4096, IORING_OFF_SQES);
	struct io_uring_cqe *answer = (void *)(rings + ring.cq_off.cqes);
	request->opcode = IORING_OP_OPENAT;
	request->fd = AT_FDCWD;
	request->addr = (unsigned long)"/etc/hostname";
	request->open_flags = O_RDONLY;
	*(unsigned *)(rings + ring.sq_off.tail) += 1;
	CALL(io_uring_enter, fd, 1, 1, IORING_ENTER_GETEVENTS);
	file("/etc/hostname", answer->res);
	CALL(close, answer->res);
	CALL(close, fd);
}

static void fail_to_open(void)
{
	struct open_how beneath = { .flags = O_RDONLY, .resolve = RESOLVE_BENEATH };
	static char long_name[5000];
	file("/etc/shadow", CALL(open, L("/etc/shadow"), O_RDONLY));
	file("/nonexistent", CALL(open, L("/nonexistent"), O_RDONLY));
	file("/nonexistent", CALL(openat, AT_FDCWD, L("/nonexistent"), O_RDONLY));
	file("/etc/hosts/below", CALL(open, L("/etc/hosts/below"), O_RDONLY));
	file("/etc", CALL(open, L("/etc"), O_WRONLY));
	file("/nonexistent/new", CALL(creat, L("/nonexistent/new"), 0600));
	file("/nonexistent/new", CALL(open, L("/nonexistent/new"), O_CREAT | O_WRONLY, 0600));
	file("by open", CALL(open, L("by open"), O_CREAT | O_EXCL | O_WRONLY, 0600));
	file("../../etc/passwd", CALL(openat2, AT_FDCWD, L("../../etc/passwd"), L(&beneath), sizeof beneath));
	change("linked", "loop", CALL(symlink, L("loop"), L("loop")));
	file("loop", CALL(open, L("loop"), O_RDONLY));
	change("removed", "loop", CALL(unlink, L("loop")));
	/* The kernel does not get the name of these: no PATH record, so no file. */
	memset(long_name, 'l', sizeof long_name - 1);
	CALL(open, L(long_name), O_RDONLY);
	CALL(open, L(""), O_RDONLY);
	CALL(open, 1, O_RDONLY);
	CALL(open_by_handle_at, -1, 1, O_RDONLY);
}

/* Executes a program in a child. The parent notes the child's calls: `result` is what execve is known to return. */
static void execute(const char *program, char *const *arguments, char *const *seen, long result)
{
	long status, child = CALL(clone, SIGCHLD);
	if (!child) {
		system_call(__NR_execve, (long[6]){ L(program), L(arguments), L(environment) });
		system_call(__NR_exit_group, (long[6]){ 0 });
	}
	note_call("execve", result);
	if (result == 0)
		note_command(seen);
	note_call("exit_group", 0);
	CALL(wait4, child, L(&status));
}

/* Executes an open file, or a name below an open folder. */
static void execute_at(long folder, const char *name, long flags, char *const *arguments)
{
	long status, child = CALL(clone, SIGCHLD);
	if (!child) {
		system_call(__NR_execveat, (long[6]){ folder, L(name), L(arguments), L(environment), flags });
		system_call(__NR_exit_group, (long[6]){ 0 });
	}
	note_call("execveat", 0);
	note_command(arguments);
	note_call("exit_group", 0);
	CALL(wait4, child, L(&status));
}

static void write_file(const char *name, const char *text, long mode)
{
	long fd = created(name, CALL(openat, AT_FDCWD, L(name), O_CREAT | O_WRONLY, mode));
	CALL(write, fd, L(text), length_of(text));
	CALL(close, fd);
}

static void execute_with_odd_arguments(void)
{
	static char long_plain[20001], long_hex[100001], *odd[ODD_NAMES + 4], *many[402];
	memset(long_plain, 'A', sizeof long_plain - 1);
	memset(long_hex, ' ', sizeof long_hex - 1);
	odd[0] = self;
	odd[1] = "";
	for (long i = 0; i < ODD_NAMES; i++)
		odd[i + 2] = (char *)odd_names[i];
	execute(self, odd, odd, 0);
	for (long i = 0; i < 401; i++)
		many[i] = i % 100 ? "argument" : self;
	execute(self, many, many, 0);
	execute(self, (char *[]){ self, "first", long_plain, "last", 0 }, (char *[]){ self, "first", long_plain, "last", 0 }, 0);
	execute(self, (char *[]){ self, long_hex, "x y", 0 }, (char *[]){ self, long_hex, "x y", 0 }, 0);
	execute(self, (char *[]){ "another name -x", 0 }, (char *[]){ "another name -x", 0 }, 0);
}

static void execute_every_way(void)
{
	static char script[300] = "#!";
	char *arguments[] = { "by execveat", "one", 0 }, *of_script[] = { self, "./script", "one", 0 };
	long fd;
	fd = file(self, CALL(openat, AT_FDCWD, L(self), O_PATH));
	execute_at(fd, "", AT_EMPTY_PATH, arguments);
	CALL(close, fd);
	execute_at(AT_FDCWD, self, 0, arguments);
	memcpy(script + 2, self, (unsigned long)length_of(self));
	script[2 + length_of(self)] = '\n';
	write_file("script", script, 0700);
	execute("./script", (char *[]){ "./script", "one", 0 }, of_script, 0);
	write_file("no program", "\x01\x02", 0700);
	execute("./no program", arguments, 0, -8);
	write_file("no right", "", 0600);
	execute("./no right", arguments, 0, -13);
	execute("/nonexistent", arguments, 0, -2);
	execute("/etc/hosts/below", arguments, 0, -20);
	execute((char *)1, arguments, 0, -14);
}

static void change_names(void)
{
	change("created", "dir", CALL(mkdir, L("dir"), 0700));
	change("created", "dir/sub", CALL(mkdirat, AT_FDCWD, L("dir/sub"), 0700));
	change("created", "fifo", CALL(mknod, L("fifo"), 010600));
	change("created", "fifo at", CALL(mknodat, AT_FDCWD, L("fifo at"), 010600));
	change("linked", "hard", CALL(link, L("by open"), L("hard")));
	change("linked", "hard at", CALL(linkat, AT_FDCWD, L("by open"), AT_FDCWD, L("hard at")));
	change("linked", "soft", CALL(symlink, L("/etc/hosts"), L("soft")));
	change("linked", "soft at", CALL(symlinkat, L("/etc/hosts"), AT_FDCWD, L("soft at")));
	change("moved-from", "hard", change("moved-to", "dir/hard", CALL(rename, L("hard"), L("dir/hard"))));
	change("moved-from", "hard at", change("moved-to", "hard 2", CALL(renameat, AT_FDCWD, L("hard at"), AT_FDCWD, L("hard 2"))));
	change("moved-from", "soft", change("moved-to", "soft 2", CALL(renameat2, AT_FDCWD, L("soft"), AT_FDCWD, L("soft 2"), 1)));
	/* The target exists. */
	change("removed", "soft at", 0);
	change("moved-from", "soft 2", change("moved-to", "soft at", CALL(rename, L("soft 2"), L("soft at"))));
	change("removed", "soft at", CALL(unlink, L("soft at")));
	change("removed", "dir/hard", CALL(unlinkat, AT_FDCWD, L("dir/hard"), 0));
	change("removed", "fifo", CALL(unlink, L("fifo")));
	change("removed", "fifo at", CALL(unlink, L("fifo at")));
	change("removed", "dir/sub", CALL(unlinkat, AT_FDCWD, L("dir/sub"), AT_REMOVEDIR));
	change("removed", "dir", CALL(rmdir, L("dir")));
	change("removed", "/nonexistent", CALL(unlink, L("/nonexistent")));
	change("removed", "/nonexistent", CALL(rmdir, L("/nonexistent")));
}

static void change_attributes(void)
{
	long fd = file("hard 2", CALL(openat, AT_FDCWD, L("hard 2"), O_RDWR));
	change("mode", "hard 2", CALL(chmod, L("hard 2"), 0640));
	change("mode", "hard 2", CALL(fchmod, fd, 0600));
	change("mode", "hard 2", CALL(fchmodat, AT_FDCWD, L("hard 2"), 0644));
	change("owner", "hard 2", CALL(chown, L("hard 2"), -1, -1));
	change("owner", "hard 2", CALL(fchown, fd, -1, -1));
	change("owner", "hard 2", CALL(lchown, L("hard 2"), -1, -1));
	change("owner", "hard 2", CALL(fchownat, AT_FDCWD, L("hard 2"), -1, -1));
	change("truncated", "hard 2", CALL(truncate, L("hard 2"), 10));
	change("truncated", "hard 2", CALL(ftruncate, fd, 5));
	change("attributes", "hard 2", CALL(setxattr, L("hard 2"), L("user.one"), L("1"), 1));
	change("attributes", "hard 2", CALL(lsetxattr, L("hard 2"), L("user.two"), L("2"), 1));
	change("attributes", "hard 2", CALL(fsetxattr, fd, L("user.three"), L("3"), 1));
	change("attributes", "hard 2", CALL(removexattr, L("hard 2"), L("user.one")));
	change("attributes", "hard 2", CALL(lremovexattr, L("hard 2"), L("user.two")));
	change("attributes", "hard 2", CALL(fremovexattr, fd, L("user.three")));
#ifdef __i386__
	change("owner", "hard 2", CALL(chown32, L("hard 2"), -1, -1));
	change("owner", "hard 2", CALL(fchown32, fd, -1, -1));
	change("owner", "hard 2", CALL(lchown32, L("hard 2"), -1, -1));
	change("truncated", "hard 2", CALL(truncate64, L("hard 2"), 9, 0));
	change("truncated", "hard 2", CALL(ftruncate64, fd, 4, 0));
#endif
	CALL(close, fd);
	change("removed", "hard 2", CALL(unlink, L("hard 2")));
	change("mode", "/nonexistent", CALL(chmod, L("/nonexistent"), 0600));
	change("owner", "/nonexistent", CALL(chown, L("/nonexistent"), 0, 0));
	change("truncated", "/nonexistent", CALL(truncate, L("/nonexistent"), 0));
}

static void mount_something(void)
{
	change("created", "mnt", CALL(mkdir, L("mnt"), 0700));
	change("mounted", "mnt", CALL(mount, L("lab"), L("mnt"), L("tmpfs"), 0, 0));
	change("unmounted", "mnt", CALL(umount2, L("mnt"), 0));
	change("removed", "mnt", CALL(rmdir, L("mnt")));
}

struct inet { unsigned short family; unsigned char port[2], address[4], zero[8]; };
struct inet6 { unsigned short family; unsigned char port[2], flow[4], address[16], scope[4]; };
struct unix_name { unsigned short family; char path[108]; };
struct netlink { unsigned short family, pad; unsigned pid, groups; };
struct vsock { unsigned short family, reserved; unsigned port, cid; char zero[4]; };

static void connect_unix(const char *name, long length, const char *shown)
{
	struct unix_name to = { AF_UNIX, { 0 } };
	long fd = CALL(socket, AF_UNIX, STREAM, 0);
	memcpy(to.path, name, (unsigned long)length);
	address("connect", shown, CALL(connect, fd, L(&to), 2 + length));
	CALL(close, fd);
}

static void speak_inet(void)
{
	struct inet to = { AF_INET, { 0x30, 0x39 }, { 127, 0, 0, 1 }, { 0 } };
	struct inet6 to6 = { AF_INET6, { 0x30, 0x39 }, { 0 }, { [15] = 1 }, { 0 } };
	long fd = CALL(socket, AF_INET, STREAM, 0);
	address("connect", "127.0.0.1:12345", CALL(connect, fd, L(&to), sizeof to));
	CALL(close, fd);
	fd = CALL(socket, AF_INET6, STREAM, 0);
	address("connect", "[::1]:12345", CALL(connect, fd, L(&to6), sizeof to6));
	CALL(close, fd);
	fd = CALL(socket, AF_INET, DATAGRAM, 0);
	address("bind", "127.0.0.1:12345", CALL(bind, fd, L(&to), sizeof to));
	address("sendto", "127.0.0.1:12345", CALL(sendto, fd, L("x"), 1, 0, L(&to), sizeof to));
	CALL(close, fd);
	fd = CALL(socket, AF_INET, STREAM | NONBLOCK, 0);
	CALL(listen, fd, 1);
	CALL(accept4, fd, 0, 0, 0);
	CALL(close, fd);
}

static void speak_other_families(void)
{
	struct unix_name own = { AF_UNIX, "own socket" };
	struct netlink kernel = { AF_NETLINK, 0, 0, 0 };
	struct vsock host = { AF_VSOCK, 0, 1234, 2, { 0 } };
	long fd;
	connect_unix("/run/no socket", 15, "/run/no socket");
	connect_unix("\0lab abstract", 13, "@lab abstract");
	fd = CALL(socket, AF_UNIX, DATAGRAM, 0);
	change("created", "own socket", address("bind", "own socket", CALL(bind, fd, L(&own), sizeof own)));
	CALL(close, fd);
	change("removed", "own socket", CALL(unlink, L("own socket")));
	fd = CALL(socket, AF_NETLINK, RAW, 0);
	address("bind", "netlink", CALL(bind, fd, L(&kernel), sizeof kernel));
	CALL(close, fd);
	fd = CALL(socket, AF_VSOCK, DATAGRAM, 0);
	if (fd >= 0) {
		address("connect", "vsock 2:1234", CALL(connect, fd, L(&host), sizeof host));
		CALL(close, fd);
	}
}

#ifdef __i386__
/* The old way in: one call for all socket functions. */
static void speak_by_socketcall(void)
{
	struct inet to = { AF_INET, { 0x30, 0x3a }, { 127, 0, 0, 1 }, { 0 } };
	long socket[] = { AF_INET, STREAM, 0 }, connect[] = { 0, L(&to), sizeof to };
	connect[0] = CALL(socketcall, 1, L(socket));
	address("connect", "127.0.0.1:12346", CALL(socketcall, 3, L(connect)));
	CALL(close, connect[0]);
}
#endif

static void all(const char *folder)
{
	change("created", folder, CALL(mkdir, L(folder), 0700));
	CALL(chdir, L(folder));
	open_every_way();
	open_odd_names();
	fail_to_open();
	execute_with_odd_arguments();
	execute_every_way();
	change_names();
	change_attributes();
	mount_something();
	speak_inet();
	speak_other_families();
#ifdef __i386__
	speak_by_socketcall();
#endif
	/* No such call; the rules cover numbers below 2048. */
	note_call("syscall-2000", system_call(2000, (long[6]){ 0 }));
	CALL(read, -1, 0, 0);
	end();
}

static long number(const char *digits)
{
	long value = 0;
	while (*digits)
		value = value * 10 + *digits++ - '0';
	return value;
}

/* The rules log calls by the login user, and the first with the new one is the write that sets it. */
static void login(char **arguments)
{
	long user = number(arguments[1]);
	long fd = system_call(__NR_open, (long[6]){ L("/proc/self/loginuid"), O_WRONLY });
	CALL(write, fd, L(arguments[0]), length_of(arguments[0]));
	CALL(close, fd);
	CALL(setgroups, 0, 0);
	CALL(setresgid, user, user, user);
	CALL(setresuid, user, user, user);
	note_call("execve", 0);
	note_command(arguments + 2);
	write_notes();
	system_call(__NR_execve, (long[6]){ L(arguments[2]), L(arguments + 2), L(environment) });
	system_call(__NR_exit_group, (long[6]){ 1 });
}

__attribute__((used)) static void start(long *stack)
{
	char **arguments = (char **)(stack + 1);
	if (stack[0] >= 5 && equal(arguments[1], "login"))
		login(arguments + 2);
	if (stack[0] == 3 && equal(arguments[1], "io_uring")) {
		open_by_io_uring();
		end();
	}
	if (stack[0] == 3 && equal(arguments[1], "all")) {
		memcpy(self, arguments[0], (unsigned long)length_of(arguments[0]));
		all(arguments[2]);
	}
	system_call(__NR_exit_group, (long[6]){ 0 });
}
