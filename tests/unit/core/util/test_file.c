/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/util/file.h"
#include "tests/unit/own_folder.h"

#define MAX 1000

static void put(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static void assert_contents(const char *path, const char *expected)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	assert_ok(file_read(path, MAX, &text, &len));
	assert_string_equal(text, expected);
	assert_int_equal(len, strlen(expected));
}

/* The number of entries, "." and ".." not counted. */
static int entries_of(const char *path)
{
	int count = -2;
	CLEANUP(closedir) DIR *dir = opendir(path);
	while (readdir(dir))
		count++;
	return count;
}

static void reading_has_a_ceiling(void **state UNUSED)
{
	static const char digits[] = "0123456789";
	put("ten", digits);
	for (size_t max = 9; max <= 11; max++) {
		CLEANUP(free) char *text = NULL, *stream_text = NULL;
		CLEANUP(fclose) FILE *in = fopen("ten", "r");
		size_t len = 0;
		struct error *error = file_read("ten", max, &text, &len);
		struct error *stream_error = file_read_stream(in, "-", max, &stream_text, &len);
		if (max >= 10) {
			assert_ok(error);
			assert_null(stream_error);
			assert_string_equal(text, digits);
			assert_string_equal(stream_text, digits);
			continue;
		}
		assert_int_equal(error->where.line, 1);
		assert_failed(error, ERROR_INPUT, "larger than 9 bytes");
		assert_failed(stream_error, ERROR_INPUT, "larger than 9 bytes");
	}
}

static void reading_fails_with_a_reason(void **state UNUSED)
{
	char *text = NULL;
	size_t len;
	assert_failed(file_read("missing", MAX, &text, &len), ERROR_SYSTEM,
		      "reading missing: No such");
	assert_failed(file_read(".", MAX, &text, &len), ERROR_INPUT,
		      "not a regular file but a folder");
	assert_failed(file_read("/dev/null", MAX, &text, &len), ERROR_INPUT, "but a device");
	CLEANUP(fclose) FILE *folder = fopen(".", "r");
	assert_failed(file_read_stream(folder, "-", MAX, &text, &len), ERROR_SYSTEM,
		      "reading -: Is a dir");
	assert_null(text);
}

/* Files below /proc tell no size. */
static void files_without_a_size_are_read(void **state UNUSED)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	assert_ok(file_read("/proc/self/status", 100000, &text, &len));
	assert_int_equal(strlen(text), len);
	assert_true(len > 100);
	char *none = NULL;
	assert_failed(file_read("/proc/self/status", 20, &none, &len), ERROR_INPUT,
		      "larger than 20");
}

static void *write_slowly(void *argument)
{
	char block[1000];
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 300; i++)
		assert_ok(file_write_all(*(int *)argument, "pipe", block, sizeof(block)));
	close(*(int *)argument);
	return NULL;
}

static void streams_are_read_to_the_end(void **state UNUSED)
{
	int ends[2];
	pthread_t writer;
	CLEANUP(free) char *text = NULL, *empty = NULL;
	size_t len;
	assert_int_equal(pipe(ends), 0);
	pthread_create(&writer, NULL, write_slowly, &ends[1]);
	CLEANUP(fclose) FILE *in = fdopen(ends[0], "r");
	assert_ok(file_read_stream(in, "-", 300000, &text, &len));
	pthread_join(writer, NULL);
	assert_int_equal(len, 300000);
	assert_int_equal(strspn(text, "x"), len);
	assert_ok(file_read_stream(in, "-", 1, &empty, &len));
	assert_string_equal(empty, "");
}

static void on_alarm(int number UNUSED)
{
}

struct late_reader {
	int fd;
	pthread_t writer;
};

static void *interrupt_and_read(void *argument)
{
	struct late_reader *r = argument;
	char buffer[65536];
	usleep(20000);
	pthread_kill(r->writer, SIGUSR1); /* nothing written yet: EINTR */
	usleep(20000);
	while (read(r->fd, buffer, sizeof(buffer)) > 0)
		;
	close(r->fd);
	return NULL;
}

static void writing_survives_signals(void **state UNUSED)
{
	static char data[1 << 20];
	int ends[2];
	pthread_t reader;
	assert_int_equal(pipe(ends), 0);
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = on_alarm}, NULL);
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	while (write(ends[1], data, 4096) > 0)
		; /* until the pipe is full */
	fcntl(ends[1], F_SETFL, 0);
	struct late_reader r = {ends[0], pthread_self()};
	pthread_create(&reader, NULL, interrupt_and_read, &r);
	assert_ok(file_write_all(ends[1], "pipe", data, sizeof(data)));
	close(ends[1]);
	pthread_join(reader, NULL);
	assert_failed(file_write_all(ends[1], "a\nb", "x", 1), ERROR_SYSTEM,
		      "writing a\\nb: Bad file");
}

