/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cmd/writ/planning.h"
#include "core/edit/edit_findings.h"
#include "core/edit/edit_set.h"
#include "core/edit/edit_write.h"
#include "core/git/text_diff.h"
#include "core/model/declaration.h"
#include "core/model/selector.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/log.h"
#include "core/util/nearest.h"

#define NAMES 3 /* words in front of PATHs: a verb, an account and an entitlement */

/* One grant that is to be written, taken out, or given another end. */
struct editing {
	struct run *run;
	struct edit_set set;
	const struct account *account;
	struct selector selector;
	struct edit_vec edits;
	struct entitlement found; /* the entitlement that the matching lines grant */
	size_t lines;
	struct location bundled_at;
	const char *bundle;
	struct spelling_vec others; /* entitlements that can be named, for "did you mean" */
	bool several;		    /* the selector means more than one entitlement */
	bool known;		    /* a line of the manifests grants it, to whomever */
	void (*add)(struct editing *e, const struct declaration_line *line);
};

/* ---- what is meant ---- */

static struct error *make_entitlement(struct editing *e, struct entitlement *out)
{
	struct arena *a = &e->run->arena;
	const struct entitlement *made = selector_make_entitlement(&e->selector, a);
	struct spelling_vec known = {0};
	if (made) {
		*out = *made;
		return NULL;
	}
	selector_spell_roles(&e->selector, a, &known);
	const char *near = nearest_said(a, e->selector.text, known.at, known.len);
	return error_new(ERROR_USAGE, "\"%.64s\" is no entitlement%s", e->selector.text,
			 *near ? near
			       : "; expected a role such as storage-administrator or "
				 "product-administrator/PRODUCT, PRODUCT/PROFILE, or api/NAME");
}

static struct error *find_account(struct editing *e, const char *name)
{
	e->account = model_find_account(&e->set.index, name);
	if (e->account && e->account->state != STATE_ABSENT)
		return NULL;
	if (e->account)
		return error_new(ERROR_INPUT, "account \"%.64s\" is to be absent", name);
	return error_new(ERROR_INPUT, "the manifests declare no account \"%.64s\"%s", name,
			 nearest_account(&e->run->arena, name, &e->set.index, NULL));
}

/* ---- the lines that are there ---- */

static bool is_of_account(const struct editing *e, const struct declaration_line *line)
{
	if (line->account)
		return line->account == e->account;
	return line->entry->member == PRINCIPAL_ACCOUNT &&
	       !strcmp(line->entry->name, e->account->meta.name);
}

static void meet_line(void *context, const struct declaration_line *line)
{
	struct editing *e = context;
	struct entitlement x = declaration_entitlement(line);
	if (!is_of_account(e, line) || !selector_takes_entitlement(&e->selector, &x))
		return;
	if (e->lines++ && entitlement_compare(&x, &e->found) != 0)
		e->several = true;
	e->found = x;
	if (line->bundle) {
		e->bundle = line->bundle->meta.name;
		e->bundled_at = line->entry->at;
	} else {
		e->add(e, line);
	}
}

static struct edit *add_edit(struct editing *e, enum edit_kind kind,
			     const struct declaration_line *line)
{
	struct location document = line->account ? line->account->at : line->assignment->at;
	vec_push(&e->run->arena, &e->edits,
		 (struct edit){.kind = kind, .document = document, .at = line->entry->at});
	return &e->edits.at[e->edits.len - 1];
}

static void add_removal(struct editing *e, const struct declaration_line *line)
{
	add_edit(e, EDIT_REMOVE_ITEM, line);
}

static void add_end(struct editing *e, const struct declaration_line *line)
{
	struct edit *edit = add_edit(e, EDIT_SET_IN_ITEM, line);
	edit->key = "expires";
	edit->value = e->run->options.until;
	edit->item.bare = line->assignment ? "account" : line->is_api ? "api" : "role";
}

/* The declaration is there already, so there is nothing to write. */
static void add_nothing(struct editing *e UNUSED, const struct declaration_line *line UNUSED)
{
}

static struct error *meet_lines(struct editing *e,
				void (*add)(struct editing *e, const struct declaration_line *line))
{
	const struct declaration_walk walk = {.line = meet_line, .context = e};
	e->add = add;
	declaration_walk(&e->set.model, &e->set.index, &walk);
	if (e->several)
		return error_new(ERROR_USAGE,
				 "\"%.64s\" means more than one grant of the account; name one",
				 e->selector.text);
	return NULL;
}

/* ---- the verbs ---- */

static void add_field(struct edit_item *item, size_t *count, const char *key, const char *value)
{
	if (value)
		item->fields[(*count)++] = (struct edit_field){key, value};
}

static void add_words(const struct options *o, struct edit_item *item, size_t *count)
{
	add_field(item, count, "reason", o->reason);
	add_field(item, count, "ticket", o->ticket);
	add_field(item, count, "expires", o->until);
}

static const struct assignment *find_assignment(const struct model *m, const struct entitlement *x)
{
	const struct assignment_vec *all = x->role ? &m->roles : &m->products;
	for (size_t i = 0; i < all->len; i++) {
		const struct assignment *a = &all->at[i];
		const struct entitlement its = {a->product, a->profile, a->group, a->role, NULL};
		if (entitlement_compare(&its, x) == 0)
			return a;
	}
	return NULL;
}

