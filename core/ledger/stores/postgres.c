/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "core/ledger/emptied.h"
#include "core/ledger/stores/postgres_server.h"
#include "core/util/str.h"

#define PAGE 64 /* records in one answer: at most 64 MiB */

struct postgres_store {
	struct store store;
	struct postgres_server server;
	char *key;
};

static struct postgres_store *of(struct store *s)
{
	return (struct postgres_store *)s;
}

/* ---- reading ---- */

static struct error *take_row(const struct postgres_store *p, struct arena *a, const PGresult *r,
			      int row, struct stored_record *out)
{
	uint64_t number;
	size_t len = (size_t)PQgetlength(r, row, 1);
	if (PQgetlength(r, row, 0) != sizeof(number) || len > STORE_RECORD_MAX)
		return error_new(ERROR_INPUT, "the ledger in %s holds what is no record",
				 p->server.where);
	memcpy(&number, PQgetvalue(r, row, 0), sizeof(number));
	number = be64toh(number);
	*out = (struct stored_record){number, arena_strndup(a, PQgetvalue(r, row, 1), len), len};
	return NULL;
}

static struct error *head(struct store *s, struct arena *a, struct stored_record *out)
{
	struct postgres_store *p = of(s);
	struct sql_values v = {0};
	CLEANUP(result) PGresult *r = NULL;
	sql_add_text(&v, p->key);
	*out = (struct stored_record){0};
	TRY(postgres_ask_rows(&p->server,
			      "SELECT number, record FROM writ_ledger WHERE organization = $1 "
			      "ORDER BY number DESC LIMIT 1",
			      &v, &r));
	return PQntuples(r) ? take_row(p, a, r, 0, out) : NULL;
}

static struct error *read_page(struct postgres_store *p, struct arena *a, uint64_t from,
			       uint64_t to, struct stored_record_vec *out)
{
	struct sql_values v = {0};
	struct stored_record record = {0};
	CLEANUP(result) PGresult *r = NULL;
	sql_add_text(&v, p->key);
	sql_add_number(&v, a, from);
	sql_add_number(&v, a, to);
	TRY(postgres_ask_rows(&p->server,
			      "SELECT number, record FROM writ_ledger WHERE organization = $1 "
			      "AND number BETWEEN $2 AND $3 ORDER BY number",
			      &v, &r));
	for (uint64_t number = from; number <= to; number++) {
		int row = (int)(number - from);
		if (row < PQntuples(r))
			TRY(take_row(p, a, r, row, &record));
		if (row >= PQntuples(r) || record.number != number)
			return error_new(ERROR_INPUT, "the ledger in %s has no record %llu",
					 p->server.where, (unsigned long long)number);
		vec_push(a, out, record);
	}
	return NULL;
}

static struct error *read_range(struct store *s, struct arena *a, uint64_t from, uint64_t to,
				struct stored_record_vec *out)
{
	for (uint64_t last; from <= to; from = last + 1) {
		last = to - from < PAGE ? to : from + PAGE - 1;
		TRY(read_page(of(s), a, from, last, out));
	}
	return NULL;
}

/* ---- making ---- */

/* The setting counts when the statement is committed, so it stands in it: a pool of connections
 * may give each statement another one. A stricter one is left. */
#define DURABLE                                                                                    \
	"WITH durable AS (SELECT CASE WHEN current_setting('synchronous_commit') IN "              \
	"('on', 'remote_apply') THEN '' ELSE set_config('synchronous_commit', 'on', true) END) "

static struct sql_values row_of(const struct postgres_store *p, struct arena *a,
				const struct new_record *record, const unsigned char *digest)
{
	struct sql_values v = {0};
	sql_add_text(&v, p->key);
	sql_add_number(&v, a, record->number);
	sql_add_bytes(&v, digest, SHA256_SIZE);
	sql_add_bytes(&v, record->number == 1 ? NULL : record->before, SHA256_SIZE);
	sql_add_bytes(&v, record->bytes, record->len);
	return v;
}

static struct error *judge(const struct postgres_store *p, const PGresult *r,
			   const struct new_record *record, enum append_answer *answer)
{
	enum sql_verdict verdict = r ? SQL_REFUSED : SQL_UNANSWERED;
	if (PQresultStatus(r) == PGRES_COMMAND_OK) {
		*answer = APPEND_DONE;
		return NULL;
	}
	postgres_verdict(postgres_state(r), &verdict);
	switch (verdict) {
	case SQL_TAKEN:
		*answer = APPEND_TAKEN;
		return NULL;
	case SQL_UNANSWERED:
		*answer = APPEND_UNANSWERED;
		return NULL;
	case SQL_OTHER_CHAIN:
		return error_new(ERROR_INPUT,
				 "record %llu of the ledger in %s is gone, or is not the one that "
				 "was read before",
				 (unsigned long long)record->number - 1, p->server.where);
	default:
		return postgres_refused(&p->server, r);
	}
}

