/* SPDX-License-Identifier: Apache-2.0 */
/* role_command.h - the operator's own program as a writer of admin roles (writ-role-writer(7)).
 *
 * It reads requests on standard input and writes an answer to each on standard output, one a line,
 * in JSON, and gets the next one when it has answered. What it does for that is the operator's
 * business; writ only believes what a read shows afterwards. */
#ifndef ADOBE_ROLE_COMMAND_H
#define ADOBE_ROLE_COMMAND_H

#include "core/plan/plan.h"

#define ROLE_COMMAND_ANSWER_MS 30000	/* for an answer, and for its end behind the last one */
#define WRITER_LINE_MAX ((size_t)65536) /* bytes of an answer; a useful message is one line */

struct role_command {
	const char *const *argv;	   /* of the configuration: an absolute path first */
	const char *organization, *org_id; /* either may be NULL */
	unsigned answer_ms;		   /* 0: ROLE_COMMAND_ANSWER_MS */
	const struct leave *leave;	   /* asked before each request; NULL: nobody is */
};

/* Appends one request, without a newline. `id` is the caller's, unique in a run of the program. */
void role_command_request(const struct role_command *w, const struct change *change,
			  const char *email, size_t id, struct str *out);

/* What an answer says. It is "unknown", and *out_valid is false, when it is no JSON object, has
 * another id, or names no known outcome: then the program did not say "unknown" itself. Texts are
 * in `a`. */
struct outcome role_command_understand(const char *line, size_t len, size_t id, struct arena *a,
				       bool *out_valid);

/* Runs the program once for all of these changes of roles. When an answer is late, missing or
 * malformed, the program is ended: that change is "unknown", and those behind it are "not sent". */
void role_command_run(const struct role_command *w, struct arena *a,
		      const struct change *const *changes, const char *const *emails, size_t len,
		      struct outcome *outcomes);

#endif
