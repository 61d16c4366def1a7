/* SPDX-License-Identifier: Apache-2.0 */
/* postgres_server.h - the database server that keeps a ledger: how it is reached, what one question
 * comes to, and the tables.
 *
 * Nothing of the environment says where it is. A connection that was lost is made anew by the next
 * call, which looks again whether it is a place that lasts. */
#ifndef WRIT_POSTGRES_SERVER_H
#define WRIT_POSTGRES_SERVER_H

#include <libpq-fe.h>

#include "core/ledger/stores/stores.h"

struct postgres_server {
	PGconn *conn; /* NULL: the next call makes one */
	const struct secret *connection;
	char *where; /* for people; owned */
};

/* ERROR_INPUT when it is no connection string; nobody is asked yet. `connection` is borrowed. */
MUST_CHECK struct error *postgres_server_init(struct postgres_server *p,
					      const struct secret *connection);
void postgres_server_done(struct postgres_server *p);

/* Connects where there is no connection, and makes the tables where there are none. */
MUST_CHECK struct error *postgres_need(struct postgres_server *p);

/* ---- one question, one answer ---- */

struct sql_values {
	int count;
	const char *at[5];
	int lengths[5], formats[5]; /* of those that are bytes; 1 says so */
};
void sql_add_bytes(struct sql_values *v, const void *bytes, size_t len); /* borrowed */
void sql_add_text(struct sql_values *v, const char *text);		 /* borrowed */
void sql_add_number(struct sql_values *v, struct arena *a, uint64_t number);

/* The answer to the last of the statements, or to the first that failed; for PQclear(). NULL: the
 * server was silent, or the connection is lost; then the next call makes another one. `v` may be
 * NULL for statements without values. */
PGresult *postgres_ask(struct postgres_server *p, const char *sql, const struct sql_values *v);

/* Rows in binary form. Asks once more where the connection was found dead. */
MUST_CHECK struct error *postgres_ask_rows(struct postgres_server *p, const char *sql,
					   const struct sql_values *v, PGresult **out);

static inline void cleanup_result(PGresult **r)
{
	PQclear(*r);
}

/* ---- what went wrong ---- */

enum sql_verdict { SQL_REFUSED, SQL_TAKEN, SQL_OTHER_CHAIN, SQL_UNANSWERED, SQL_DENIED };

/* What an SQLSTATE means; leaves *out where none is known. */
void postgres_verdict(const char *state, enum sql_verdict *out);

/* The answer's SQLSTATE; NULL: none. */
const char *postgres_state(const PGresult *r);
/* What the server says, one line in `a`, escaped. */
const char *postgres_words(struct arena *a, const PGresult *r);
struct error *postgres_refused(const struct postgres_server *p, const PGresult *r);

/* ---- tables ---- */

/* Those of an older version take no emptied record. ERROR_DENIED, with what to run, where they are
 * somebody else's. */
MUST_CHECK struct error *postgres_renew_table(struct postgres_server *p, struct arena *a);

#endif
