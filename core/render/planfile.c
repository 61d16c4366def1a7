/* SPDX-License-Identifier: Apache-2.0 */
#include "core/render/planfile.h"

#include <string.h>

#include "core/language/schema_decode.h"
#include "core/render/plan_schema.h"
#include "core/render/planfile_loader.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/compare.h"

/* What is changed twice would be sent twice, each time as if it stood where it starts from. */
static struct error *check_once(const struct planfile_loader *l)
{
	ARENA a = {0};
	VEC(, const char *) addresses = {0};
	const struct change_vec *all = &l->plan->changes;
	vec_reserve(&a, &addresses, all->len);
	for (size_t i = 0; i < all->len; i++)
		vec_push(&a, &addresses,
			 change_address(&a, all->at[i].principal, all->at[i].entitlement));
	vec_sort(&addresses, compare_texts);
	for (size_t i = 1; i < addresses.len; i++) {
		if (!strcmp(addresses.at[i - 1], addresses.at[i]))
			return loader_bad(
				l, arena_printf(l->arena, "%s is changed twice", addresses.at[i]));
	}
	return NULL;
}

static struct error *read_changes(const struct planfile_loader *l, struct json_span root)
{
	struct json_span changes, change;
	struct json_cursor cursor = {0};
	if (!json_member(root, "changes", &changes))
		return loader_bad(l, "no changes");
	while (json_next(changes, &cursor, &change))
		TRY(loader_read_change(l, change));
	for (size_t i = 1; i < l->plan->changes.len; i++) {
		if (change_phase(&l->plan->changes.at[i - 1]) >
		    change_phase(&l->plan->changes.at[i]))
			return loader_bad(l, "changes that are not in the order of execution");
	}
	TRY(check_once(l));
	loader_join_apis(l);
	return NULL;
}

static struct error *read_time(const struct planfile_loader *l, struct json_span root,
			       const char *key, int64_t *out)
{
	const char *value = loader_text(l, root, key);
	return value && time_parse(value, out) ? NULL : loader_bad(l, "a time is missing");
}

static void read_base(const struct planfile_loader *l, struct json_span root)
{
	struct json_span base;
	if (json_member(root, "base", &base))
		l->plan->base = loader_text(l, base, "snapshot");
}

/* Reads a place, which may be missing. */
static struct location read_place(const struct planfile_loader *l, struct json_span object)
{
	struct change c = {0};
	error_free(loader_read_location(l, object, &c));
	return c.at;
}

static void read_managed(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "managed", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		const char *text = json_string(l->arena, item);
		if (text)
			vec_push(l->arena, &l->plan->managed, (struct text_item){.text = text});
	}
}

static void read_ends(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "ends", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct grant_end end = {.address = loader_text(l, item, "grant")};
		const char *day = loader_text(l, item, "expires");
		if (end.address && day && date_parse(day, &end.day))
			vec_push(l->arena, &l->plan->ends, end);
	}
	grant_ends_sort(&l->plan->ends);
}

/* For show. */
static const char *read_look_alike(const struct planfile_loader *l, struct json_span item)
{
	const char *text = loader_text(l, item, "look_alike");
	return text ? loader_printable(l, text) : NULL;
}

static void read_unlisted(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item, entitlement, known;
	struct json_cursor cursor = {0};
	if (!json_member(root, "unlisted", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct change c = {0};
		size_t number = (size_t)json_get_number(item, "count", 0);
		struct error *error = number ? NULL : loader_read_principal(l, item, &c);
		bool grant = json_member(item, "entitlement", &entitlement) &&
			     !loader_is_null(entitlement);
		if (!error && grant)
			error = loader_read_entitlement(l, item, &c);
		struct location at = read_place(l, item);
		if (!error)
			vec_push(l->arena, &l->plan->unlisted,
				 (struct unlisted_item){
					 .principal = c.principal,
					 .entitlement = c.entitlement,
					 .at = at,
					 .count = number,
					 .was_known =
						 json_member(item, "no_longer_declared", &known),
					 .look_alike = read_look_alike(l, item),
					 .was_to_end = loader_text(l, item, "was_to_end")});
		error_free(error);
	}
}

/* For show. */
static void read_projects(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	struct made_project project;
	if (!json_member(root, "projects", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		if (loader_read_project(l, item, &project))
			vec_push(l->arena, &l->plan->projects, project);
	}
}

static int32_t read_day(const struct planfile_loader *l, struct json_span item, const char *name)
{
	const char *text = loader_text(l, item, name);
	int32_t day;
	return text && date_parse(text, &day) ? day : DATE_NONE;
}

static void read_extended(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "extended", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct change c = {0};
		struct error *error = loader_read_principal(l, item, &c);
		if (!error)
			error = loader_read_entitlement(l, item, &c);
		struct extended_item x = {c.principal, c.entitlement, read_day(l, item, "before"),
					  read_day(l, item, "after"), read_place(l, item)};
		if (!error)
			vec_push(l->arena, &l->plan->extended, x);
		error_free(error);
	}
}

static const char *kind_word(unsigned i)
{
	return drift_kind_name(i);
}

static const char *fate_word(unsigned i)
{
	return drift_fate_name(i);
}

static void read_differs(const struct planfile_loader *l, struct json_span object,
			 struct drift_item *d)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(object, "differs", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		const char *name = json_string(l->arena, item);
		if (!name)
			continue;
		for (unsigned bit = 1; bit < ATTRIBUTE_ALL; bit <<= 1) {
			if (!strcmp(name, render_attributes(l->arena, bit)))
				d->attributes |= bit;
		}
		d->remade |= !strcmp(name, "id");
	}
}

