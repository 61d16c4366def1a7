/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/guards_before.h"

#include <string.h>

#include "core/language/manifest.h"

/* Only these are worth parsing. */
static void keep_organizations(struct stored_file_vec *files)
{
	size_t kept = 0;
	for (size_t i = 0; i < files->len; i++) {
		if (memmem(files->at[i].bytes, files->at[i].len, "Organization", 12))
			files->at[kept++] = files->at[i];
	}
	files->len = kept;
}

bool guards_before(const struct checkout *checkout, const struct stored_file_vec *read,
		   const char *organization, struct intern *strings, struct arena *a,
		   struct guards *out, const char **out_commit)
{
	struct stored_file_vec then = {0};
	struct report report = {.arena = a};
	struct manifest_reader reader = {.strings = strings, .arena = a, .report = &report};
	struct model model = {0};
	const char *commit;
	struct error *error = checkout_replaced(checkout, a, read, &commit, &then);
	bool told = !error && commit;
	error_free(error);
	if (!told)
		return false;
	keep_organizations(&then);
	manifest_parse(&reader, NULL, &then, &model);
	const struct organization *o = model.organizations.len == 1
					       ? &model.organizations.at[0]
					       : model_find_organization(&model, organization);
	if (report.errors || !o)
		return false;
	*out = o->guards;
	*out_commit = commit;
	return true;
}
