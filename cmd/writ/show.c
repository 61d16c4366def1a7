/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cmd/writ/planning.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/run_shown.h"
#include "core/language/emit.h"
#include "core/language/stored.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "core/util/nearest.h"

static struct error *show_saved_plan(struct run *run, const char *path, const char *bytes,
				     size_t len)
{
	struct plan plan = {0};
	struct planned planned;
	TRY(planfile_parse(path, bytes, len, run->strings, &run->arena, &plan));
	plan_rank(&plan, run->strings);
	planfile_hold(&plan, bytes, len, &planned);
	struct error *edited =
		planfile_know(&planned); /* a plan that was edited is shown all the same */
	if (edited)
		log_note("%s", edited->message);
	error_free(edited);
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
		return show_organization(run);
	}
	if (planfile_is(bytes, len))
		return show_saved_plan(run, path, bytes, len);
	return show_organization(run);
}