static mode_t mode_of(const char *path)
{
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static void files_are_replaced(void **state UNUSED)
{
	umask(022);
	assert_ok(file_write_atomic("new", "one", 3, 0666));
	assert_contents("new", "one");
	assert_int_equal(mode_of("new"), 0644);
	chmod("new", 0604);
	assert_ok(file_write_atomic("new", "two", 3, 0600));
	assert_contents("new", "two");
	assert_int_equal(mode_of("new"), 0604);
	assert_ok(file_write_atomic("./new", "", 0, 0600));
	assert_contents("new", "");
	assert_int_equal(entries_of("."), 1);
}

static void links_keep_pointing(void **state UNUSED)
{
	struct stat st;
	mkdir("d", 0700);
	put("d/target", "old");
	assert_int_equal(symlink("d/target", "link"), 0);
	assert_int_equal(symlink("nowhere", "broken"), 0);
	assert_ok(file_write_atomic("link", "new", 3, 0600));
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_contents("d/target", "new");
	assert_failed(file_write_atomic("broken", "x", 1, 0600), ERROR_SYSTEM,
		      "replacing broken: No such");
	assert_int_equal(entries_of("d"), 1);
}

static void pipes_and_devices_are_written_to(void **state UNUSED)
{
	char got[8] = "", link[32];
	struct stat st;
	int fds[2];
	assert_int_equal(mkfifo("fifo", 0600), 0);
	int fifo = open("fifo", O_RDONLY | O_NONBLOCK);
	assert_ok(file_write_atomic("fifo", "one", 3, 0600));
	assert_int_equal(read(fifo, got, sizeof(got)), 3);
	assert_string_equal(got, "one");
	close(fifo);
	assert_int_equal(stat("fifo", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(pipe(fds), 0);
	snprintf(link, sizeof(link), "/dev/fd/%d", fds[1]);
	assert_ok(file_write_atomic(link, "two", 3, 0600));
	assert_int_equal(read(fds[0], got, sizeof(got)), 3);
	assert_string_equal(got, "two");
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(symlink("/dev/full", "full"), 0);
	assert_failed(file_write_atomic("full", "x", 1, 0600), ERROR_SYSTEM,
		      "writing full: No space");
	assert_int_equal(stat("/dev/full", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	assert_int_equal(entries_of("."), 2);
}

static void long_names_can_be_replaced(void **state UNUSED)
{
	char name[NAME_MAX + 1];
	memset(name, 'n', NAME_MAX);
	name[NAME_MAX] = '\0';
	assert_ok(file_write_atomic(name, "x", 1, 0600));
	assert_contents(name, "x");
}

static void failed_writes_leave_nothing(void **state UNUSED)
{
	struct rlimit old;
	put("file", "old");
	mkdir("d", 0700);
	assert_failed(file_write_atomic("missing/x", "x", 1, 0600), ERROR_SYSTEM,
		      "writing missing/x");
	assert_failed(file_write_atomic("file/x", "x", 1, 0600), ERROR_SYSTEM,
		      "replacing file/x: Not a");
	assert_failed(file_write_atomic("d", "x", 1, 0600), ERROR_SYSTEM,
		      "replacing d: Is a directory");
	getrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){2, old.rlim_max});
	struct error *error = file_write_atomic("file", "long", 4, 0600);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_failed(error, ERROR_SYSTEM, "File too large");
	assert_contents("file", "old");
	assert_int_equal(entries_of("."), 2);
}

static void a_place_is_written_in_the_nearest_folder(void **state)
{
	static const char *const good[] = {"new", "p/new", "none/at/all", "p/none/new",
					   "/dev/shm/new"};
	ARENA a = {0};
	assert_ok(file_make_folders("p", 0700));
	for (size_t i = 0; i < COUNT(good); i++)
		assert_ok(file_check_place(good[i]));
	assert_ok(file_check_place(arena_printf(&a, "%s/none/new", (char *)*state)));
	put("p/file", "");
	assert_failed(file_check_place("p/file/new/more"), ERROR_SYSTEM, "p/file/new");
}

static void folders_are_made(void **state)
{
	ARENA a = {0};
	umask(022);
	assert_ok(file_make_folders("a/b/c", 0700));
	assert_int_equal(mode_of("a") & mode_of("a/b") & mode_of("a/b/c"), 0700);
	assert_ok(file_make_folders("a/b/c", 0755));
	assert_int_equal(mode_of("a/b"), 0700);
	assert_ok(file_make_folders("a//d/", 0700));
	assert_ok(file_make_folders(arena_printf(&a, "%s/a/e", (char *)*state), 0700));
	assert_ok(file_make_folders("/", 0700));
	assert_true(file_is_folder("a/b"));
	assert_false(file_is_folder("a/none"));
	assert_int_equal(symlink("a", "link"), 0);
	assert_ok(file_make_folders("link/f", 0700));
	assert_int_equal(entries_of("a"), 4);
	put("file", "");
	assert_failed(file_make_folders("file", 0700), ERROR_SYSTEM,
		      "folder file: Not a directory");
	assert_failed(file_make_folders("file/x", 0700), ERROR_SYSTEM,
		      "folder file: Not a directory");
	assert_failed(file_make_folders("/proc/x", 0700), ERROR_SYSTEM,
		      "creating folder /proc/x: No such");
	assert_failed(file_make_folders("", 0700), ERROR_SYSTEM, "No such");
}

static void folders_are_synced(void **state UNUSED)
{
	assert_ok(file_sync_folder("."));
	assert_failed(file_sync_folder("missing"), ERROR_SYSTEM, "syncing folder missing: No such");
	put("file", "");
	assert_failed(file_sync_folder("file"), ERROR_SYSTEM, "Not a directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(reading_has_a_ceiling),
		IN_FOLDER(reading_fails_with_a_reason),
		IN_FOLDER(files_without_a_size_are_read),
		IN_FOLDER(streams_are_read_to_the_end),
		IN_FOLDER(writing_survives_signals),
		IN_FOLDER(files_are_replaced),
		IN_FOLDER(links_keep_pointing),
		IN_FOLDER(pipes_and_devices_are_written_to),
		IN_FOLDER(long_names_can_be_replaced),
		IN_FOLDER(failed_writes_leave_nothing),
		IN_FOLDER(a_place_is_written_in_the_nearest_folder),
		IN_FOLDER(folders_are_made),
		IN_FOLDER(folders_are_synced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
