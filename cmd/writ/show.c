/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cmd/writ/publishing.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/run_shown.h"
#include "core/language/emit.h"
#include "core/language/stored.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "core/util/nearest.h"

/* A plan that was edited is shown all the same, as far as it was understood; apply refuses it. */
static void tell_edited(struct arena *a, const char *path, struct planned *planned)
{
	struct error *other = planfile_check(path, planned->bytes, planned->len, planned->plan);
	struct error *edited = planfile_know(planned);
	if (other)
		log_note("%s:%u:%u: %s", path, other->where.line, other->where.column,
			 error_text(a, other));
	if (edited)
		log_note("%s", error_text(a, edited));
	error_free(other);
	error_free(edited);
}

static struct error *show_saved_plan(struct run *run, const char *path, const char *bytes,
				     size_t len)
{
	struct plan plan = {0};
	struct planned planned;
	TRY(planfile_parse(path, bytes, len, run->strings, &run->arena, &plan));
	plan_rank(&plan, run->strings);
	planfile_hold(&plan, bytes, len, &planned);
	tell_edited(&run->arena, path, &planned);
	for (size_t i = 0; i < plan.warnings.len; i++)
		vec_push(&run->arena, &run->report.items, plan.warnings.at[i]);
	run->report.warnings += plan.warnings.len;
	return show_plan(run, &planned);
}

/* Shows a snapshot, manifests or a live file: the organisation in its canonical spelling. */
static struct error *show_organization(struct run *run)
{
	const char *path = run->options.paths[0];
	struct live live = {0};
	struct str out = STR(&run->arena);
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		if (run->options.outputs.at[i].format != FORMAT_TEXT)
			return error_new(ERROR_USAGE,
					 "%s holds an organisation, which is shown as manifests: "
					 "--format text alone is taken",
					 path);
	}
	struct universe *u = universe_new(run->strings);
	struct error *error = stored_load(path, COLLECT_ALL, run->strings, &run->arena, u, &live);
	if (error) {
		error = error_wrap(error, "reading %s as an organisation, for it is no saved plan",
				   path);
	} else {
		for (size_t i = 0; i < live.accounts.len; i++)
			universe_principal(u, PRINCIPAL_ACCOUNT, live.accounts.at[i].meta.name,
					   true);
		universe_rank(u);
		emit_all(&out, &live, u);
	}
	for (size_t i = 0; i < run->options.outputs.len && !error; i++)
		error = output_write_whole(&run->options.outputs.at[i], str_text(&out), out.len);
	universe_free(u);
	return error;
}

/* ---- what writ wrote and does not show ---- */

#define BEGINNING 256 /* bytes, of which one of these has what tells it */

/* Files by how they begin, and by what stands near the beginning of them; the first that fits. */
static const struct {
	const char *start, *has, *lacks; /* has, lacks NULL: whatever it has */
	const char *what, *instead;
} others[] = {
	{"{\"@level\": ", NULL, NULL, "what a run did, line by line (writ-events(7))",
	 "`writ log` lists the runs, and `writ show RUN` prints one"},
	{"{\"format_version\": ", "\"plan\": \"sha256:", NULL, "the result of an apply",
	 "`writ log` lists the runs, and `writ show RUN` prints one"},
	{"{\"format_version\": ", NULL, "\"writ_version\"", "a result as JSON, and no saved plan",
	 "`writ plan --out FILE` saves one"},
	{"-----BEGIN SSH SIGNATURE-----", NULL, NULL, "the signature of a saved plan",
	 "name the plan"},
	{"writ journal ", NULL, NULL, "what a run of an older version left",
	 "the next apply takes it into the ledger, and `writ log` lists the run"},
};

static bool is_within(const char *text, const char *bytes, size_t len)
{
	return memmem(bytes, len < BEGINNING ? len : BEGINNING, text, strlen(text));
}

static bool begins_with(const char *bytes, size_t len, const char *start)
{
	return len >= strlen(start) && !memcmp(bytes, start, strlen(start));
}

/* The run that a record of a ledger is of, in the arena; NULL: of none. */
static const char *run_of(struct arena *a, const char *bytes, size_t len)
{
	static const char key[] = "\"run\": \"";
	const char *at = memmem(bytes, len, key, strlen(key)), *end = NULL;
	if (at)
		end = memchr(at + strlen(key), '"', len - (size_t)(at - bytes) - strlen(key));
	if (!end)
		return NULL;
	const char *name = arena_strndup(a, at + strlen(key), (size_t)(end - at) - strlen(key));
	return run_shown_is_name(name) ? name : NULL;
}

static struct error *refuse_record(struct arena *a, const char *path, const char *bytes, size_t len)
{
	const char *name = run_of(a, bytes, len);
	if (!name)
		return error_new(ERROR_INPUT,
				 "%s is a record of a ledger; `writ ledger` lists them", path);
	return error_new(
		ERROR_INPUT,
		"%s is a record of a ledger, of the run %s; `writ show %s` prints what became "
		"of that, and `writ ledger show %s` its records",
		path, render_shown(a, name), render_shown(a, name), render_shown(a, name));
}

/* Says what a file is that was taken for a plan or an organisation. */
static struct error *refuse_other(struct arena *a, const char *path, const char *bytes, size_t len)
{
	if (begins_with(bytes, len, "{\"number\": ") && is_within("\"before\": ", bytes, len))
		return refuse_record(a, path, bytes, len);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (begins_with(bytes, len, others[i].start) &&
		    (!others[i].has || is_within(others[i].has, bytes, len)) &&
		    (!others[i].lacks || !is_within(others[i].lacks, bytes, len)))
			return error_new(ERROR_INPUT, "%s is %s; %s", path, others[i].what,
					 others[i].instead);
	}
	return NULL;
}

static struct error *refuse_ledger(struct arena *a, const char *folder)
{
	if (access(arena_printf(a, "%s/000000000001", folder), F_OK))
		return NULL;
	return error_new(
		ERROR_INPUT,
		"%s is the folder of a ledger; `writ ledger` shows it, and `writ log` lists "
		"its runs",
		folder);
}

struct error *cmd_show(struct run *run, int *status UNUSED)
{
	CLEANUP(free) char *bytes = NULL;
	size_t len;
	if (run->options.path_count != 1)
		return error_new(ERROR_USAGE, "show takes one FILE, or a RUN");
	const char *path = run->options.paths[0];
	struct error *error = file_read(path, PLANFILE_MAX, &bytes, &len);
	if (error && access(path, F_OK) && run_shown_is_name(path)) {
		error_free(error);
		return run_shown_print(run, path);
	}
	if (error && access(path, F_OK))
		return nearest_path(path, error);
	if (error) {
		error_free(error);
		TRY(refuse_ledger(&run->arena, path));
		return show_organization(run);
	}
	TRY(refuse_other(&run->arena, path, bytes, len));
	if (planfile_is(bytes, len))
		return show_saved_plan(run, path, bytes, len);
	return show_organization(run);
}
