/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include "core/util/file.h"
#include "core/util/file_walk.h"
#include "core/util/str.h"
#include "tests/unit/check.h"

#define MAX 1000

/* Every test runs in an empty folder of its own. */
static int enter_folder(void **state)
{
	char folder[] = "/tmp/test_file.XXXXXX";
	*state = mkdtemp(folder) ? strdup(folder) : NULL;
	return *state ? chdir(*state) : -1;
}

static int remove_entry(const char *path, const struct stat *st UNUSED, int type UNUSED,
			struct FTW *at UNUSED)
{
	return remove(path);
}

static int leave_folder(void **state)
{
	int failed = chdir("/") || nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return failed;
}

static void put(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static void make_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void assert_error(struct error *error, enum error_code code, const char *message)
{
	assert_non_null(error);
	if (!strstr(error->message, message) || error->code != code)
		fail_msg("code %d, \"%s\" for code %d, \"%s\"", error->code, error->message, code,
			 message);
	error_free(error);
}

static void assert_fine(struct error *error)
{
	assert_ok(error);
}

static void assert_contents(const char *path, const char *expected)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	assert_fine(file_read(path, MAX, &text, &len));
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

static int open_descriptors(void)
{
	return entries_of("/proc/self/fd");
}

/* Allows `more` descriptors beside those in use; returns the limit to restore. */
static struct rlimit allow_descriptors(int more)
{
	struct rlimit old;
	int free_one = dup(STDIN_FILENO);
	close(free_one);
	getrlimit(RLIMIT_NOFILE, &old);
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)(free_one + more), old.rlim_max});
	return old;
}

/* The paths found, each on a line, with what was refused in brackets. */
static const char *walked(struct arena *a, const char *path)
{
	struct file_roots roots = {0};
	struct found_file_vec found = {0};
	struct str out = STR(a);
	assert_fine(file_walk(&roots, a, path, &found));
	for (size_t i = 0; i < found.len; i++) {
		const struct found_file *f = &found.at[i];
		str_add(&out, f->path);
		if (f->kind == FOUND_REFUSED)
			str_printf(&out, " (%s)", f->what);
		if (f->kind == FOUND_OTHER_CASE)
			str_add(&out, " (other case)");
		str_addc(&out, '\n');
		if (f->below)
			assert_true(f->root >= 0 && strstr(f->path, f->below));
		else
			assert_int_equal(f->root, -1);
	}
	file_roots_done(&roots);
	return str_text(&out);
}

static void walking_finds_manifests_in_byte_order(void **state UNUSED)
{
	ARENA a = {0};
	mkdir("d", 0700);
	mkdir("d/a", 0700);
	mkdir("d/x.yaml", 0700);
	mkdir("d/.git", 0700);
	put("d/a/x.yaml", "");
	put("d/a/y.yml", "");
	put("d/a-b.yaml", "");
	put("d/a0.json", "");
	put("d/\xC3\xA9.yaml", "");
	put("d/x.yaml/in.yaml", "");
	put("d/.hidden.yaml", "");
	put("d/.git/x.yaml", "");
	put("d/README", "");
	put("d/x.YAML", "");
	put("d/x.yamlx", "");
	put("d/yaml", "");
	assert_string_equal(walked(&a, "d"),
			    "d/a-b.yaml\nd/a/x.yaml\nd/a/y.yml\nd/a0.json\n"
			    "d/x.YAML (other case)\nd/x.yaml/in.yaml\nd/\xC3\xA9.yaml\n");
	assert_string_equal(walked(&a, "d/a/"), "d/a/x.yaml\nd/a/y.yml\n");
	assert_string_equal(walked(&a, "d/README"), "d/README\n");
	assert_string_equal(walked(&a, "d/.git/../a0.json"), "d/.git/../a0.json\n");
}

static void walking_refuses_what_is_no_file(void **state UNUSED)
{
	ARENA a = {0};
	mkdir("d", 0700);
	mkdir("outside", 0700);
	put("outside/o.yaml", "");
	assert_int_equal(mkfifo("d/fifo.yaml", 0600), 0);
	assert_int_equal(mkfifo("d/fifo", 0600), 0);
	assert_int_equal(symlink("../outside/o.yaml", "d/link.yaml"), 0);
	assert_int_equal(symlink("../outside/o.yaml", "d/link"), 0);
	assert_int_equal(symlink("nowhere", "d/broken"), 0);
	assert_int_equal(symlink("nowhere", "d/broken.json"), 0);
	assert_int_equal(symlink("../outside", "d/folder"), 0);
	make_socket("d/socket.yml");
	assert_string_equal(walked(&a, "d"),
			    "d/broken.json (a symbolic link)\nd/fifo.yaml (a FIFO)\n"
			    "d/folder (a symbolic link)\nd/link.yaml (a symbolic link)\n"
			    "d/socket.yml (a socket)\n");
	assert_string_equal(walked(&a, "d/link"), "d/link\n");
	assert_string_equal(walked(&a, "d/folder"), "d/folder/o.yaml\n");
	assert_string_equal(walked(&a, "d/fifo"), "d/fifo (a FIFO)\n");
	assert_string_equal(walked(&a, "/dev/null"), "/dev/null (a device)\n");
}

