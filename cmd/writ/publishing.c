/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/publishing.h"

#include <string.h>

#include "cmd/writ/plan_signature.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/streaming.h"
#include "core/render/planfile.h"
#include "core/render/render.h"
#include "core/render/review.h"
#include "core/util/log.h"

static struct error *review_plan(struct run *run, const struct planned *planned)
{
	struct review review;
	if (!wants_review(&run->options))
		return NULL;
	review_of_plan(&review, &run->arena, planned);
	review_add_report(&review, &run->arena, &run->report);
	return write_reviews(run, &review);
}

struct error *show_plan(struct run *run, const struct planned *planned)
{
	bool shown = false;
	TRY(review_plan(run, planned));
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str text = STR(&run->arena);
		if (format_is_review(o->format))
			continue;
		if (o->format == FORMAT_JSON) {
			struct output saved = *o;
			saved.secret = true;
			TRY(output_write(&saved, planned->bytes, planned->len));
			continue;
		}
		render_plan_text(&text, planned, output_has_colour(&run->options, o));
		TRY(output_write(o, str_text(&text), text.len));
		shown = true;
	}
	if (!shown)
		log_note("plan digest %s, as a file %s", planned->plan_digest, planned->digest);
	return NULL;
}

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
