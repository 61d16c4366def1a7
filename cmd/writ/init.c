/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/command.h"
#include "core/util/beneath.h"

static const struct {
	const char *name, *text;
} templates[] = {
	{"organization.yaml",
	 "# The organisation that these manifests describe. See writ-manifest(5).\n"
	 "apiVersion: writ/v1\n"
	 "kind: Organization\n"
	 "metadata: {name: my-organisation}\n"
	 "spec:\n"
	 "  provider: file\n"
	 "  unlisted: report # live accounts that no manifest declares\n"},
	{"bundles/reader.yaml", "# A named set of grants, for what would otherwise be repeated.\n"
				"apiVersion: writ/v1\n"
				"kind: AccessBundle\n"
				"metadata: {name: reader}\n"
				"spec:\n"
				"  products:\n"
				"    - {product: My Product, profile: Default}\n"},
	{"accounts/my-first-account.yaml", "# A service account and all that it may do.\n"
					   "apiVersion: writ/v1\n"
					   "kind: TechnicalAccount\n"
					   "metadata: {name: my-first-account}\n"
					   "spec:\n"
					   "  description: What it is for\n"
					   "  owner: team@example.com\n"
					   "  bundles: [reader]\n"},
};

struct error *cmd_init(struct run *run, int *status UNUSED)
{
	const char *folder = run->options.path_count ? run->options.paths[0] : ".";
	struct new_file_vec files = {0};
	struct stat st;
	if (run->options.path_count > 1)
		return error_new(ERROR_USAGE, "init takes one DIR");
	for (size_t i = 0; i < sizeof(templates) / sizeof(*templates); i++) {
		const char *path = arena_printf(&run->arena, "%s/%s", folder, templates[i].name);
		const char *text = templates[i].text;
		if (!lstat(path, &st))
			return error_new(ERROR_INPUT, "%s exists; init overwrites nothing", path);
		if (errno != ENOENT)
			return error_errno(errno, "looking for %s", path);
		vec_push(&run->arena, &files, (struct new_file){path, text, strlen(text)});
	}
	TRY(beneath_make_files(&files));
	for (size_t i = 0; i < files.len; i++)
		printf("%s\n", files.at[i].path);
	return NULL;
}
