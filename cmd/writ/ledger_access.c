/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/ledger_access.h"

#include <errno.h>
#include <string.h>

#include "cmd/writ/ledger_trailer.h"
#include "core/ledger/adopt.h"
#include "core/ledger/state_folder.h"
#include "core/render/render.h"
#include "core/util/file.h"
#include "core/util/log.h"
#include "core/util/nearest.h"
#include "providers/registry.h"

/* A place of ledgers is opened once and kept for the whole run, since its secret may come from a
 * descriptor that can be read only once. */
struct ledger_places {
	VEC(, struct ledger_place *) all;
};

static struct ledger_place *place_of(struct run *run, const struct organization_config *config,
				     const char *organization, const char *identity)
{
	const char *key = ledger_key(&run->arena, organization, identity);
	if (!run->places)
		run->places = arena_zalloc(&run->arena, sizeof(*run->places));
	for (size_t i = 0; i < run->places->all.len; i++) {
		if (!strcmp(run->places->all.at[i]->key, key))
			return run->places->all.at[i];
	}
	struct ledger_place *place = arena_alloc(&run->arena, sizeof(*place));
	*place = (struct ledger_place){.settings = config ? &config->ledger : NULL,
				       .key = key,
				       .repository = config ? config->snapshot.repository : NULL,
				       .remote = config ? config->snapshot.push : NULL};
	vec_push(&run->arena, &run->places->all, place);
	return place;
}

void ledger_access_done(struct run *run)
{
	for (size_t i = 0; run->places && i < run->places->all.len; i++)
		ledger_place_done(run->places->all.at[i]);
}

static struct error *open_at(struct ledger_place *place, struct ledger **out)
{
	struct store *store = NULL;
	TRY(ledger_place_open(place, &store));
	return ledger_open(store, out);
}

struct error *ledger_access_open(struct run *run, const struct session *session,
				 const char *organization, struct organization_ledger *out)
{
	out->place = place_of(run, session->config, organization, session->identity);
	TRY(open_at(out->place, &out->ledger));
	const char *root = state_root(&run->arena);
	return root ? ledger_adopt(out->ledger,
				   arena_printf(&run->arena, "%s/%s", root, out->place->key),
				   run->now)
		    : NULL;
}

const char *ledger_access_late_folder(struct run *run, const struct organization_ledger *l)
{
	const char *root = state_root(&run->arena);
	return root ? arena_printf(&run->arena, "%s/%s/late", root, l->place->key) : NULL;
}

void ledger_access_close(struct organization_ledger *l)
{
	ledger_close(l->ledger);
	l->ledger = NULL;
}

struct error *ledger_access_reopen(void *place, struct store **out)
{
	return ledger_place_open(place, out);
}

static void note(const char *line)
{
	log_note("%s", line);
}

struct hold_request ledger_access_request(struct run *run, const struct organization_ledger *l)
{
	const struct options *o = &run->options;
	const struct ledger_settings *settings = l->place->settings;
	struct hold_request r = {
		.holder = holder_of_this(&run->arena, actor_name(&run->arena, o->actor)),
		.wait_ms = o->waits ? (int64_t)o->wait * 1000 : HOLD_WAIT_MS,
		.take_over = o->take_over,
		.note = note};
	r.holder.lease_ms =
		settings && settings->lease > 0 ? (int64_t)settings->lease * 1000 : LEASE_MS;
	return r;
}

void ledger_access_tell_unshared(const struct ledger_place *place)
{
	if (!ledger_place_is_shared(place))
		log_note("no ledger is shared: another machine's runs are not known here");
}

struct error *ledger_access_organization(struct run *run, struct session *session, const char **out)
{
	struct live live = {0};
	*out = session->config ? session->config->name : NULL;
	if (*out)
		return NULL;
	if (!session->handle)
		TRY(open_session(run, &(struct named_organization){0}, session));
	struct universe *u = universe_new(run->strings);
	struct error *error = provider_read(session->provider->reader, session->handle, &run->arena,
					    u, &(struct query){COLLECT_ACCOUNTS, NULL, 0}, &live);
	universe_free(u);
	*out = live.organization;
	return error;
}

