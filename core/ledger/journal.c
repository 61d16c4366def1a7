/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/util/failpoint.h"
#include "core/util/file.h"

static const char magic[16] = "writ journal 1\n";

#define HEADER 16
#define TRAILER (4 + SHA256_SIZE)
#define FILE_MAX ((size_t)2 << 30)

struct journal {
	int fd;
	char *path;
	uint64_t next;
	bool suspect; /* a write or sync failed */
	unsigned char head[SHA256_SIZE];
};

static void put(unsigned char *to, uint64_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		to[i] = (unsigned char)(value >> (8 * i));
}

static uint64_t get(const unsigned char *from, int bytes)
{
	uint64_t value = 0;
	for (int i = 0; i < bytes; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

static void advance(unsigned char head[static SHA256_SIZE], const void *header, const void *payload,
		    size_t len)
{
	struct sha256 *s = sha256_new();
	sha256_add(s, head, SHA256_SIZE);
	sha256_add(s, header, HEADER);
	sha256_add(s, payload, len);
	sha256_end(s, head);
}

bool journal_is(const char *bytes, size_t len)
{
	return len >= sizeof(magic) && !memcmp(bytes, magic, sizeof(magic));
}

/* ---- reading ---- */

/* The record at bytes[at ..], if it is whole and sound by itself. */
static bool is_record(const unsigned char *bytes, size_t len, size_t at, size_t *end)
{
	if (len - at < HEADER + TRAILER)
		return false;
	uint64_t size = get(bytes + at, 4), type = get(bytes + at + 4, 4);
	if (size > JOURNAL_PAYLOAD_MAX || type < RECORD_BEGIN || type > RECORD_END ||
	    len - at - HEADER - TRAILER < size)
		return false;
	uint32_t crc = crc32c(0, bytes + at, HEADER + size);
	*end = at + HEADER + size + TRAILER;
	return crc == get(bytes + at + HEADER + size, 4);
}

/* Looks behind a bad record for a good one, which a torn write cannot leave. */
static bool has_record_behind(const unsigned char *bytes, size_t len, size_t from)
{
	size_t end;
	for (size_t at = from + 1; at < len; at++) {
		if (is_record(bytes, len, at, &end))
			return true;
	}
	return false;
}

static struct error *corrupt(const char *name, size_t at, const char *what)
{
	return error_new(ERROR_INPUT, "journal %s is damaged at byte %zu: %s", name, at, what);
}

struct error *journal_parse(const char *name, const char *text, size_t len, struct arena *a,
			    struct journal_record_vec *out, struct journal_state *state)
{
	const unsigned char *bytes = (const unsigned char *)text;
	size_t at = sizeof(magic), end;
	*state = (struct journal_state){.next = 1, .torn = len};
	if (len < sizeof(magic) && !memcmp(text, magic, len))
		return NULL; /* killed before its first line was written: nothing was begun */
	if (!journal_is(text, len))
		return error_new(ERROR_INPUT, "%s is no journal of this version", name);
	sha256_of(magic, sizeof(magic), state->head);
	for (; at < len && is_record(bytes, len, at, &end); at = end) {
		uint32_t size = (uint32_t)get(bytes + at, 4);
		struct journal_record r = {
			get(bytes + at + 4, 4), get(bytes + at + 8, 8), NULL, size, {0}};
		advance(state->head, bytes + at, bytes + at + HEADER, size);
		if (r.sequence != state->next)
			return corrupt(name, at, "a record is missing");
		if (memcmp(state->head, bytes + end - SHA256_SIZE, SHA256_SIZE) != 0)
			return corrupt(name, at, "the chain of digests does not hold");
		r.payload = arena_strndup(a, text + at + HEADER, size);
		memcpy(r.head, state->head, sizeof(r.head));
		vec_push(a, out, r);
		state->next++;
		state->ended |= r.type == RECORD_END;
	}
	if (at < len && has_record_behind(bytes, len, at))
		return corrupt(name, at, "a bad record stands in front of a good one");
	state->good = at;
	state->torn = len - at;
	return NULL;
}

struct error *journal_read(const char *path, struct arena *a, struct journal_record_vec *out,
			   struct journal_state *state)
{
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	TRY(file_read(path, FILE_MAX, &bytes, &len));
	return journal_parse(path, bytes, len, a, out, state);
}

/* ---- writing ---- */

static struct journal *new_journal(int fd, const char *path)
{
	struct journal *j = xmalloc(sizeof(*j));
	*j = (struct journal){.fd = fd, .path = xstrdup(path), .next = 1};
	sha256_of(magic, sizeof(magic), j->head);
	return j;
}

static struct error *sync_folder_of(const char *path)
{
	ARENA a = {0};
	const char *slash = strrchr(path, '/');
	return file_sync_folder(slash ? arena_strndup(&a, path, (size_t)(slash - path)) : ".");
}

static struct error *prepare(int fd, const char *path, size_t reserve)
{
	FAILPOINT("journal-create");
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)reserve) && errno != EOPNOTSUPP)
		return error_errno(errno, "reserving room for journal %s", path);
	TRY(file_write_all(fd, path, magic, sizeof(magic)));
	FAILPOINT("journal-magic");
	if (fsync(fd))
		return error_errno(errno, "syncing journal %s", path);
	return sync_folder_of(path);
}

