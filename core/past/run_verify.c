/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/run_verify.h"

#include <string.h>

#include "core/util/json.h"

struct verifier {
	struct arena *arena;
	const struct known_run *run;
	struct run_finding_vec *out;
};

static void complain(struct verifier *v, const char *what, bool unchecked)
{
	vec_push(v->arena, v->out,
		 (struct run_finding){.run = v->run, .what = what, .unchecked = unchecked});
}

static void verify_ledger(struct arena *a, const struct known_ledger *l,
			  struct run_finding_vec *out)
{
	for (size_t i = 0; i < l->records.len; i++) {
		const struct ledger_record *r = &l->records.at[i];
		if (!r->damage)
			continue;
		vec_push(a, out,
			 (struct run_finding){.ledger = l,
					      .what = arena_printf(a, "record %llu: %s",
								   (unsigned long long)r->number,
								   r->damage)});
	}
}

/* What a machine kept for long comes behind a run that was emptied meanwhile. */
static bool is_late_only(const struct known_run *r)
{
	for (size_t i = 0; i < r->entries.len; i++) {
		uint64_t of = (uint64_t)json_get_number(r->entries.at[i].body, "behind", 0);
		if (r->entries.at[i].type != ENTRY_LATE || of == 0 || of > r->ledger->records.len ||
		    !r->ledger->records.at[of - 1].named)
			return false;
	}
	return r->entries.len > 0;
}

static void verify_plan(struct verifier *v)
{
	struct run_plan plan;
	if (is_late_only(v->run))
		return;
	if (!v->run->plan) {
		complain(v, "it has no beginning that names its plan", false);
		return;
	}
	struct error *error = run_list_plan(v->arena, v->run, &plan);
	if (error)
		complain(v, error_text(v->arena, error), false);
	error_free(error);
}

static void verify_commit(struct verifier *v, const struct commit *c)
{
	const struct known_run *r = v->run;
	const char *head = commit_trailer(c, "Writ-Ledger"), *plan = commit_trailer(c, "Writ-Plan"),
		   *what = NULL;
	const struct known_ledger *ledger = r->emptied_in ? r->emptied_in : r->ledger;
	if (r->state == RUN_UNREADABLE)
		return; /* told already */
	if (!ledger)
		complain(v, arena_printf(v->arena, "commit %.12s: no ledger at hand has it", c->id),
			 true);
	else if (!head && commit_trailer(c, "Writ-Journal"))
		complain(v,
			 arena_printf(v->arena,
				      "commit %.12s is older than the ledger, and names a journal",
				      c->id),
			 true);
	else if (!head)
		what = "has no Writ-Ledger";
	else if (!run_list_had(ledger, head))
		what = arena_printf(v->arena, "knows the ledger with head %s, which it never had",
				    head);
	else if (plan && r->plan && strcmp(plan, r->plan) != 0)
		what = arena_printf(v->arena, "names another plan, %s", plan);
	if (what)
		complain(v, arena_printf(v->arena, "commit %.12s %s", c->id, what), false);
}

void run_verify(struct arena *a, const struct known_ledger_vec *ledgers,
		const struct known_run_vec *runs, struct run_finding_vec *out)
{
	for (size_t i = 0; i < ledgers->len; i++)
		verify_ledger(a, &ledgers->at[i], out);
	for (size_t i = 0; i < runs->len; i++) {
		struct verifier v = {a, &runs->at[i], out};
		if (v.run->ledger && v.run->damage)
			complain(&v, v.run->damage, false);
		else if (v.run->ledger)
			verify_plan(&v);
		for (size_t k = 0; k < v.run->commits.len; k++)
			verify_commit(&v, &v.run->commits.at[k]);
	}
}
