/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/git/git_program.h"
#include "core/git/git_send.h"
#include "core/ledger/emptied.h"
#include "core/ledger/stores/git_local.h"
#include "core/ledger/stores/stores.h"
#include "core/util/clock.h"
#include "core/util/failpoint.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

#define TIP "refs/writ/tip"   /* what was fetched, in the repository of this store */
#define DEEP "refs/writ/deep" /* the same, for older records */
#define MADE "refs/writ/made" /* what is to be pushed */
#define BEAT "refs/writ/beat" /* the sign of life that was fetched */
#define RECORD_FILE "record"  /* its bytes, in the tree of its commit */
#define SUBJECT "ledger %s: record %llu"
#define SKIP "\n\n[skip ci]\n" /* no CI service builds a ledger */

#define FETCH_MS 30000
#define DEEPEN_MS 300000
#define PUSH_MS 30000
#define READ_AT_ONCE 32	 /* records */
#define COMMIT_MAX 65536 /* bytes; the commits of a ledger have some 300 */

struct git_store {
	struct store store;
	struct arena memory; /* of what lives as long as the store */
	struct git_program git;
	struct git_local local;
	const char *key, *ref, *beat_ref;
	const char *ledger;		   /* tells it from others of the organisation */
	struct git_record head;		   /* the last one seen by this store */
	unsigned char digest[SHA256_SIZE]; /* of its bytes */
	bool looked;			   /* whether the remote was asked for it */
	bool fetched;			   /* whether its commit is here */
	uint64_t unanswered;		   /* a number that was tried and may come yet; 0: none */
};

static struct git_store *of(struct store *s)
{
	return (struct git_store *)s;
}

/* ---- commits as they are stored ---- */

/* A commit and the bytes of its record, out of `cat-file --batch`. */
struct seen_record {
	struct git_record record;
	const char *bytes;
	size_t len;
};

/* "ID TYPE SIZE LF CONTENTS LF"; false when it is something else. */
static bool next_object(const char **at, const char *end, const char *type, const char **out_id,
			const char **out_bytes, size_t *out_len)
{
	char line[80], found[16];
	unsigned long long size;
	size_t room = (size_t)(end - *at), head = strnlen(*at, room);
	head = head < sizeof(line) ? head : sizeof(line) - 1;
	const char *newline = memchr(*at, '\n', head);
	if (!newline)
		return false;
	snprintf(line, sizeof(line), "%.*s", (int)(newline - *at), *at);
	head = (size_t)(newline - *at) + 1;
	if (sscanf(line, "%*40[0-9a-f] %15s %llu", found, &size) != 2 || strcmp(found, type) != 0 ||
	    size >= room - head)
		return false;
	*out_id = *at;
	*out_bytes = *at + head;
	*out_len = size;
	*at += head + size + 1;
	return true;
}

/* The number in the first line of its message; 0: it is no record of this ledger, or a merge. */
static uint64_t number_of(struct arena *a, const struct git_store *g, const char *commit,
			  size_t len)
{
	const char *text = arena_strndup(a, commit, len);
	const char *message = strstr(text, "\n\n"), *parent = strstr(text, "\nparent ");
	unsigned long long number = 0;
	if (!message || (parent && parent < message && strstr(parent + 1, "\nparent ") &&
			 strstr(parent + 1, "\nparent ") < message))
		return 0;
	const char *line = arena_strndup(a, message + 2, strcspn(message + 2, "\n"));
	const char *tail = strrchr(line, ' ');
	if (!tail || strspn(tail + 1, "0123456789") != strlen(tail + 1) || strlen(tail + 1) > 12)
		return 0;
	number = strtoull(tail + 1, NULL, 10);
	return strcmp(line, arena_printf(a, SUBJECT, g->key, number)) == 0 ? number : 0;
}

static struct error *no_ledger(const struct git_store *g, const char *id)
{
	return error_new(ERROR_INPUT, "commit %.12s of %s in %s is no record of the ledger %s", id,
			 g->ref, g->git.url, g->key);
}

