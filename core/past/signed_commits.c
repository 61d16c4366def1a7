/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/signed_commits.h"

#include <string.h>

static void complain(struct arena *a, const struct commit *c, const char *what, bool unchecked,
		     struct run_finding_vec *out)
{
	vec_push(a, out, (struct run_finding){.commit = c, .what = what, .unchecked = unchecked});
}

struct error *signed_commits_verify(struct history *h, struct arena *a,
				    const struct commit_vec *commits, const struct signers *signers,
				    struct run_finding_vec *out, size_t *out_signed)
{
	bool seen = false;
	*out_signed = 0;
	for (size_t i = commits->len; i-- > 0;) {
		const struct commit *c = &commits->at[i];
		struct signed_data data = {.name = SIGNATURE_GIT, .when = c->commit_time};
		const char *signature, *text, *by;
		TRY(history_read_signature(h, a, c->id, &signature, &text));
		if (!signature) {
			complain(a, c, "it is not signed", !seen, out);
			continue;
		}
		seen = true;
		data.at = text;
		data.len = strlen(text);
		struct error *error =
			signature_check(signers, signature, strlen(signature), &data, a, &by);
		if (error && error->code != ERROR_INPUT && error->code != ERROR_DENIED)
			return error_wrap(error, "commit %.12s", c->id);
		if (error)
			complain(a, c, arena_strdup(a, error->message), false, out);
		else
			++*out_signed;
		error_free(error);
	}
	return NULL;
}
