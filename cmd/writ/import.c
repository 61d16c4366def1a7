/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/organizations.h"
#include "cmd/writ/session.h"
#include "cmd/writ/streaming.h"
#include "core/language/emit.h"
#include "core/util/beneath.h"
#include "core/util/file.h"
#include "core/util/log.h"

static struct error *check_empty(const char *folder)
{
	CLEANUP(closedir) DIR *dir = opendir(folder);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", folder);
	const struct dirent *first;
	TRY(file_next(dir, folder, &first));
	if (first)
		return error_new(ERROR_INPUT, "%s is not empty; import writes to a new folder",
				 folder);
	return NULL;
}

static struct error *write_folder(struct run *run, const struct live *live,
				  const struct universe *u)
{
	const char *folder = run->options.out;
	struct new_file_vec files = {0};
	TRY(check_empty(folder));
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		struct str out = STR(&run->arena);
		emit_kind(&out, kind, live, u);
		if (out.len == 0)
			continue;
		const char *path = arena_printf(&run->arena, "%s/%s", folder, emit_file_name(kind));
		vec_push(&run->arena, &files, (struct new_file){path, out.at, out.len});
	}
	TRY(beneath_make_files(&files));
	for (size_t i = 0; i < files.len && !stream_is_result(&run->options); i++)
		printf("%s\n", files.at[i].path);
	return NULL;
}

static void tell_unseen(const struct live *live)
{
	size_t count = 0;
	const char *source = NULL;
	for (size_t i = 0; i < live->accounts.len; i++) {
		const struct account *a = &live->accounts.at[i];
		count += a->unseen.len > 0;
		source = a->unseen_roles ? a->unseen_roles : source;
	}
	if (count)
		log_note("admin roles of %zu account%s could not be seen whole, so %s list%s "
			 "claim%s "
			 "nothing; %s would show them",
			 count, count == 1 ? "" : "s", count == 1 ? "its" : "their",
			 count == 1 ? "" : "s", count == 1 ? "s" : "",
			 source ? source : "no configured source");
	count = live_count_unseen_groups(live);
	if (live->products_unseen)
		log_note("which product profiles users and user groups hold could not be seen");
	else if (count)
		log_note("all that %zu user group%s hold%s could not be seen; unseenGroups in the "
			 "Organization's status names %s",
			 count, count == 1 ? "" : "s", count == 1 ? "s" : "",
			 count == 1 ? "it" : "them");
}

static struct error *write_live(struct run *run, struct live *live, struct universe *u)
{
	struct str out = STR(&run->arena);
	if (run->options.org && strcmp(run->options.org, live->organization) != 0)
		return error_new(ERROR_INPUT, "the live organisation is \"%s\"",
				 live->organization);
	for (size_t i = 0; i < live->accounts.len; i++)
		universe_principal(u, PRINCIPAL_ACCOUNT, live->accounts.at[i].meta.name, true);
	universe_rank(u);
	tell_unseen(live);
	live->is_one_of_several = run->member != NULL; /* what is imported together is one set */
	progress_idle();
	stream_import(live->organization, live->accounts.len, live->grants.len);
	if (run->options.out)
		return write_folder(run, live, u);
	emit_all(&out, live, u);
	return output_write(&(struct output){FORMAT_TEXT, NULL}, str_text(&out), out.len);
}

static struct error *import_one(struct run *run, int *status UNUSED)
{
	struct session session = {0};
	struct live live = {0};
	TRY(open_session(run, &(struct named_organization){0}, &session));
	if (run->report.errors)
		return NULL;
	struct universe *u = universe_new(run->strings);
	struct error *error = provider_read(session.provider->reader, session.handle, &run->arena,
					    u, &query_all, &live);
	if (!error)
		error = write_live(run, &live, u);
	universe_free(u);
	close_session(&session);
	return error;
}

struct error *cmd_import(struct run *run, int *status)
{
	if (run->options.path_count)
		return error_new(ERROR_USAGE,
				 "import takes no PATH; name the live organisation with --live");
	if (stream_is_result(&run->options) && !run->options.out)
		return error_new(
			ERROR_USAGE,
			"--json takes standard output: give --out DIR for the manifests, or "
			"--json-into FILE");
	return organizations_configured(run, import_one, status);
}