static struct error *append(struct store *s, struct arena *a, const struct new_record *record,
			    enum append_answer *answer, const char **words)
{
	static const char sql[] = DURABLE
		"INSERT INTO writ_ledger (organization, number, digest, previous, before, "
		"record) SELECT $1::text, $2::bigint, $3::bytea, nullif($2::bigint - 1, 0), "
		"$4::bytea, $5::bytea FROM durable";
	struct postgres_store *p = of(s);
	unsigned char digest[SHA256_SIZE];
	record_digest(record->number, record->bytes, record->len, digest);
	struct sql_values v = row_of(p, a, record, digest);
	struct error *error = postgres_need(&p->server);
	if (error && error->code == ERROR_SYSTEM) { /* an earlier try may still be under way */
		*answer = APPEND_UNANSWERED;
		*words = error_text(a, error);
		error_free(error);
		return NULL;
	}
	TRY(error);
	CLEANUP(result) PGresult *r = postgres_ask(&p->server, sql, &v);
	*words = postgres_words(a, r);
	return judge(p, r, record, answer);
}

/* ---- emptying ---- */

static struct error *try_to_empty(struct postgres_store *p, struct arena *a,
				  const struct new_record *left, PGresult **out)
{
	static const char sql[] = DURABLE
		"UPDATE writ_ledger SET record = $3::bytea FROM durable WHERE organization = "
		"$1::text AND number = $2::bigint AND digest = $4::bytea";
	unsigned char digest[SHA256_SIZE];
	struct sql_values v = {0};
	record_digest(left->number, left->bytes, left->len, digest);
	sql_add_text(&v, p->key);
	sql_add_number(&v, a, left->number);
	sql_add_bytes(&v, left->bytes, left->len);
	sql_add_bytes(&v, digest, SHA256_SIZE);
	TRY(postgres_need(&p->server));
	*out = postgres_ask(&p->server, sql, &v);
	return NULL;
}

static struct error *not_emptied(const struct postgres_store *p, struct arena *a,
				 const struct new_record *left, const PGresult *r)
{
	const char *state = postgres_state(r);
	if (state && !strcmp(state, "42501"))
		return error_new(ERROR_DENIED,
				 "the ledger in %s: %s; its owner runs: GRANT UPDATE (record) ON "
				 "writ_ledger TO the user that empties",
				 p->server.where, postgres_words(a, r));
	if (PQresultStatus(r) == PGRES_COMMAND_OK)
		return error_new(ERROR_INPUT, "record %llu of the ledger in %s is another by now",
				 (unsigned long long)left->number, p->server.where);
	return postgres_refused(&p->server, r);
}

/* Any number of times: a lost answer is no matter. */
static struct error *empty(struct store *s, struct arena *a, const struct new_record *left)
{
	struct postgres_store *p = of(s);
	for (int i = 0;; i++) {
		CLEANUP(result) PGresult *r = NULL;
		TRY(try_to_empty(p, a, left, &r));
		if (PQresultStatus(r) == PGRES_COMMAND_OK && !strcmp(PQcmdTuples(r), "1"))
			return NULL;
		bool older = postgres_state(r) && !strcmp(postgres_state(r), "23514");
		if (i > 0 || (r && !older))
			return not_emptied(p, a, left, r);
		if (older)
			TRY(postgres_renew_table(&p->server, a));
	}
}

/* ---- signs of life ---- */

static struct error *beat(struct store *s, const char *text)
{
	struct postgres_store *p = of(s);
	struct sql_values v = {0};
	sql_add_text(&v, p->key);
	sql_add_text(&v, text);
	TRY(postgres_need(&p->server));
	CLEANUP(result)
	PGresult *r =
		postgres_ask(&p->server,
			     "INSERT INTO writ_ledger_beat (organization, beat) VALUES ($1, $2) "
			     "ON CONFLICT (organization) DO UPDATE SET beat = $2, made = now()",
			     &v);
	return PQresultStatus(r) == PGRES_COMMAND_OK ? NULL : postgres_refused(&p->server, r);
}

static struct error *read_beat(struct store *s, struct arena *a, const char **out)
{
	struct postgres_store *p = of(s);
	struct sql_values v = {0};
	CLEANUP(result) PGresult *r = NULL;
	sql_add_text(&v, p->key);
	*out = "";
	TRY(postgres_ask_rows(&p->server,
			      "SELECT beat FROM writ_ledger_beat WHERE organization = $1", &v, &r));
	if (PQntuples(r))
		*out = arena_strdup(a, PQgetvalue(r, 0, 0));
	return NULL;
}

/* ---- the handle ---- */

static const char *describe(const struct store *s, struct arena *a)
{
	return arena_strdup(a, ((const struct postgres_store *)s)->server.where);
}

static void close_postgres(struct store *s)
{
	postgres_server_done(&of(s)->server);
	free(of(s)->key);
	free(s);
}

static const struct store_kind postgres_kind = {
	.name = "postgres",
	.shared = true,
	.head = head,
	.read = read_range,
	.append = append,
	.empty = empty,
	.beat = beat,
	.read_beat = read_beat,
	.describe = describe,
	.close = close_postgres,
};

struct error *postgres_store_open(const struct secret *connection, const char *key,
				  struct store **out)
{
	struct postgres_server server;
	TRY(postgres_server_init(&server, connection));
	struct postgres_store *p = xmalloc(sizeof(*p));
	*p = (struct postgres_store){
		.store = {&postgres_kind}, .server = server, .key = xstrdup(key)};
	struct error *error = postgres_need(&p->server);
	if (error) {
		close_postgres(&p->store);
		return error;
	}
	*out = &p->store;
	return NULL;
}
