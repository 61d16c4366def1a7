/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/writ/organizations.h"
#include "cmd/writ/session.h"
#include "cmd/writ/snapshot_history.h"
#include "cmd/writ/snapshot_reading.h"
#include "cmd/writ/snapshot_recording.h"
#include "core/language/stored.h"
#include "core/plan/snapshot_diff.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/json.h"
#include "core/util/log.h"
#include "core/util/text_escape.h"

#define SHORT_ID 12 /* digits of a commit that people see */

/* ---- writing ---- */

static struct error *write_snapshot(struct run *run)
{
	struct session session = {0};
	TRY(open_session(run, &(struct named_organization){0}, &session));
	if (run->report.errors)
		return NULL;
	struct error *error = recording_snapshot(run, &session);
	close_session(&session);
	return error;
}

/* ---- listing ---- */

static struct error *find_place(struct run *run, struct record_place *out, bool *any)
{
	const struct organization_config *config;
	TRY(find_configured(run, &(struct named_organization){0}, &config));
	*any = false;
	if (run->report.errors)
		return NULL;
	return record_find_place(&run->arena, recording_folder(run), snapshot_settings_of(config),
				 config && config->name ? config->name : "snapshot", false, out,
				 any);
}

static const char *escaped(struct arena *a, const char *text)
{
	struct str out = STR(a);
	text_escape(&out, text, strlen(text), 200);
	return str_text(&out);
}

/* Whether a commit shows the snapshot of an earlier one that is not here: a shallow clone begins
 * with it, and it made none. */
static bool is_of_earlier(const struct commit *c)
{
	return c->cut_off && !commit_trailer(c, "Writ-Snapshot");
}

static void list_text(struct run *run, const struct commit_vec *commits, struct str *out)
{
	for (size_t i = 0; i < commits->len; i++) {
		const struct commit *c = &commits->at[i];
		const char *serial = commit_trailer(c, "Writ-Snapshot");
		char moment[TIME_TEXT];
		time_format(c->author_time, moment);
		str_printf(out, "%.*s  %s  %5s  %s\n", SHORT_ID, c->id, moment,
			   serial ? escaped(&run->arena, serial) : "-",
			   is_of_earlier(c) ? "or earlier" : escaped(&run->arena, c->subject));
	}
}

static void add_pair(struct str *out, const char *key, const char *value)
{
	str_add(out, ", ");
	json_add_key(out, key);
	json_add_text(out, value);
}

static void list_json(const struct commit_vec *commits, struct str *out)
{
	str_add(out, "{\"format_version\": \"1.0\", \"snapshots\": [");
	for (size_t i = 0; i < commits->len; i++) {
		const struct commit *c = &commits->at[i];
		char moment[TIME_TEXT];
		time_format(c->author_time, moment);
		str_printf(out, "%s{\"commit\": \"%s\", \"time\": \"%s\"", i ? ", " : "", c->id,
			   moment);
		add_pair(out, "author", is_of_earlier(c) ? NULL : c->author_name);
		add_pair(out, "subject", is_of_earlier(c) ? NULL : c->subject);
		add_pair(out, "serial", commit_trailer(c, "Writ-Snapshot"));
		add_pair(out, "run", commit_trailer(c, "Writ-Run"));
		add_pair(out, "plan", commit_trailer(c, "Writ-Plan"));
		add_pair(out, "drift", commit_trailer(c, "Writ-Drift"));
		str_addc(out, '}');
	}
	str_addc(out, ']');
	if (snapshot_history_cut(commits))
		add_pair(out, "incomplete", snapshot_history_cut(commits));
	str_add(out, "}\n");
}

static struct error *print(struct run *run, const struct str *text, const struct str *json)
{
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *o = &run->options.outputs.at[i];
		const struct str *s = o->format == FORMAT_JSON ? json : text;
		TRY(output_write(o, str_text(s), s->len));
	}
	return NULL;
}