/* Reads the commits of these names with their records, in the same order. */
static struct error *read_commits(const struct git_store *g, struct arena *a,
				  const char *const *names, size_t count, struct seen_record *out)
{
	static const char *const arguments[] = {"cat-file", "--batch", NULL};
	struct str input = STR(a);
	struct child_said said = {0};
	for (size_t i = 0; i < count; i++)
		str_printf(&input, "%s\n%s:" RECORD_FILE "\n", names[i], names[i]);
	TRY(git_must(&g->git, a, "reading the ledger",
		     &(struct git_call){.arguments = arguments,
					.input = {input.at, input.len},
					.output_max = count * (STORE_RECORD_MAX + COMMIT_MAX),
					.timeout_ms = GIT_LOCAL_MS},
		     &said));
	const char *at = said.output, *end = at + said.output_len, *id, *commit, *blob;
	for (size_t i = 0; i < count; i++) {
		size_t len;
		if (!next_object(&at, end, "commit", &id, &commit, &len))
			return no_ledger(g, names[i]);
		struct git_record *r = &out[i].record;
		snprintf(r->id, sizeof(r->id), "%.40s", id);
		r->number = number_of(a, g, commit, len);
		if (!r->number ||
		    !next_object(&at, end, "blob", &blob, &out[i].bytes, &out[i].len) ||
		    out[i].len > STORE_RECORD_MAX)
			return no_ledger(g, r->id);
	}
	return NULL;
}

/* ---- the chain ---- */

VEC(id_vec, const char *);

/* The ids from a commit back to its beginnings, or to where this repository was cut off. */
static struct error *list_chain(const struct git_store *g, struct arena *a, const char *from,
				uint64_t count, struct id_vec *out)
{
	const char *arguments[] = {"rev-list", "--first-parent",
				   arena_printf(a, "--max-count=%llu", (unsigned long long)count),
				   from, NULL};
	struct child_said said = {0};
	TRY(git_must(&g->git, a, "reading the ledger",
		     &(struct git_call){.arguments = arguments,
					.output_max = count * GIT_ID,
					.timeout_ms = GIT_LOCAL_MS},
		     &said));
	out->len = 0;
	for (const char *at = said.output; strlen(at) >= GIT_ID; at += GIT_ID)
		vec_push(a, out, arena_strndup(a, at, GIT_ID - 1));
	return NULL;
}

static struct error *fetch(const struct git_store *g, struct arena *a, const char *refspec,
			   const char *depth, int64_t timeout_ms, struct child_said *out)
{
	const char *arguments[] = {"fetch",    "--quiet", "--no-tags", "--no-write-fetch-head",
				   GIT_REMOTE, refspec,	  depth,       NULL};
	return git_run(&g->git, a,
		       &(struct git_call){.arguments = arguments, .timeout_ms = timeout_ms}, out);
}

static struct error *fetch_failed(const struct git_store *g, struct arena *a,
				  const struct child_said *said)
{
	return error_new(git_was_denied(said) ? ERROR_DENIED : ERROR_SYSTEM,
			 "fetching %s of %s: %s", g->ref, g->git.url, git_words(a, said));
}

/* As many records as asked for, and fewer only where the ledger begins. */
static struct error *chain(const struct git_store *g, struct arena *a, const char *from,
			   uint64_t count, struct id_vec *out)
{
	struct child_said said = {0};
	TRY(list_chain(g, a, from, count, out));
	if (out->len == count)
		return NULL;
	TRY(fetch(g, a, arena_printf(a, "+%s:" DEEP, g->ref),
		  arena_printf(a, "--deepen=%llu", (unsigned long long)(count - out->len)),
		  DEEPEN_MS, &said));
	if (!said.well)
		return fetch_failed(g, a, &said);
	return list_chain(g, a, from, count, out);
}

/* ---- the head ---- */

