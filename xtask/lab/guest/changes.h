/* changes.h - every call that changes names, contents or attributes of files. */
#include "calls.h"

/* Calls that are newer than some kernel headers; their numbers are the same on all machines. */
enum { NR_fchmodat2 = 452, NR_setxattrat = 463, NR_removexattrat = 466, NR_file_getattr = 468, NR_file_setattr = 469 };
#define NEW_CALL(name, ...) note_call(#name, system_call(NR_##name, (long[6]){ __VA_ARGS__ }))

struct xattr_args { unsigned long long value; unsigned size, flags; };
struct file_attributes { unsigned long long xflags; unsigned extsize, nextents, projid, cowextsize; };

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
	/* Two files exchange their names. */
	change("moved-from", "soft at", change("moved-from", "soft 2", change("moved-to", "soft at", change("moved-to", "soft 2",
		CALL(renameat2, AT_FDCWD, L("soft at"), AT_FDCWD, L("soft 2"), 2)))));
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

/* With names below a descriptor other than that of the working directory. */
static void change_names_below_a_folder(void)
{
	long folder;
	change("created", "below", CALL(mkdir, L("below"), 0700));
	folder = file("below", CALL(open, L("below"), O_RDONLY | O_DIRECTORY));
	CALL(close, created("one", CALL(openat, folder, L("one"), O_CREAT | O_WRONLY, 0600)));
	change("linked", "two", CALL(linkat, folder, L("one"), folder, L("two")));
	change("moved-from", "two", change("moved-to", "three", CALL(renameat, folder, L("two"), AT_FDCWD, L("three"))));
	change("mode", "one", CALL(fchmodat, folder, L("one"), 0640));
	change("removed", "one", CALL(unlinkat, folder, L("one"), 0));
	change("removed", "three", CALL(unlink, L("three")));
	CALL(close, folder);
	change("removed", "below", CALL(rmdir, L("below")));
}

static void change_extended_attributes(long fd, const char *of_fd)
{
	struct xattr_args one = { L("1"), 1, 0 };
	struct file_attributes attributes = { 0 };
	change("attributes", "hard 2", CALL(setxattr, L("hard 2"), L("user.one"), L("1"), 1));
	change("attributes", "hard 2", CALL(lsetxattr, L("hard 2"), L("user.two"), L("2"), 1));
	change("attributes", of_fd, CALL(fsetxattr, fd, L("user.three"), L("3"), 1));
	change("attributes", "hard 2", CALL(removexattr, L("hard 2"), L("user.one")));
	change("attributes", "hard 2", CALL(lremovexattr, L("hard 2"), L("user.two")));
	change("attributes", of_fd, CALL(fremovexattr, fd, L("user.three")));
	change("attributes", "hard 2", NEW_CALL(setxattrat, AT_FDCWD, L("hard 2"), 0, L("user.four"), L(&one), sizeof one));
	change("attributes", "hard 2", NEW_CALL(removexattrat, AT_FDCWD, L("hard 2"), 0, L("user.four")));
	NEW_CALL(file_getattr, AT_FDCWD, L("hard 2"), L(&attributes), sizeof attributes, 0);
	change("attributes", "hard 2", NEW_CALL(file_setattr, AT_FDCWD, L("hard 2"), L(&attributes), sizeof attributes, 0));
}

/* The calls that set the times of a file change neither its contents nor its attributes. */
static void set_times(void)
{
	CALL(utime, L("hard 2"), 0);
	CALL(utimes, L("hard 2"), 0);
	CALL(futimesat, AT_FDCWD, L("hard 2"), 0);
	CALL(utimensat, AT_FDCWD, L("hard 2"), 0, 0);
}

static void change_attributes(void)
{
	static char of_fd[] = "[fd 0]";
	long fd = file("hard 2", CALL(openat, AT_FDCWD, L("hard 2"), O_RDWR));
	of_fd[4] = (char)('0' + fd);
	change("mode", "hard 2", CALL(chmod, L("hard 2"), 0640));
	change("mode", of_fd, CALL(fchmod, fd, 0600));
	change("mode", "hard 2", CALL(fchmodat, AT_FDCWD, L("hard 2"), 0644));
	change("mode", "hard 2", NEW_CALL(fchmodat2, AT_FDCWD, L("hard 2"), 0644, 0));
	change("owner", "hard 2", CALL(chown, L("hard 2"), -1, -1));
	change("owner", of_fd, CALL(fchown, fd, -1, -1));
	change("owner", "hard 2", CALL(lchown, L("hard 2"), -1, -1));
	change("owner", "hard 2", CALL(fchownat, AT_FDCWD, L("hard 2"), -1, -1));
	change("truncated", "hard 2", CALL(truncate, L("hard 2"), 10));
	/* The log does not say which file it was. */
	CALL(ftruncate, fd, 5);
	change_extended_attributes(fd, of_fd);
	set_times();
#ifdef __i386__
	change("owner", "hard 2", CALL(chown32, L("hard 2"), -1, -1));
	change("owner", of_fd, CALL(fchown32, fd, -1, -1));
	change("owner", "hard 2", CALL(lchown32, L("hard 2"), -1, -1));
	change("truncated", "hard 2", CALL(truncate64, L("hard 2"), 9, 0));
	CALL(ftruncate64, fd, 4, 0);
#endif
	CALL(close, fd);
	change("removed", "hard 2", CALL(unlink, L("hard 2")));
	change("mode", "/nonexistent", CALL(chmod, L("/nonexistent"), 0600));
	change("owner", "/nonexistent", CALL(chown, L("/nonexistent"), 0, 0));
	change("truncated", "/nonexistent", CALL(truncate, L("/nonexistent"), 0));
}

/* Changes that only root may make, of files that exist. */
static void change_what_others_own(void)
{
	change("mode", "/etc/hosts", CALL(chmod, L("/etc/hosts"), 0644));
	change("owner", "/etc/hosts", CALL(chown, L("/etc/hosts"), 0, 0));
	change("attributes", "/etc/hosts", CALL(setxattr, L("/etc/hosts"), L("user.lab"), L("1"), 1));
	change("created", "mnt", CALL(mkdir, L("mnt"), 0700));
	change("mounted", "mnt", CALL(mount, L("lab"), L("mnt"), L("tmpfs"), 0, 0));
	change("unmounted", "mnt", CALL(umount2, L("mnt"), 0));
	change("mounted", "mnt", CALL(mount, L("lab"), L("mnt"), L("tmpfs"), 0, 0));
#ifdef __i386__
	change("unmounted", "mnt", CALL(umount, L("mnt")));
#else
	change("unmounted", "mnt", CALL(umount2, L("mnt"), 2));
#endif
	change("removed", "mnt", CALL(rmdir, L("mnt")));
}
