/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/organization_before.h"

#include <string.h>

#include "core/language/manifest.h"

/* Drops files that cannot hold an Organization, so that they need not be parsed. */
static void keep_organizations(struct stored_file_vec *files)
{
	size_t kept = 0;
	for (size_t i = 0; i < files->len; i++) {
		if (memmem(files->at[i].bytes, files->at[i].len, "Organization", 12))
			files->at[kept++] = files->at[i];
	}
	files->len = kept;
}

const struct organization *organization_before(const struct checkout *checkout, const char *at,
					       const struct stored_file_vec *read, const char *name,
					       struct intern *strings, struct arena *a,
					       const char **out_commit)
{
	struct stored_file_vec then = {0};
	struct report report = {.arena = a};
	struct manifest_reader reader = {.strings = strings, .arena = a, .report = &report};
	struct model *model = arena_zalloc(a, sizeof(*model));
	struct error *error = checkout_replaced(checkout, a, at, read, out_commit, &then);
	bool told = !error && *out_commit;
	error_free(error);
	if (!told)
		return NULL;
	keep_organizations(&then);
	manifest_parse(&reader, NULL, &then, model);
	if (report.errors)
		return NULL;
	return model->organizations.len == 1 ? &model->organizations.at[0]
					     : model_find_organization(model, name);
}
