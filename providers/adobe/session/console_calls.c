/* SPDX-License-Identifier: Apache-2.0 */
#include "providers/adobe/session/console_calls.h"

#include <stdarg.h>

void calls_done(struct calls *c)
{
	for (size_t i = 0; i < c->all.len; i++)
		http_done(c->all.at[i]);
	arena_done(&c->arena);
}

struct http_request *calls_add(struct calls *c, const char *method, const char *route,
			       const char *path, ...)
{
	va_list args;
	va_start(args, path);
	const char *rest = arena_vprintf(&c->arena, path, args);
	va_end(args);
	struct http_request *r = arena_zalloc(&c->arena, sizeof(*r));
	r->service = SERVICE_CONSOLE;
	r->method = method;
	r->route = route;
	r->path = arena_printf(&c->arena, "/console/%s", rest);
	r->token = c->session->console;
	vec_push(&c->arena, &c->all, r);
	return r;
}

bool call_found(const struct http_request *r)
{
	return r->verdict.class == OUTCOME_APPLIED;
}

struct outcome call_outcome(const struct http_request *r, struct arena *a)
{
	return (struct outcome){r->verdict.class, r->message ? arena_strdup(a, r->message) : NULL};
}

struct outcome call_refused(const char *why)
{
	return (struct outcome){OUTCOME_REFUSED, why};
}

static struct error *failure(const struct http_request *r)
{
	bool denied = r->evidence.status == 401 || r->evidence.status == 403;
	return error_new(denied ? ERROR_DENIED : ERROR_REMOTE, "%s",
			 r->message ? r->message : "no answer");
}

struct error *calls_read(struct calls *c, size_t first)
{
	if (first == c->all.len)
		return NULL;
	TRY(http_run(c->session->http, &c->arena, c->all.at + first, c->all.len - first));
	for (size_t i = first; i < c->all.len; i++) {
		const struct http_request *r = c->all.at[i];
		if (!call_found(r) && !http_is_missing(r))
			return failure(r);
	}
	return NULL;
}
