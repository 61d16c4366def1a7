/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/log.h"

#include <string.h>

#include "cmd/adobe-emulator/wire/jwt.h"

void log_init(struct request_log *l)
{
	*l = (struct request_log){.requests = tree_array(), .changes = tree_array()};
}

void log_done(struct request_log *l)
{
	tree_free(l->requests);
	tree_free(l->changes);
	l->requests = l->changes = NULL;
}

void log_reset(struct request_log *l)
{
	tree_free(l->requests);
	tree_free(l->changes);
	l->requests = tree_array();
	l->changes = tree_array();
}

void log_begin(struct request_log *l, struct request *r)
{
	r->number = ++l->requests_seen;
	l->current = r;
	l->current_changes = tree_array();
}

void log_change(struct request_log *l, const char *what, const char *subject, const char *object)
{
	struct tree *item = tree_push_object(l->changes);
	l->changes_seen++;
	tree_int(item, "number", (int64_t)l->changes_seen);
	tree_int(item, "request", (int64_t)l->current->number);
	tree_text(item, "requestId", l->current->id);
	tree_text(item, "path", l->current->path);
	tree_push_int(l->current_changes, (int64_t)l->changes_seen);
	tree_text(item, "what", what);
	tree_text(item, "subject", subject);
	tree_text(item, "object", object);
}

/* Logs the body of a request; that of the token service is left out, for it holds secrets. */
static void add_body(struct tree *item, const struct request *r)
{
	if (r->body_len == 0 || !strncmp(r->path, "/ims/", 5) || r->body_len > LOG_BODY_MAX)
		return;
	CLEANUP(reply_free) struct reply *body = request_json(r);
	if (body)
		tree_add(item, "body", tree_of(body));
}

void log_end(struct request_log *l, const struct response *response, const char *fault, bool keep)
{
	const struct request *r = l->current;
	l->current = NULL;
	if (!keep) {
		tree_free(l->current_changes);
		return;
	}
	struct tree *item = tree_push_object(l->requests);
	tree_int(item, "number", (int64_t)r->number);
	tree_int(item, "time", r->now);
	tree_text(item, "method", r->method);
	tree_text(item, "path", r->path);
	struct tree *query = tree_add_object(item, "query");
	for (size_t i = 0; strncmp(r->path, "/ims/", 5) != 0 && i < r->query.len; i++)
		tree_text(query, r->query.at[i].name, r->query.at[i].value);
	tree_text(item, "client", r->caller ? r->caller->client_id : NULL);
	tree_text(item, "requestId", r->id);
	tree_int(item, "status", response->status);
	tree_int(item, "bytes", (int64_t)response->len);
	tree_text(item, "fault", fault);
	tree_add(item, "changes", l->current_changes);
	add_body(item, r);
}
