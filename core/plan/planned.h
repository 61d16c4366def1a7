/* SPDX-License-Identifier: Apache-2.0 */
/* planned.h - a plan together with the bytes that say it. */
#ifndef WRIT_PLANNED_H
#define WRIT_PLANNED_H

#include "core/util/digest.h"

struct plan;

/* A plan travels with its bytes, which are hashed once. */
struct planned {
	const struct plan *plan;
	const char *bytes; /* what --out saves and --format json prints */
	size_t len;
	char digest[SHA256_TEXT];      /* of the bytes: names the file */
	char plan_digest[SHA256_TEXT]; /* of render_plan_digest(): what the plan comes to */
	const char *signature;	       /* of the bytes, kept with them; NULL: unsigned */
};

#endif
