/* SPDX-License-Identifier: Apache-2.0 */
/* holder.h - who runs writ: the process, so that its end is noticed, and the person or job. */
#ifndef WRIT_HOLDER_H
#define WRIT_HOLDER_H

#include "core/util/json.h"

/* A process as others can tell it from the next one with its number. */
struct holder {
	const char *actor, *host;
	const char *boot, *pid_namespace; /* "" when the system does not tell */
	int64_t pid;
	int64_t started; /* ticks since the boot; 0: unknown */
	int64_t since;	 /* seconds since 1970 */
	int64_t lease_ms;
};

/* This process, in `a`. */
struct holder holder_of_this(struct arena *a, const char *actor);

/* Who it is, and where unless the name says that itself ("ann on build-7"), as they wrote it; in
 * `a`. */
const char *holder_name(struct arena *a, const struct holder *h);

/* Adds the members of an object, the first without a comma before it. */
void holder_add(const struct holder *h, struct str *out);
struct holder holder_parse(struct arena *a, struct json_span body);

/* Whether it ran on this machine, since this boot and among the same process numbers, and is
 * there no more. Containers share names of machines and numbers of processes, so nothing else
 * proves it. */
bool holder_is_gone(const struct holder *h);
/* Whether it ran here, and this machine does not let this process see what became of it: /proc is
 * not there, or shows one's own processes alone. */
bool holder_is_hidden(const struct holder *h);

/* Who acts, as claimed: `said` (--actor; NULL), WRIT_ACTOR, the words of a continuous integration,
 * else "USER on HOST" as the system knows them. In `a`. */
const char *actor_name(struct arena *a, const char *said);

#endif
