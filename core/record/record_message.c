/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record/record_message.h"

#include "core/render/render.h"
#include "core/util/str.h"

static const char *drift_subject(const struct record_input *in, const struct record_work *work,
				 struct arena *a, const char *organization)
{
	const char *own = in->place->settings.message;
	const struct record_decision *d = in->decision;
	if (work->first)
		return arena_printf(a, "%s: first snapshot", own ? own : organization);
	if (work->limits)
		return arena_printf(a, "%s: other guards", own ? own : organization);
	if (d)
		return arena_printf(a, "%s: %s", own ? own : organization,
				    d->ends_restore ? "the restore was ended"
						    : "drift was accepted");
	return arena_printf(a, "%s: what had drifted", own ? own : organization);
}

static void add_trailer(struct str *out, const char *key, const char *value)
{
	if (value)
		str_printf(out, "%s: %s\n", key, value);
}

static const char *drift_message(const struct record_input *in, const struct record_work *work,
				 struct arena *a, const char *subject)
{
	const char *by = in->run && in->run->name ? in->run->name : "snapshot";
	const char *why = in->decision ? in->decision->why : NULL;
	struct str out = STR(a);
	str_printf(&out, "%s\n\n", subject);
	add_trailer(&out, "Writ-Drift", by);
	add_trailer(&out, "Writ-Why", why);
	str_printf(&out, "Writ-Snapshot: %d\n", (int)work->before->serial);
	return str_text(&out);
}

struct counts {
	size_t add, change, remove;
};

static struct counts count_done(const struct record_run *run)
{
	struct counts n = {0};
	for (size_t i = 0; i < run->plan->changes.len; i++) {
		const struct change *c = &run->plan->changes.at[i];
		if (!run->done[i])
			continue;
		if (c->action == ACTION_CREATE)
			n.add++;
		else if (c->action == ACTION_UPDATE)
			n.change++;
		else
			n.remove++;
	}
	return n;
}

static const char *run_subject(const struct record_input *in, struct arena *a,
			       const char *organization)
{
	const char *own = in->place->settings.message;
	struct counts n = count_done(in->run);
	return arena_printf(a, "%s: %zu added, %zu changed, %zu removed", own ? own : organization,
			    n.add, n.change, n.remove);
}

static const char *run_message(const struct record_input *in, const struct record_work *work,
			       struct arena *a, const char *subject)
{
	const struct record_run *run = in->run;
	struct str out = STR(a);
	str_printf(&out, "%s\n\n", subject);
	add_trailer(&out, "Writ-Run", run->name);
	add_trailer(&out, "Writ-Plan", run->plan_digest);
	add_trailer(&out, "Writ-Ledger", run->ledger_head);
	add_trailer(&out, "Writ-Manifests", run->manifests);
	if (run->actor) /* one line, whatever somebody calls itself */
		add_trailer(&out, "Writ-Actor", render_words(a, run->actor));
	str_printf(&out, "Writ-Snapshot: %d\n", (int)work->after->serial);
	return str_text(&out);
}

const char *record_subject(const struct record_input *in, const struct record_work *work,
			   struct arena *a, char kind, const char *organization)
{
	return kind == 'd' ? drift_subject(in, work, a, organization)
			   : run_subject(in, a, organization);
}

const char *record_message(const struct record_input *in, const struct record_work *work,
			   struct arena *a, char kind, const char *organization)
{
	const char *subject = record_subject(in, work, a, kind, organization);
	return kind == 'd' ? drift_message(in, work, a, subject)
			   : run_message(in, work, a, subject);
}

const char *record_united_message(const struct record_input *in, const struct record_work *work,
				  struct arena *a)
{
	const char *own = in->place->settings.message;
	const char *organization = work->before	 ? work->before->organization
				   : work->after ? work->after->organization
						 : in->place->below;
	return arena_printf(a, "%s: two recordings united\n", own ? own : organization);
}
