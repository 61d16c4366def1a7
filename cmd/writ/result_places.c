/* SPDX-License-Identifier: Apache-2.0 */
/* Where results may go: through no link, over nothing that is read, and to no file twice. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/writ/command.h"
#include "core/util/beneath.h"
#include "core/util/manifest_walk.h"

/* A file as an option names it. */
struct named_file {
	const char *option, *file; /* file NULL: it was not given */
};
VEC(named_file_vec, struct named_file);

static void add_file(struct arena *a, struct named_file_vec *all, const char *option,
		     const char *file)
{
	if (file)
		vec_push(a, all, (struct named_file){option, file});
}

/* The files that are written, each in one piece, in this order. */
static void list_written(const struct options *o, struct arena *a, struct named_file_vec *out)
{
	for (size_t i = 0; i < o->outputs.len; i++)
		add_file(a, out,
			 arena_printf(a, "--format %s", format_name(o->outputs.at[i].format)),
			 o->outputs.at[i].file);
	add_file(a, out, "--out", o->out);
	if (o->out && o->sign)
		add_file(a, out, "the signature of --out",
			 arena_printf(a, "%s" PLAN_SIGNATURE, o->out));
	add_file(a, out, "--export-csv", o->export_csv);
	add_file(a, out, "--json-into", o->json_into);
}

/* The options that name files to read, besides manifests and the live organisation. */
static void list_read(const struct options *o, struct arena *a, struct named_file_vec *out)
{
	for (size_t i = 0; i < o->plans.len; i++)
		add_file(a, out, "--plan", o->plans.at[i]);
	add_file(a, out, "--sign", o->sign);
	add_file(a, out, "--config", o->config);
	add_file(a, out, "writ, as the configuration,", config_unnamed_file(a));
	add_file(a, out, "--to", o->to);
	add_file(a, out, "--roles-from", o->roles_from);
}

/* ---- the same file ---- */

static bool is_same_inode(const char *x, const char *y, struct stat *of)
{
	struct stat other;
	return !stat(x, of) && !stat(y, &other) && of->st_dev == other.st_dev &&
	       of->st_ino == other.st_ino;
}

/* "folder/" of "folder/file"; "./" of "file". */
static const char *folder_of(struct arena *a, const char *file)
{
	const char *slash = strrchr(file, '/');
	return slash ? arena_strndup(a, file, (size_t)(slash - file) + 1) : "./";
}

/* Whether two options name one file, which need not be there yet. Devices and pipes never count,
 * for several may write to one. */
static bool is_same_file(struct arena *a, const char *x, const char *y)
{
	const char *slash_x = strrchr(x, '/'), *slash_y = strrchr(y, '/');
	struct stat st;
	if (is_same_inode(x, y, &st))
		return S_ISREG(st.st_mode);
	return !strcmp(slash_x ? slash_x + 1 : x, slash_y ? slash_y + 1 : y) && access(x, F_OK) &&
	       is_same_inode(folder_of(a, x), folder_of(a, y), &st);
}

static struct error *check_different(struct arena *a, const struct named_file_vec *written)
{
	for (size_t i = 0; i < written->len; i++) {
		for (size_t k = 0; k < i; k++) {
			if (is_same_file(a, written->at[i].file, written->at[k].file))
				return error_new(
					ERROR_USAGE,
					"\"%.64s\" is to hold two results, of %s and of %s; "
					"name a file for each",
					written->at[i].file, written->at[k].option,
					written->at[i].option);
		}
	}
	return NULL;
}

static struct error *check_not_read(struct arena *a, const struct named_file_vec *written,
				    const struct named_file_vec *read)
{
	for (size_t i = 0; i < written->len; i++) {
		for (size_t k = 0; k < read->len; k++) {
			if (is_same_file(a, written->at[i].file, read->at[k].file))
				return error_new(ERROR_USAGE,
						 "\"%.64s\" is read by %s; save elsewhere",
						 written->at[i].file, read->at[k].option);
		}
	}
	return NULL;
}

