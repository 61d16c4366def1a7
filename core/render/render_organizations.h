/* SPDX-License-Identifier: Apache-2.0 */
/* render_organizations.h - what a command came to in each of several organisations, as text and as
 * JSON (schemas/organizations.schema.json). */
#ifndef WRIT_RENDER_ORGANIZATIONS_H
#define WRIT_RENDER_ORGANIZATIONS_H

#include "core/util/error.h"
#include "core/util/json.h"
#include "core/util/vec.h"

struct organization_result {
	const char *name;
	int status;	     /* the exit status of its part */
	const char *word;    /* what that means, in a word or two */
	const char *summary; /* one line; NULL: nothing to say */
	struct location at;  /* of its document; file NULL: none */
	bool cut;	     /* its work was cut short: what is there may be half */
	struct json_span result, diagnostics; /* a JSON document each; `at` is NULL: none */
};
VEC(organization_result_vec, struct organization_result);

/* A line each, in a table; `status` is that of the whole command. */
void render_organizations_text(struct str *out, const struct organization_result_vec *all,
			       int status);

/* One JSON document with the result of each. */
void render_organizations_json(struct str *out, const char *command,
			       const struct organization_result_vec *all, int status);

/* Its JSON Schema. */
void organizations_print_schema(struct str *out);

#endif
