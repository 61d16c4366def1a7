#include "core/plan.h"
#include "cmd/command.h"
#include "core/render.h"

static bool is_failure(const struct plan *plan, unsigned fail_on)
{
	unsigned found = 0;
	if (guard_find(plan, VERDICT_REFUSED))
		found |= FAIL_GUARD;
	if (plan->summary.withheld)
		found |= FAIL_WITHHELD;
	if (plan->summary.remove)
		found |= FAIL_REMOVAL;
	for (size_t i = 0; i < plan->changes.len; i++) {
		if (plan->changes.at[i].risk == RISK_ADMIN_GRANT)
			found |= FAIL_ADMIN_GRANT;
	}
	return found & fail_on;
}

struct error *publish_plan(struct run *run, const struct plan *plan, int *status)
{
	struct str bytes = STR(&run->arena);
	unsigned char digest[SHA256_SIZE];
	char text[SHA256_TEXT];
	render_plan_json(&bytes, plan);
	sha256_of(bytes.at, bytes.len, digest);
	sha256_text(digest, text);
	TRY(show_plan(run, plan, bytes.at, bytes.len, text));
	if (run->options.out)
		TRY(output_write(&(struct output){FORMAT_JSON, run->options.out}, bytes.at,
				 bytes.len));
	if (run->options.detailed_exitcode && plan->changes.len)
		*status = EXIT_CHANGES;
	if (is_failure(plan, run->options.fail_on))
		*status = EXIT_GUARD;
	return NULL;
}

struct error *cmd_plan(struct run *run, int *status)
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
