/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/adobe-emulator/server/server.h"

#include <string.h>
#include <strings.h>
#include <time.h>

int64_t server_now(const struct server *s)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 + s->clock_offset_ms;
}

bool server_has_revoked(const struct server *s, const char *id)
{
	return words_have(&s->revoked, id);
}

const struct caller *server_caller(struct server *s, struct request *r)
{
	const char *header = request_header(r, "Authorization");
	if (!header || strncasecmp(header, "Bearer ", 7) != 0)
		return NULL;
	struct caller *c = arena_zalloc(r->arena, sizeof(*c));
	header += 7 + strspn(header + 7, " ");
	if (!token_read(s->signer, r->arena, header, c))
		return NULL;
	if (r->now < c->created_ms - 1000 || r->now >= c->created_ms + c->life_ms ||
	    server_has_revoked(s, c->id))
		return NULL;
	return c;
}

void server_refuse(struct server *s, struct request *r, struct response *response, int status,
		   const char *code, const char *message)
{
	if ((status == 401 || status == 403) &&
	    switch_is(&s->switches, SWITCH_AUTH_BODY, "empty")) {
		response_empty(response, status);
		return;
	}
	struct tree *body = tree_object();
	tree_text(body, "error_code", code);
	tree_text(body, "message", message);
	response_json(r, response, status, body);
}
