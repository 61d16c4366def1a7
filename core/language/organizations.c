/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/organizations.h"

#include <string.h>

#include "core/language/checker.h"
#include "core/util/nearest.h"
#include "core/util/unicode.h"

struct split {
	const struct model *set;
	struct checker checker;
	struct arena *arena; /* of the models */
	struct model_vec *out;
	uint32_t strays; /* of documents that are nobody's: DROPPED() */
	bool mixed;	 /* what is live stands beside what is wanted */
};

static const struct organization *of(const struct model *m)
{
	return &m->organizations.at[0];
}

static int by_name(const void *a, const void *b)
{
	const struct model *x = a, *y = b;
	int order = strcmp(of(x)->meta.name, of(y)->meta.name);
	return order ? order : location_compare(of(x)->at, of(y)->at);
}

/* ---- whose a document is ---- */

static bool is_live(const struct organization *o)
{
	const struct catalogue *s = &o->status;
	return s->has_products || s->has_users || s->has_groups || s->has_apis || s->has_typed ||
	       o->unseen.len || o->snapshot.format;
}

/* A snapshot's folder or a live file below the PATH of manifests: one sentence, for each document
 * would stand twice. */
static void report_mixed(struct split *s, const struct organization *o,
			 const struct organization *other)
{
	const struct organization *live = is_live(o) ? o : other;
	bool snapshot = live->snapshot.format;
	s->mixed = true;
	checker_finding(&s->checker, "E0513", live->meta.name_at,
			snapshot ? "name only the manifests as PATH, without this file or folder"
				 : "name only the manifests as PATH, without this file or folder; "
				   "what stands beside it after an import may be moved to them",
			"%s of organisation %s stands among its manifests",
			snapshot ? "a snapshot" : "what is live",
			checker_quoted(&s->checker, live->meta.name));
}

static void report_again(struct checker *c, const struct organization *o,
			 const struct location *first)
{
	checker_finding(c, "E0513", o->meta.name_at,
			arena_printf(c->arena, "the first is at %s", checker_place(c, *first)),
			"second Organization %s", checker_quoted(c, o->meta.name));
}

static void add_models(struct split *s)
{
	const struct organization_vec *all = &s->set->organizations;
	struct model_vec models = {0};
	for (size_t i = 0; i < all->len; i++) {
		struct model m = {0};
		vec_push(s->arena, &m.organizations, all->at[i]);
		vec_push(s->checker.arena, &models, m);
	}
	vec_sort(&models, by_name);
	for (size_t i = 0; i < models.len; i++) {
		struct model *last = s->out->len ? &s->out->at[s->out->len - 1] : NULL;
		const struct organization *o = of(&models.at[i]);
		if (last && !strcmp(of(last)->meta.name, o->meta.name) &&
		    is_live(o) != is_live(of(last)))
			report_mixed(s, o, of(last));
		else if (last && !strcmp(of(last)->meta.name, o->meta.name))
			report_again(&s->checker, o, &of(last)->meta.name_at);
		else
			vec_push(s->arena, s->out, models.at[i]);
	}
}

/* Two that are one in the service would undo each other's work. */
static void check_ids(struct split *s)
{
	struct checker *c = &s->checker;
	for (size_t i = 0; i < s->out->len; i++) {
		const struct organization *o = of(&s->out->at[i]);
		for (size_t k = 0; k < i && o->org_id; k++) {
			const struct organization *other = of(&s->out->at[k]);
			if (!other->org_id || ascii_casecmp(o->org_id, other->org_id) != 0)
				continue;
			checker_finding(c, "E0518", o->org_id_at,
					arena_printf(c->arena, "the first is at %s",
						     checker_place(c, other->org_id_at)),
					"organisations %s and %s have one orgId",
					checker_quoted(c, other->meta.name),
					checker_quoted(c, o->meta.name));
			break;
		}
	}
}

static void report_unknown(struct split *s, const struct metadata *meta)
{
	const char *detail = checker_organizations(&s->checker, meta->organization);
	checker_finding(&s->checker, "E0516", meta->organization_at, detail,
			"unknown organisation %s", checker_quoted(&s->checker, meta->organization));
}

/* Whether what is said there is no name at all, which is told already. */
static bool is_told(const struct report *r, struct location at)
{
	for (size_t i = 0; i < r->items.len && !report_is_full(r, SEVERITY_ERROR); i++) {
		if (r->items.at[i].at.file == at.file && !location_compare(r->items.at[i].at, at))
			return true;
	}
	return false;
}

/* Several of one name are an error of their own, and no choice. */
static bool is_one_name(const struct organization_vec *all)
{
	for (size_t i = 1; i < all->len; i++) {
		if (strcmp(all->at[i].meta.name, all->at[0].meta.name) != 0)
			return false;
	}
	return true;
}

static void report_silent(struct split *s, const struct metadata *meta)
{
	if (!is_one_name(&s->checker.model->organizations) &&
	    !is_told(s->checker.report, meta->organization_at))
		checker_finding(&s->checker, "E0517", meta->organization_at,
				checker_organizations(&s->checker, NULL),
				"%s does not say of which organisation it is",
				checker_quoted(&s->checker, meta->name));
}