static struct error *list_snapshots(struct run *run)
{
	CLEANUP(history_close) struct history *h = NULL;
	struct record_place place;
	struct commit_vec commits = {0};
	struct str text = STR(&run->arena), json = STR(&run->arena);
	char tip[HISTORY_ID];
	bool any;
	TRY(find_place(run, &place, &any));
	if (run->report.errors)
		return NULL;
	if (!any || !place.repository)
		return error_new(ERROR_USAGE, "name the snapshots' folder in a git repository with "
					      "--snapshot DIR, or configure it");
	TRY(history_open(place.repository, &h));
	TRY(history_tip(h, place.settings.branch, tip));
	struct commit_query query = {.from = tip, .folder = place.below};
	if (*tip)
		TRY(history_list(h, &run->arena, &query, &commits));
	if (snapshot_history_cut(&commits))
		log_note("earlier snapshots may not be known here: %s",
			 snapshot_history_cut(&commits));
	if (commits.len == 0)
		log_note("no commit here has a snapshot in \"%s\"",
			 escaped(&run->arena, place.below));
	list_text(run, &commits, &text);
	list_json(&commits, &json);
	return print(run, &text, &json);
}

/* ---- comparing ---- */

/* A bare revision means the snapshots' own folder at it. */
static struct error *find_revision(struct run *run, const char *revision,
				   struct snapshot_source *out)
{
	struct record_place place;
	bool any;
	TRY(find_place(run, &place, &any));
	if (!any || !place.repository)
		return error_new(ERROR_USAGE,
				 "\"%.200s\" is no folder; for a revision name the snapshots' "
				 "folder with --snapshot DIR, or write REV:PATH",
				 revision);
	*out = (struct snapshot_source){
		.path = arena_printf(&run->arena, "%s:%s", revision, place.below),
		.repository = place.repository,
		.proper = true};
	return NULL;
}

static struct error *find_side(struct run *run, const char *side, struct snapshot_source *out)
{
	struct stat st;
	int missing = stat(side, &st) ? errno : 0;
	if (missing && missing != ENOENT && missing != ENOTDIR)
		return error_errno(missing, "reading \"%.200s\"", side);
	if (missing && !strchr(side, ':'))
		return find_revision(run, side, out);
	*out = (struct snapshot_source){.path = side, .proper = !missing && S_ISDIR(st.st_mode)};
	return NULL;
}

static struct error *load_side(struct run *run, const char *side, struct universe *u,
			       struct live *out)
{
	struct snapshot_source source;
	struct model *model = arena_zalloc(&run->arena, sizeof(*model));
	TRY(find_side(run, side, &source));
	TRY(load_snapshot(run, &source, model));
	stored_of_model(model, COLLECT_ALL, &run->arena, u, out);
	return NULL;
}

static void number_accounts(struct universe *u, const struct live *live)
{
	for (size_t i = 0; i < live->accounts.len; i++)
		universe_principal(u, PRINCIPAL_ACCOUNT, live->accounts.at[i].meta.name, true);
}

/* The two snapshots of `snapshot diff`, and what they differ in. */
struct snapshot_difference {
	struct live before, after;
	struct change_vec changes;
};

static const char *kind_text(const struct principal *p)
{
	return p->kind == PRINCIPAL_USER ? "user " : p->kind == PRINCIPAL_GROUP ? "group " : "";
}

/* Appends one line of a difference. The grants that go with a deleted account have lines of their
 * own; what the second snapshot could not show is not called gone. */
static void diff_line(struct arena *a, const struct change *c, struct str *out)
{
	bool gone = c->type == CHANGE_ACCOUNT && c->action == ACTION_DELETE;
	bool lost = c->action == ACTION_DELETE && c->unseen;
	const char *what = gone ? "- technical account" : render_change(a, c);
	str_printf(out, "%c %s%s: %s%s\n", lost ? '?' : *what, kind_text(c->principal),
		   escaped(a, c->principal->name), what + 2,
		   lost	       ? "  [the second could not show it: it may be held still]"
		   : c->unseen ? "  [the first could not show it: it may have been held]"
			       : "");
}

static void add_blind(const char *side, const struct live *live, struct str *out)
{
	const struct blind_vec *all = &live->blind;
	for (size_t i = 0; i < all->len; i++) {
		const struct blind_spot *b = &all->at[i];
		str_printf(out, "Not seen in the %s: whether ", side);
		if (b->kind == PRINCIPAL_USER)
			str_add(out, "any user");
		else
			str_printf(out, "%zu account%s", b->count, b->count == 1 ? "" : "s");
		str_printf(out, " held %s.\n", role_table[b->role].name);
	}
	if (live->products_unseen)
		str_printf(out,
			   "Not seen in the %s: which product profiles users and user groups "
			   "held.\n",
			   side);
	size_t groups = live_count_unseen_groups(live);
	if (groups)
		str_printf(out, "Not seen in the %s: all that %zu user group%s held.\n", side,
			   groups, groups == 1 ? "" : "s");
}

