/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/plan.h"

#include <string.h>

#include "cmd/writ/organizations.h"
#include "cmd/writ/plan_signature.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/snapshot_reading.h"
#include "cmd/writ/streaming.h"
#include "core/render/planfile.h"
#include "core/render/review.h"

static bool is_failure(const struct plan *plan, unsigned fail_on)
{
	unsigned found = 0;
	if (guard_find(&plan->guards, VERDICT_REFUSED))
		found |= FAIL_GUARD;
	if (plan->summary.withheld)
		found |= FAIL_WITHHELD;
	if (plan->summary.remove)
		found |= FAIL_REMOVAL;
	if (plan->summary.unseen)
		found |= FAIL_UNSEEN;
	if (plan->summary.blocked)
		found |= FAIL_BLOCKED;
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (plan->changes.at[i].risk == RISK_ADMIN_GRANT)
			found |= FAIL_ADMIN_GRANT;
	}
	return found & fail_on;
}

static struct error *save_plan(struct run *run, const struct planned *planned,
			       const char *signature)
{
	const char *file = run->options.out;
	const char *beside = arena_printf(&run->arena, "%s" PLAN_SIGNATURE, file);
	TRY(output_write(&(struct output){FORMAT_JSON, file, .secret = true}, planned->bytes,
			 planned->len));
	if (!signature)
		return NULL;
	return output_write(&(struct output){FORMAT_JSON, beside, false}, signature,
			    strlen(signature));
}

struct error *publish_plan(struct run *run, const struct plan *plan, int *status)
{
	struct planned planned;
	const char *signature = NULL;
	if (run->options.sign && !run->options.out)
		return error_new(ERROR_USAGE, "--sign signs what --out FILE saves");
	planfile_render(plan, &run->arena, &planned);
	run->summary = review_plan_line(&run->arena, plan);
	if (run->options.out)
		TRY(sign_plan(run, plan, planned.bytes, planned.len, &signature));
	stream_plan(&planned);
	TRY(show_plan(run, &planned));
	if (run->options.out)
		TRY(save_plan(run, &planned, signature));
	if (run->options.detailed_exitcode && plan_pending(plan))
		*status = EXIT_CHANGES;
	if (is_failure(plan, run->options.fail_on))
		*status = EXIT_GUARD;
	return NULL;
}

static struct error *plan_one(struct run *run, int *status)
{
	struct plan plan = {0};
	struct session session = {0};
	struct universe *universe = NULL;
	struct error *error = make_plan(run, &session, &universe, &plan);
	if (!error && run->report.errors == 0)
		error = publish_plan(run, &plan, status);
	close_session(&session);
	universe_free(universe);
	return error;
}

struct error *cmd_plan(struct run *run, int *status)
{
	struct plan_sides sides = find_sides(run);
	return organizations_of_set(run, (struct arguments){sides.paths, sides.count}, plan_one,
				    status);
}