/* The model that a document goes to; NULL: none. */
static struct model *find_model(struct split *s, const struct metadata *meta)
{
	if (!meta->organization && s->out->len == 1)
		return &s->out->at[0]; /* said more than once, which is told */
	if (!meta->organization) {
		report_silent(s, meta);
		return NULL;
	}
	for (size_t low = 0, high = s->out->len; low < high;) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(meta->organization, of(&s->out->at[middle])->meta.name);
		if (order == 0)
			return &s->out->at[middle];
		*(order < 0 ? &high : &low) = order < 0 ? middle : middle + 1;
	}
	/* Else its Organization may be what is missing. */
	if (checker_has_all(&s->checker, KIND_ORGANIZATION))
		report_unknown(s, meta);
	return NULL;
}

static void deal_out(struct split *s)
{
#define DEAL(list, kind)                                                                           \
	for (size_t i = 0; i < s->set->list.len; i++) {                                            \
		struct model *m = find_model(s, &s->set->list.at[i].meta);                         \
		if (m)                                                                             \
			vec_push(s->arena, &m->list, s->set->list.at[i]);                          \
		else                                                                               \
			s->strays |= DROPPED(kind);                                                \
	}
	DEAL(bundles, KIND_ACCESS_BUNDLE)
	DEAL(accounts, KIND_TECHNICAL_ACCOUNT)
	DEAL(roles, KIND_ADMIN_ROLE)
	DEAL(products, KIND_PRODUCT_ASSIGNMENT)
	DEAL(drifts, KIND_OPEN_DRIFT)
#undef DEAL
}

/* False when the models are not to be looked at any further. */
static bool split_set(const struct model *set, struct arena *a, struct report *report,
		      struct model_vec *out)
{
	ARENA scratch = {0};
	struct split s = {.set = set,
			  .checker = {.model = set,
				      .arena = &scratch,
				      .report = report,
				      .nearest_steps = NEAREST_STEPS / 5},
			  .arena = a,
			  .out = out};
	if (set->organizations.len < 2) {
		vec_push(a, out, *set);
		return true;
	}
	if (set->organizations.len > ORGANIZATIONS_MAX) {
		report_add(report, SEVERITY_ERROR, "E0519",
			   set->organizations.at[ORGANIZATIONS_MAX].at, 0, "split the set",
			   "the set has %zu organisations; at most %d are possible",
			   set->organizations.len, ORGANIZATIONS_MAX);
		return true;
	}
	add_models(&s);
	if (s.mixed)
		return false;
	check_ids(&s);
	deal_out(&s);
	for (size_t i = 0; i < out->len; i++)
		out->at[i].dropped = set->dropped | s.strays;
	return true;
}

void organizations_check(const struct model *set, struct location first, struct arena *a,
			 struct report *report, struct model_vec *out)
{
	bool complete = split_set(set, a, report, out);
	for (size_t i = 0; complete && i < out->len; i++)
		check_model(&out->at[i], first, report);
}

/* ---- one of them ---- */

static void add_digest(struct sha256 *s, const struct metadata *meta)
{
	if (meta->digest)
		sha256_add(s, meta->digest, SHA256_SIZE);
}

void organizations_digest(const struct model *model, unsigned char out[static SHA256_SIZE])
{
	struct sha256 *s = sha256_new();
#define ADD(list)                                                                                  \
	for (size_t i = 0; i < model->list.len; i++)                                               \
		add_digest(s, &model->list.at[i].meta);
	ADD(organizations)
	ADD(bundles)
	ADD(accounts)
	ADD(roles)
	ADD(products)
	ADD(drifts)
#undef ADD
	sha256_end(s, out);
}

/* "acme, beta". */
static const char *names_of(struct arena *a, const struct model_vec *models)
{
	struct str out = STR(a);
	for (size_t i = 0; i < models->len; i++)
		str_printf(&out, "%s%s", i ? ", " : "", of(&models->at[i])->meta.name);
	return str_text(&out);
}

struct error *organizations_choose(const struct model_vec *models, struct arena *a,
				   const char *name, struct model *out)
{
	for (size_t i = 0; i < models->len; i++) {
		if (name ? !strcmp(name, of(&models->at[i])->meta.name) : models->len == 1) {
			*out = models->at[i];
			return NULL;
		}
	}
	if (!name)
		return error_new(ERROR_USAGE,
				 "the manifests describe %zu organisations: %s; choose one with "
				 "--org",
				 models->len, names_of(a, models));
	if (models->len == 1)
		return error_new(ERROR_INPUT,
				 "the manifests describe organisation \"%s\", not \"%.64s\"",
				 names_of(a, models), name);
	return error_new(ERROR_INPUT,
			 "the manifests describe %zu organisations: %s; none is \"%.64s\"",
			 models->len, names_of(a, models), name);
}