static void one_file_by_two_names_can_be_told(void **state UNUSED)
{
	ARENA a = {0};
	struct file_roots roots = {0};
	struct found_file_vec found = {0};
	put("a.yaml", "");
	put("b.yaml", "");
	assert_fine(file_walk(&roots, &a, ".", &found));
	assert_fine(file_walk(&roots, &a, "a.yaml", &found));
	assert_int_equal(found.len, 3);
	assert_string_equal(found.at[0].path, "./a.yaml");
	assert_int_equal(found.at[0].inode, found.at[2].inode);
	assert_int_equal(found.at[0].device, found.at[2].device);
	assert_int_not_equal(found.at[0].inode, found.at[1].inode);
	file_roots_done(&roots);
	file_roots_done(&roots);
}

static void walking_fails_with_a_reason(void **state UNUSED)
{
	ARENA a = {0};
	struct file_roots roots = {0};
	struct found_file_vec found = {0};
	assert_error(file_walk(&roots, &a, "missing", &found), ERROR_SYSTEM,
		     "reading missing: No such");
	assert_error(file_walk(&roots, &a, "", &found), ERROR_SYSTEM, "No such");
	assert_error(file_walk(&roots, &a, "a\033b", &found), ERROR_SYSTEM,
		     "reading a\\x1Bb: No such");
	assert_int_equal(found.len, 0);
}

static void closed_folders_are_an_error(void **state UNUSED)
{
	ARENA a = {0};
	struct file_roots roots = {0};
	struct found_file_vec found = {0};
	chmod(".", 0755);
	mkdir("d", 0755);
	mkdir("d/closed", 0);
	uid_t user = geteuid();
	if (user == 0)
		assert_int_equal(seteuid(65534), 0); /* nothing is closed to root */
	struct error *inside = file_walk(&roots, &a, "d", &found);
	struct error *itself = file_walk(&roots, &a, "d/closed", &found);
	assert_int_equal(seteuid(user), 0);
	assert_error(inside, ERROR_SYSTEM, "reading folder d/closed/: Permission denied");
	assert_error(itself, ERROR_SYSTEM, "reading folder d/closed: Permission denied");
	file_roots_done(&roots);
}

static void walking_has_a_ceiling(void **state UNUSED)
{
	ARENA a = {0};
	struct file_roots roots = {0};
	struct found_file_vec found = {0};
	mkdir("d", 0700);
	put("d/a.yaml", "");
	put("d/b.yaml", "");
	vec_reserve(&a, &found, 1000001);
	found.len = 999999;
	assert_error(file_walk(&roots, &a, "d", &found), ERROR_INPUT, "more than 1000000 files");
	assert_int_equal(found.len, 1000000);
	assert_error(file_walk(&roots, &a, "d/a.yaml", &found), ERROR_INPUT,
		     "more than 1000000 files");
	file_roots_done(&roots);
}

