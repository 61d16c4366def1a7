/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/ledger/stores/stores.h"
#include "core/util/clock.h"
#include "core/util/str.h"
#include "core/util/unicode.h"

#define CONNECT_MS 10000
#define ANSWER_MS 10000
#define STATEMENT_MS "8000" /* the server gives up before we do, and says so */
#define PAGE 64		    /* records in one answer: at most 64 MiB */
#define WORDS_MAX 300	    /* bytes of what a server says */

/* A record names the one before it by number and digest, and the database sees to it that there is
 * such a one: nothing is appended behind another chain, and no record that is followed by another
 * is deleted or changed. `record` is bytes, so that they come back as they were made whatever the
 * database's encoding is. */
#define TABLES                                                                                     \
	"CREATE TABLE writ_ledger (organization text NOT NULL, number bigint NOT NULL CHECK "      \
	"(number > 0), digest bytea NOT NULL CHECK (digest = sha256(record)), previous bigint "    \
	"CHECK (previous = number - 1), before bytea, record bytea NOT NULL, made timestamptz "    \
	"NOT NULL DEFAULT now(), PRIMARY KEY (organization, number), UNIQUE (organization, "       \
	"number, digest), FOREIGN KEY (organization, previous, before) REFERENCES writ_ledger "    \
	"(organization, number, digest), CHECK ((number = 1) = (previous IS NULL)), CHECK "        \
	"((number = 1) = (before IS NULL))); "                                                     \
	"CREATE TABLE writ_ledger_beat (organization text PRIMARY KEY, beat text NOT NULL, made "  \
	"timestamptz NOT NULL DEFAULT now())"

struct postgres_store {
	struct store store;
	PGconn *conn; /* NULL: the next call makes one */
	const struct secret *connection;
	char *key, *where;
};

static inline void cleanup_result(PGresult **r)
{
	PQclear(*r);
}

static struct postgres_store *of(struct store *s)
{
	return (struct postgres_store *)s;
}

static void hang_up(struct postgres_store *p)
{
	PQfinish(p->conn);
	p->conn = NULL;
}

/* ---- what went wrong ---- */

/* The rows are looked through in order, and the first whose letters an SQLSTATE begins with counts.
 * What the server does not say it has refused may still be made. */
static const struct {
	const char *state;
	enum sql_verdict { REFUSED, TAKEN, OTHER_CHAIN, UNANSWERED, DENIED } verdict;
} verdicts[] = {
	{"23505", TAKEN},      {"23503", OTHER_CHAIN}, {"08", UNANSWERED}, /* the connection */
	{"40001", UNANSWERED},						   /* serialisation */
	{"40003", UNANSWERED},						   /* completion unknown */
	{"40P01", UNANSWERED},						   /* deadlock */
	{"57", UNANSWERED}, /* cancelled, or the server goes down */
	{"28", DENIED},	       {"42501", DENIED},
};

/* Leaves *out where no row fits. */
static void verdict_of(const char *state, enum sql_verdict *out)
{
	for (size_t i = 0; state && i < sizeof(verdicts) / sizeof(*verdicts); i++) {
		if (!strncmp(state, verdicts[i].state, strlen(verdicts[i].state))) {
			*out = verdicts[i].verdict;
			return;
		}
	}
}

static enum error_code code_of(const char *state)
{
	enum sql_verdict verdict = REFUSED;
	verdict_of(state, &verdict);
	return verdict == DENIED ? ERROR_DENIED : ERROR_SYSTEM;
}

/* The first line of a server's words, harmless. */
static const char *shown(struct arena *a, const char *words)
{
	struct str out = STR(a);
	text_escape(&out, words, strcspn(words, "\n"), WORDS_MAX);
	return str_text(&out);
}

static const char *words_of(struct arena *a, const PGresult *r)
{
	const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	return shown(a, words ? words : "it gave no answer");
}

static const char *state_of(const PGresult *r)
{
	return r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
}

