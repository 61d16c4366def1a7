/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/ledger/journal.h"
#include "core/util/file.h"
#include "tests/unit/check.h"

/* libc's, but the call that `fault` names fails with `fault_errno`. */
static const char *fault;
static int fault_errno;

static bool fails(const char *call)
{
	if (!fault || strcmp(fault, call) != 0)
		return false;
	errno = fault_errno;
	return true;
}

int fallocate(int fd, int mode, off_t at, off_t len)
{
	return fails("fallocate") ? -1 : (int)syscall(SYS_fallocate, fd, mode, at, len);
}

int fsync(int fd)
{
	return fails("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	return fails("fdatasync") ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t len)
{
	return fails("ftruncate") ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

off_t lseek(int fd, off_t at, int whence)
{
	return fails("lseek") ? -1 : syscall(SYS_lseek, fd, at, whence);
}

int fstat(int fd, struct stat *out)
{
	return fails("fstat") ? -1 : fstatat(fd, "", out, AT_EMPTY_PATH);
}

#define RECORDS 20
#define MAGIC 16

struct fixture {
	char folder[64], path[96];
	char *bytes; /* of a journal of RECORDS records */
	size_t len;
	size_t ends[RECORDS + 1]; /* ends[n]: bytes of the magic and n records */
	unsigned char heads[RECORDS + 1][SHA256_SIZE];
};

static enum record_type type_of(int i)
{
	return i == 0 ? RECORD_BEGIN : i == RECORDS - 1 ? RECORD_END : RECORD_INTENT + i % 3;
}

/* Payloads of 0 to 57 bytes. */
static size_t payload_of(int i, char text[64])
{
	return (size_t)snprintf(
		text, 64, "%.*s", i * 3,
		"{\"change\": \"c1\", \"outcome\": \"done\", \"message\": null, \"n\": 1}");
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct journal *j;
	char text[64];
	snprintf(f->folder, sizeof(f->folder), "/tmp/test-journal-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/run.wal", f->folder);
	assert_ok(journal_create(f->path, 4096, &j));
	f->ends[0] = MAGIC;
	journal_head(j, f->heads[0]);
	for (int i = 0; i < RECORDS; i++) {
		size_t len = payload_of(i, text);
		assert_ok(journal_append(j, type_of(i), text, len));
		f->ends[i + 1] = f->ends[i] + 16 + len + 4 + SHA256_SIZE;
		journal_head(j, f->heads[i + 1]);
	}
	assert_ok(journal_sync(j));
	journal_close(j);
	journal_close(NULL);
	assert_ok(file_read(f->path, 1 << 20, &f->bytes, &f->len));
	assert_int_equal(f->len, f->ends[RECORDS]);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	unlink(f->path);
	rmdir(f->folder);
	free(f->bytes);
	free(f);
	return 0;
}

/* True when parsed; then the records are the first ones written and nothing else. */
static bool parse(const struct fixture *f, const char *bytes, size_t len, struct journal_state *s)
{
	ARENA a = {0};
	struct journal_record_vec records = {0};
	char text[64];
	struct error *error = journal_parse("run.wal", bytes, len, &a, &records, s);
	if (error) {
		assert_int_equal(error->code, ERROR_INPUT);
		error_free(error);
		return false;
	}
	assert_int_equal(s->good + s->torn, len);
	assert_true(records.len <= RECORDS);
	assert_int_equal(s->next, records.len + 1);
	for (size_t i = 0; i < records.len; i++) {
		const struct journal_record *r = &records.at[i];
		assert_int_equal(r->len, payload_of((int)i, text));
		assert_string_equal(r->payload, text);
		assert_int_equal(r->type, type_of((int)i));
		assert_int_equal(r->sequence, i + 1);
	}
	assert_int_equal(s->ended, records.len == RECORDS);
	if (s->good) {
		assert_int_equal(s->good, f->ends[records.len]);
		assert_memory_equal(s->head, f->heads[records.len], SHA256_SIZE);
	}
	return true;
}

static void what_is_written_is_read(void **state)
{
	struct journal_state s;
	const struct fixture *f = *state;
	assert_true(parse(f, f->bytes, f->len, &s));
	assert_int_equal(s.next, RECORDS + 1);
	assert_int_equal(s.torn, 0);
	assert_true(s.ended);
	assert_true(journal_is(f->bytes, f->len));
	assert_false(journal_is(f->bytes, MAGIC - 1));
}

static void every_truncation_is_cut(void **state)
{
	const struct fixture *f = *state;
	for (size_t len = 0, whole = 0; len < f->len; len++) {
		struct journal_state s;
		/* A copy of its own size, so that a sanitizer sees a read behind it. */
		char *copy = memcpy(xmalloc(len + 1), f->bytes, len);
		assert_true(parse(f, copy, len, &s));
		free(copy);
		while (f->ends[whole + 1] <= len)
			whole++;
		assert_int_equal(s.good, len < MAGIC ? 0 : f->ends[whole]);
		assert_int_equal(s.next, whole + 1);
	}
}

/* A flipped bit loses the record it is in: behind it a good record proves damage, at the end it may
 * be a torn write. */
static void every_flipped_bit_is_found(void **state)
{
	const struct fixture *f = *state;
	size_t refused = 0, cut = 0;
	for (size_t bit = 0; bit < f->len * 8; bit++) {
		struct journal_state s;
		f->bytes[bit / 8] ^= (char)(1 << (bit % 8));
		if (!parse(f, f->bytes, f->len, &s)) {
			refused++;
		} else {
			assert_true(bit / 8 >= f->ends[RECORDS - 1]);
			assert_int_equal(s.good, f->ends[RECORDS - 1]);
			assert_false(s.ended);
			cut++;
		}
		f->bytes[bit / 8] ^= (char)(1 << (bit % 8));
	}
	assert_int_equal(refused + cut, f->len * 8);
	assert_true(refused >= f->ends[RECORDS - 1] * 8);
}

static void records_cannot_be_left_out_repeated_or_moved(void **state)
{
	const struct fixture *f = *state;
	for (size_t i = 0; i + 1 < RECORDS; i++) {
		struct journal_state s;
		size_t from = f->ends[i], to = f->ends[i + 1], size = to - from;
		char *bytes = xmalloc(f->len + size);
		memcpy(bytes, f->bytes, from);
		memcpy(bytes + from, f->bytes + to, f->len - to);
		assert_false(parse(f, bytes, f->len - size, &s));
		memcpy(bytes, f->bytes, to);
		memcpy(bytes + to, f->bytes + from, f->len - from);
		assert_false(parse(f, bytes, f->len + size, &s));
		size_t next = f->ends[i + 2] - to;
		memcpy(bytes, f->bytes, f->len);
		memcpy(bytes + from, f->bytes + to, next);
		memcpy(bytes + from + next, f->bytes + from, size);
		assert_false(parse(f, bytes, f->len, &s));
		free(bytes);
	}
}

/* Cut anywhere, opened again and written on: the same bytes as if nothing had happened. */
static void a_cut_journal_goes_on(void **state)
{
	const struct fixture *f = *state;
	for (size_t len = MAGIC; len < f->len; len += 7) {
		struct journal *j;
		struct journal_state s;
		CLEANUP(free) char *bytes = NULL;
		size_t got;
		char text[64];
		FILE *out = fopen(f->path, "w");
		assert_int_equal(fwrite(f->bytes, 1, len, out), len);
		fclose(out);
		assert_true(parse(f, f->bytes, len, &s));
		assert_ok(journal_open(f->path, &j));
		for (int i = (int)s.next - 1; i < RECORDS; i++) {
			size_t size = payload_of(i, text);
			assert_ok(journal_append(j, type_of(i), text, size));
		}
		assert_ok(journal_sync(j));
		journal_close(j);
		assert_ok(file_read(f->path, 1 << 20, &bytes, &got));
		assert_int_equal(got, f->len);
		assert_memory_equal(bytes, f->bytes, got);
	}
}

static void refused(struct error *error, const char *message)
{
	assert_non_null(error);
	assert_non_null(strstr(error->message, message));
	error_free(error);
}

static void files_that_are_not_ours_are_refused(void **state)
{
	const struct fixture *f = *state;
	struct journal *j;
	struct stat st;
	char link[128];
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	refused(journal_create(f->path, 4096, &j), "creating");
	assert_int_equal(chmod(f->path, 0640), 0);
	refused(journal_open(f->path, &j), "not a file of this user alone");
	assert_int_equal(chmod(f->path, 0600), 0);
	snprintf(link, sizeof(link), "%s/link.wal", f->folder);
	assert_int_equal(symlink(f->path, link), 0);
	refused(journal_open(link, &j), "opening");
	unlink(link);
	assert_int_equal(truncate(f->path, MAGIC - 1), 0);
	refused(journal_open(f->path, &j), "never begun");
	FILE *out = fopen(f->path, "w");
	fputs("writ journal 2\n and more", out);
	fclose(out);
	refused(journal_open(f->path, &j), "no journal of this version");
}

static void a_record_too_long_is_refused(void **state)
{
	const struct fixture *f = *state;
	struct journal *j;
	assert_ok(journal_open(f->path, &j));
	CLEANUP(free) char *big = calloc(1, JOURNAL_PAYLOAD_MAX + 1);
	refused(journal_append(j, RECORD_RESULT, big, (size_t)JOURNAL_PAYLOAD_MAX + 1), "record");
	journal_close(j);
	struct journal_state s;
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	assert_ok(file_read(f->path, 1 << 20, &bytes, &len));
	assert_int_equal(len, f->len);
	assert_true(parse(f, bytes, len, &s));
}

/* Files of this process may not grow beyond `bytes`: as good as a full disk. */
static void limit_files(rlim_t bytes)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_journal_that_cannot_be_begun_is_not_left(void **state)
{
	const struct fixture *f = *state;
	char path[128];
	struct journal *j;
	snprintf(path, sizeof(path), "%s/other.wal", f->folder);
	signal(SIGXFSZ, SIG_IGN);
	limit_files(8);
	refused(journal_create(path, 4096, &j), "other.wal");
	limit_files(RLIM_INFINITY);
	assert_int_equal(access(path, F_OK), -1);
}

static void a_failed_write_is_final(void **state)
{
	const struct fixture *f = *state;
	struct journal *j;
	assert_ok(journal_open(f->path, &j));
	signal(SIGXFSZ, SIG_IGN);
	limit_files(f->len + 20);
	refused(journal_append(j, RECORD_RESULT, "{}", 2), "run.wal");
	limit_files(RLIM_INFINITY);
	refused(journal_append(j, RECORD_RESULT, "{}", 2), "could not be written before");
	refused(journal_sync(j), "could not be written before");
	journal_close(j);
	/* What was half written is a torn tail like any other. */
	struct journal_record_vec records = {0};
	struct journal_state s;
	ARENA a = {0};
	assert_ok(journal_read(f->path, &a, &records, &s));
	assert_int_equal(records.len, RECORDS);
	assert_int_equal(s.torn, 20);
}

static void journals_in_the_current_folder_and_none(void **state)
{
	const struct fixture *f = *state;
	struct journal_record_vec records = {0};
	struct journal_state s;
	struct journal *j;
	ARENA a = {0};
	CLEANUP(close) int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(chdir(f->folder), 0);
	assert_ok(journal_create("here.wal", 4096, &j));
	journal_close(j);
	assert_ok(journal_read("here.wal", &a, &records, &s));
	assert_int_equal(records.len, 0);
	unlink("here.wal");
	refused(journal_read("here.wal", &a, &records, &s), "here.wal");
	assert_int_equal(fchdir(before), 0);
	refused(journal_open("/dev/null", &j), "not a file of this user alone");
	refused(journal_parse("x", "xy", 2, &a, &records, &s), "no journal of this version");
}

/* Only root can give a file away. */
static void a_journal_of_somebody_else_is_refused(void **state)
{
	const struct fixture *f = *state;
	struct journal *j;
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(f->path, 65534, (gid_t)-1), 0);
	refused(journal_open(f->path, &j), "not a file of this user alone");
}

static struct error *create(const char *path)
{
	struct journal *j = NULL;
	struct error *error = journal_create(path, 4096, &j);
	journal_close(j);
	return error;
}

/* Opens a journal whose last record is torn, and cuts it. */
static struct error *reopen(const char *path)
{
	struct journal *j = NULL;
	struct error *error = journal_open(path, &j);
	journal_close(j);
	return error;
}

static void a_call_that_fails_is_told(void **state)
{
	const struct fixture *f = *state;
	static const struct {
		const char *call;
		struct error *(*step)(const char *path);
		int number;
		const char *message;
	} rows[] = {
		{"fallocate", create, ENOSPC, "reserving room for journal"},
		{"fsync", create, EIO, "syncing journal"},
		{"fstat", reopen, EIO, "opening journal"},
		{"ftruncate", reopen, EIO, "cutting journal"},
		{"fsync", reopen, EIO, "cutting journal"},
		{"lseek", reopen, EIO, "opening journal"},
	};
	char fresh[128];
	snprintf(fresh, sizeof(fresh), "%s/fresh.wal", f->folder);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *path = rows[i].step == create ? fresh : f->path;
		assert_int_equal(truncate(f->path, (off_t)f->ends[RECORDS] - 1), 0);
		fault = rows[i].call;
		fault_errno = rows[i].number;
		struct error *error = rows[i].step(path);
		fault = NULL;
		refused(error, rows[i].message);
		assert_int_equal(access(fresh, F_OK), -1);
	}
	assert_ok(reopen(f->path));
}

/* Not every file system can set room aside. */
static void room_is_set_aside_where_it_can_be(void **state)
{
	const struct fixture *f = *state;
	char fresh[128];
	snprintf(fresh, sizeof(fresh), "%s/fresh.wal", f->folder);
	fault = "fallocate";
	fault_errno = EOPNOTSUPP;
	struct error *error = create(fresh);
	fault = NULL;
	assert_ok(error);
	assert_int_equal(unlink(fresh), 0);
}

/* A second sync that succeeds proves nothing. */
static void a_failed_sync_is_final(void **state)
{
	const struct fixture *f = *state;
	struct journal *j;
	assert_ok(journal_open(f->path, &j));
	fault = "fdatasync";
	fault_errno = EIO;
	struct error *error = journal_sync(j);
	fault = NULL;
	refused(error, "syncing journal");
	refused(journal_sync(j), "could not be written before");
	refused(journal_append(j, RECORD_END, "{}", 2), "could not be written before");
	journal_discard(j);
	assert_int_equal(access(f->path, F_OK), -1);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read),
		TEST(every_truncation_is_cut),
		TEST(every_flipped_bit_is_found),
		TEST(records_cannot_be_left_out_repeated_or_moved),
		TEST(a_cut_journal_goes_on),
		TEST(files_that_are_not_ours_are_refused),
		TEST(a_record_too_long_is_refused),
		TEST(a_journal_that_cannot_be_begun_is_not_left),
		TEST(a_failed_write_is_final),
		TEST(journals_in_the_current_folder_and_none),
		TEST(a_journal_of_somebody_else_is_refused),
		TEST(a_call_that_fails_is_told),
		TEST(room_is_set_aside_where_it_can_be),
		TEST(a_failed_sync_is_final),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