static struct error *check_apart(const struct options *o)
{
	ARENA scratch = {0};
	struct named_file_vec written = {0}, read = {0};
	list_written(o, &scratch, &written);
	list_read(o, &scratch, &read);
	TRY(check_different(&scratch, &written));
	return check_not_read(&scratch, &written, &read);
}

/* ---- what the configuration names ---- */

static void add_secret(struct arena *a, struct named_file_vec *all, const char *key,
		       const struct secret_source *s)
{
	if (s->kind == SECRET_FILE)
		add_file(a, all, key, s->name);
}

static void list_configured(const struct organization_config *o, struct arena *a,
			    struct named_file_vec *out)
{
	add_secret(a, out, "the configuration's server", &o->server.secret);
	add_secret(a, out, "the configuration's user", &o->user.token);
	for (size_t i = 0; i < o->accounts.len; i++)
		add_secret(a, out, "the configuration's accounts", &o->accounts.at[i].secret);
	add_secret(a, out, "the configuration's ledger", &o->ledger.postgres);
	add_secret(a, out, "the configuration's ledger", &o->ledger.s3.key_id);
	add_secret(a, out, "the configuration's ledger", &o->ledger.s3.secret);
	add_secret(a, out, "the configuration's ledger", &o->ledger.s3.token);
	add_file(a, out, "the configuration's caFile", o->ca_file);
	add_file(a, out, "the configuration's signers", o->signers);
	add_file(a, out, "the configuration's revokedKeys", o->revoked_keys);
	add_file(a, out, "the configuration's signPlans", o->sign_plans.file);
	add_file(a, out, "the configuration's snapshot", o->snapshot.sign.file);
}

struct error *options_check_configured(const struct options *o, const struct config *config)
{
	ARENA scratch = {0};
	struct named_file_vec written = {0}, read = {0};
	list_written(o, &scratch, &written);
	for (size_t i = 0; i < config->organizations.len; i++)
		list_configured(&config->organizations.at[i], &scratch, &read);
	return check_not_read(&scratch, &written, &read);
}

/* ---- what is read below a root ---- */

/* The live file has no second copy, a manifest may not be committed yet, and what is saved among
 * manifests is one of them in the next run. */
static struct error *check_result(const struct options *o, const char *file, const char *root)
{
	ARENA scratch = {0};
	if (!manifest_walk_finds(&scratch, root, file))
		return NULL;
	if (root == o->live)
		return error_new(ERROR_USAGE, "\"%.64s\" is the live organisation; save elsewhere",
				 file);
	return error_new(ERROR_USAGE, "\"%.64s\" %s read too; save elsewhere", file,
			 access(file, F_OK) ? "would be" : "is");
}

struct error *options_check_results(const struct options *o, const char *root)
{
	ARENA scratch = {0};
	struct named_file_vec written = {0};
	list_written(o, &scratch, &written);
	for (size_t i = 0; i < written.len; i++)
		TRY(check_result(o, written.at[i].file, root));
	return NULL;
}

/* ---- whether it can be written ---- */

/* Whether --out names a folder that is made, with those above it: of manifests, of a snapshot, or
 * one that is there, of several organisations' plans. */
static bool holds_files(const char *out, const struct command *command)
{
	struct stat st;
	return !strcmp(command->name, "import") || !strcmp(command->name, "snapshot") ||
	       (!stat(out, &st) && S_ISDIR(st.st_mode));
}

/* What cannot be written is told before anything is read or sent. A committed link where a result
 * is to go would lead out of the checkout. */
struct error *options_check_places(const struct options *o, const struct command *command)
{
	ARENA scratch = {0};
	for (size_t i = 0; i < o->outputs.len; i++) {
		if (o->outputs.at[i].file)
			TRY(beneath_check_file(o->outputs.at[i].file));
	}
	if (o->export_csv)
		TRY(beneath_check_file(o->export_csv));
	if (o->json_into)
		TRY(beneath_check(o->json_into));
	TRY(check_apart(o));
	if (!o->out)
		return NULL;
	TRY(holds_files(o->out, command) ? beneath_check(o->out) : beneath_check_file(o->out));
	return beneath_check(arena_printf(&scratch, "%s" PLAN_SIGNATURE, o->out));
}
