/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/language/config_table.h"
#include "core/language/schema_decode.h"
#include "core/language/schema_fields.h"
#include "core/language/yaml.h"
#include "core/util/trusted_file.h"

struct config_reading {
	struct decoder decoder;
	struct config *out;
	size_t documents;
	bool elsewhere; /* it is a manifest: nothing else is to be said of it */
};

/* The kind of a manifest, which no configuration has; NULL: none. */
static const struct node *find_manifest_kind(const struct node *root)
{
	const struct node *kind = schema_find(root, "kind");
	for (int i = 0; kind && kind->type == NODE_SCALAR && i < KIND_COUNT; i++) {
		if (!strcmp(kind->text, kind_names[i]))
			return kind;
	}
	return NULL;
}

static void decode(void *context, const struct node *root)
{
	struct config_reading *r = context;
	const struct node *kind = r->documents ? NULL : find_manifest_kind(root);
	if (kind) {
		report_add(r->decoder.report, SEVERITY_ERROR, "E0411",
			   (struct location){r->decoder.file, kind->line, kind->column}, 0,
			   "`writ init --adobe` writes a configuration to fill in",
			   "this is a manifest of kind %s, not an operator's configuration",
			   kind->text);
		r->elsewhere = true;
	}
	if (r->elsewhere) {
		r->documents++;
		return;
	}
	if (r->documents++) {
		report_add(r->decoder.report, SEVERITY_ERROR, "E0805",
			   (struct location){r->decoder.file, root->line, root->column}, 0,
			   "a configuration is one document", "a second document");
		return;
	}
	schema_read_table(&r->decoder, &config_document, root, r->out);
}

/* *text stays NULL when the file is not to be trusted. */
static struct error *read_trusted(const char *path, struct report *report, char **text, size_t *len)
{
	const char *wrong;
	struct error *error = trusted_file_read(path, CONFIG_FILE_MAX, &wrong, text, len);
	if (error)
		return error_wrap(error, "reading the configuration");
	if (wrong)
		report_add(report, SEVERITY_ERROR, "E0807", (struct location){path, 1, 1}, 0,
			   "it says where credentials go", "the configuration %s", wrong);
	return NULL;
}

static struct error *load_file(const char *path, struct intern *strings, struct arena *arena,
			       struct report *report, struct config *out)
{
	CLEANUP(free) char *text = NULL;
	size_t len = 0, errors = report->errors;
	struct config config = {.file = intern(strings, path)};
	TRY(read_trusted(config.file, report, &text, &len));
	if (!text)
		return NULL;
	size_t name = strlen(path);
	struct yaml_source source = {config.file, text, len, 1,
				     name >= 5 && !strcmp(path + name - 5, ".json")};
	struct config_reading reading = {.decoder = {.strings = strings,
						     .arena = arena,
						     .report = report,
						     .file = config.file},
					 .out = &config};
	if (yaml_check_start(config.file, text, len, report))
		yaml_read(&source, report, decode, &reading);
	if (reading.documents == 0 && report->errors == errors)
		report_add(report, SEVERITY_ERROR, "E0805", (struct location){config.file, 1, 1}, 0,
			   "expected a document of kind Configuration", "no document");
	if (report->errors == errors)
		*out = config;
	return NULL;
}

/* ---- without a file ---- */

static const char *variable(struct intern *strings, const char *name)
{
	const char *value = getenv(name);
	return value && *value ? intern(strings, value) : NULL;
}

/* NAME or NAME_FILE, not both. */
static struct error *secret_variable(struct intern *strings, const char *name, const char *file,
				     struct secret_source *out)
{
	const char *plain = getenv(name), *path = variable(strings, file);
	if (plain && *plain && path)
		return error_new(ERROR_INPUT, "both %s and %s are set", name, file);
	if (path)
		*out = (struct secret_source){.kind = SECRET_FILE, .name = path};
	else if (plain && *plain)
		*out = (struct secret_source){.kind = SECRET_ENV, .name = name};
	return NULL;
}

static struct error *check_environment(const struct organization_config *o)
{
	if (!o->org_id)
		return error_new(ERROR_INPUT,
				 "WRIT_ADOBE_ORG_ID is not set; it names the "
				 "organisation that the WRIT_ADOBE_ credentials serve");
	if (o->server.secret.kind != SECRET_NONE && !o->server.client_id)
		return error_new(ERROR_INPUT,
				 "WRIT_ADOBE_CLIENT_SECRET needs WRIT_ADOBE_CLIENT_ID");
	if (o->user.token.kind != SECRET_NONE && !o->user.client_id)
		return error_new(ERROR_INPUT,
				 "WRIT_ADOBE_USER_TOKEN needs WRIT_ADOBE_USER_CLIENT_ID "
				 "or WRIT_ADOBE_CLIENT_ID");
	return NULL;
}

static struct error *load_environment(struct intern *strings, struct arena *arena,
				      struct config *out)
{
	struct organization_config o = config_initial;
	struct config config = {0};
	const char *client = variable(strings, "WRIT_ADOBE_CLIENT_ID");
	const char *user = variable(strings, "WRIT_ADOBE_USER_CLIENT_ID");
	o.org_id = variable(strings, "WRIT_ADOBE_ORG_ID");
	TRY(secret_variable(strings, "WRIT_ADOBE_CLIENT_SECRET", "WRIT_ADOBE_CLIENT_SECRET_FILE",
			    &o.server.secret));
	TRY(secret_variable(strings, "WRIT_ADOBE_USER_TOKEN", "WRIT_ADOBE_USER_TOKEN_FILE",
			    &o.user.token));
	if (o.server.secret.kind == SECRET_NONE && o.user.token.kind == SECRET_NONE)
		return NULL;
	if (o.server.secret.kind != SECRET_NONE)
		o.server.client_id = client;
	if (o.user.token.kind != SECRET_NONE)
		o.user.client_id = user ? user : client;
	TRY(check_environment(&o));
	vec_push(arena, &config.organizations, o);
	*out = config;
	return NULL;
}

/* The user's own file; NULL when there is none. One that cannot be looked for may hold what forbids
 * a change. */
static const char *default_path(struct arena *a)
{
	const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME"), *path = NULL;
	if (base && base[0] == '/')
		path = arena_printf(a, "%s/writ/config.yaml", base);
	else if (home && home[0] == '/')
		path = arena_printf(a, "%s/.config/writ/config.yaml", home);
	bool missing = path && access(path, F_OK) && (errno == ENOENT || errno == ENOTDIR);
	return missing ? NULL : path;
}

const char *config_unnamed_file(struct arena *arena)
{
	const char *named = getenv("WRIT_CONFIG");
	return named && *named ? named : default_path(arena);
}

struct error *config_load(const char *path, struct intern *strings, struct arena *arena,
			  struct report *report, struct config *out)
{
	*out = (struct config){0};
	if (!path)
		path = config_unnamed_file(arena);
	if (path)
		return load_file(path, strings, arena, report, out);
	return load_environment(strings, arena, out);
}

const struct organization_config *config_find(const struct config *config, const char *name,
					      const char *org_id)
{
	for (size_t i = 0; i < config->organizations.len; i++) {
		const struct organization_config *o = &config->organizations.at[i];
		if ((!name || !o->name || !strcmp(o->name, name)) &&
		    (!org_id || !o->org_id || !strcmp(o->org_id, org_id)))
			return o;
	}
	return NULL;
}

void config_print_schema(struct str *out)
{
	schema_print_table(out, "Configuration", &config_document);
}

void config_print_manual(struct str *out)
{
	schema_print_table_manual(out, &config_document);
}