static struct error *refused(const struct postgres_store *p, const PGresult *r)
{
	ARENA a = {0};
	return error_new(code_of(state_of(r)), "the ledger in %s: %s", p->where, words_of(&a, r));
}

/* ---- one question, one answer ---- */

static bool wait_for(const PGconn *conn, short events, int64_t until)
{
	int64_t left = until - clock_steady_ms();
	struct pollfd fd = {.fd = PQsocket(conn), .events = events};
	return left > 0 && fd.fd >= 0 && poll(&fd, 1, (int)left) == 1;
}

static bool send_out(PGconn *conn, int64_t until)
{
	for (int more; (more = PQflush(conn)) != 0;) {
		if (more < 0 || !wait_for(conn, POLLIN | POLLOUT, until) || !PQconsumeInput(conn))
			return false;
	}
	return true;
}

/* *out is NULL once the server has said all. */
static bool next_result(PGconn *conn, int64_t until, PGresult **out)
{
	while (PQisBusy(conn)) {
		if (!wait_for(conn, POLLIN, until) || !PQconsumeInput(conn))
			return false;
	}
	*out = PQgetResult(conn);
	return true;
}

struct values {
	int count;
	const char *at[5];
	int lengths[5], formats[5]; /* of those that are bytes; 1 says so */
};

static void add_bytes(struct values *v, const void *bytes, size_t len)
{
	v->at[v->count] = bytes;
	v->lengths[v->count] = (int)len;
	v->formats[v->count++] = 1;
}

static void add_text(struct values *v, const char *text)
{
	v->at[v->count++] = text;
}

static void add_number(struct values *v, struct arena *a, uint64_t number)
{
	add_text(v, arena_printf(a, "%llu", (unsigned long long)number));
}

static bool send_question(PGconn *conn, const char *sql, const struct values *v)
{
	if (!v)
		return PQsendQuery(conn, sql);
	return PQsendQueryParams(conn, sql, v->count, NULL, v->at, v->lengths, v->formats, 1);
}

/* The answer to the last of the statements, or to the first that failed. NULL: the server was
 * silent, or the connection is lost; then the next call makes another one. */
static PGresult *ask(struct postgres_store *p, const char *sql, const struct values *v)
{
	int64_t until = clock_steady_ms() + ANSWER_MS;
	PGresult *answer = NULL, *next = NULL;
	bool whole = send_question(p->conn, sql, v) && send_out(p->conn, until);
	while (whole && (whole = next_result(p->conn, until, &next)) && next) {
		PQclear(answer);
		answer = next;
	}
	if (whole && PQstatus(p->conn) == CONNECTION_OK)
		return answer;
	hang_up(p);
	if (!state_of(answer)) { /* libpq's own words about the loss */
		PQclear(answer);
		answer = NULL;
	}
	return answer;
}

/* ---- connecting ---- */

static void say_nothing(void *context UNUSED, const char *notice UNUSED)
{
}

/* What the connection string does not say comes from here, and not from variables that a job's
 * definition may set: libpq would take a host, a password or a weaker protection from those. */
static void forget_variables(void)
{
	PQconninfoOption *options = PQconndefaults();
	for (PQconninfoOption *o = options; o && o->keyword; o++) {
		if (o->envvar)
			unsetenv(o->envvar);
	}
	PQconninfoFree(options);
	unsetenv("PGSERVICEFILE");
	unsetenv("PGSYSCONFDIR");
}

/* Else libpq would take it for the name of a database, and repeat it. */
static struct error *check_string(const struct secret *connection)
{
	PQconninfoOption *options = PQconninfoParse(secret_reveal(connection), NULL);
	if (!options)
		return error_new(ERROR_INPUT, "what the ledger's configuration calls a connection "
					      "is no connection string of PostgreSQL");
	PQconninfoFree(options);
	return NULL;
}

