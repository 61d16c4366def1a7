/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/ledger/stores/s3_list.h"
#include "core/ledger/stores/s3_request.h"
#include "core/ledger/stores/stores.h"
#include "core/util/clock.h"
#include "core/util/percent.h"
#include "core/util/text_escape.h"

#define DIGITS 12
#define PAGE "1000"    /* keys in one answer, the most that the API gives */
#define PAGES_MAX 1000 /* a million records behind the hint */
#define TRIES 3	       /* of what only reads */
#define PAUSE_MS 200
#define DEFAULT_PREFIX "writ"

struct s3_store {
	struct store store;
	struct s3_session *session;
	char *folder;	/* PREFIX/KEY/ as it is */
	char *path;	/* /BUCKET/PREFIX/KEY/ encoded */
	char *bucket;	/* /BUCKET encoded */
	char *where;	/* for people */
	uint64_t known; /* a record that was seen; 0: none yet */
	bool keeps_conditions;
};

static struct s3_store *of(struct store *s)
{
	return (struct s3_store *)s;
}

/* ---- what an answer means ---- */

/* The first row that a status is in counts. Any other may come from something between us and the
 * store: the request may have arrived, or may do so later. */
static const struct {
	long from, to;
	enum s3_meaning { UNANSWERED, DONE, TAKEN, ABSENT, DENIED, REFUSED } meaning;
} meanings[] = {
	{200, 200, DONE},	{404, 404, ABSENT},  {412, 412, TAKEN},
	{408, 409, UNANSWERED}, /* 409: two were there at once, and which one won is not told */
	{429, 429, UNANSWERED}, {401, 401, DENIED},  {403, 403, DENIED},
	{300, 499, REFUSED},	{501, 501, REFUSED},
};

static enum s3_meaning meaning_of(long status)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++) {
		if (status >= meanings[i].from && status <= meanings[i].to)
			return meanings[i].meaning;
	}
	return UNANSWERED;
}

static struct error *failed(const struct s3_store *s, const struct s3_answer *answer)
{
	return error_new(meaning_of(answer->status) == DENIED ? ERROR_DENIED : ERROR_SYSTEM,
			 "the ledger in %s: %s", s->where, answer->words);
}

static struct error *missing(const struct s3_store *s, uint64_t number)
{
	return error_new(ERROR_INPUT, "the ledger in %s has no record %llu", s->where,
			 (unsigned long long)number);
}

/* ---- requests ---- */

static const char *name_of(struct arena *a, uint64_t number)
{
	return arena_printf(a, "%0*llu", DIGITS, (unsigned long long)number);
}

/* Whatever only reads is asked again. */
static struct error *ask(struct s3_store *s, struct arena *a, const char *path,
			 struct s3_answer *out)
{
	struct s3_request request = {.path = path};
	for (unsigned i = 0; i < TRIES; i++) {
		if (i > 0)
			clock_sleep_ms(PAUSE_MS << i);
		TRY(s3_send(s->session, a, &request, out));
		if (meaning_of(out->status) != UNANSWERED)
			break;
	}
	return NULL;
}

/* *out is NULL when it is not there. */
static struct error *get(struct s3_store *s, struct arena *a, const char *name, const char **out,
			 size_t *len)
{
	struct s3_answer answer;
	TRY(ask(s, a, arena_printf(a, "%s%s", s->path, name), &answer));
	enum s3_meaning meaning = meaning_of(answer.status);
	*out = meaning == DONE ? answer.bytes : NULL;
	*len = answer.len;
	return meaning == DONE || meaning == ABSENT ? NULL : failed(s, &answer);
}

static struct error *put(struct s3_store *s, struct arena *a, const char *name,
			 const struct new_record *content, bool only_new, struct s3_answer *answer)
{
	struct s3_request request = {.path = arena_printf(a, "%s%s", s->path, name),
				     .bytes = content->bytes,
				     .len = content->len,
				     .only_new = only_new};
	return s3_send(s->session, a, &request, answer);
}

/* Over what is there. */
static struct error *put_text(struct s3_store *s, const char *name, const char *text)
{
	ARENA a = {0};
	struct s3_answer answer;
	struct new_record content = {.bytes = text, .len = strlen(text)};
	TRY(put(s, &a, name, &content, false, &answer));
	return meaning_of(answer.status) == DONE ? NULL : failed(s, &answer);
}