struct error *journal_create(const char *path, size_t reserve, struct journal **out)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_errno(errno, "creating journal %s", path);
	struct error *error = prepare(fd, path, reserve);
	if (error) {
		close(fd);
		unlink(path);
		return error;
	}
	*out = new_journal(fd, path);
	return NULL;
}

static struct error *check_owner(int fd, const char *path)
{
	struct stat st;
	if (fstat(fd, &st))
		return error_errno(errno, "opening journal %s", path);
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 077))
		return error_new(ERROR_INPUT, "journal %s is not a file of this user alone", path);
	return NULL;
}

struct error *journal_open(const char *path, struct journal **out)
{
	ARENA a = {0};
	struct journal_record_vec records = {0};
	struct journal_state state;
	CLEANUP(close) int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return error_errno(errno, "opening journal %s", path);
	TRY(check_owner(fd, path));
	TRY(journal_read(path, &a, &records, &state));
	if (state.good == 0)
		return error_new(ERROR_INPUT, "journal %s was never begun", path);
	if (state.torn && (ftruncate(fd, (off_t)state.good) || fsync(fd)))
		return error_errno(errno, "cutting journal %s", path);
	if (lseek(fd, (off_t)state.good, SEEK_SET) < 0)
		return error_errno(errno, "opening journal %s", path);
	struct journal *j = new_journal(keep_fd(&fd), path);
	j->next = state.next;
	memcpy(j->head, state.head, sizeof(j->head));
	*out = j;
	return NULL;
}

/* A test build writes a record in two pieces, so that it can be killed between them. */
static struct error *write_record(struct journal *j, const char *bytes, size_t len)
{
	FAILPOINT("journal-before-record");
	FAILPOINT_WRITE("journal-half-record", j->fd, bytes, len);
	TRY(file_write_all(j->fd, j->path, bytes, len));
	FAILPOINT("journal-after-record");
	return NULL;
}

static struct error *is_suspect(const struct journal *j)
{
	return error_new(ERROR_PARTIAL, "journal %s could not be written before", j->path);
}

struct error *journal_append(struct journal *j, enum record_type type, const char *payload,
			     size_t len)
{
	ARENA a = {0};
	if (j->suspect)
		return is_suspect(j);
	if (len > JOURNAL_PAYLOAD_MAX)
		return error_new(ERROR_SYSTEM, "journal record of %zu bytes", len);
	unsigned char *bytes = arena_alloc(&a, HEADER + len + TRAILER);
	put(bytes, len, 4);
	put(bytes + 4, type, 4);
	put(bytes + 8, j->next, 8);
	memcpy(bytes + HEADER, payload, len);
	put(bytes + HEADER + len, crc32c(0, bytes, HEADER + len), 4);
	advance(j->head, bytes, bytes + HEADER, len);
	memcpy(bytes + HEADER + len + 4, j->head, SHA256_SIZE);
	j->next++;
	struct error *error = write_record(j, (char *)bytes, HEADER + len + TRAILER);
	j->suspect = error != NULL;
	return error;
}

struct error *journal_sync(struct journal *j)
{
	if (j->suspect)
		return is_suspect(j);
	FAILPOINT("journal-before-sync");
	if (fdatasync(j->fd)) {
		j->suspect = true;
		return error_errno(errno, "syncing journal %s", j->path);
	}
	FAILPOINT("journal-after-sync");
	return NULL;
}

void journal_head(const struct journal *j, unsigned char out[SHA256_SIZE])
{
	memcpy(out, j->head, SHA256_SIZE);
}

void journal_close(struct journal *j)
{
	if (!j)
		return;
	close(j->fd);
	free(j->path);
	free(j);
}

void journal_discard(struct journal *j)
{
	unlink(j->path);
	journal_close(j);
}