static struct error *lost(const struct git_store *g, struct arena *a,
			  const struct git_record *known, uint64_t number)
{
	return error_new(ERROR_INPUT,
			 "the ledger in %s of %s ends with record %llu, and had record %llu as "
			 "commit %.12s before: records were lost or taken away (known here by %s)",
			 g->ref, g->git.url, (unsigned long long)number,
			 (unsigned long long)known->number, known->id,
			 git_known_path(&g->local, a, g->ledger));
}

/* What was seen once must be what the new head goes back to. */
static struct error *check_descends(const struct git_store *g, struct arena *a,
				    const struct git_record *known, const struct git_record *head)
{
	struct id_vec ids = {0};
	if (!known->number)
		return NULL;
	if (head->number < known->number)
		return lost(g, a, known, head->number);
	uint64_t count = head->number - known->number + 1;
	if (count == 1)
		vec_push(a, &ids, head->id);
	else
		TRY(chain(g, a, head->id, count, &ids));
	if (ids.len == count && !strcmp(ids.at[ids.len - 1], known->id))
		return NULL;
	return lost(g, a, known, head->number);
}

static bool is_absent(const struct child_said *said)
{
	return strstr(said->errors, "couldn't find remote ref") != NULL;
}

/* The head in the remote; number 0 when it has none. */
static struct error *fetch_head(struct git_store *g, struct arena *a, struct seen_record *out)
{
	static const char *const tip[] = {TIP};
	struct child_said said = {0};
	*out = (struct seen_record){0};
	TRY(fetch(g, a, arena_printf(a, "+%s:" TIP, g->ref), g->fetched ? NULL : "--depth=1",
		  FETCH_MS, &said));
	if (!said.well)
		return is_absent(&said) ? NULL : fetch_failed(g, a, &said);
	g->fetched = true;
	return read_commits(g, a, tip, 1, out);
}

/* Asks the remote. What is known is read first: another process may make a record meanwhile. */
static struct error *look(struct git_store *g, struct arena *a, struct seen_record *out)
{
	struct git_record known;
	TRY(git_known_load(&g->local, g->ledger, &known));
	if (known.number < g->head.number)
		known = g->head;
	TRY(fetch_head(g, a, out));
	TRY(check_descends(g, a, &known, &out->record));
	g->looked = true;
	if (!out->record.number)
		return NULL;
	g->head = out->record;
	record_digest(out->record.number, out->bytes, out->len, g->digest);
	return git_known_save(&g->local, g->ledger, &g->head);
}

static struct error *head(struct store *s, struct arena *a, struct stored_record *out)
{
	ARENA scratch = {0};
	struct seen_record seen;
	*out = (struct stored_record){0};
	TRY(look(of(s), &scratch, &seen));
	if (seen.record.number)
		*out = (struct stored_record){seen.record.number,
					      arena_strndup(a, seen.bytes, seen.len), seen.len};
	return NULL;
}

/* ---- reading ---- */

/* `ids` are those of the records from .. to, the last one first. */
static struct error *read_some(const struct git_store *g, struct arena *a, uint64_t from,
			       uint64_t to, const struct id_vec *ids, struct stored_record_vec *out)
{
	ARENA scratch = {0};
	const char *names[READ_AT_ONCE] = {0};
	struct seen_record seen[READ_AT_ONCE] = {0};
	size_t count = 0;
	assert(ids->at);
	for (; from + count <= to; count++)
		names[count] = ids->at[ids->len - 1 - count];
	TRY(read_commits(g, &scratch, names, count, seen));
	for (size_t i = 0; i < count; i++) {
		if (seen[i].record.number != from + i)
			return no_ledger(g, seen[i].record.id);
		vec_push(a, out,
			 (struct stored_record){from + i,
						arena_strndup(a, seen[i].bytes, seen[i].len),
						seen[i].len});
	}
	return NULL;
}