#define KEY_TAIL 9 /* of a folder's name, behind that of the organisation: "-XXXXXXXX" */
#define KEY_MIN (KEY_TAIL + 1)

/* ---- for who only reads ---- */

static bool has_local(struct run *run, const struct ledger_place *place)
{
	const char *root = state_root(&run->arena);
	/* A folder that cannot be looked at counts as there: opening it says why it cannot be read.
	 */
	return root &&
	       !(access(arena_printf(&run->arena, "%s/%s/ledger", root, place->key), F_OK) &&
		 errno == ENOENT);
}

/* Once of each place, for some commands read a ledger twice. */
static void tell_moved(struct run *run, const char *to)
{
	if (run->moved_to && !strcmp(run->moved_to, to))
		return;
	run->moved_to = to;
	log_note("the ledger was moved to %s: what was done since is not known here; name that "
		 "place in the configuration",
		 render_shown(&run->arena, to));
}

struct error *ledger_access_view(struct run *run, const struct session *session,
				 const char *organization, struct ledger_view *out,
				 const char **out_foreign)
{
	struct organization_ledger l = {
		place_of(run, session->config, organization, session->identity), NULL};
	*out = (struct ledger_view){0};
	if (!ledger_place_is_shared(l.place) && !has_local(run, l.place))
		return NULL;
	TRY(open_at(l.place, &l.ledger));
	struct error *error = ledger_view_read(l.ledger, &run->arena, out);
	if (!error && out->moved)
		tell_moved(run, out->moved);
	if (!error && out_foreign)
		error = ledger_trailer_compare(run, organization, l.place, l.ledger, out_foreign);
	ledger_access_close(&l);
	return error;
}

/* ---- all of them ---- */

static struct error *add(struct run *run, struct ledger_place *place, const char *organization,
			 struct known_ledger_vec *out)
{
	struct ledger *ledger = NULL;
	struct known_ledger known;
	TRY(open_at(place, &ledger));
	struct error *error =
		known_ledger_read(ledger, &run->arena, organization, place->key, &known);
	if (!error)
		vec_push(&run->arena, out, known);
	ledger_close(ledger);
	return error;
}

/* The organisation of a ledger, by its key: NAME-XXXXXXXX. */
static const char *organization_of(struct run *run, const char *key, const char *org)
{
	size_t len = strlen(key);
	if (key[0] == '.' || len < KEY_MIN)
		return NULL;
	const char *name = arena_strndup(&run->arena, key, len - KEY_TAIL);
	return !org || !strcmp(org, name) ? name : NULL;
}

/* Opens the ledgers of the organisation of this name; NULL: all. */
static struct error *add_local(struct run *run, const char *org, struct known_ledger_vec *out)
{
	const char *root = state_root(&run->arena);
	if (!root)
		return error_new(ERROR_SYSTEM,
				 "neither XDG_STATE_HOME nor HOME is set: no place with ledgers");
	CLEANUP(closedir) DIR *dir = opendir(root);
	if (!dir)
		return errno == ENOENT ? NULL : error_errno(errno, "opening %s", root);
	for (const struct dirent *e;;) {
		TRY(file_next(dir, root, &e));
		if (!e)
			return NULL;
		struct ledger_place place = {.key = arena_strdup(&run->arena, e->d_name)};
		const char *organization = organization_of(run, place.key, org);
		if (organization && has_local(run, &place))
			TRY(add(run, &place, organization, out));
	}
}

static bool is_elsewhere(const struct organization_config *o, const char *org)
{
	const struct ledger_place place = {.settings = &o->ledger};
	return o->name && ledger_place_is_shared(&place) && (!org || !strcmp(org, o->name));
}

