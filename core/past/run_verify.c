/* SPDX-License-Identifier: Apache-2.0 */
#include "core/past/run_verify.h"

#include <stdlib.h>
#include <string.h>

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

static void verify_plan(struct verifier *v)
{
	struct run_plan plan;
	if (!v->run->plan) {
		complain(v, "it has no beginning that names its plan", false);
		return;
	}
	struct error *error = run_list_plan(v->arena, v->run, &plan);
	if (error)
		complain(v, arena_strdup(v->arena, error->message), false);
	error_free(error);
}

/* "12 sha256:..." */
static bool had_head(const struct known_ledger *l, const char *head)
{
	char *end = NULL, text[SHA256_TEXT];
	uint64_t number = strtoull(head, &end, 10);
	if (*end != ' ' || number == 0 || number > l->records.len)
		return false;
	sha256_text(l->records.at[number - 1].digest, text);
	return !strcmp(text, end + 1);
}

static void verify_commit(struct verifier *v, const struct commit *c)
{
	const struct known_run *r = v->run;
	const char *head = commit_trailer(c, "Writ-Ledger"), *plan = commit_trailer(c, "Writ-Plan"),
		   *what = NULL;
	if (r->state == RUN_UNREADABLE)
		return; /* told already */
	if (!r->ledger)
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
	else if (!had_head(r->ledger, head))
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