/* ---- the head ---- */

/* 0 when it is no number of a record. */
static uint64_t number_of(const char *text)
{
	size_t len = strlen(text);
	if (len == 0 || len > DIGITS || strspn(text, "0123456789") != len)
		return 0;
	return strtoull(text, NULL, 10);
}

/* A record that is likely near the end. The hint may be old, for it is put after the record. */
static struct error *hint(struct s3_store *s, struct arena *a, uint64_t *out)
{
	const char *text = NULL;
	size_t len;
	*out = s->known;
	if (s->known)
		return NULL;
	TRY(get(s, a, "head", &text, &len));
	if (text)
		*out = number_of(text);
	return NULL;
}

/* The number of a record's key; 0: it is another object. */
static uint64_t number_of_key(const struct s3_store *s, const char *key)
{
	size_t len = strlen(s->folder);
	return !strncmp(key, s->folder, len) && strlen(key + len) == DIGITS ? number_of(key + len)
									    : 0;
}

/* One answer of the list behind *last, which moves on; each number follows the one before it, for
 * records are made so. */
static struct error *list_page(struct s3_store *s, struct arena *a, uint64_t *last, bool *more)
{
	struct str path = STR(a);
	struct s3_answer answer;
	struct s3_key_vec keys = {0};
	str_printf(&path, "%s?list-type=2&max-keys=" PAGE "&prefix=", s->bucket);
	percent_encode(&path, s->folder, "");
	str_add(&path, "&start-after=");
	percent_encode(&path, arena_printf(a, "%s%s", s->folder, name_of(a, *last)), "");
	TRY(ask(s, a, path.at, &answer));
	if (meaning_of(answer.status) != DONE)
		return failed(s, &answer);
	TRY(s3_list_read(a, answer.bytes, answer.len, &keys, more));
	for (size_t i = 0; i < keys.len; i++) {
		uint64_t number = number_of_key(s, keys.at[i]);
		if (number && number != *last + 1)
			return missing(s, *last + 1);
		*last += number != 0;
		*more &= number != 0; /* letters stand behind all digits */
	}
	*more &= keys.len > 0;
	return NULL;
}

static struct error *read_one(struct s3_store *s, struct arena *a, uint64_t number,
			      struct stored_record *out)
{
	const char *bytes = NULL;
	size_t len = 0;
	TRY(get(s, a, name_of(a, number), &bytes, &len));
	if (!bytes)
		return missing(s, number);
	if (len > STORE_RECORD_MAX)
		return error_new(ERROR_INPUT, "the ledger in %s holds what is no record", s->where);
	*out = (struct stored_record){number, bytes, len};
	return NULL;
}

/* The list begins with the hinted record itself, so that one that was taken away is told. */
static struct error *head(struct store *store, struct arena *a, struct stored_record *out)
{
	struct s3_store *s = of(store);
	uint64_t hinted, last;
	bool more = true;
	*out = (struct stored_record){0};
	TRY(hint(s, a, &hinted));
	last = hinted ? hinted - 1 : 0;
	for (int page = 0; more && page < PAGES_MAX; page++)
		TRY(list_page(s, a, &last, &more));
	if (more)
		return error_new(ERROR_INPUT, "the ledger in %s has no end", s->where);
	if (last < hinted)
		return missing(s, hinted);
	s->known = last;
	return last ? read_one(s, a, last, out) : NULL;
}

static struct error *read_range(struct store *store, struct arena *a, uint64_t from, uint64_t to,
				struct stored_record_vec *out)
{
	struct stored_record record;
	for (uint64_t number = from; number <= to; number++) {
		TRY(read_one(of(store), a, number, &record));
		vec_push(a, out, record);
	}
	return NULL;
}

/* ---- making ---- */

/* A store that does not know the condition would put one record over the other, and call both
 * made. So it is tried first, on an object that is no record. */
static struct error *check_conditions(struct s3_store *s, struct arena *a, struct s3_answer *answer)
{
	static const struct new_record probe = {.bytes = "writ", .len = 4};
	enum s3_meaning meaning = DONE;
	for (int i = 0; i < 2 && meaning == DONE; i++) {
		TRY(put(s, a, "probe", &probe, true, answer));
		meaning = meaning_of(answer->status);
	}
	s->keeps_conditions = meaning == TAKEN;
	if (meaning == DONE)
		return error_new(
			ERROR_SYSTEM,
			"%s does not keep the condition If-None-Match: two runs could make "
			"one record, so it can hold no ledger",
			s->where);
	return meaning == TAKEN || meaning == UNANSWERED ? NULL : failed(s, answer);
}