/* Of an account: what it was and is called, and which of its attributes changed from what to what.
 */
static void read_sides(const struct planfile_loader *l, struct json_span item, struct drift_item *d)
{
	unsigned said = 0;
	d->before = loader_read_side(l, item, "before", d->principal->name, &said);
	d->after = loader_read_side(l, item, "after", d->principal->name, &said);
	read_differs(l, item, d);
}

static const struct drift_ignore *read_ignore(const struct planfile_loader *l,
					      struct json_span drift)
{
	struct json_span object;
	if (!json_member(drift, "ignored", &object))
		return NULL;
	struct drift_ignore *i = arena_zalloc(l->arena, sizeof(*i));
	const char *until = loader_text(l, object, "until");
	i->reason = loader_text(l, object, "reason");
	i->until = INT32_MAX;
	i->at = read_place(l, object);
	return i->reason && (!until || date_parse(until, &i->until)) ? i : NULL;
}

/* Whether it is about an account itself. */
static bool is_account(struct json_span item)
{
	struct json_span entitlement;
	return json_member(item, "entitlement", &entitlement) && loader_is_null(entitlement);
}

/* For show. */
static void read_drift(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item, unsure;
	struct json_cursor cursor = {0};
	if (!json_member(root, "drift", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct change c = {0};
		struct error *error = loader_read_principal(l, item, &c);
		if (!error && !is_account(item))
			error = loader_read_entitlement(l, item, &c);
		unsigned kind =
			loader_word(loader_text(l, item, "kind"), DRIFT_KIND_COUNT, kind_word);
		unsigned fate =
			loader_word(loader_text(l, item, "fate"), DRIFT_FATE_COUNT, fate_word);
		const char *fingerprint = loader_text(l, item, "fingerprint");
		if (!error && kind < DRIFT_KIND_COUNT && fate < DRIFT_FATE_COUNT && fingerprint) {
			struct drift_item d = {.principal = c.principal,
					       .entitlement = c.entitlement,
					       .kind = kind,
					       .fate = fate,
					       .unsure =
						       json_member(item, "unseen_before", &unsure),
					       .ignore = read_ignore(l, item),
					       .open_because = loader_text(l, item, "not_ignored"),
					       .made_by = loader_text(l, item, "made_by"),
					       .unrecorded = json_get_true(item, "unrecorded"),
					       .look_alike = read_look_alike(l, item)};
			snprintf(d.fingerprint, sizeof(d.fingerprint), "%s", fingerprint);
			read_sides(l, item, &d);
			vec_push(l->arena, &l->plan->drift, d);
		}
		error_free(error);
	}
}

static void read_blocked(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "blocked", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct change c = {0};
		const char *message = loader_text(l, item, "message");
		struct error *error = loader_read_principal(l, item, &c);
		if (!error && !is_account(item))
			error = loader_read_entitlement(l, item, &c);
		if (!error)
			error = loader_read_location(l, item, &c);
		if (!error && message)
			vec_push(l->arena, &l->plan->blocked,
				 (struct blocked_item){.principal = c.principal,
						       .entitlement = c.entitlement,
						       .at = c.at,
						       .message = loader_printable(l, message),
						       .nearest = loader_text(l, item, "nearest")});
		error_free(error);
	}
}

