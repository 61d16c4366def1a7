/* SPDX-License-Identifier: Apache-2.0 */
/* alloc.c - makes memory run out, for tests: LD_PRELOAD=build/fault/alloc.so.
 *
 * WRIT_ALLOC=N refuses the N-th piece of memory that the program or a library asks for, "N+" that
 * one and all after it. Counted is from where the program hardens itself, so that the loader and
 * what libraries do before main() is left out; children begin anew. WRIT_ALLOC_LOG=FILE is made
 * when one was refused. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static unsigned long due, calls;
static bool counts, sticks;

static void log_refusal(void)
{
	const char *path = getenv("WRIT_ALLOC_LOG");
	if (path)
		close((int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT, 0600));
}

static bool is_refused(void)
{
	if (!__atomic_load_n(&counts, __ATOMIC_RELAXED))
		return false;
	unsigned long now = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
	if (now < due || (now > due && !sticks))
		return false;
	if (now == due)
		log_refusal();
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return is_refused() ? NULL : __libc_realloc(memory, size);
}

/* The first thing that the program does. */
int prctl(int option, ...)
{
	va_list rest;
	unsigned long a[4];
	va_start(rest, option);
	for (int i = 0; i < 4; i++)
		a[i] = va_arg(rest, unsigned long);
	va_end(rest);
	const char *text = getenv("WRIT_ALLOC");
	char *end;
	if (text && option == PR_SET_DUMPABLE && !counts) {
		due = strtoul(text, &end, 10);
		sticks = *end == '+';
		__atomic_store_n(&counts, due > 0, __ATOMIC_RELAXED);
	}
	return (int)syscall(SYS_prctl, option, a[0], a[1], a[2], a[3]);
}