/* A list in the account's own document claims all that the account holds, so that a first line in
 * it would have the rest removed: where there is no list, none is begun. */
static bool has_list(const struct account *a, const struct entitlement *x)
{
	return x->api ? a->has_apis : x->role ? a->has_roles : a->has_products;
}

/* Bundles claim all roles and products that the account holds, as an own list would. */
static bool is_claimed_by_bundles(const struct account *a, const struct entitlement *x)
{
	return a->has_bundles && !x->api;
}

static struct edit_item own_item(const struct options *o, const struct entitlement *x)
{
	struct edit_item item = {0};
	size_t count = 0;
	add_field(&item, &count, "api", x->api);
	add_field(&item, &count, "role", x->role ? role_table[x->role].name : NULL);
	add_field(&item, &count, "product", x->product);
	add_field(&item, &count, "profile", x->profile);
	add_field(&item, &count, "group", x->group);
	if (count == 1 && (x->api || x->role) && !o->reason && !o->ticket && !o->until)
		item.bare = item.fields[0].value;
	add_words(o, &item, &count);
	return item;
}

static void add_own_item(const struct editing *e, const struct entitlement *x, struct edit *edit)
{
	edit->document = e->account->at;
	edit->key = x->api ? "apis" : x->role ? "adminRoles" : "products";
	edit->item = own_item(&e->run->options, x);
}

static void meet_any(void *context, const struct declaration_line *line)
{
	struct editing *e = context;
	struct entitlement x = declaration_entitlement(line);
	if (selector_takes_entitlement(&e->selector, &x))
		e->known = true;
	selector_spell_entitlement(&e->selector, &e->run->arena, &x, &e->others);
}

/* A product, profile, group or API that no line names yet may be new, or a slip: only live knows.
 */
static void tell_nearest(struct editing *e)
{
	const struct declaration_walk walk = {.line = meet_any, .context = e};
	declaration_walk(&e->set.model, &e->set.index, &walk);
	if (e->known || selector_is_role(&e->selector))
		return;
	const char *near =
		nearest_said(&e->run->arena, e->selector.text, e->others.at, e->others.len);
	if (*near)
		log_note("no line of the manifests grants \"%s\" so far%s",
			 render_shown(&e->run->arena, e->selector.text), near);
}

static struct error *write_grant(struct editing *e)
{
	struct entitlement x = {0};
	struct edit edit = {.kind = EDIT_ADD_ITEM, .parents = {"spec"}};
	const struct options *o = &e->run->options;
	TRY(make_entitlement(e, &x));
	TRY(meet_lines(e, add_nothing));
	if (e->lines)
		return error_new(ERROR_INPUT, "the manifests grant it already; `writ why` shows "
					      "where, and `edit extend` moves its end");
	tell_nearest(e);
	const struct assignment *d = x.api ? NULL : find_assignment(&e->set.model, &x);
	if (has_list(e->account, &x)) {
		add_own_item(e, &x, &edit);
	} else if (d) {
		size_t count = 0;
		edit.document = d->at;
		edit.key = "members";
		add_field(&edit.item, &count, "account", e->account->meta.name);
		if (!o->reason && !o->ticket && !o->until)
			edit.item.bare = e->account->meta.name;
		add_words(o, &edit.item, &count);
	} else if (is_claimed_by_bundles(e->account, &x)) {
		add_own_item(e, &x, &edit);
	} else {
		return error_at(ERROR_INPUT, e->account->at,
				"the account has no list \"%s\", and one would claim all that it "
				"holds; write the list with all of them, or a document about the "
				"entitlement",
				x.api	 ? "apis"
				: x.role ? "adminRoles"
					 : "products");
	}
	vec_push(&e->run->arena, &e->edits, edit);
	return NULL;
}

static struct error *check_bundle(const struct editing *e)
{
	if (!e->bundle)
		return NULL;
	return error_at(ERROR_INPUT, e->bundled_at,
			"bundle \"%s\" grants it, to others too; change the bundle, or the "
			"account's bundles",
			e->bundle);
}

static void meet_other(void *context, const struct declaration_line *line)
{
	struct editing *e = context;
	struct entitlement x = declaration_entitlement(line);
	if (is_of_account(e, line))
		selector_spell_entitlement(&e->selector, &e->run->arena, &x, &e->others);
}

static struct error *no_such_grant(struct editing *e)
{
	const struct declaration_walk walk = {.line = meet_other, .context = e};
	declaration_walk(&e->set.model, &e->set.index, &walk);
	const char *near =
		nearest_said(&e->run->arena, e->selector.text, e->others.at, e->others.len);
	return error_new(ERROR_INPUT, "the manifests grant account \"%s\" no \"%.64s\"%s",
			 e->account->meta.name, e->selector.text,
			 *near ? near : "; `writ why` shows what they grant");
}