static struct error *read_range(struct store *s, struct arena *a, uint64_t from, uint64_t to,
				struct stored_record_vec *out)
{
	ARENA scratch = {0};
	struct git_store *g = of(s);
	struct seen_record seen;
	struct id_vec ids = {0};
	if (!g->looked || to > g->head.number)
		TRY(look(g, &scratch, &seen));
	if (from == 0 || to > g->head.number)
		return error_new(ERROR_INPUT, "the ledger in %s of %s has no record %llu", g->ref,
				 g->git.url, (unsigned long long)(from ? to : from));
	uint64_t count = g->head.number - from + 1;
	TRY(chain(g, &scratch, g->head.id, count, &ids));
	if (ids.len != count)
		return error_new(ERROR_INPUT,
				 "the ledger in %s of %s has %zu commit%s and not those of the "
				 "records from %llu to %llu",
				 g->ref, g->git.url, ids.len, ids.len == 1 ? "" : "s",
				 (unsigned long long)from, (unsigned long long)g->head.number);
	for (uint64_t at = from; at <= to; at += READ_AT_ONCE) {
		uint64_t last = at + READ_AT_ONCE - 1 < to ? at + READ_AT_ONCE - 1 : to;
		TRY(read_some(g, a, at, last, &ids, out));
		ids.len -= (size_t)(last - at + 1);
	}
	return NULL;
}

/* ---- making ---- */

/* A commit of one file, in this repository alone. */
struct new_commit {
	const char *parent; /* NULL: none */
	const char *subject, *file, *bytes;
	size_t len;
};

static struct error *make_commit(const struct git_store *g, struct arena *a,
				 const struct new_commit *c, char out[static GIT_ID])
{
	static const char *const arguments[] = {"fast-import", "--quiet", "--force", NULL};
	struct str in = STR(a);
	struct child_said said = {0};
	int64_t now;
	TRY(clock_now(&now));
	str_printf(&in,
		   "commit " MADE "\nmark :1\ncommitter writ <writ@localhost> %lld +0000\n"
		   "data %zu\n%s" SKIP "\n",
		   (long long)now, strlen(c->subject) + strlen(SKIP), c->subject);
	if (c->parent)
		str_printf(&in, "from %s\ndeleteall\n", c->parent);
	str_printf(&in, "M 100644 inline %s\ndata %zu\n", c->file, c->len);
	str_addn(&in, c->bytes, c->len);
	str_add(&in, "\nget-mark :1\n");
	TRY(git_must(&g->git, a, "making a record of the ledger",
		     &(struct git_call){.arguments = arguments,
					.input = {in.at, in.len},
					.timeout_ms = GIT_LOCAL_MS},
		     &said));
	if (strspn(said.output, "0123456789abcdef") != GIT_ID - 1)
		return error_new(ERROR_SYSTEM, "making a record of the ledger: git gave no commit");
	snprintf(out, GIT_ID, "%.*s", GIT_ID - 1, said.output);
	return NULL;
}

/* The head must be the record before the new one, as it was known. */
static struct error *check_before(struct git_store *g, struct arena *a,
				  const struct new_record *record)
{
	struct seen_record seen;
	if (!g->looked || g->head.number + 1 < record->number)
		TRY(look(g, a, &seen));
	if (g->head.number + 1 < record->number)
		return error_new(ERROR_INPUT,
				 "the ledger in %s of %s ends with record %llu, so that there is "
				 "no record %llu yet to follow",
				 g->ref, g->git.url, (unsigned long long)g->head.number,
				 (unsigned long long)record->number - 1);
	if (g->head.number + 1 == record->number && g->head.number &&
	    memcmp(g->digest, record->before, SHA256_SIZE) != 0)
		return error_new(ERROR_INPUT,
				 "record %llu of the ledger in %s of %s is another than before",
				 (unsigned long long)g->head.number, g->ref, g->git.url);
	return NULL;
}

static struct error *made(struct git_store *g, const struct new_record *record, const char *id)
{
	g->head.number = record->number;
	snprintf(g->head.id, sizeof(g->head.id), "%s", id);
	g->fetched = true;
	record_digest(record->number, record->bytes, record->len, g->digest);
	/* It is made, whatever happens here: the next look finds it. */
	error_free(git_known_save(&g->local, g->ledger, &g->head));
	return NULL;
}