/* What stands before the connection string is a default, what stands behind it holds. */
static PGconn *start(const struct secret *connection)
{
	const char *const names[] = {"sslmode",
				     "gssencmode",
				     "keepalives_idle",
				     "dbname",
				     "target_session_attrs",
				     "client_encoding",
				     "application_name",
				     NULL};
	const char *const values[] = {"verify-full", "disable", "30",	secret_reveal(connection),
				      "primary",     "UTF8",	"writ", NULL};
	return PQconnectStartParams(names, values, 1);
}

static bool finish(PGconn *conn, int64_t until)
{
	PostgresPollingStatusType state = PGRES_POLLING_WRITING;
	while (state == PGRES_POLLING_WRITING || state == PGRES_POLLING_READING) {
		if (!wait_for(conn, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, until))
			return false;
		state = PQconnectPoll(conn);
	}
	return state == PGRES_POLLING_OK;
}

/* In libpq's words, "... FATAL:  28P01: password authentication failed ...": the state, and what
 * follows it in *words. "" when there is none. */
static const char *find_state(struct arena *a, const char *text, const char **words)
{
	for (const char *at = text; (at = strstr(at, ":  ")); at += 3) {
		if (strspn(at + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 &&
		    !strncmp(at + 8, ": ", 2)) {
			*words = at + 10;
			return arena_strndup(a, at + 3, 5);
		}
	}
	return "";
}

/* Words that libpq says before it reaches a server repeat the connection string, and may repeat the
 * password in it; so they are not shown. */
static struct error *not_connected(PGconn *conn, bool in_time)
{
	ARENA a = {0};
	const char *text = PQerrorMessage(conn), *words = text;
	if (!in_time)
		return error_new(ERROR_SYSTEM, "the database server of the ledger is silent");
	if (strncmp(text, "connection to server", strlen("connection to server")) != 0)
		return error_new(ERROR_SYSTEM, "the connection string of the ledger leads to no "
					       "server that libpq can reach");
	const char *state = find_state(&a, text, &words);
	bool denied = code_of(state) == ERROR_DENIED || PQconnectionNeedsPassword(conn);
	return error_new(denied ? ERROR_DENIED : ERROR_SYSTEM,
			 "the database server of the ledger: %s", shown(&a, words));
}

static struct error *dial(struct postgres_store *p)
{
	int64_t until = clock_steady_ms() + CONNECT_MS;
	p->conn = start(p->connection);
	if (!p->conn)
		return error_new(ERROR_SYSTEM, "libpq gives no connection");
	PQsetNoticeProcessor(p->conn, say_nothing, NULL);
	PQsetErrorVerbosity(p->conn, PQERRORS_VERBOSE);
	if (PQstatus(p->conn) != CONNECTION_BAD && finish(p->conn, until))
		return NULL;
	struct error *error = not_connected(p->conn, clock_steady_ms() < until);
	hang_up(p);
	return error;
}

/* ---- what it finds there ---- */

static void name_place(struct postgres_store *p)
{
	ARENA a = {0};
	free(p->where);
	p->where = xstrdup(arena_printf(&a, "database %s on %s", shown(&a, PQdb(p->conn)),
					shown(&a, PQhost(p->conn))));
}

static bool is_yes(const PGresult *r, int column)
{
	return PQgetlength(r, 0, column) == 1 && *PQgetvalue(r, 0, column) != 0;
}

static struct error *make_tables(struct postgres_store *p)
{
	CLEANUP(result) PGresult *r = ask(p, TABLES, NULL);
	const char *state = state_of(r);
	if (r && (PQresultStatus(r) == PGRES_COMMAND_OK ||
		  (state && (!strcmp(state, "42P07") || !strcmp(state, "23505")))))
		return NULL; /* or somebody else has made them just now */
	if (state && !strcmp(state, "42501"))
		return error_new(ERROR_DENIED,
				 "the ledger in %s has no tables yet, and its user may make none; "
				 "whoever may runs: %s",
				 p->where, TABLES);
	return refused(p, r);
}

static struct error *look_around(struct postgres_store *p)
{
	static const char sql[] = "SELECT to_regclass('writ_ledger') IS NOT NULL AND "
				  "to_regclass('writ_ledger_beat') IS NOT NULL, "
				  "coalesce(current_setting('fsync', true), 'on') <> 'off', "
				  "set_config('statement_timeout', '" STATEMENT_MS "', false)";
	CLEANUP(result) PGresult *r = ask(p, sql, &(struct values){0});
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return refused(p, r);
	if (!is_yes(r, 1))
		return error_new(ERROR_SYSTEM,
				 "the ledger in %s would not last: the server does "
				 "not sync what it is told (fsync is off)",
				 p->where);
	return is_yes(r, 0) ? NULL : make_tables(p);
}

static struct error *need_connection(struct postgres_store *p)
{
	if (p->conn)
		return NULL;
	TRY(dial(p));
	PQsetnonblocking(p->conn, 1);
	name_place(p);
	struct error *error = look_around(p);
	if (error)
		hang_up(p);
	return error;
}

/* ---- reading ---- */

/* Asks once more where the connection was found dead: it may have been idle for long. */
static struct error *ask_rows(struct postgres_store *p, const char *sql, const struct values *v,
			      PGresult **out)
{
	PGresult *r = NULL;
	for (int i = 0; i < 2; i++) {
		PQclear(r);
		r = NULL;
		TRY(need_connection(p));
		r = ask(p, sql, v);
		if (p->conn)
			break;
	}
	*out = r;
	return PQresultStatus(r) == PGRES_TUPLES_OK ? NULL : refused(p, r);
}

static struct error *take_row(const struct postgres_store *p, struct arena *a, const PGresult *r,
			      int row, struct stored_record *out)
{
	uint64_t number;
	size_t len = (size_t)PQgetlength(r, row, 1);
	if (PQgetlength(r, row, 0) != sizeof(number) || len > STORE_RECORD_MAX)
		return error_new(ERROR_INPUT, "the ledger in %s holds what is no record", p->where);
	memcpy(&number, PQgetvalue(r, row, 0), sizeof(number));
	number = be64toh(number);
	*out = (struct stored_record){number, arena_strndup(a, PQgetvalue(r, row, 1), len), len};
	return NULL;
}

static struct error *head(struct store *s, struct arena *a, struct stored_record *out)
{
	struct postgres_store *p = of(s);
	struct values v = {0};
	CLEANUP(result) PGresult *r = NULL;
	add_text(&v, p->key);
	*out = (struct stored_record){0};
	TRY(ask_rows(p,
		     "SELECT number, record FROM writ_ledger WHERE organization = $1 "
		     "ORDER BY number DESC LIMIT 1",
		     &v, &r));
	return PQntuples(r) ? take_row(p, a, r, 0, out) : NULL;
}

static struct error *read_page(struct postgres_store *p, struct arena *a, uint64_t from,
			       uint64_t to, struct stored_record_vec *out)
{
	struct values v = {0};
	struct stored_record record = {0};
	CLEANUP(result) PGresult *r = NULL;
	add_text(&v, p->key);
	add_number(&v, a, from);
	add_number(&v, a, to);
	TRY(ask_rows(p,
		     "SELECT number, record FROM writ_ledger WHERE organization = $1 "
		     "AND number BETWEEN $2 AND $3 ORDER BY number",
		     &v, &r));
	for (uint64_t number = from; number <= to; number++) {
		int row = (int)(number - from);
		if (row < PQntuples(r))
			TRY(take_row(p, a, r, row, &record));
		if (row >= PQntuples(r) || record.number != number)
			return error_new(ERROR_INPUT, "the ledger in %s has no record %llu",
					 p->where, (unsigned long long)number);
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

static struct values row_of(const struct postgres_store *p, struct arena *a,
			    const struct new_record *record, const unsigned char *digest)
{
	struct values v = {0};
	add_text(&v, p->key);
	add_number(&v, a, record->number);
	add_bytes(&v, digest, SHA256_SIZE);
	add_bytes(&v, record->number == 1 ? NULL : record->before, SHA256_SIZE);
	add_bytes(&v, record->bytes, record->len);
	return v;
}

static struct error *judge(const struct postgres_store *p, const PGresult *r,
			   const struct new_record *record, enum append_answer *answer)
{
	enum sql_verdict verdict = r ? REFUSED : UNANSWERED;
	if (PQresultStatus(r) == PGRES_COMMAND_OK) {
		*answer = APPEND_DONE;
		return NULL;
	}
	verdict_of(state_of(r), &verdict);
	switch (verdict) {
	case TAKEN:
		*answer = APPEND_TAKEN;
		return NULL;
	case UNANSWERED:
		*answer = APPEND_UNANSWERED;
		return NULL;
	case OTHER_CHAIN:
		return error_new(ERROR_INPUT,
				 "record %llu of the ledger in %s is gone, or is not the one that "
				 "was read before",
				 (unsigned long long)record->number - 1, p->where);
	default:
		return refused(p, r);
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
	sha256_of(record->bytes, record->len, digest);
	struct values v = row_of(p, a, record, digest);
	struct error *error = need_connection(p);
	if (error && error->code == ERROR_SYSTEM) { /* an earlier try may still be under way */
		*answer = APPEND_UNANSWERED;
		*words = arena_strdup(a, error->message);
		error_free(error);
		return NULL;
	}
	TRY(error);
	CLEANUP(result) PGresult *r = ask(p, sql, &v);
	*words = words_of(a, r);
	return judge(p, r, record, answer);
}

/* ---- signs of life ---- */

static struct error *beat(struct store *s, const char *text)
{
	struct postgres_store *p = of(s);
	struct values v = {0};
	add_text(&v, p->key);
	add_text(&v, text);
	TRY(need_connection(p));
	CLEANUP(result)
	PGresult *r = ask(p,
			  "INSERT INTO writ_ledger_beat (organization, beat) VALUES ($1, $2) "
			  "ON CONFLICT (organization) DO UPDATE SET beat = $2, made = now()",
			  &v);
	return PQresultStatus(r) == PGRES_COMMAND_OK ? NULL : refused(p, r);
}

static struct error *read_beat(struct store *s, struct arena *a, const char **out)
{
	struct postgres_store *p = of(s);
	struct values v = {0};
	CLEANUP(result) PGresult *r = NULL;
	add_text(&v, p->key);
	*out = "";
	TRY(ask_rows(p, "SELECT beat FROM writ_ledger_beat WHERE organization = $1", &v, &r));
	if (PQntuples(r))
		*out = arena_strdup(a, PQgetvalue(r, 0, 0));
	return NULL;
}

/* ---- the handle ---- */

static const char *describe(const struct store *s, struct arena *a)
{
	return arena_strdup(a, ((const struct postgres_store *)s)->where);
}

static void close_postgres(struct store *s)
{
	struct postgres_store *p = of(s);
	hang_up(p);
	free(p->where);
	free(p->key);
	free(p);
}

static const struct store_kind postgres_kind = {
	.name = "postgres",
	.shared = true,
	.head = head,
	.read = read_range,
	.append = append,
	.beat = beat,
	.read_beat = read_beat,
	.describe = describe,
	.close = close_postgres,
};

struct error *postgres_store_open(const struct secret *connection, const char *key,
				  struct store **out)
{
	PQinitOpenSSL(0, 0); /* started, without a configuration file, by crypto_start() */
	forget_variables();
	TRY(check_string(connection));
	struct postgres_store *p = xmalloc(sizeof(*p));
	*p = (struct postgres_store){.store = {&postgres_kind},
				     .connection = connection,
				     .key = xstrdup(key),
				     .where = xstrdup("the database")};
	struct error *error = need_connection(p);
	if (error) {
		close_postgres(&p->store);
		return error;
	}
	*out = &p->store;
	return NULL;
}
