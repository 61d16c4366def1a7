/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/stores/postgres_server.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "core/util/clock.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"

#define CONNECT_MS 10000
#define ANSWER_MS 10000
#define STATEMENT_MS "8000" /* the server gives up before we do, and says so */
#define WORDS_MAX 300	    /* bytes of what a server says */

/* A record names the one before it by number and digest, and the database sees to it that there is
 * such a one: nothing is appended behind another chain, and no record that is followed by another
 * is deleted or changed, but for emptying it (emptied.h). `record` is bytes, so that they come back
 * as they were made whatever the database's encoding is. */
#define CONTENTS                                                                                   \
	"CONSTRAINT writ_ledger_contents CHECK (digest = sha256(record) OR record = "              \
	"convert_to('{\"number\": ' || number || ', \"emptied\": \"sha256:' || encode(digest, "    \
	"'hex') || '\", \"before\": ' || coalesce('\"sha256:' || encode(before, 'hex') || '\"', "  \
	"'null') || '}', 'UTF8'))"
#define TABLES                                                                                     \
	"CREATE TABLE writ_ledger (organization text NOT NULL, number bigint NOT NULL CHECK "      \
	"(number > 0), digest bytea NOT NULL, previous bigint "                                    \
	"CHECK (previous = number - 1), before bytea, record bytea NOT NULL, " CONTENTS            \
	", made timestamptz "                                                                      \
	"NOT NULL DEFAULT now(), PRIMARY KEY (organization, number), UNIQUE (organization, "       \
	"number, digest), FOREIGN KEY (organization, previous, before) REFERENCES writ_ledger "    \
	"(organization, number, digest), CHECK ((number = 1) = (previous IS NULL)), CHECK "        \
	"((number = 1) = (before IS NULL))); "                                                     \
	"CREATE TABLE writ_ledger_beat (organization text PRIMARY KEY, beat text NOT NULL, made "  \
	"timestamptz NOT NULL DEFAULT now())"

static void hang_up(struct postgres_server *p)
{
	PQfinish(p->conn);
	p->conn = NULL;
}

/* ---- what went wrong ---- */

/* The rows are looked through in order, and the first whose letters an SQLSTATE begins with counts.
 * What the server does not say it has refused may still be made. */
static const struct {
	const char *state;
	enum sql_verdict verdict;
} verdicts[] = {
	{"23505", SQL_TAKEN},	   {"23503", SQL_OTHER_CHAIN},
	{"08", SQL_UNANSWERED},	   /* the connection */
	{"40001", SQL_UNANSWERED}, /* serialisation */
	{"40003", SQL_UNANSWERED}, /* completion unknown */
	{"40P01", SQL_UNANSWERED}, /* deadlock */
	{"57", SQL_UNANSWERED},	   /* cancelled, or the server goes down */
	{"28", SQL_DENIED},	   {"42501", SQL_DENIED},
};

void postgres_verdict(const char *state, enum sql_verdict *out)
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
	enum sql_verdict verdict = SQL_REFUSED;
	postgres_verdict(state, &verdict);
	return verdict == SQL_DENIED ? ERROR_DENIED : ERROR_SYSTEM;
}

/* The first line of a server's words, harmless. */
static const char *shown(struct arena *a, const char *words)
{
	struct str out = STR(a);
	text_escape(&out, words, strcspn(words, "\n"), WORDS_MAX);
	return str_text(&out);
}

const char *postgres_words(struct arena *a, const PGresult *r)
{
	const char *words = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	return shown(a, words ? words : "it gave no answer");
}

const char *postgres_state(const PGresult *r)
{
	return r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
}

