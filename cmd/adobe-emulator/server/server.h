/* SPDX-License-Identifier: Apache-2.0 */
/* server.h - what the surfaces share: routes, the organisation, switches, logs, limits and faults.
 *
 * One mutex is held while a request is answered, so handlers see and change the state alone;
 * waiting (latency, hangs) is done outside of it. */
#ifndef EMULATOR_SERVER_H
#define EMULATOR_SERVER_H

#include <pthread.h>

#include "cmd/adobe-emulator/org/org.h"
#include "cmd/adobe-emulator/server/faults.h"
#include "cmd/adobe-emulator/server/limits.h"
#include "cmd/adobe-emulator/server/log.h"
#include "cmd/adobe-emulator/server/switches.h"
#include "cmd/adobe-emulator/wire/http.h"
#include "cmd/adobe-emulator/wire/jwt.h"

struct server {
	pthread_mutex_t mutex;
	struct org *org;
	struct switches switches;
	struct limits limits;
	struct request_log log;
	struct faults faults;
	struct token_signer *signer;
	struct arena arena;	  /* of revoked tokens */
	struct words_vec revoked; /* ids of tokens */
	int64_t clock_offset_ms;
	const char *scheme; /* "http" or "https" */
};

typedef void handler(struct server *s, struct request *r, struct response *response);

/* A path is matched piece by piece: ":" takes one piece, "*" (last) takes the rest, slashes
 * included. The first row that fits is called. */
struct route {
	const char *method, *path;
	handler *call;
	unsigned flags; /* of the surface */
};

/* A group of routes below one prefix, with what must hold before any of them is called. */
struct surface {
	const char *name, *prefix;
	const struct route *routes; /* ends with a row without method */
	/* False when it has refused, and then it has filled the reply. NULL: nothing to check. */
	bool (*admit)(struct server *s, struct request *r, struct response *response,
		      const struct route *route);
	/* Answers a request that no route takes; `known` says that the path exists with another
	 * method. */
	void (*missing)(struct server *s, struct request *r, struct response *response, bool known);
	/* Adds what every answer of the surface has; NULL. */
	void (*finish)(struct server *s, struct request *r, struct response *response);
};

extern const struct surface console_surface, ims_surface, umapi_surface, umapi_status_surface,
	storage_surface, control_surface, features_surface;

/* The emulator's time, in milliseconds since 1970: the machine's, moved by what the control path
 * added. */
int64_t server_now(const struct server *s);

/* The caller, by the request's bearer token; NULL when it is missing, malformed, expired or
 * revoked. */
const struct caller *server_caller(struct server *s, struct request *r);
bool server_has_revoked(const struct server *s, const char *id);

/* Refuses a request as the gateway does, before the service is asked. */
void server_refuse(struct server *s, struct request *r, struct response *response, int status,
		   const char *code, const char *message);

#endif
