/* SPDX-License-Identifier: Apache-2.0 */
/* Proves with the accounts' own credentials that they get in. */
#include <string.h>

#include "cmd/writ/organizations.h"
#include "cmd/writ/planning.h"
#include "cmd/writ/reviewing.h"
#include "core/model/declaration.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/log.h"
#include "core/util/text_escape.h"
#include "providers/registry.h"

#define PAUSE_MS 1000 /* between two tries, doubled each time; changes take seconds to minutes */
#define PAUSE_MAX_MS 30000

#define NO_SECRET "the configuration has no secret of it"

struct verified {
	struct account account;	   /* with all APIs that the manifests want for it */
	struct entry_vec licences; /* of its products, those that bring storage */
	struct proof_vec proofs;
	struct line_vec not_looked_at;
	bool good, denied; /* denied: its credential was refused, so that nothing could be tried */
};
VEC(verified_vec, struct verified);

/* The accounts that were tried, and those that could not be. */
struct trial {
	struct verified_vec tried;
	VEC(, const struct account *) untried; /* whose secret the configuration does not have */
	const char *organization;
};

/* ---- which accounts, and what they are meant to have ---- */

static bool has_secret(const struct organization_config *config, const char *account)
{
	for (size_t i = 0; config && i < config->accounts.len; i++) {
		if (!strcmp(config->accounts.at[i].name, account))
			return true;
	}
	return false;
}

/* Whether a profile may bring storage: where the organisation does not say which products do, any
 * may. */
static bool brings_storage(const struct organization *o, const struct entitlement *e)
{
	for (size_t i = 0; i < o->enterprise_storage.len; i++) {
		const struct entry *s = &o->enterprise_storage.at[i];
		if (!strcmp(s->product, e->product) &&
		    (!s->profile || !strcmp(s->profile, e->profile)))
			return true;
	}
	return o->enterprise_storage.len == 0;
}

static void add_wish(struct arena *a, const struct organization *o, const struct entitlement *e,
		     struct verified *v)
{
	struct entry entry = {.role = e->role, .product = e->product, .profile = e->profile};
	if (e->api)
		return; /* account_with_apis() added the APIs of bundles */
	vec_push(a, e->role ? &v->account.roles : &v->account.products, entry);
	if (!e->role && brings_storage(o, e))
		vec_push(a, &v->licences, entry);
}

/* Collects what an account is to hold: from its own lists, from bundles, AdminRole and
 * ProductAssignment documents. */
static void add_wishes(struct run *run, const struct manifests *m, struct verified_vec *all)
{
	struct declaration_vec declarations = {0};
	declaration_collect(&m->model, &m->index, &run->arena, time_day(run->now), &declarations);
	for (size_t i = 0; i < declarations.len; i++) {
		const struct declaration *s = &declarations.at[i];
		for (size_t k = 0; k < all->len; k++) {
			struct verified *v = &all->at[k];
			if (!s->expired && s->principal.kind == PRINCIPAL_ACCOUNT &&
			    !strcmp(s->principal.name, v->account.meta.name))
				add_wish(&run->arena, &m->model.organizations.at[0],
					 &s->entitlement, v);
		}
	}
}

static struct error *choose(struct run *run, const struct manifests *m,
			    const struct session *session, struct trial *out)
{
	const char *target = run->options.target;
	struct verified_vec *all = &out->tried;
	bool known = false;
	for (size_t i = 0; i < m->model.accounts.len; i++) {
		struct account account = *account_with_apis(&m->model.accounts.at[i], &m->index,
							    &run->arena, time_day(run->now));
		if (target && strcmp(target, account.meta.name) != 0)
			continue;
		known = true;
		if (account.state == STATE_ABSENT)
			continue;
		if (!has_secret(session->config, account.meta.name)) {
			log_note("account %s is not verified: " NO_SECRET, account.meta.name);
			vec_push(&run->arena, &out->untried, &m->model.accounts.at[i]);
			continue;
		}
		account.roles = (struct entry_vec){0};
		account.products = (struct entry_vec){0};
		vec_push(&run->arena, all, (struct verified){.account = account});
	}
	if (target && !known)
		return error_new(ERROR_USAGE, "--target: no account \"%.64s\" in the manifests%s",
				 target, nearest_account(&run->arena, target, &m->index, NULL));
	if (all->len == 0)
		return error_new(ERROR_INPUT,
				 "the configuration has the secret of no account here, "
				 "so nothing can be proven (`accounts`, "
				 "writ-config(5))");
	add_wishes(run, m, all);
	return NULL;
}

