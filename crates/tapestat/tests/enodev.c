/* Puts pread() under a command by LD_PRELOAD: it fails once with ENODEV for the file STALE, as an attribute
 * of a drive that was removed does, as soon as the file TRIGGER exists and STALE was read before.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t pread64(int file, void *bytes, size_t size, off_t offset)
{
	static ssize_t (*next)(int, void *, size_t, off_t);
	static int stale = -1, is_done;
	char link[64], path[4096];

	if (!next)
		*(void **) &next = dlsym(RTLD_NEXT, "pread64");
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, sizeof path - 1);
	path[length < 0 ? 0 : length] = 0;
	if (!is_done && strstr(path, getenv("STALE"))) {
		if (file == stale && !access(getenv("TRIGGER"), F_OK)) {
			is_done = 1;
			errno = ENODEV;
			return -1;
		}
		stale = file;
	}
	return next(file, bytes, size, offset);
}