static void put_hint(struct s3_store *s, uint64_t number)
{
	char text[32];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
	error_free(put_text(s, "head", text)); /* an older one does */
	s->known = number;
}

static struct error *append(struct store *store, struct arena *a, const struct new_record *record,
			    enum append_answer *out, const char **words)
{
	struct s3_store *s = of(store);
	struct s3_answer answer = {0};
	*out = APPEND_UNANSWERED;
	if (!s->keeps_conditions)
		TRY(check_conditions(s, a, &answer));
	if (s->keeps_conditions)
		TRY(put(s, a, name_of(a, record->number), record, true, &answer));
	*words = answer.words;
	switch (s->keeps_conditions ? meaning_of(answer.status) : UNANSWERED) {
	case DONE:
		*out = APPEND_DONE;
		put_hint(s, record->number);
		return NULL;
	case TAKEN:
		*out = APPEND_TAKEN;
		return NULL;
	case UNANSWERED:
		return NULL;
	default:
		return failed(s, &answer);
	}
}

/* Over what is there, which the store does at once. */
static struct error *empty(struct store *store, struct arena *a, const struct new_record *left)
{
	struct s3_store *s = of(store);
	struct s3_answer answer = {0};
	for (unsigned i = 0; i < TRIES; i++) {
		if (i > 0)
			clock_sleep_ms(PAUSE_MS << i);
		TRY(put(s, a, name_of(a, left->number), left, false, &answer));
		if (meaning_of(answer.status) != UNANSWERED)
			break;
	}
	return meaning_of(answer.status) == DONE ? NULL : failed(s, &answer);
}

/* ---- signs of life ---- */

static struct error *beat(struct store *store, const char *text)
{
	return put_text(of(store), "beat", text);
}

static struct error *read_beat(struct store *store, struct arena *a, const char **out)
{
	size_t len;
	TRY(get(of(store), a, "beat", out, &len));
	if (!*out)
		*out = "";
	return NULL;
}

/* ---- the handle ---- */

static const char *describe(const struct store *store, struct arena *a)
{
	return arena_strdup(a, ((const struct s3_store *)store)->where);
}

static void close_s3(struct store *store)
{
	struct s3_store *s = of(store);
	s3_close(s->session);
	free(s->folder);
	free(s->path);
	free(s->bucket);
	free(s->where);
	free(s);
}

static const struct store_kind s3_kind = {
	.name = "s3",
	.shared = true,
	.head = head,
	.read = read_range,
	.append = append,
	.empty = empty,
	.beat = beat,
	.read_beat = read_beat,
	.describe = describe,
	.close = close_s3,
};

static void name_places(struct s3_store *s, const struct s3_settings *settings, const char *key)
{
	ARENA a = {0};
	struct str bucket = STR(&a), path = STR(&a), where = STR(&a);
	const char *prefix = settings->prefix ? settings->prefix : DEFAULT_PREFIX;
	const char *folder = arena_printf(&a, "%s/%s/", prefix, key);
	str_addc(&bucket, '/');
	percent_encode(&bucket, settings->bucket, "");
	str_printf(&path, "%s/", bucket.at);
	percent_encode(&path, folder, "/");
	str_add(&where, "bucket ");
	text_escape(&where, settings->bucket, strlen(settings->bucket), 0);
	str_printf(&where, " at %s", settings->endpoint);
	s->folder = xstrdup(folder);
	s->bucket = xstrdup(bucket.at);
	s->path = xstrdup(path.at);
	s->where = xstrdup(where.at);
}

struct error *s3_store_open(const struct s3_settings *settings, const struct s3_keys *keys,
			    const char *key, struct store **out)
{
	struct s3_session *session = NULL;
	TRY(s3_open(settings, keys, &session));
	struct s3_store *s = xmalloc(sizeof(*s));
	*s = (struct s3_store){.store = {&s3_kind}, .session = session};
	name_places(s, settings, key);
	*out = &s->store;
	return NULL;
}
