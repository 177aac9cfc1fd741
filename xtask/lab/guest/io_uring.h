/* io_uring.h - opens and changes that no system call makes, but io_uring. */
#include "calls.h"
#include <linux/io_uring.h>

#ifdef __x86_64__
#define MAP(fd, length, offset) CALL(mmap, 0, length, 3, 1, fd, offset)
#else
#define MAP(fd, length, offset) CALL(mmap2, 0, length, 3, 1, fd, (offset) >> 12)
#endif

static struct io_uring_params ring;
static struct io_uring_sqe *next_request;
static char *rings;
static long ring_fd;

static void make_ring(void)
{
	ring_fd = CALL(io_uring_setup, 1, L(&ring));
	rings = (char *)MAP(ring_fd, 4096, IORING_OFF_SQ_RING);
	next_request = (void *)MAP(ring_fd, 4096, IORING_OFF_SQES);
}

/* Makes one request and returns its result. */
static long request(unsigned char opcode, long fd, const void *name, unsigned length, unsigned long long offset, unsigned flags)
{
	unsigned *head = (unsigned *)(rings + ring.cq_off.head);
	struct io_uring_cqe *answers = (void *)(rings + ring.cq_off.cqes);
	long result;
	memset(next_request, 0, sizeof *next_request);
	next_request->opcode = opcode;
	next_request->fd = (int)fd;
	next_request->addr = (unsigned long)name;
	next_request->len = length;
	next_request->off = offset;
	next_request->open_flags = flags;
	*(unsigned *)(rings + ring.sq_off.tail) += 1;
	CALL(io_uring_enter, ring_fd, 1, 1, IORING_ENTER_GETEVENTS);
	result = answers[*head & (ring.cq_entries - 1)].res;
	*head += 1;
	return result;
}

static void request_every_way(const char *folder)
{
	make_ring();
	CALL(close, file("/etc/hostname", request(IORING_OP_OPENAT, AT_FDCWD, "/etc/hostname", 0, 0, O_RDONLY)));
	file("/nonexistent", request(IORING_OP_OPENAT, AT_FDCWD, "/nonexistent", 0, 0, O_RDONLY));
	change("created", folder, request(IORING_OP_MKDIRAT, AT_FDCWD, folder, 0700, 0, 0));
	CALL(chdir, L(folder));
	CALL(close, created("new", request(IORING_OP_OPENAT, AT_FDCWD, "new", 0600, 0, O_CREAT | O_WRONLY)));
	change("linked", "hard", request(IORING_OP_LINKAT, AT_FDCWD, "new", (unsigned)AT_FDCWD, L("hard"), 0));
	change("moved-from", "hard", change("moved-to", "moved", request(IORING_OP_RENAMEAT, AT_FDCWD, "hard", (unsigned)AT_FDCWD, L("moved"), 0)));
	change("removed", "moved", request(IORING_OP_UNLINKAT, AT_FDCWD, "moved", 0, 0, 0));
	CALL(close, ring_fd);
}
