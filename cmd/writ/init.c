/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/command.h"
#include "core/language/schema_decode.h"
#include "core/util/beneath.h"
#include "core/util/unicode.h"

#define EDITOR(up, kind)                                                                           \
	"# yaml-language-server: $schema=" up ".writ/schemas/" kind ".schema.json\n"

/* Stands in the texts for the organisation's name. */
#define PLACE "ORGANISATION"
#define UNNAMED "my-organisation"
#define NAME_MAX_LENGTH 63 /* of a manifest's name */

struct template
{
	const char *name, *text;
};

static const struct template first_files[] = {
	{"manifests/organization.yaml",
	 EDITOR("../",
		"Organization") "# The organisation that these manifests describe. See "
				"writ-manifest(5).\n"
				"apiVersion: writ/v1\n"
				"kind: Organization\n"
				"metadata: {name: ORGANISATION}\n"
				"spec:\n"
				"  provider: file\n"
				"  unlisted: report # live accounts that no manifest declares\n"
				"  enterpriseStorage: # products whose licence includes it\n"
				"    - product: Creative Cloud Enterprise\n"},
	{"manifests/bundles/reader.yaml",
	 EDITOR("../../",
		"AccessBundle") "# A named set of grants, for what would otherwise be repeated.\n"
				"apiVersion: writ/v1\n"
				"kind: AccessBundle\n"
				"metadata: {name: reader}\n"
				"spec:\n"
				"  products:\n"
				"    - {product: My Product, profile: Default}\n"},
	{"manifests/accounts/my-first-account.yaml",
	 EDITOR("../../", "TechnicalAccount") "# A service account and all that it may do.\n"
					      "apiVersion: writ/v1\n"
					      "kind: TechnicalAccount\n"
					      "metadata: {name: my-first-account}\n"
					      "spec:\n"
					      "  description: What it is for\n"
					      "  owner: team@example.com\n"
					      "  bundles: [reader]\n"},
	{".writ/live.yaml",
	 "# Stands in for the live organisation: what a service would say of itself. `writ apply`\n"
	 "# changes this file; a folder that begins with a dot holds no manifests.\n"
	 "apiVersion: writ/v1\n"
	 "kind: Organization\n"
	 "metadata: {name: ORGANISATION}\n"
	 "spec:\n"
	 "  provider: file\n"
	 "status:\n"
	 "  products:\n"
	 "    - {product: My Product, profile: Default}\n"
	 "    - {product: Creative Cloud Enterprise, profile: Storage}\n"
	 "  users: [jane@example.com, omar@example.com]\n"
	 "---\n"
	 "apiVersion: writ/v1\n"
	 "kind: AdminRole\n"
	 "metadata: {name: system-administrators}\n"
	 "spec:\n"
	 "  role: system-administrator\n"
	 "  members: [{user: jane@example.com}, {user: omar@example.com}]\n"},
	{NULL, NULL},
};

static const struct template adobe_files[] = {
	{"manifests/organization.yaml",
	 EDITOR("../",
		"Organization") "# The organisation that these manifests describe. See "
				"writ-manifest(5).\n"
				"apiVersion: writ/v1\n"
				"kind: Organization\n"
				"metadata: {name: ORGANISATION}\n"
				"spec:\n"
				"  provider: adobe\n"
				"  orgId: \"000000000000000000000000@AdobeOrg\" # as the "
				"configuration has it\n"
				"  unlisted: report # live accounts that no manifest declares\n"},
	{".writ/config.yaml",
	 EDITOR("../",
		"Configuration") "# What you trust writ with. Fill in what is zeros, and keep it "
				 "where only operators may\n"
				 "# write: not among manifests that many may change. See "
				 "writ-config(5).\n"
				 "apiVersion: writ/v1\n"
				 "kind: Configuration\n"
				 "organizations:\n"
				 "  - name: ORGANISATION # as the manifests call it\n"
				 "    # Both ids stand in the Developer Console, at the OAuth "
				 "server-to-server credential that\n"
				 "    # writ is to use. With the User Management API on it writ "
				 "sees users and roles.\n"
				 "    orgId: \"000000000000000000000000@AdobeOrg\"\n"
				 "    server:\n"
				 "      clientId: \"00000000000000000000000000000000\"\n"
				 "      clientSecret:\n"
				 "        file: secrets/ORGANISATION # beside this file; chmod "
				 "600\n"
				 "    policy: # limits that no manifest can loosen\n"
				 "      maxAdminGrants: 2\n"},
	{NULL, NULL},
};

/* What to type next; %s is the folder with a slash, or nothing. */
static const char *const first_steps[] = {
	"validate %smanifests",
	"plan --live %s.writ/live.yaml %smanifests",
	"apply --live %s.writ/live.yaml %smanifests",
	NULL,
};
static const char *const adobe_steps[] = {
	"validate --config %s.writ/config.yaml %smanifests",
	"import --config %s.writ/config.yaml --org ORGANISATION --out %simported",
	"plan --config %s.writ/config.yaml %simported",
	NULL,
};

