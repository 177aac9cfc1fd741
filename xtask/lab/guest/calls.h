/* calls.h - system calls without a C library, for 64 and 32 bit, and notes of what was called. */
#pragma once
#include <asm/fcntl.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/fs.h>

#define L(value) ((long)(value))

/* Makes a system call and notes it under its name: CALL(openat, AT_FDCWD, L("name"), O_RDONLY). */
#define CALL(name, ...) note_call(#name, system_call(__NR_##name, (long[6]){ __VA_ARGS__ }))

void *memset(void *to, int byte, unsigned long length)
{
	char *end = to;
	while (length--)
		*end++ = (char)byte;
	return to;
}

void *memcpy(void *to, const void *from, unsigned long length)
{
	char *end = to;
	const char *source = from;
	while (length--)
		*end++ = *source++;
	return to;
}

static long length_of(const char *text)
{
	long length = 0;
	while (text[length])
		length++;
	return length;
}

static int equal(const char *one, const char *other)
{
	while (*one && *one == *other)
		one++, other++;
	return *one == *other;
}

#ifdef __x86_64__
static long system_call(long number, const long *a)
{
	long result;
	register long d __asm__("r10") = a[3];
	register long e __asm__("r8") = a[4];
	register long f __asm__("r9") = a[5];
	__asm__ volatile("syscall" : "=a"(result) : "0"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(d), "r"(e), "r"(f)
			 : "rcx", "r11", "memory");
	return result;
}
__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-16, %rsp\n call start\n");
#else
static long system_call(long number, const long *a)
{
	long result;
	__asm__ volatile("pushl %7\n push %%ebp\n mov 4(%%esp), %%ebp\n int $0x80\n pop %%ebp\n add $4, %%esp"
			 : "=a"(result) : "0"(number), "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4]), "m"(a[5])
			 : "memory");
	return result;
}
__asm__(".globl _start\n_start: mov %esp, %eax\n and $-16, %esp\n sub $12, %esp\n push %eax\n call start\n");
#endif

/*
 * The notes: one line for each thing that the audit log must hold, with tabs between the fields.
 *	call NAME RESULT
 *	KIND DETAIL NAME RESULT		names in hex; kinds: file, command, change, address
 * RESULT is "ok" or the number of the error.
 */
static char notes[4 << 20];
static long notes_length;

static void note_text(const char *text)
{
	while (*text)
		notes[notes_length++] = *text++;
}

static void note_hex(const char *bytes, long length)
{
	for (long i = 0; i < length; i++) {
		notes[notes_length++] = "0123456789abcdef"[(bytes[i] >> 4) & 15];
		notes[notes_length++] = "0123456789abcdef"[bytes[i] & 15];
	}
}

static void note_result(long result)
{
	char digits[4] = { 0 };
	note_text("\t");
	if (result < 0 && result > -4096) {
		for (long rest = -result, i = rest > 99 ? 2 : rest > 9 ? 1 : 0; i >= 0; i--, rest /= 10)
			digits[i] = (char)('0' + rest % 10);
		note_text(digits);
	} else {
		note_text("ok");
	}
	note_text("\n");
}

static long note_call(const char *name, long result)
{
	note_text("call\t");
	note_text(name);
	note_result(result);
	return result;
}

static long note_name(const char *kind, const char *detail, const char *name, long result)
{
	note_text(kind);
	note_text("\t");
	note_text(detail);
	note_text("\t");
	note_hex(name, length_of(name));
	note_result(result);
	return result;
}

/* Notes a file that an open call got, and passes the call's result on. */
static long file(const char *name, long result)
{
	return note_name("file", "", name, result);
}

static long change(const char *what, const char *name, long result)
{
	return note_name("change", what, name, result);
}

/* Notes a file that the call created and opened. */
static long created(const char *name, long result)
{
	return file(name, change("created", name, result));
}

static long address(const char *call, const char *text, long result)
{
	return note_name("address", call, text, result);
}

static void note_command(char *const *arguments)
{
	note_text("command\t\t");
	for (int i = 0; arguments[i]; i++) {
		if (i)
			note_text(" ");
		note_hex(arguments[i], length_of(arguments[i]));
	}
	note_result(0);
}

/* Writes the notes to standard output; the write itself is in them. */
static void write_notes(void)
{
	note_call("write", 0);
	system_call(__NR_write, (long[6]){ 1, L(notes), notes_length });
	notes_length = 0;
}