struct error *postgres_refused(const struct postgres_server *p, const PGresult *r)
{
	ARENA a = {0};
	return error_new(code_of(postgres_state(r)), "the ledger in %s: %s", p->where,
			 postgres_words(&a, r));
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

void sql_add_bytes(struct sql_values *v, const void *bytes, size_t len)
{
	v->at[v->count] = bytes;
	v->lengths[v->count] = (int)len;
	v->formats[v->count++] = 1;
}

void sql_add_text(struct sql_values *v, const char *text)
{
	v->at[v->count++] = text;
}

void sql_add_number(struct sql_values *v, struct arena *a, uint64_t number)
{
	sql_add_text(v, arena_printf(a, "%llu", (unsigned long long)number));
}

static bool send_question(PGconn *conn, const char *sql, const struct sql_values *v)
{
	if (!v)
		return PQsendQuery(conn, sql);
	return PQsendQueryParams(conn, sql, v->count, NULL, v->at, v->lengths, v->formats, 1);
}

PGresult *postgres_ask(struct postgres_server *p, const char *sql, const struct sql_values *v)
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
	if (!postgres_state(answer)) { /* libpq's own words about the loss */
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

#define ATTEMPT "connection to server"

/* What came of each address of the server's name, which libpq tries one after the other. */
static const char *attempts(struct arena *a, const char *text)
{
	struct str out = STR(a);
	while (text) {
		if (out.len)
			str_add(&out, "; ");
		text_escape(&out, text, strcspn(text, "\n"), WORDS_MAX);
		text = strstr(text, "\n" ATTEMPT);
		text += text != NULL;
	}
	return str_text(&out);
}

/* Words that libpq says before it reaches a server repeat the connection string, and may repeat the
 * password in it; so they are not shown. */
static struct error *not_connected(PGconn *conn, bool in_time)
{
	ARENA a = {0};
	const char *text = PQerrorMessage(conn), *words = NULL;
	if (!in_time)
		return error_new(ERROR_SYSTEM, "the database server of the ledger is silent");
	if (strncmp(text, ATTEMPT, strlen(ATTEMPT)) != 0)
		return error_new(ERROR_SYSTEM, "the connection string of the ledger leads to no "
					       "server that libpq can reach");
	const char *state = find_state(&a, text, &words);
	bool denied = code_of(state) == ERROR_DENIED || PQconnectionNeedsPassword(conn);
	return error_new(denied ? ERROR_DENIED : ERROR_SYSTEM,
			 "the database server of the ledger: %s",
			 words ? shown(&a, words) : attempts(&a, text));
}

static struct error *dial(struct postgres_server *p)
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

static void name_place(struct postgres_server *p)
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

static struct error *make_tables(struct postgres_server *p)
{
	CLEANUP(result) PGresult *r = postgres_ask(p, TABLES, NULL);
	const char *state = postgres_state(r);
	if (r && (PQresultStatus(r) == PGRES_COMMAND_OK ||
		  (state && (!strcmp(state, "42P07") || !strcmp(state, "23505")))))
		return NULL; /* or somebody else has made them just now */
	if (state && !strcmp(state, "42501"))
		return error_new(ERROR_DENIED,
				 "the ledger in %s has no tables yet, and its user may make none; "
				 "whoever may runs: %s",
				 p->where, TABLES);
	return postgres_refused(p, r);
}

static struct error *look_around(struct postgres_server *p)
{
	static const char sql[] = "SELECT to_regclass('writ_ledger') IS NOT NULL AND "
				  "to_regclass('writ_ledger_beat') IS NOT NULL, "
				  "coalesce(current_setting('fsync', true), 'on') <> 'off', "
				  "set_config('statement_timeout', '" STATEMENT_MS "', false)";
	CLEANUP(result) PGresult *r = postgres_ask(p, sql, &(struct sql_values){0});
	if (PQresultStatus(r) != PGRES_TUPLES_OK)
		return postgres_refused(p, r);
	if (!is_yes(r, 1))
		return error_new(ERROR_SYSTEM,
				 "the ledger in %s would not last: the server does "
				 "not sync what it is told (fsync is off)",
				 p->where);
	return is_yes(r, 0) ? NULL : make_tables(p);
}

struct error *postgres_need(struct postgres_server *p)
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

/* It may have been idle for long. */
struct error *postgres_ask_rows(struct postgres_server *p, const char *sql,
				const struct sql_values *v, PGresult **out)
{
	PGresult *r = NULL;
	for (int i = 0; i < 2; i++) {
		PQclear(r);
		r = NULL;
		TRY(postgres_need(p));
		r = postgres_ask(p, sql, v);
		if (p->conn)
			break;
	}
	*out = r;
	return PQresultStatus(r) == PGRES_TUPLES_OK ? NULL : postgres_refused(p, r);
}

/* ---- tables of an older version ---- */

/* Tables of an older version take no emptied record: their constraint on it had no name. */
#define OLDER                                                                                      \
	"SELECT quote_ident(conname) FROM pg_constraint WHERE conrelid = "                         \
	"'writ_ledger'::regclass AND contype = 'c' AND conname <> 'writ_ledger_contents' AND "     \
	"pg_get_constraintdef(oid) LIKE '%sha256(record)%'"

struct error *postgres_renew_table(struct postgres_server *p, struct arena *a)
{
	CLEANUP(result) PGresult *r = NULL, *done = NULL;
	TRY(postgres_ask_rows(p, OLDER, &(struct sql_values){0}, &r));
	if (PQntuples(r) != 1)
		return error_new(ERROR_SYSTEM,
				 "the ledger in %s: its table takes no emptied record", p->where);
	const char *sql =
		arena_printf(a, "ALTER TABLE writ_ledger DROP CONSTRAINT %s, ADD " CONTENTS,
			     PQgetvalue(r, 0, 0));
	done = postgres_ask(p, sql, NULL);
	if (PQresultStatus(done) == PGRES_COMMAND_OK)
		return NULL;
	if (postgres_state(done) && !strcmp(postgres_state(done), "42501"))
		return error_new(ERROR_DENIED,
				 "the ledger in %s takes no emptied record yet; the owner of the "
				 "table runs: %s",
				 p->where, sql);
	return postgres_refused(p, done);
}

/* ---- the handle ---- */

struct error *postgres_server_init(struct postgres_server *p, const struct secret *connection)
{
	PQinitOpenSSL(0, 0); /* started, without a configuration file, by crypto_start() */
	forget_variables();
	TRY(check_string(connection));
	*p = (struct postgres_server){.connection = connection, .where = xstrdup("the database")};
	return NULL;
}

void postgres_server_done(struct postgres_server *p)
{
	hang_up(p);
	free(p->where);
}