/* The remote said no. Where the number exists by now, it is taken; where the reference is as it
 * was, another push was in the way, or the remote is against this one. The latter is final, but
 * for a number that may still come by an earlier push. */
static struct error *not_made(struct git_store *g, struct arena *a, const struct new_record *record,
			      const struct git_sent *pushed, enum append_answer *answer)
{
	struct seen_record seen;
	struct error *silent = look(g, a, &seen);
	if (silent && silent->code == ERROR_INPUT)
		return silent;
	if (!silent && g->head.number >= record->number) {
		*answer = APPEND_TAKEN;
		return NULL;
	}
	error_free(silent);
	*answer = APPEND_UNANSWERED;
	if (pushed->answer == PUSH_MOVED || g->unanswered == record->number)
		return NULL;
	return error_new(pushed->answer == PUSH_DENIED ? ERROR_DENIED : ERROR_SYSTEM,
			 "%s of %s does not take record %llu of the ledger: %s", g->ref, g->git.url,
			 (unsigned long long)record->number, pushed->words);
}

static struct error *answered(struct git_store *g, struct arena *a, const struct new_record *record,
			      const char *id, const struct git_sent *pushed,
			      enum append_answer *answer)
{
	if (pushed->answer == PUSH_DONE) {
		*answer = APPEND_DONE;
		return made(g, record, id);
	}
	if (pushed->answer != PUSH_UNKNOWN)
		return not_made(g, a, record, pushed, answer);
	*answer = APPEND_UNANSWERED;
	g->unanswered = record->number;
	return NULL;
}

static struct error *make_record(struct git_store *g, struct arena *a,
				 const struct new_record *record, char out[static GIT_ID])
{
	const char *subject = arena_printf(a, SUBJECT, g->key, (unsigned long long)record->number);
	return make_commit(g, a,
			   &(struct new_commit){.parent = g->head.number ? g->head.id : NULL,
						.subject = subject,
						.file = RECORD_FILE,
						.bytes = record->bytes,
						.len = record->len},
			   out);
}

/* What fails on this machine is final, but for a number that may still come. */
static struct error *not_tried(const struct git_store *g, struct arena *a,
			       const struct new_record *record, struct error *error,
			       enum append_answer *answer, const char **words)
{
	if (g->unanswered != record->number)
		return error;
	*answer = APPEND_UNANSWERED;
	*words = error_text(a, error);
	error_free(error);
	return NULL;
}

static struct error *append(struct store *s, struct arena *a, const struct new_record *record,
			    enum append_answer *answer, const char **words)
{
	struct git_store *g = of(s);
	char id[GIT_ID];
	struct git_sent pushed;
	TRY(check_before(g, a, record));
	if (g->head.number >= record->number) {
		*answer = APPEND_TAKEN;
		return NULL;
	}
	struct error *error = make_record(g, a, record, id);
	if (error)
		return not_tried(g, a, record, error, answer, words);
	const struct git_sending push = {id, g->ref, g->head.number ? g->head.id : "", PUSH_MS};
	FAILPOINT("ledger-before-record");
	git_send(&g->git, a, &push, &pushed);
	FAILPOINT("ledger-after-record");
	*words = pushed.words;
	return answered(g, a, record, id, &pushed, answer);
}

/* ---- signs of life ---- */

static struct error *beat(struct store *s, const char *text)
{
	ARENA a = {0};
	struct git_store *g = of(s);
	struct git_sent pushed;
	char id[GIT_ID];
	TRY(make_commit(g, &a,
			&(struct new_commit){.subject = arena_printf(&a, "ledger %s: beat", g->key),
					     .file = "beat",
					     .bytes = text,
					     .len = strlen(text)},
			id));
	git_send(&g->git, &a, &(struct git_sending){id, g->beat_ref, NULL, PUSH_MS}, &pushed);
	if (pushed.answer == PUSH_DONE)
		return NULL;
	return error_new(pushed.answer == PUSH_DENIED ? ERROR_DENIED : ERROR_SYSTEM,
			 "%s in %s does not take a sign of life: %s", g->beat_ref, g->git.url,
			 pushed.words);
}