/* For show. */
static void read_unseen(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item, anybody;
	struct json_cursor cursor = {0};
	if (!json_member(root, "unseen", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct change c = {0};
		struct unseen_item u = {.source = loader_text(l, item, "source"),
					.claimed = (size_t)json_get_number(item, "claimed", 0),
					.wanted = (size_t)json_get_number(item, "wanted", 0),
					.ended = (size_t)json_get_number(item, "ended", 0),
					.unclaimed = (size_t)json_get_number(item, "unclaimed", 0),
					.anybody = json_member(item, "anybody", &anybody)};
		struct error *error = loader_read_entitlement(l, item, &c);
		u.entitlement = c.entitlement;
		if (!error)
			vec_push(l->arena, &l->plan->unseen, u);
		error_free(error);
	}
}

static const char *identity_word(unsigned i)
{
	return identity_kind_name(i);
}

/* For show: apply compares ids. */
static void read_identities(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "identity", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		const char *account = loader_text(l, item, "account"),
			   *message = loader_text(l, item, "message");
		unsigned kind =
			loader_word(loader_text(l, item, "kind"), IDENTITY_COUNT, identity_word);
		if (account && message && kind < IDENTITY_COUNT)
			vec_push(l->arena, &l->plan->identities,
				 (struct identity_item){account, kind,
							loader_printable(l, message)});
	}
}

/* For show. */
static void read_warnings(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item, range, start, end;
	struct json_cursor cursor = {0};
	struct report found = {.arena = l->arena};
	if (!json_member(root, "diagnostics", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		const char *id = loader_text(l, item, "id"),
			   *summary = loader_text(l, item, "summary"),
			   *detail = loader_text(l, item, "detail");
		if (!id || !summary || !json_member(item, "range", &range) ||
		    !json_member(range, "start", &start) || !json_member(range, "end", &end))
			continue;
		const char *file = loader_text(l, range, "filename");
		struct location at = {file ? loader_printable(l, file) : "?",
				      (uint32_t)json_get_number(start, "line", 0),
				      (uint32_t)json_get_number(start, "column", 0)};
		report_add(&found, SEVERITY_WARNING, loader_printable(l, id), at,
			   (uint32_t)json_get_number(end, "column", 0) - at.column,
			   detail ? loader_printable(l, detail) : NULL, "%s",
			   loader_printable(l, summary));
	}
	l->plan->warnings = found.items;
}

static const char *read_steps(const struct planfile_loader *l, struct json_span object)
{
	struct json_span list, line;
	struct json_cursor cursor = {0};
	struct str out = STR(l->arena);
	if (!json_member(object, "steps", &list))
		return NULL;
	while (json_next(list, &cursor, &line)) {
		const char *step = json_string(l->arena, line);
		if (step)
			str_printf(&out, "%s\n", step);
	}
	return str_text(&out);
}

/* For show: apply describes what is left again. */
static void read_manual(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "manual", &list))
		return;
	for (size_t i = 0; i < l->plan->changes.len; i++) {
		struct change *c = &l->plan->changes.at[i];
		if (!change_is_manual(c) || !json_next(list, &cursor, &item))
			continue;
		const char *since = loader_text(l, item, "since");
		c->steps = read_steps(l, item);
		if (!since || !time_parse(since, &c->since))
			c->since = 0;
	}
}

static void read_accounts(const struct planfile_loader *l, struct json_span root)
{
	struct json_span list, item;
	struct json_cursor cursor = {0};
	if (!json_member(root, "accounts", &list))
		return;
	while (json_next(list, &cursor, &item)) {
		struct account *a = arena_zalloc(l->arena, sizeof(*a));
		a->meta.name = loader_text(l, item, "name");
		a->credential = loader_text(l, item, "credential");
		a->project = loader_text(l, item, "project");
		a->id = loader_text(l, item, "id");
		a->email = loader_text(l, item, "email");
		a->former = json_get_true(item, "former");
		if (a->meta.name)
			vec_push(l->arena, &l->plan->accounts, a);
	}
	plan_sort_accounts(l->plan);
}

static void read_cost(const struct planfile_loader *l, struct json_span root)
{
	struct json_span cost;
	if (!json_member(root, "cost", &cost))
		return;
	l->plan->cost.calls = (size_t)json_get_number(cost, "calls", 0);
	l->plan->licences_used = (size_t)json_get_number(cost, "licences_used", 0);
	l->plan->licences_freed = (size_t)json_get_number(cost, "licences_freed", 0);
	l->plan->cost.seconds = 60 * (size_t)json_get_number(cost, "minutes", 0);
}

/* Which manifests the plan is of: their digest, and their commit. */
static struct error *read_manifest(const struct planfile_loader *l, struct json_span root)
{
	struct json_span manifest;
	if (!json_member(root, "manifest", &manifest))
		return NULL;
	const char *digest = loader_text(l, manifest, "digest"),
		   *commit = loader_text(l, manifest, "commit");
	if (digest && !sha256_parse(digest, l->plan->manifest_digest))
		return loader_bad(l, "manifest.digest is no digest");
	if (commit && strlen(commit) == 40 && strspn(commit, "0123456789abcdef") == 40)
		l->plan->manifest_commit = commit;
	return NULL;
}

