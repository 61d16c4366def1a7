/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "core/util/manifest_walk.h"
#include "core/util/str.h"
#include "tests/unit/own_folder.h"

#define MAX 1000

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
	assert_ok(manifest_walk(&roots, a, path, &found));
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
	assert_ok(manifest_walk(&roots, &a, ".", &found));
	assert_ok(manifest_walk(&roots, &a, "a.yaml", &found));
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
	assert_failed(manifest_walk(&roots, &a, "missing", &found), ERROR_SYSTEM,
		      "reading missing: No such");
	assert_failed(manifest_walk(&roots, &a, "", &found), ERROR_SYSTEM, "No such");
	assert_failed(manifest_walk(&roots, &a, "a\033b", &found), ERROR_SYSTEM,
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
	struct error *inside = manifest_walk(&roots, &a, "d", &found);
	struct error *itself = manifest_walk(&roots, &a, "d/closed", &found);
	assert_int_equal(seteuid(user), 0);
	assert_failed(inside, ERROR_SYSTEM, "reading folder d/closed/: Permission denied");
	assert_failed(itself, ERROR_SYSTEM, "reading folder d/closed: Permission denied");
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
	assert_failed(manifest_walk(&roots, &a, "d", &found), ERROR_INPUT,
		      "more than 1000000 files");
	assert_int_equal(found.len, 1000000);
	assert_failed(manifest_walk(&roots, &a, "d/a.yaml", &found), ERROR_INPUT,
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
	assert_failed(manifest_walk(&roots, &a, "deep", &found), ERROR_INPUT,
		      "nested deeper than 256");
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
		struct error *error = manifest_walk(&roots, &a, "d", &found);
		setrlimit(RLIMIT_NOFILE, &old);
		assert_failed(error, ERROR_SYSTEM, "reading folder d");
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
	assert_ok(manifest_walk(&roots, &a, "d", &found));
	assert_ok(manifest_walk(&roots, &a, "link", &found));
	static const char *const texts[] = {"below", "alone"};
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(free) char *text = NULL;
		size_t len;
		assert_ok(manifest_walk_read(&found.at[i], MAX, &text, &len));
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
		struct error *error = manifest_walk_read(&file, MAX, &text, &len);
		assert_non_null(error);
		assert_string_equal(error->where.file, "shown.yaml");
		assert_int_equal(error->where.line * 10 + error->where.column, 11);
		assert_failed(error, ERROR_INPUT, rows[i].message);
		assert_null(text);
	}
	assert_int_equal(open_descriptors(), before);
}

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
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