/* Makes `depth` folders inside each other in "deep"; a path to the last would be too long. */
static void make_deep(int depth)
{
	assert_int_equal(mkdir("deep", 0700), 0);
	int fd = open("deep", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < depth; i++) {
		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		int next = openat(fd, "d", O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	close(openat(fd, "x.yaml", O_CREAT | O_WRONLY, 0600));
	close(fd);
}

static void deep_trees_take_two_descriptors(void **state UNUSED)
{
	ARENA a = {0};
	make_deep(256);
	struct rlimit old = allow_descriptors(2);
	const char *found = walked(&a, "deep");
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(strlen(found), strlen("deep/x.yaml\n") + 256 * 2);
}

static void too_deep_trees_are_refused(void **state UNUSED)
{
	ARENA a = {0};
	struct file_roots roots = {0};
	struct found_file_vec found = {0};
	make_deep(257);
	assert_error(file_walk(&roots, &a, "deep", &found), ERROR_INPUT, "nested deeper than 256");
	file_roots_done(&roots);
}

static void running_out_of_descriptors_is_an_error(void **state UNUSED)
{
	ARENA a = {0};
	mkdir("d", 0700);
	for (int more = 0; more < 2; more++) {
		struct file_roots roots = {0};
		struct found_file_vec found = {0};
		struct rlimit old = allow_descriptors(more);
		struct error *error = file_walk(&roots, &a, "d", &found);
		setrlimit(RLIMIT_NOFILE, &old);
		assert_error(error, ERROR_SYSTEM, "reading folder d");
		file_roots_done(&roots);
	}
}

static void found_files_are_read(void **state UNUSED)
{
	ARENA a = {0};
	struct file_roots roots = {0};
	struct found_file_vec found = {0};
	mkdir("d", 0700);
	mkdir("d/e", 0700);
	put("d/e/a.yaml", "below");
	put("alone", "alone");
	assert_int_equal(symlink("alone", "link"), 0);
	assert_fine(file_walk(&roots, &a, "d", &found));
	assert_fine(file_walk(&roots, &a, "link", &found));
	static const char *const texts[] = {"below", "alone"};
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(free) char *text = NULL;
		size_t len;
		assert_fine(file_walk_read(&found.at[i], MAX, &text, &len));
		assert_string_equal(text, texts[i]);
	}
	file_roots_done(&roots);
}

/* Somebody changes the tree between walking and reading. */
static void swapped_files_are_not_followed(void **state UNUSED)
{
	static const struct {
		const char *name, *message;
	} rows[] = {
		{"link", "cannot be read: Too many levels"},
		{"fifo", "not a regular file but a FIFO"},
		{"folder", "not a regular file but a folder"},
		{"gone", "cannot be read: No such"},
		{"socket", "cannot be read: No such device"},
		{"../secret", "cannot be read: Invalid cross"},
		{"over/secret", "cannot be read: Too many"},
	};
	mkdir("d", 0700);
	put("secret", "secret");
	assert_int_equal(symlink("../secret", "d/link"), 0);
	assert_int_equal(symlink("..", "d/over"), 0);
	mkfifo("d/fifo", 0600);
	mkdir("d/folder", 0700);
	make_socket("d/socket");
	CLEANUP(close) int root = open("d", O_RDONLY | O_DIRECTORY);
	int before = open_descriptors();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct found_file file = {
			.path = "shown.yaml", .below = rows[i].name, .root = root};
		char *text = NULL;
		size_t len;
		struct error *error = file_walk_read(&file, MAX, &text, &len);
		assert_non_null(error);
		assert_string_equal(error->where.file, "shown.yaml");
		assert_int_equal(error->where.line * 10 + error->where.column, 11);
		assert_error(error, ERROR_INPUT, rows[i].message);
		assert_null(text);
	}
	assert_int_equal(open_descriptors(), before);
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
		assert_error(error, ERROR_INPUT, "larger than 9 bytes");
		assert_error(stream_error, ERROR_INPUT, "larger than 9 bytes");
	}
}

static void reading_fails_with_a_reason(void **state UNUSED)
{
	char *text = NULL;
	size_t len;
	assert_error(file_read("missing", MAX, &text, &len), ERROR_SYSTEM,
		     "reading missing: No such");
	assert_error(file_read(".", MAX, &text, &len), ERROR_INPUT,
		     "not a regular file but a folder");
	assert_error(file_read("/dev/null", MAX, &text, &len), ERROR_INPUT, "but a device");
	CLEANUP(fclose) FILE *folder = fopen(".", "r");
	assert_error(file_read_stream(folder, "-", MAX, &text, &len), ERROR_SYSTEM,
		     "reading -: Is a dir");
	assert_null(text);
}

/* Files below /proc tell no size. */
static void files_without_a_size_are_read(void **state UNUSED)
{
	CLEANUP(free) char *text = NULL;
	size_t len;
	assert_fine(file_read("/proc/self/status", 100000, &text, &len));
	assert_int_equal(strlen(text), len);
	assert_true(len > 100);
	char *none = NULL;
	assert_error(file_read("/proc/self/status", 20, &none, &len), ERROR_INPUT,
		     "larger than 20");
}