struct error *ledger_access_tell_nearest(struct run *run)
{
	VEC(, const char *) names = {0};
	const char *root = state_root(&run->arena), *wanted = run->options.org;
	CLEANUP(closedir) DIR *dir = root ? opendir(root) : NULL;
	for (size_t i = 0; i < run->config.organizations.len; i++) {
		if (run->config.organizations.at[i].name)
			vec_push(&run->arena, &names, run->config.organizations.at[i].name);
	}
	for (const struct dirent *e; dir;) {
		TRY(file_next(dir, root, &e));
		if (!e)
			break;
		size_t len = strlen(e->d_name);
		if (e->d_name[0] != '.' && len >= KEY_MIN)
			vec_push(&run->arena, &names,
				 arena_strndup(&run->arena, e->d_name, len - KEY_TAIL));
	}
	const char *near = nearest_word(wanted, names.at, names.len);
	log_note("no ledger at hand is of an organisation \"%s\"%s%s%s",
		 render_shown(&run->arena, wanted), near ? "; did you mean \"" : "",
		 near ? render_shown(&run->arena, near) : "", near ? "\"?" : "");
	return NULL;
}

bool ledger_access_is_shared(const struct run *run)
{
	for (size_t i = 0; i < run->config.organizations.len; i++) {
		if (is_elsewhere(&run->config.organizations.at[i], run->options.org))
			return true;
	}
	return false;
}

/* What tells the organisation from others of its name is known to its provider alone. */
static struct error *add_configured(struct run *run, const struct organization_config *o,
				    struct known_ledger_vec *out)
{
	struct session session = {0};
	const struct named_organization service = {NULL, o->name, o->org_id};
	TRY(name_session(run, &service, &session));
	if (run->report.errors)
		return NULL;
	struct ledger_place *place = place_of(run, o, o->name, session.identity);
	struct error *error = add(run, place, o->name, out);
	close_session(&session);
	return error;
}

static int by_key(const void *a, const void *b)
{
	const struct known_ledger *x = a, *y = b;
	return strcmp(x->key, y->key);
}

static struct error *add_shared(struct run *run, const char *org, bool *shared,
				struct known_ledger_vec *out)
{
	TRY(load_config_that_counts(run));
	for (size_t i = 0; !run->report.errors && i < run->config.organizations.len; i++) {
		const struct organization_config *o = &run->config.organizations.at[i];
		if (!is_elsewhere(o, org))
			continue;
		*shared = true;
		TRY(add_configured(run, o, out));
	}
	return NULL;
}

/* Where a ledger goes on; NULL: here. */
static const char *moved_to(struct run *run, const struct known_ledger *l)
{
	const struct ledger_entry_vec *last =
		l->records.len ? &l->records.at[l->records.len - 1].entries : NULL;
	for (size_t i = 0; last && i < last->len; i++) {
		if (last->at[i].type == ENTRY_MOVED)
			return json_get_word(&run->arena, last->at[i].body, "to");
	}
	return NULL;
}

/* Of a ledger that was moved, what follows is elsewhere, unless that place is at hand too. */
static void tell_all_moved(struct run *run, const struct known_ledger_vec *all)
{
	for (size_t i = 0; i < all->len; i++) {
		const char *to = moved_to(run, &all->at[i]);
		bool found = false;
		for (size_t k = 0; k < all->len; k++)
			found |= !strcmp(all->at[k].key, all->at[i].key) &&
				 !moved_to(run, &all->at[k]);
		if (to && !found)
			tell_moved(run, to);
	}
}

struct error *ledger_access_at_hand(struct run *run, const char *organization,
				    struct known_ledger_vec *out)
{
	bool shared;
	if (state_root(&run->arena))
		TRY(add_local(run, organization, out));
	TRY(add_shared(run, organization, &shared, out));
	tell_all_moved(run, out);
	return NULL;
}

struct error *ledger_access_all(struct run *run, struct known_ledger_vec *out)
{
	bool shared = false;
	TRY(add_local(run, run->options.org, out));
	TRY(add_shared(run, run->options.org, &shared, out));
	if (!shared && !run->report.errors)
		log_note("no ledger is shared: another machine's runs are not known here");
	vec_sort(out, by_key);
	tell_all_moved(run, out);
	return NULL;
}

void ledger_access_attested(struct run *run, const char *organization,
			    struct known_attestation_vec *out)
{
	struct known_ledger_vec ledgers = {0};
	struct error *error = ledger_access_at_hand(run, organization, &ledgers);
	if (error)
		log_note("what was attested is not known: %s", error_text(&run->arena, error));
	error_free(error);
	for (size_t i = 0; i < ledgers.len; i++)
		attested_list_load(&run->arena, &ledgers.at[i], out);
}