/* For show: apply reads live again. */
static struct error *read_live(const struct planfile_loader *l, struct json_span root)
{
	struct json_span live;
	if (!json_member(root, "live", &live))
		return NULL;
	const char *digest = loader_text(l, live, "digest");
	if (digest && !sha256_parse(digest, l->plan->live_digest))
		return loader_bad(l, "live.digest is no digest");
	l->plan->source = loader_text(l, live, "source");
	return read_time(l, live, "read_at", &l->plan->read_at);
}

bool planfile_is(const char *bytes, size_t len)
{
	return len > 0 && bytes[0] == '{' &&
	       memmem(bytes, len < 256 ? len : 256, "\"format_version\"", 16);
}

/* Refuses a plan in which a key is missing: what it does not say would be taken for harmless, such
 * as no limit, or nothing withheld. */
static struct error *check_keys(const struct planfile_loader *l, struct json_span root)
{
	const char *missing = plan_schema_find_missing(root, l->arena);
	return missing ? loader_bad(l, arena_printf(l->arena, "it has no key %s", missing)) : NULL;
}

static struct error *check_life(const struct planfile_loader *l)
{
	const struct plan *plan = l->plan;
	return plan->expires > plan->created + PLAN_LIFE ? loader_bad(l, "it lives too long")
							 : NULL;
}

struct error *planfile_parse(const char *name, const char *bytes, size_t len,
			     struct intern *strings, struct arena *a, struct plan *out)
{
	struct planfile_loader l = {name, strings, a, out};
	struct json_span root = {bytes, len};
	TRY(json_check(name, bytes, len));
	const char *version = loader_text(&l, root, "format_version");
	if (!version || strncmp(version, "1.", 2) != 0)
		return loader_bad(&l, "format_version is not 1.x");
	TRY(check_keys(&l, root));
	out->organization = loader_text(&l, root, "organization");
	out->org_id = loader_text(&l, root, "org_id");
	out->provider = loader_text(&l, root, "provider");
	out->target = loader_text(&l, root, "target");
	out->restores = loader_text(&l, root, "restores");
	out->whole = json_get_true(root, "whole") && !out->target;
	out->ledger_number = (uint64_t)json_get_number(root, "ledger", 0);
	if (!out->organization || !out->provider)
		return loader_bad(&l, "no organization or provider");
	if (!schema_is_name(out->organization, strlen(out->organization)))
		return loader_bad(&l, "organization is no name");
	TRY(read_live(&l, root));
	TRY(read_time(&l, root, "created", &out->created));
	TRY(read_time(&l, root, "expires", &out->expires));
	TRY(check_life(&l));
	TRY(read_manifest(&l, root));
	loader_read_policy(&l, root);
	loader_read_consent(&l, root);
	TRY(read_changes(&l, root));
	read_base(&l, root);
	loader_read_guards(&l, root);
	read_drift(&l, root);
	read_managed(&l, root);
	read_ends(&l, root);
	read_unlisted(&l, root);
	read_extended(&l, root);
	read_blocked(&l, root);
	read_unseen(&l, root);
	read_projects(&l, root);
	loader_read_lines(&l, root, "left_out", &out->left_out);
	read_warnings(&l, root);
	read_identities(&l, root);
	read_manual(&l, root);
	read_accounts(&l, root);
	read_cost(&l, root);
	plan_summarize(out);
	out->said_digest = loader_text(&l, root, "digest");
	render_plan_digest(out, out->digest);
	return NULL;
}

void planfile_hold(const struct plan *plan, const char *bytes, size_t len, struct planned *out)
{
	unsigned char digest[SHA256_SIZE];
	*out = (struct planned){.plan = plan, .bytes = bytes, .len = len};
	sha256_of(bytes, len, digest);
	sha256_text(digest, out->digest);
}

/* A plan that was edited by hand no longer has the digest of what it comes to. */
struct error *planfile_know(struct planned *planned)
{
	const struct plan *plan = planned->plan;
	if (!plan->said_digest || strcmp(plan->said_digest, plan->digest) != 0)
		return error_new(ERROR_INPUT,
				 "the plan was edited, or is of another version: its digest is not "
				 "that of its changes, %s",
				 plan->digest);
	memcpy(planned->plan_digest, plan->digest, sizeof(planned->plan_digest));
	return NULL;
}

void planfile_render(const struct plan *plan, struct arena *a, struct planned *out)
{
	struct str bytes = STR(a);
	char digest[SHA256_TEXT];
	render_plan_digest(plan, digest);
	render_plan_json(&bytes, plan, digest);
	planfile_hold(plan, bytes.at, bytes.len, out);
	memcpy(out->plan_digest, digest, sizeof(digest));
}