static struct error *change_lines(struct editing *e,
				  void (*add)(struct editing *e, const struct declaration_line *))
{
	TRY(meet_lines(e, add));
	return e->lines ? check_bundle(e) : no_such_grant(e);
}

static struct error *take_out(struct editing *e)
{
	return change_lines(e, add_removal);
}

static struct error *move_end(struct editing *e)
{
	if (!e->run->options.until)
		return error_new(ERROR_USAGE, "extend needs --until DATE");
	return change_lines(e, add_end);
}

/* ---- the command ---- */

static const struct {
	const char *name;
	struct error *(*make)(struct editing *e);
	int step; /* what each edit adds to the number of declarations */
} verbs[] = {{"grant", write_grant, 1}, {"revoke", take_out, -1}, {"extend", move_end, 0}};

static struct error *add_diffs(const struct edit_set *before, const struct edit_set *after,
			       struct str *out)
{
	for (size_t i = 0; i < before->files.len; i++) {
		const struct stored_file *x = &before->files.at[i], *y = &after->files.at[i];
		if (x->bytes != y->bytes)
			TRY(text_diff(x->path, (struct text){x->bytes, x->len},
				      (struct text){y->bytes, y->len}, out));
	}
	return NULL;
}

static size_t count_lines(struct run *run, const struct edit_set *set)
{
	struct declaration_vec all = {0};
	declaration_collect(&set->model, &set->index, &run->arena, time_day(run->now), &all);
	return all.len;
}

/* What the edited manifests lack, by the lints and by the rules of the house. */
static struct error *find_new(struct run *run, const struct edit_set *before,
			      const struct edit_set *after)
{
	const struct named_organization service = service_of(&after->model.organizations.at[0]);
	const struct organization_config *config = NULL;
	if (run->options.config)
		TRY(find_configured(run, &service, &config));
	const struct lint_options options = {.operator_rules = config ? &config->rules : NULL};
	edit_findings(before, after, time_day(run->now), run->strings, &options, &run->report);
	return NULL;
}

/* Makes the edits, reads the edited set again and writes it if it has just the declarations that
 * are due. */
static struct error *carry_out(struct editing *e, int step)
{
	struct run *run = e->run;
	struct edit_set after;
	struct text_vec written = {0};
	struct str out = STR(&run->arena);
	TRY(edit_set_apply(&e->set, &e->edits, run->strings, &run->arena, &after));
	size_t due = count_lines(run, &e->set) + (size_t)(step * (int)e->edits.len);
	if (count_lines(run, &after) != due)
		return error_new(ERROR_INPUT, "the manifests would say something else; write it by "
					      "hand");
	TRY(add_diffs(&e->set, &after, &out));
	TRY(find_new(run, &e->set, &after));
	if (run->report.errors)
		return error_new(ERROR_INPUT, "nothing was written, as the manifests would have "
					      "errors that they do not have now");
	if (!run->options.diff)
		TRY(edit_write(&e->set.files, &after.files, &run->arena, &written));
	return output_write_whole(&run->options.outputs.at[0], str_text(&out), out.len);
}

static struct error *check_words(const struct run *run)
{
	const struct options *o = &run->options;
	int32_t day;
	if (o->path_count < NAMES)
		return error_new(ERROR_USAGE, "edit takes grant, revoke or extend, an ACCOUNT, an "
					      "ENTITLEMENT and [PATH...]");
	if (o->until && !date_parse(o->until, &day))
		return error_new(ERROR_USAGE,
				 "--until \"%.64s\": expected a date such as 2027-03-31", o->until);
	if (o->until && day < time_day(run->now))
		return error_new(ERROR_USAGE,
				 "--until %s: that day is over, and what has ended is not granted; "
				 "`edit revoke` takes a grant out",
				 o->until);
	return NULL;
}

struct error *cmd_edit(struct run *run, int *status UNUSED)
{
	const struct options *o = &run->options;
	struct arguments paths = {0};
	struct editing e = {.run = run};
	struct manifest_reader reader = {run->strings, &run->arena, &run->report};
	size_t verb = 0;
	TRY(check_words(run));
	while (verb < sizeof(verbs) / sizeof(*verbs) && strcmp(verbs[verb].name, o->paths[0]) != 0)
		verb++;
	if (verb == sizeof(verbs) / sizeof(*verbs))
		return error_new(ERROR_USAGE, "\"%.64s\" is none of grant, revoke, extend",
				 o->paths[0]);
	if ((o->reason || o->ticket) && verbs[verb].step <= 0)
		return error_new(ERROR_USAGE, "--%s goes with grant alone",
				 o->reason ? "reason" : "ticket");
	if (o->until && verbs[verb].step < 0)
		return error_new(ERROR_USAGE, "--until goes with grant and extend alone");
	if (o->config)
		TRY(load_config(run));
	TRY(options_manifests(o, NAMES, &paths));
	TRY(edit_set_load(&reader, paths.at, paths.count, o->org, &e.set));
	if (run->report.errors)
		return NULL;
	TRY(find_account(&e, o->paths[1]));
	selector_make(&e.selector, &run->arena, o->paths[2]);
	TRY(verbs[verb].make(&e));
	return carry_out(&e, verbs[verb].step);
}