static void diff_text(struct arena *a, const struct snapshot_difference *d, struct str *out)
{
	bool whole = d->before.all_seen && d->after.all_seen;
	for (size_t i = 0; i < d->changes.len; i++)
		diff_line(a, &d->changes.at[i], out);
	if (d->changes.len == 0)
		str_add(out, whole ? "No difference.\n" : "No difference in what both show.\n");
	add_blind("first", &d->before, out);
	add_blind("second", &d->after, out);
}

static void add_json_blind(const char *key, const struct blind_vec *all, struct str *out)
{
	json_put_key(out, key);
	str_addc(out, '[');
	for (size_t i = 0; i < all->len; i++) {
		const struct blind_spot *b = &all->at[i];
		bool users = b->kind == PRINCIPAL_USER;
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "role", role_table[b->role].name);
		json_put_number(out, "accounts", users ? 0 : (int64_t)b->count);
		json_put_key(out, "users");
		str_add(out, users ? "true}" : "false}");
	}
	str_addc(out, ']');
}

static void add_json_products(const char *key, const struct live *live, struct str *out)
{
	json_put_key(out, key);
	str_add(out, live->products_unseen ? "true" : "false");
}

static void diff_json(struct arena *a, const struct snapshot_difference *d, struct str *out)
{
	str_add(out, "{\"format_version\": \"1.0\", \"changes\": [");
	for (size_t i = 0; i < d->changes.len; i++) {
		const struct change *c = &d->changes.at[i];
		str_printf(out, "%s{\"address\": ", i ? ", " : "");
		json_add_text(out, change_address(a, c->principal, c->entitlement));
		str_printf(out, ", \"actions\": [\"%s\"]%s}", action_name(c->action),
			   c->unseen ? ", \"unknown\": true" : "");
	}
	str_addc(out, ']');
	add_json_blind("unseen_before", &d->before.blind, out);
	add_json_blind("unseen_after", &d->after.blind, out);
	add_json_products("unseen_products_before", &d->before, out);
	add_json_products("unseen_products_after", &d->after, out);
	json_put_number(out, "unseen_groups_before", (int64_t)live_count_unseen_groups(&d->before));
	json_put_number(out, "unseen_groups_after", (int64_t)live_count_unseen_groups(&d->after));
	str_add(out, "}\n");
}

static bool differs(const struct snapshot_difference *d)
{
	for (size_t i = 0; i < d->changes.len; i++) {
		const struct change *c = &d->changes.at[i];
		if (c->action != ACTION_DELETE || !c->unseen)
			return true;
	}
	return false;
}

static struct error *diff_sides(struct run *run, struct universe *u, int *status)
{
	struct snapshot_difference d = {0};
	struct str text = STR(&run->arena), json = STR(&run->arena);
	TRY(load_side(run, run->options.paths[1], u, &d.before));
	TRY(load_side(run, run->options.paths[2], u, &d.after));
	if (run->report.errors)
		return NULL;
	number_accounts(u, &d.before);
	number_accounts(u, &d.after);
	universe_rank(u);
	snapshot_diff_make(&d.before, &d.after, u, &run->arena, &d.changes);
	diff_text(&run->arena, &d, &text);
	diff_json(&run->arena, &d, &json);
	if (run->options.detailed_exitcode && differs(&d))
		*status = EXIT_CHANGES;
	return print(run, &text, &json);
}

static struct error *diff_snapshots(struct run *run, int *status)
{
	struct universe *u = universe_new(run->strings);
	struct error *error = diff_sides(run, u, status);
	universe_free(u);
	return error;
}

static struct error *write_one(struct run *run, int *status UNUSED)
{
	return write_snapshot(run);
}

struct error *cmd_snapshot(struct run *run, int *status)
{
	const char *const *words = run->options.paths;
	size_t count = run->options.path_count;
	if (count == 0)
		return organizations_configured(run, write_one, status);
	if (count == 1 && !strcmp(words[0], "list"))
		return list_snapshots(run);
	if (count == 3 && !strcmp(words[0], "diff"))
		return diff_snapshots(run, status);
	return error_new(ERROR_USAGE, "expected nothing, list, or diff A B");
}