static struct error *read_beat(struct store *s, struct arena *a, const char **out)
{
	static const char *const arguments[] = {"cat-file", "blob", BEAT ":beat", NULL};
	ARENA scratch = {0};
	struct git_store *g = of(s);
	struct child_said said = {0};
	*out = "";
	TRY(fetch(g, &scratch, arena_printf(&scratch, "+%s:" BEAT, g->beat_ref), NULL, FETCH_MS,
		  &said));
	if (!said.well)
		return is_absent(&said) ? NULL : fetch_failed(g, &scratch, &said);
	TRY(git_must(&g->git, &scratch, "reading a sign of life of the ledger",
		     &(struct git_call){.arguments = arguments, .timeout_ms = GIT_LOCAL_MS},
		     &said));
	*out = arena_strdup(a, said.output);
	return NULL;
}

/* ---- the handle ---- */

static const char *describe(const struct store *s, struct arena *a)
{
	const struct git_store *g = (const struct git_store *)s;
	return arena_printf(a, "%s of %s", g->ref, g->git.url);
}

static void close_git(struct store *s)
{
	struct git_store *g = of(s);
	git_local_close(&g->local);
	git_program_done(&g->git);
	arena_done(&g->memory);
	free(g);
}

static const struct store_kind git_kind = {
	.name = "git",
	.shared = true,
	.head = head,
	.read = read_range,
	.append = append,
	.beat = beat,
	.read_beat = read_beat,
	.describe = describe,
	.close = close_git,
};

/* A whole name, as `git check-ref-format` has it; and not where signs of life are. */
static bool is_ref(const char *ref)
{
	size_t len = strlen(ref);
	if (strncmp(ref, "refs/", 5) != 0 || !strncmp(ref, "refs/writ/", 10) ||
	    !strchr(ref + 5, '/') || len > 200)
		return false;
	for (const char *at = ref; *at; at++) {
		if ((unsigned char)*at <= ' ' || strchr("~^:?*[\\\x7f", *at))
			return false;
	}
	return !strstr(ref, "..") && !strstr(ref, "@{") && !strstr(ref, "//") &&
	       !strstr(ref, "/.") && !strstr(ref, ".lock") && !strchr("/.", ref[len - 1]);
}

static struct error *set_up(struct git_store *g, const struct git_ledger *ledger)
{
	struct arena *a = &g->memory;
	g->key = arena_strdup(a, ledger->key);
	g->ref = ledger->ref ? arena_strdup(a, ledger->ref)
			     : arena_printf(a, "refs/heads/writ/%s", ledger->key);
	g->beat_ref = arena_printf(a, "refs/writ/beat/%s", ledger->key);
	if (!is_ref(g->ref))
		return error_new(ERROR_INPUT,
				 "ledger.git.ref: \"%s\" is no name of a reference, such as "
				 "refs/heads/writ/ledger",
				 g->ref);
	TRY(git_local_open(&g->local, a, ledger->key));
	TRY(git_program_init(
		&g->git, a, g->local.scratch.path,
		&(struct git_source){.what = "the ledger",
				     .repository = ledger->repository,
				     .remote = ledger->remote ? ledger->remote : "origin"}));
	g->ledger = arena_printf(a, "%s\n%s", g->git.url, g->ref);
	return NULL;
}

struct error *git_store_open(const struct git_ledger *ledger, struct store **out)
{
	struct git_store *g = xmalloc(sizeof(*g));
	*g = (struct git_store){.store = {&git_kind}, .local.scratch.fd = -1};
	struct error *error = set_up(g, ledger);
	if (error) {
		close_git(&g->store);
		return error;
	}
	*out = &g->store;
	return NULL;
}
