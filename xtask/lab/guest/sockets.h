/* sockets.h - socket calls of every kind and family, directly and through socketcall(2). */
#include "calls.h"

enum { AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10, AF_NETLINK = 16, AF_PACKET = 17, AF_VSOCK = 40, AF_NONE = 99 };
enum { STREAM = 1, DATAGRAM = 2, RAW = 3, NONBLOCK = O_NONBLOCK };
enum { SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_LINGER = 13 };

/* The first argument of socketcall(2). */
enum {
	SYS_socket = 1, SYS_bind, SYS_connect, SYS_listen, SYS_accept, SYS_getsockname, SYS_getpeername, SYS_socketpair, SYS_send,
	SYS_recv, SYS_sendto, SYS_recvfrom, SYS_shutdown, SYS_setsockopt, SYS_getsockopt, SYS_sendmsg, SYS_recvmsg, SYS_accept4,
	SYS_recvmmsg, SYS_sendmmsg
};
#ifdef __i386__
/* Only socketcall(2) has it. */
#define __NR_accept -1
#endif

struct inet { unsigned short family; unsigned char port[2], address[4], zero[8]; };
struct inet6 { unsigned short family; unsigned char port[2], flow[4], address[16]; unsigned scope; };
struct unix_name { unsigned short family; char path[108]; };
struct netlink { unsigned short family, pad; unsigned pid, groups; };
struct vsock { unsigned short family, reserved; unsigned port, cid; char zero[4]; };
struct part { void *base; unsigned long length; };
struct message { void *name; int name_length; struct part *parts; unsigned long count; void *control; unsigned long control_length; unsigned flags; };
struct messages { struct message message; unsigned length; };

/* Two addresses of a family: those of a server and of its client. */
struct pair { const void *server, *client; long length; const char *server_shown, *client_shown; };

static int is_by_socketcall;

static long net_call(const char *name, long number, long direct, const long *arguments)
{
#ifdef __i386__
	if (is_by_socketcall)
		return note_call("socketcall", system_call(__NR_socketcall, (long[6]){ number, L(arguments) }));
#endif
	(void)number;
	return note_call(name, system_call(direct, arguments));
}

/* A socket call, and one whose event holds an address: ADDRESS(bind, "127.0.0.1:12345", fd, ...). */
#define NET(name, ...) net_call(#name, SYS_##name, __NR_##name, (long[6]){ __VA_ARGS__ })
#define ADDRESS(name, shown, ...) address(#name, shown, NET(name, __VA_ARGS__))

/* Binds a socket; one of the family unix makes a file. */
static void bind_to(long fd, const void *to, long length, const char *shown)
{
	long result = ADDRESS(bind, shown, fd, L(to), length);
	if (*(const unsigned short *)to == AF_UNIX)
		change("created", shown, result);
}

static void remove_names(const struct pair *pair)
{
	if (*(const unsigned short *)pair->server == AF_UNIX) {
		change("removed", pair->server_shown, CALL(unlink, L(pair->server_shown)));
		change("removed", pair->client_shown, CALL(unlink, L(pair->client_shown)));
	}
}

/* Every call that sends to an address, and every one that gets the sender's. */
static void send_and_receive(const struct pair *pair)
{
	static char name[128], text[8] = "x";
	int length = sizeof name;
	long family = *(const unsigned short *)pair->server;
	long server = NET(socket, family, DATAGRAM, 0), client = NET(socket, family, DATAGRAM, 0);
	struct part part = { text, 1 };
	struct messages out = { { (void *)pair->server, (int)pair->length, &part, 1, 0, 0, 0 }, 0 };
	struct messages in = { { name, sizeof name, &part, 1, 0, 0, 0 }, 0 };
	bind_to(server, pair->server, pair->length, pair->server_shown);
	bind_to(client, pair->client, pair->length, pair->client_shown);
	ADDRESS(sendto, pair->server_shown, client, L("x"), 1, 0, L(pair->server), pair->length);
	ADDRESS(recvfrom, pair->client_shown, server, L(text), 1, 0, L(name), L(&length));
	ADDRESS(sendmsg, pair->server_shown, client, L(&out.message), 0);
	ADDRESS(recvmsg, pair->client_shown, server, L(&in.message), 0);
	in.message.name_length = sizeof name;
	ADDRESS(sendmmsg, pair->server_shown, client, L(&out), 1, 0);
	ADDRESS(recvmmsg, pair->client_shown, server, L(&in), 1, 0, 0);
	length = sizeof name;
	ADDRESS(getsockname, pair->client_shown, client, L(name), L(&length));
	ADDRESS(connect, pair->server_shown, client, L(pair->server), pair->length);
	length = sizeof name;
	ADDRESS(getpeername, pair->server_shown, client, L(name), L(&length));
	/* These say no address. */
	NET(sendto, client, L("x"), 1, 0, 0, 0);
	NET(recvfrom, server, L(text), 1, 0, 0, 0);
	CALL(close, client);
	CALL(close, server);
	remove_names(pair);
}

