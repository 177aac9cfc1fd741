/*
 * calls.c - makes known system calls and writes down each of them.
 *
 * The program uses no C library, so the audit log must hold exactly the calls in its notes.
 *	calls login AUID UID PROGRAM ARGUMENT...	sets the login user and the user, then executes PROGRAM
 *	calls all FOLDER				makes every call below but those of io_uring, in FOLDER, which it creates
 *	calls io_uring FOLDER				opens and changes files through io_uring
 *	calls ANYTHING					exits
 * Each mode but the last writes its notes to standard output.
 */
#include "calls.h"
#include "changes.h"
#include "io_uring.h"
#include "sockets.h"
#include <linux/openat2.h>

#define SIGCHLD 17

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

/* Only root may open a handle. The kernel gets no name, and logs an empty one. */
static void open_by_handle(void)
{
	struct { unsigned length; int type; unsigned char bytes[128]; } handle = { sizeof handle.bytes, 0, { 0 } };
	int mount;
	long folder = file(".", CALL(open, L("."), O_RDONLY | O_DIRECTORY)), fd;
	CALL(name_to_handle_at, AT_FDCWD, L("by open"), L(&handle), L(&mount), 0);
	fd = CALL(open_by_handle_at, folder, L(&handle), O_RDONLY);
	if (fd >= 0)
		file("", fd);
	CALL(close, fd);
	CALL(close, folder);
}

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
	how.flags = O_WRONLY | O_TRUNC;
	how.mode = 0;
	CALL(close, change("truncated", "by open", file("by open", CALL(open, L("by open"), O_WRONLY | O_TRUNC))));
	CALL(close, change("truncated", "by open", file("by open", CALL(openat, AT_FDCWD, L("by open"), O_WRONLY | O_CREAT | O_TRUNC, 0600))));
	CALL(close, change("truncated", "by open", file("by open", CALL(openat2, AT_FDCWD, L("by open"), L(&how), sizeof how))));
	CALL(close, change("truncated", "by creat", file("by creat", CALL(creat, L("by creat"), 0600))));
	CALL(close, created("new", CALL(open, L("new"), O_CREAT | O_TRUNC | O_WRONLY, 0600)));
	CALL(close, file(".", CALL(open, L("."), O_TMPFILE | O_RDWR, 0600)));
	open_by_handle();
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
	change_names_below_a_folder();
	change_attributes();
	change_what_others_own();
	speak_every_way();
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
		request_every_way(arguments[2]);
		end();
	}
	if (stack[0] == 3 && equal(arguments[1], "all")) {
		memcpy(self, arguments[0], (unsigned long)length_of(arguments[0]));
		all(arguments[2]);
	}
	system_call(__NR_exit_group, (long[6]){ 0 });
}