static void *write_slowly(void *argument)
{
	char block[1000];
	memset(block, 'x', sizeof(block));
	for (int i = 0; i < 300; i++)
		assert_fine(file_write_all(*(int *)argument, "pipe", block, sizeof(block)));
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
	assert_fine(file_read_stream(in, "-", 300000, &text, &len));
	pthread_join(writer, NULL);
	assert_int_equal(len, 300000);
	assert_int_equal(strspn(text, "x"), len);
	assert_fine(file_read_stream(in, "-", 1, &empty, &len));
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
	assert_fine(file_write_all(ends[1], "pipe", data, sizeof(data)));
	close(ends[1]);
	pthread_join(reader, NULL);
	assert_error(file_write_all(ends[1], "a\nb", "x", 1), ERROR_SYSTEM,
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
	assert_fine(file_write_atomic("new", "one", 3, 0666));
	assert_contents("new", "one");
	assert_int_equal(mode_of("new"), 0644);
	chmod("new", 0604);
	assert_fine(file_write_atomic("new", "two", 3, 0600));
	assert_contents("new", "two");
	assert_int_equal(mode_of("new"), 0604);
	assert_fine(file_write_atomic("./new", "", 0, 0600));
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
	assert_fine(file_write_atomic("link", "new", 3, 0600));
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_contents("d/target", "new");
	assert_error(file_write_atomic("broken", "x", 1, 0600), ERROR_SYSTEM,
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
	assert_fine(file_write_atomic("fifo", "one", 3, 0600));
	assert_int_equal(read(fifo, got, sizeof(got)), 3);
	assert_string_equal(got, "one");
	close(fifo);
	assert_int_equal(stat("fifo", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	assert_int_equal(pipe(fds), 0);
	snprintf(link, sizeof(link), "/dev/fd/%d", fds[1]);
	assert_fine(file_write_atomic(link, "two", 3, 0600));
	assert_int_equal(read(fds[0], got, sizeof(got)), 3);
	assert_string_equal(got, "two");
	close(fds[0]);
	close(fds[1]);
	assert_int_equal(symlink("/dev/full", "full"), 0);
	assert_error(file_write_atomic("full", "x", 1, 0600), ERROR_SYSTEM,
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
	assert_fine(file_write_atomic(name, "x", 1, 0600));
	assert_contents(name, "x");
}

static void failed_writes_leave_nothing(void **state UNUSED)
{
	struct rlimit old;
	put("file", "old");
	mkdir("d", 0700);
	assert_error(file_write_atomic("missing/x", "x", 1, 0600), ERROR_SYSTEM,
		     "writing missing/x");
	assert_error(file_write_atomic("file/x", "x", 1, 0600), ERROR_SYSTEM,
		     "replacing file/x: Not a");
	assert_error(file_write_atomic("d", "x", 1, 0600), ERROR_SYSTEM,
		     "replacing d: Is a directory");
	getrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &(struct rlimit){2, old.rlim_max});
	struct error *error = file_write_atomic("file", "long", 4, 0600);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_error(error, ERROR_SYSTEM, "File too large");
	assert_contents("file", "old");
	assert_int_equal(entries_of("."), 2);
}

static void folders_are_made(void **state)
{
	ARENA a = {0};
	umask(022);
	assert_fine(file_make_folders("a/b/c", 0700));
	assert_int_equal(mode_of("a") & mode_of("a/b") & mode_of("a/b/c"), 0700);
	assert_fine(file_make_folders("a/b/c", 0755));
	assert_int_equal(mode_of("a/b"), 0700);
	assert_fine(file_make_folders("a//d/", 0700));
	assert_fine(file_make_folders(arena_printf(&a, "%s/a/e", (char *)*state), 0700));
	assert_fine(file_make_folders("/", 0700));
	assert_int_equal(symlink("a", "link"), 0);
	assert_fine(file_make_folders("link/f", 0700));
	assert_int_equal(entries_of("a"), 4);
	put("file", "");
	assert_error(file_make_folders("file", 0700), ERROR_SYSTEM, "folder file: Not a directory");
	assert_error(file_make_folders("file/x", 0700), ERROR_SYSTEM,
		     "folder file: Not a directory");
	assert_error(file_make_folders("/proc/x", 0700), ERROR_SYSTEM,
		     "creating folder /proc/x: No such");
	assert_error(file_make_folders("", 0700), ERROR_SYSTEM, "No such");
}

static void folders_are_synced(void **state UNUSED)
{
	assert_fine(file_sync_folder("."));
	assert_error(file_sync_folder("missing"), ERROR_SYSTEM, "syncing folder missing: No such");
	put("file", "");
	assert_error(file_sync_folder("file"), ERROR_SYSTEM, "Not a directory");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(walking_finds_manifests_in_byte_order),
		IN_FOLDER(walking_refuses_what_is_no_file),
		IN_FOLDER(one_file_by_two_names_can_be_told),
		IN_FOLDER(walking_fails_with_a_reason),
		IN_FOLDER(closed_folders_are_an_error),
		IN_FOLDER(walking_has_a_ceiling),
		IN_FOLDER(deep_trees_take_two_descriptors),
		IN_FOLDER(too_deep_trees_are_refused),
		IN_FOLDER(running_out_of_descriptors_is_an_error),
		IN_FOLDER(found_files_are_read),
		IN_FOLDER(swapped_files_are_not_followed),
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
		IN_FOLDER(folders_are_made),
		IN_FOLDER(folders_are_synced),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