/* A connection that is accepted, with the client's address. It ends by a reset, so that the addresses are free at once. */
static void connect_and_accept(const struct pair *pair, int has_flags)
{
	static char name[128];
	static const int one = 1, linger[2] = { 1, 0 };
	int length = sizeof name;
	long family = *(const unsigned short *)pair->server, connection;
	long listener = NET(socket, family, STREAM, 0), client = NET(socket, family, STREAM, 0);
	NET(setsockopt, listener, SOL_SOCKET, SO_REUSEADDR, L(&one), sizeof one);
	NET(setsockopt, client, SOL_SOCKET, SO_REUSEADDR, L(&one), sizeof one);
	NET(setsockopt, client, SOL_SOCKET, SO_LINGER, L(linger), sizeof linger);
	bind_to(listener, pair->server, pair->length, pair->server_shown);
	NET(listen, listener, 1);
	bind_to(client, pair->client, pair->length, pair->client_shown);
	ADDRESS(connect, pair->server_shown, client, L(pair->server), pair->length);
	if (has_flags)
		connection = ADDRESS(accept4, pair->client_shown, listener, L(name), L(&length), O_CLOEXEC);
	else
		connection = ADDRESS(accept, pair->client_shown, listener, L(name), L(&length));
	CALL(close, client);
	CALL(close, connection);
	CALL(close, listener);
	remove_names(pair);
}

/* A connect that fails, because the socket is of another family; the address is in the log all the same. */
static void connect_elsewhere(const void *to, long length, const char *shown)
{
	long fd = NET(socket, AF_INET, DATAGRAM, 0);
	ADDRESS(connect, shown, fd, L(to), length);
	CALL(close, fd);
}

static void speak_other_families(void)
{
	struct netlink kernel = { AF_NETLINK, 0, 0, 0 }, process = { AF_NETLINK, 0, 77, 0 };
	struct vsock host = { AF_VSOCK, 0, 1234, 2, { 0 } };
	struct inet6 link_local = { AF_INET6, { 0x01, 0xbb }, { 0 }, { 0xfe, 0x80, [15] = 1 }, 7 };
	struct inet mapped = { AF_INET, { 0, 53 }, { 192, 0, 2, 7 }, { 0 } };
	unsigned short packet[10] = { AF_PACKET, 0x0008 }, none[8] = { AF_NONE };
	struct unix_name absent = { AF_UNIX, "/run/no socket" }, abstract = { AF_UNIX, "\0lab abstract" }, odd = { AF_UNIX, "new\nline\x1b[31m" };
	long fd = NET(socket, AF_NETLINK, RAW, 0);
	ADDRESS(bind, "netlink:0", fd, L(&kernel), sizeof kernel);
	CALL(close, fd);
	connect_elsewhere(&process, sizeof process, "netlink:77");
	connect_elsewhere(&host, sizeof host, "vsock:2:1234");
	connect_elsewhere(&link_local, sizeof link_local, "[fe80::1]:443");
	connect_elsewhere(packet, sizeof packet, "family-17");
	connect_elsewhere(none, sizeof none, "family-99");
	/* Addresses that are cut off. */
	connect_elsewhere(&mapped, 5, "family-2");
	connect_elsewhere(&absent, 2, "unix");
	fd = NET(socket, AF_UNIX, STREAM, 0);
	ADDRESS(connect, "/run/no socket", fd, L(&absent), 17);
	ADDRESS(connect, "@lab abstract", fd, L(&abstract), 15);
	ADDRESS(connect, "new\nline\x1b[31m", fd, L(&odd), sizeof odd);
	/* The kernel reads no address. */
	NET(connect, fd, 1, 16);
	NET(connect, -1, L(&absent), 17);
	CALL(close, fd);
}

static void speak(void)
{
	static const struct inet server = { AF_INET, { 0x30, 0x39 }, { 127, 0, 0, 1 }, { 0 } };
	static const struct inet client = { AF_INET, { 0x30, 0x3a }, { 127, 0, 0, 1 }, { 0 } };
	static const struct inet6 server6 = { AF_INET6, { 0x30, 0x39 }, { 0 }, { [15] = 1 }, 0 };
	static const struct inet6 client6 = { AF_INET6, { 0x30, 0x3a }, { 0 }, { [15] = 1 }, 0 };
	static const struct unix_name server_unix = { AF_UNIX, "server socket" }, client_unix = { AF_UNIX, "client socket" };
	static const struct pair pairs[] = {
		{ &server, &client, sizeof server, "127.0.0.1:12345", "127.0.0.1:12346" },
		{ &server6, &client6, sizeof server6, "[::1]:12345", "[::1]:12346" },
		{ &server_unix, &client_unix, 2 + sizeof "server socket", "server socket", "client socket" },
	};
	for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		send_and_receive(&pairs[i]);
		connect_and_accept(&pairs[i], 1);
		if (__NR_accept >= 0 || is_by_socketcall)
			connect_and_accept(&pairs[i], 0);
	}
	speak_other_families();
}

static void speak_every_way(void)
{
	speak();
#ifdef __i386__
	is_by_socketcall = 1;
	speak();
#endif
}