/* The organisation is called as its folder is, in the letters that a name may have. */
static const char *organization_name(struct arena *a, const char *folder)
{
	const char *slash = strrchr(folder, '/');
	struct str name = STR(a);
	for (const char *at = slash ? slash + 1 : folder; *at && name.len < NAME_MAX_LENGTH; at++) {
		char c = ascii_lower(*at);
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			str_addc(&name, c);
		else if (name.len && name.at[name.len - 1] != '-')
			str_addc(&name, '-');
	}
	while (name.len && name.at[name.len - 1] == '-')
		name.len--;
	return name.len ? arena_strndup(a, name.at, name.len) : UNNAMED;
}

/* The text with the name in its place. */
static const char *named(struct arena *a, const char *text, const char *name)
{
	struct str out = STR(a);
	for (const char *place; (place = strstr(text, PLACE)); text = place + strlen(PLACE)) {
		str_addn(&out, text, (size_t)(place - text));
		str_add(&out, name);
	}
	str_add(&out, text);
	return str_text(&out);
}

static struct error *add_file(struct run *run, const char *folder, const char *name,
			      const char *text, struct new_file_vec *files)
{
	const char *path = arena_printf(&run->arena, "%s/%s", folder, name);
	struct stat st;
	if (!lstat(path, &st))
		return error_new(ERROR_INPUT, "%s exists; init overwrites nothing", path);
	if (errno != ENOENT)
		return error_errno(errno, "looking for %s", path);
	vec_push(&run->arena, files, (struct new_file){path, text, strlen(text)});
	return NULL;
}

/* Writes the JSON Schemas with which editors check manifests while they are typed. */
static struct error *add_schemas(struct run *run, const char *folder, struct new_file_vec *files)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct str text = STR(&run->arena);
		if (kind == KIND_OPEN_DRIFT) /* writ alone writes it */
			continue;
		schema_print(&text, kind);
		TRY(add_file(
			run, folder,
			arena_printf(&run->arena, ".writ/schemas/%s.schema.json", kind_names[kind]),
			str_text(&text), files));
	}
	struct str text = STR(&run->arena);
	config_print_schema(&text);
	return run->options.adobe ? add_file(run, folder, ".writ/schemas/Configuration.schema.json",
					     str_text(&text), files)
				  : NULL;
}

/* Prints a step with the folder in place of each %s, quoted where a shell needs it. */
static void print_step(struct arena *a, const char *step, const char *folder)
{
	struct str line = STR(a);
	for (const char *word = step, *end; *word; word = *end ? end + 1 : end) {
		struct str path = STR(a);
		end = strchrnul(word, ' ');
		if (!strncmp(word, "%s", 2)) {
			if (strcmp(folder, ".") != 0)
				str_printf(&path, "%s/", folder);
			word += 2;
		}
		str_addn(&path, word, (size_t)(end - word));
		str_addc(&line, ' ');
		str_add_word(&line, str_text(&path));
	}
	printf("    writ%s\n", str_text(&line));
}

static void tell(struct run *run, const char *folder, const char *name,
		 const struct new_file_vec *files)
{
	const char *const *steps = run->options.adobe ? adobe_steps : first_steps;
	for (size_t i = 0; i < files->len; i++)
		printf("%s\n", files->at[i].path);
	printf("\nEdit them%s; next:\n\n",
	       run->options.adobe ? ", the configuration first" : ", or try them as they are");
	for (; *steps; steps++)
		print_step(&run->arena, named(&run->arena, *steps, name), folder);
	if (run->options.adobe)
		printf("\nThat plan has no changes. Move what you want to manage from imported to "
		       "manifests, but not\nimported/organization.yaml, which says what is live; "
		       "then plan the manifests, and edit them.\n");
}

struct error *cmd_init(struct run *run, int *status UNUSED)
{
	const struct template *t = run->options.adobe ? adobe_files : first_files;
	const char *given = run->options.path_count ? run->options.paths[0] : ".";
	size_t len = strlen(given);
	struct new_file_vec files = {0};
	if (run->options.path_count > 1)
		return error_new(ERROR_USAGE, "init takes one DIR");
	while (len > 1 && given[len - 1] == '/')
		len--;
	const char *folder = arena_strndup(&run->arena, given, len);
	const char *name = organization_name(&run->arena, folder);
	for (; t->name; t++)
		TRY(add_file(run, folder, t->name, named(&run->arena, t->text, name), &files));
	TRY(add_schemas(run, folder, &files));
	TRY(beneath_make_files(&files));
	tell(run, folder, name, &files);
	return NULL;
}
