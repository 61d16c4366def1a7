#include <string.h>

#include "cmd/command.h"
#include "core/answer.h"
#include "core/selector.h"
#include "core/util/clock.h"
#include "core/util/log.h"
#include "core/util/nearest.h"
#include "core/util/unicode.h"

/* What is asked, and what the manifests say at all. */
struct question {
	struct selector principal, entitlement;
	bool has_principal, has_entitlement;
	struct manifests manifests;
	struct saying_vec sayings;
};

static const char *shown(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape(&out, text, strlen(text), 64);
	return str_text(&out);
}

static struct error *unknown(struct arena *a, const char *what, const char *text,
			     const struct spelling_vec *known)
{
	const char *near = nearest_word(text, known->at, known->len);
	for (size_t i = 0; i < known->len && !near; i++) {
		if (!strncmp(known->at[i], text, strlen(text)))
			near = known->at[i]; /* only begun */
	}
	return error_new(ERROR_INPUT, "the manifests name no %s \"%s\"%s%s%s", what, shown(a, text),
			 near ? "; did you mean \"" : "", near ? shown(a, near) : "",
			 near ? "\"?" : "");
}

/* ---- names that nobody knows ---- */

static struct error *check_principal(struct run *run, const struct question *q)
{
	struct spelling_vec known = {0};
	const struct account_vec *accounts = &q->manifests.model.accounts;
	for (size_t i = 0; i < accounts->len; i++) {
		struct principal p = {accounts->at[i].meta.name, PRINCIPAL_ACCOUNT};
		if (selector_takes_principal(&q->principal, &p))
			return NULL;
		vec_push(&run->arena, &known, p.name);
	}
	for (size_t i = 0; i < q->sayings.len; i++) {
		const struct principal *p = &q->sayings.at[i].principal;
		if (selector_takes_principal(&q->principal, p))
			return NULL;
		vec_push(&run->arena, &known, p->name);
	}
	return unknown(&run->arena, "account, user or group", q->principal.text, &known);
}

static struct error *check_entitlement(struct run *run, const struct question *q)
{
	struct spelling_vec known = {0};
	if (selector_is_role(&q->entitlement))
		return NULL;
	for (size_t i = 0; i < q->sayings.len; i++) {
		const struct entitlement *e = &q->sayings.at[i].entitlement;
		if (selector_takes_entitlement(&q->entitlement, e))
			return NULL;
		selector_spell_entitlement(&q->entitlement, &run->arena, e, &known);
	}
	selector_spell_roles(&q->entitlement, &run->arena, &known);
	return unknown(&run->arena, "role or product", q->entitlement.text, &known);
}

/* ---- the answer ---- */

static bool is_asked(const struct question *q, const struct saying *s)
{
	return (!q->has_principal || selector_takes_principal(&q->principal, &s->principal)) &&
	       (!q->has_entitlement ||
		selector_takes_entitlement(&q->entitlement, &s->entitlement));
}

static struct error *load(struct run *run, struct question *q)
{
	const char *path = run->options.manifests ? run->options.manifests : ".";
	char *only[] = {arena_strdup(&run->arena, path)};
	run->options.paths = only;
	run->options.path_count = 1;
	TRY(load_manifests(run, &q->manifests));
	if (run->report.errors)
		return NULL;
	saying_collect(&q->manifests.model, &q->manifests.index, &run->arena, time_day(run->now),
		       &q->sayings);
	if (q->has_principal)
		TRY(check_principal(run, q));
	return q->has_entitlement ? check_entitlement(run, q) : NULL;
}

static struct error *print(struct run *run, const struct answer *answer)
{
	static void (*const printers[FORMAT_COUNT])(struct str *, const struct answer *) = {
		[FORMAT_TEXT] = answer_print_text,
		[FORMAT_JSON] = answer_print_json,
		[FORMAT_CSV] = answer_print_csv,
	};
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str out = STR(&run->arena);
		printers[o->format](&out, answer);
		TRY(output_write(o, str_text(&out), out.len));
	}
	return NULL;
}

static struct error *answer_question(struct run *run, struct question *q)
{
	const char *why = NULL;
	TRY(load(run, q));
	if (run->report.errors)
		return NULL;
	struct answer answer = {.organization = q->manifests.model.organizations.at[0].meta.name,
				.principal = q->has_principal ? q->principal.text : NULL,
				.entitlement = q->has_entitlement ? q->entitlement.text : NULL};
	for (size_t i = 0; i < q->sayings.len; i++) {
		if (is_asked(q, &q->sayings.at[i]))
			vec_push(&run->arena, &answer.facts,
				 (struct fact){.saying = &q->sayings.at[i]});
	}
	answer_trace(&answer, &run->arena, &why);
	if (why)
		log_note("no commits are told: %s", why);
	return print(run, &answer);
}

struct error *cmd_why(struct run *run, int *status UNUSED)
{
	const struct options *o = &run->options;
	struct question q = {.has_principal = true, .has_entitlement = o->path_count == 2};
	if (o->path_count < 1 || o->path_count > 2)
		return error_new(ERROR_USAGE, "why takes ACCOUNT [ENTITLEMENT]");
	selector_make(&q.principal, &run->arena, o->paths[0]);
	if (q.has_entitlement)
		selector_make(&q.entitlement, &run->arena, o->paths[1]);
	return answer_question(run, &q);
}

struct error *cmd_who(struct run *run, int *status UNUSED)
{
	struct question q = {.has_entitlement = true};
	if (run->options.path_count != 1)
		return error_new(ERROR_USAGE, "who takes one ENTITLEMENT");
	selector_make(&q.entitlement, &run->arena, run->options.paths[0]);
	return answer_question(run, &q);
}