/* ---- trying ---- */

static void judge(struct verified *v)
{
	v->good = true;
	for (size_t i = 0; i < v->proofs.len; i++)
		v->good &= v->proofs.at[i].proven;
	v->denied = !v->good && v->proofs.len == 1 && !strcmp(v->proofs.at[0].condition, "token");
}

static struct error *try_once(struct run *run, const struct session *session,
			      struct verified_vec *all, bool *good)
{
	const struct provider_access *access = session->provider->access;
	*good = true;
	for (size_t i = 0; i < all->len; i++) {
		struct verified *v = &all->at[i];
		if (v->good)
			continue;
		v->proofs = (struct proof_vec){0};
		v->not_looked_at = (struct line_vec){0};
		TRY(provider_verify(access, session->handle, &run->arena, &v->account, &v->licences,
				    &v->proofs, &v->not_looked_at));
		judge(v);
		*good &= v->good;
	}
	return NULL;
}

/* Tries again while the time lasts, since what was changed a moment ago may not have arrived. */
static struct error *try_until_good(struct run *run, const struct session *session,
				    struct verified_vec *all)
{
	int64_t end = clock_steady_ms() + (int64_t)run->options.timeout * 1000;
	bool good;
	TRY(try_once(run, session, all, &good));
	for (int64_t pause = PAUSE_MS; !good; pause *= 2) {
		int64_t left = end - clock_steady_ms();
		if (left <= 0)
			break;
		pause = pause < PAUSE_MAX_MS ? pause : PAUSE_MAX_MS;
		pause = pause < left ? pause : left;
		log_debug("not all is proven yet; again in %lld ms", (long long)pause);
		clock_sleep_ms((unsigned)pause);
		TRY(try_once(run, session, all, &good));
	}
	return NULL;
}

/* ---- telling ---- */

static size_t count_good(const struct verified_vec *all)
{
	size_t count = 0;
	for (size_t i = 0; i < all->len; i++)
		count += all->at[i].good;
	return count;
}

static bool is_all_proven(const struct trial *t)
{
	return count_good(&t->tried) == t->tried.len && t->untried.len == 0;
}

/* What could not be tried is not proven. */
static const char *headline_of(struct arena *a, const struct trial *t)
{
	size_t all = t->tried.len + t->untried.len;
	struct str out = STR(a);
	str_printf(&out, "Verify: %zu of %zu account%s proven", count_good(&t->tried), all,
		   all == 1 ? "" : "s");
	if (t->untried.len)
		str_printf(&out,
			   "; %zu could not be tried, for the configuration has no secret of %s",
			   t->untried.len, t->untried.len == 1 ? "it" : "them");
	str_addc(&out, '.');
	return str_text(&out);
}

static void add_text_account(struct str *out, const struct verified *v)
{
	str_printf(out, "%s\n", v->account.meta.name);
	for (size_t k = 0; k < v->proofs.len; k++) {
		const struct proof *p = &v->proofs.at[k];
		str_printf(out, "  %-4s  %-8s %-46s ", p->proven ? "ok" : "FAIL", p->condition,
			   p->call);
		text_escape(out, p->message, strlen(p->message), 0);
		str_addc(out, '\n');
	}
	for (size_t k = 0; k < v->not_looked_at.len; k++)
		str_printf(out, "  --    not looked at: %s\n", v->not_looked_at.at[k]);
	str_addc(out, '\n');
}

static void add_text(struct str *out, const struct trial *t)
{
	const struct verified_vec *all = &t->tried;
	for (size_t i = 0; i < all->len; i++)
		add_text_account(out, &all->at[i]);
	for (size_t i = 0; i < t->untried.len; i++)
		str_printf(out, "%s\n  --    not tried: " NO_SECRET "\n\n",
			   t->untried.at[i]->meta.name);
	str_printf(out, "%s\n", headline_of(out->arena, t));
}

