/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/router.h"

#include <fnmatch.h>
#include <string.h>

#include "cmd/adobe-emulator/server/fault_effects.h"
#include "cmd/adobe-emulator/wire/ids.h"

static const struct surface *const surfaces[] = {
	&control_surface, &ims_surface,		 &features_surface, &console_surface,
	&umapi_surface,	  &umapi_status_surface, &storage_surface,
};

/* ---- routes ---- */

/* Matches the next piece of a path with that of a pattern, and steps over both. */
static bool match_piece(struct request *r, const char **pattern, const char **path, int *args)
{
	size_t have = strcspn(*path, "/"), want = strcspn(*pattern, "/");
	bool variable = want == 1 && **pattern == ':';
	if (!variable && (have != want || memcmp(*pattern, *path, want) != 0))
		return false;
	if (variable) {
		const char *text = have ? http_decode(r->arena, *path, have, false) : NULL;
		if (!text)
			return false;
		r->args[(*args)++] = text;
	}
	*pattern += want;
	*path += have;
	return true;
}

/* Whether the path fits the pattern; fills args. One slash at the end is tolerated. */
static bool match(struct request *r, const char *pattern, const char *path)
{
	int args = 0;
	memset(r->args, 0, sizeof(r->args));
	for (;;) {
		if (!strcmp(pattern, "/*") && *path == '/') {
			r->args[args] = http_decode(r->arena, path + 1, strlen(path + 1), false);
			return r->args[args] && *r->args[args];
		}
		if (!*pattern)
			return !*path || !strcmp(path, "/");
		if (*path != '/')
			return false;
		pattern++;
		path++;
		if (!match_piece(r, &pattern, &path, &args))
			return false;
	}
}

static const struct route *find_route(const struct surface *surface, struct request *r, bool *known)
{
	const char *rest = r->path + strlen(surface->prefix);
	for (const struct route *row = surface->routes; row->method; row++) {
		if (!match(r, row->path, rest))
			continue;
		*known = true;
		if (!strcmp(row->method, r->method))
			return row;
	}
	return NULL;
}

static const struct surface *find_surface(const char *path)
{
	for (size_t i = 0; i < sizeof(surfaces) / sizeof(*surfaces); i++) {
		size_t len = strlen(surfaces[i]->prefix);
		if (!strncmp(path, surfaces[i]->prefix, len) && (path[len] == '/' || !path[len]))
			return surfaces[i];
	}
	return NULL;
}

static void dispatch(struct server *s, const struct surface *surface, struct request *r,
		     struct response *response)
{
	bool known = false;
	const struct route *route = find_route(surface, r, &known);
	if (!route)
		surface->missing(s, r, response, known);
	else if (!surface->admit || surface->admit(s, r, response, route))
		route->call(s, r, response);
	if (surface->finish)
		surface->finish(s, r, response);
}

/* ---- one request ---- */

static bool is_request_id(const char *text)
{
	size_t len = strlen(text);
	if (len == 0 || len > 128)
		return false;
	for (; *text; text++) {
		if (*text < 0x20 || *text > 0x7E)
			return false;
	}
	return true;
}

static void name_request(struct server *s, struct request *r)
{
	const char *sent = request_header(r, "X-Request-Id");
	const char *number = arena_printf(r->arena, "%llu", (unsigned long long)r->number);
	r->id = sent && is_request_id(sent) ? sent
					    : id_hex(r->arena, 32, "request", s->org->name, number);
}

static void answer(struct server *s, const struct surface *surface, struct fault *fault,
		   struct request *r, struct response *response)
{
	bool replied = fault && !fault->after && fault_before(s, fault, r, response);
	if (!replied && surface)
		dispatch(s, surface, r, response);
	else if (!replied)
		server_refuse(s, r, response, 404, "404000", "Resource not found");
	if (fault)
		fault_alter(s, fault, r, response);
	response_header(r, response, "X-Request-Id", r->id);
	response_header(r, response, "Date", http_date(r->arena, r->now));
}

static void save(struct server *s)
{
	CLEANUP(error_free) struct error *error = org_save(s->org);
	if (error)
		error_print(stderr, error);
}

static const char *fault_words(struct request *r, const struct fault *fault)
{
	return fault ? arena_printf(r->arena, "%lld %s", (long long)fault->id, fault->kind->name)
		     : NULL;
}

static void note_change(void *context, const char *what, const char *subject, const char *object)
{
	struct server *s = context;
	log_change(&s->log, what, subject, object);
}

/* How late each kind of read is, by the first row that fits. */
static const struct {
	const char *path;
	enum switch_id lag;
} lags[] = {
	{"/v2/usermanagement/users/*", SWITCH_LAG_USERS},
	{"/v2/usermanagement/organizations/*", SWITCH_LAG_USERS},
	{"/v2/usermanagement/groups/*", SWITCH_LAG_GROUPS},
	{"/console/organizations/*/service/*/properties", SWITCH_LAG_SUBSCRIPTIONS},
	{"/console/organizations/*/integrations*", SWITCH_LAG_CREDENTIALS},
	{"/console/organizations/*/credentials*", SWITCH_LAG_CREDENTIALS},
	{"/console/organizations/*/projects*", SWITCH_LAG_PROJECTS},
};

static int64_t lag_of(const struct server *s, const struct request *r)
{
	int64_t all = switch_number(&s->switches, SWITCH_VISIBILITY_DELAY), own = 0;
	bool reads = !strcmp(r->method, "GET");
	for (size_t i = 0; reads && i < sizeof(lags) / sizeof(*lags); i++) {
		if (fnmatch(lags[i].path, r->path, 0) != 0)
			continue;
		own = switch_number(&s->switches, lags[i].lag);
		break;
	}
	return own > all ? own : all;
}

void router_answer(struct server *s, struct request *r, struct response *response)
{
	pthread_mutex_lock(&s->mutex);
	r->now = server_now(s);
	request_split_target(r);
	log_begin(&s->log, r);
	name_request(s, r);
	const struct surface *surface = find_surface(r->path);
	bool control = surface == &control_surface;
	struct fault *fault = control ? NULL : faults_find(&s->faults, r);
	s->org->changed = note_change;
	s->org->context = s;
	org_begin(s->org, r->now);
	r->view = org_view(s->org, lag_of(s, r));
	if (!control)
		response->delay_ms = (int)switch_number(&s->switches, SWITCH_LATENCY);
	answer(s, surface, fault, r, response);
	save(s);
	log_end(&s->log, response, fault_words(r, fault), !control);
	pthread_mutex_unlock(&s->mutex);
}
