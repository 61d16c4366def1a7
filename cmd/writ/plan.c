/* SPDX-License-Identifier: Apache-2.0 */
#include "core/plan/plan.h"

#include "cmd/writ/organizations.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/publishing.h"
#include "cmd/writ/snapshot_reading.h"

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