static void add_json_account(struct str *out, const struct verified *v)
{
	str_addc(out, '{');
	json_put_text(out, "name", v->account.meta.name);
	json_put_key(out, "proven");
	str_add(out, v->good ? "true" : "false");
	json_put_key(out, "proofs");
	str_addc(out, '[');
	for (size_t i = 0; i < v->proofs.len; i++) {
		const struct proof *p = &v->proofs.at[i];
		str_add(out, i ? ",\n   {" : "\n   {");
		json_put_text(out, "condition", p->condition);
		json_put_text(out, "call", p->call);
		json_put_key(out, "proven");
		str_add(out, p->proven ? "true" : "false");
		json_put_text(out, "message", p->message);
		str_addc(out, '}');
	}
	str_addc(out, ']');
	json_put_key(out, "not_looked_at");
	str_addc(out, '[');
	for (size_t i = 0; i < v->not_looked_at.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, v->not_looked_at.at[i]);
	}
	str_add(out, "]}");
}

static void add_json(struct str *out, const struct trial *t)
{
	const struct verified_vec *all = &t->tried;
	str_addc(out, '{');
	json_put_text(out, "format_version", FORMAT_VERSION);
	json_put_text(out, "organization", t->organization);
	json_put_key(out, "proven");
	str_add(out, is_all_proven(t) ? "true" : "false");
	json_put_key(out, "accounts");
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		str_add(out, i ? ",\n  " : "\n  ");
		add_json_account(out, &all->at[i]);
	}
	str_add(out, "\n]");
	json_put_key(out, "untried");
	str_addc(out, '[');
	for (size_t i = 0; i < t->untried.len; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, t->untried.at[i]->meta.name);
	}
	str_add(out, "]}\n");
}

static void render(struct str *out, enum format format, const void *answer)
{
	if (format == FORMAT_JSON)
		add_json(out, answer);
	else
		add_text(out, answer);
}

/* What the sections of a review take. */
enum sort { SORT_FAILED, SORT_EXCESS, SORT_PROVEN };

static enum sort sort_of(const struct proof *p)
{
	if (!p->proven)
		return SORT_FAILED;
	return p->excess ? SORT_EXCESS : SORT_PROVEN;
}

/* One call may prove several things: those behind the first are told apart by what was seen. */
static const char *address_of(struct arena *a, const struct verified *v, size_t proof)
{
	const struct proof *p = &v->proofs.at[proof];
	size_t i = 0;
	while (strcmp(v->proofs.at[i].condition, p->condition) != 0 ||
	       strcmp(v->proofs.at[i].call, p->call) != 0)
		i++;
	return arena_printf(a, "%s %s %s%s%s", v->account.meta.name, p->condition, p->call,
			    i < proof ? " " : "", i < proof ? p->message : "");
}

static struct location place_of(struct arena *a, const struct account *account)
{
	struct location at = account->at;
	at.file = review_file(a, at.file);
	return at;
}

static void add_proofs(struct review *r, struct arena *a, const struct verified_vec *all,
		       enum sort sort)
{
	static const struct review_section sections[] = {
		[SORT_FAILED] = {.rule = "not-proven", .title = "Not proven", .kept = true},
		[SORT_EXCESS] = {.rule = "excess", .title = "More than is asked for"},
		[SORT_PROVEN] = {.rule = "proven", .title = "Proven"},
	};
	static const struct {
		const char *rule, *mark;
		enum review_level level;
	} sorts[] = {[SORT_FAILED] = {"proof", "not proven", LEVEL_ERROR},
		     [SORT_EXCESS] = {"excess", NULL, LEVEL_WARNING},
		     [SORT_PROVEN] = {"proof", "proven", LEVEL_NOTE}};
	review_open(r, a, &sections[sort]);
	for (size_t i = 0; i < all->len; i++) {
		const struct verified *v = &all->at[i];
		for (size_t k = 0; k < v->proofs.len; k++) {
			const struct proof *p = &v->proofs.at[k];
			if (sort_of(p) != sort)
				continue;
			struct review_item item = {
				.rule = sorts[sort].rule,
				.what = arena_printf(a, "%s: %s", p->condition,
						     render_words(a, p->call)),
				.who = v->account.meta.name,
				.marks = sorts[sort].mark,
				.note = render_words(a, p->message),
				.address = address_of(a, v, k),
				.at = place_of(a, &v->account),
				.level = sorts[sort].level,
			};
			review_add(r, a, &item);
		}
	}
	review_close(r);
}

static void add_untried(struct review *r, struct arena *a, const struct trial *t)
{
	review_open(
		r, a,
		&(struct review_section){.rule = "not-tried", .title = "Not tried", .kept = true});
	for (size_t i = 0; i < t->untried.len; i++) {
		const struct account *account = t->untried.at[i];
		struct review_item item = {
			.rule = "proof",
			.what = "not tried",
			.who = account->meta.name,
			.note = NO_SECRET,
			.address = arena_printf(a, "%s not tried", account->meta.name),
			.about = true,
			.at = place_of(a, account),
			.level = LEVEL_ERROR,
		};
		review_add(r, a, &item);
	}
	review_close(r);
}

static void add_not_looked_at(struct review *r, struct arena *a, const struct verified_vec *all)
{
	review_open(r, a,
		    &(struct review_section){.rule = "not-looked-at", .title = "Not looked at"});
	for (size_t i = 0; i < all->len; i++) {
		const struct verified *v = &all->at[i];
		for (size_t k = 0; k < v->not_looked_at.len; k++) {
			struct review_item item = {
				.rule = "proof",
				.what = "not looked at",
				.who = v->account.meta.name,
				.note = render_words(a, v->not_looked_at.at[k]),
				.address = arena_printf(a, "%s not looked at %zu",
							v->account.meta.name, k + 1),
				.about = true,
				.at = place_of(a, &v->account),
				.level = LEVEL_NOTE,
			};
			review_add(r, a, &item);
		}
	}
	review_close(r);
}

static struct error *review(struct run *run, const struct trial *t)
{
	struct arena *a = &run->arena;
	const struct verified_vec *all = &t->tried;
	size_t good = count_good(all), unproven = all->len - good + t->untried.len;
	struct review r = {.subject = "verify",
			   .organization = t->organization,
			   .calm = "All accounts proven",
			   .headline = headline_of(a, t)};
	if (unproven)
		r.alarm = arena_printf(a, "%zu account%s not proven", unproven,
				       unproven == 1 ? "" : "s");
	add_proofs(&r, a, all, SORT_FAILED);
	add_untried(&r, a, t);
	add_proofs(&r, a, all, SORT_EXCESS);
	add_not_looked_at(&r, a, all);
	add_proofs(&r, a, all, SORT_PROVEN);
	review_add_count(&r.outputs, a, "proven", good);
	review_add_count(&r.outputs, a, "not-proven", unproven);
	review_add_count(&r.outputs, a, "untried", t->untried.len);
	return write_reviews(run, &r);
}

static int status_of(const struct trial *t)
{
	const struct verified_vec *all = &t->tried;
	for (size_t i = 0; i < all->len; i++) {
		if (all->at[i].denied)
			return EXIT_DENIED;
	}
	return is_all_proven(t) ? EXIT_DONE : EXIT_ERROR;
}

static struct error *verify(struct run *run, struct session *session, int *status)
{
	struct manifests m;
	struct trial trial = {0};
	TRY(load_manifests(run, run->options.paths, run->options.path_count, &m));
	if (run->report.errors)
		return NULL;
	struct named_organization service = service_of(&m.model.organizations.at[0]);
	const struct provider_entry *entry = registry_find(service.provider);
	if (entry && !entry->access)
		return error_new(ERROR_USAGE,
				 "accounts of provider %s have no secrets, so there is nothing to "
				 "verify",
				 service.provider);
	TRY(open_session(run, &service, session));
	if (run->report.errors)
		return NULL;
	trial.organization = service.organization;
	TRY(choose(run, &m, session, &trial));
	TRY(try_until_good(run, session, &trial.tried));
	*status = status_of(&trial);
	run->summary = headline_of(&run->arena, &trial);
	TRY(review(run, &trial));
	return output_all(run, render, &trial);
}

static struct error *verify_one(struct run *run, int *status)
{
	struct session session = {0};
	struct error *error = verify(run, &session, status);
	close_session(&session);
	return error;
}

struct error *cmd_verify(struct run *run, int *status)
{
	return organizations_of_set(run, arguments_of(&run->options), verify_one, status);
}
