/* SPDX-License-Identifier: Apache-2.0 */
#include "core/ledger/ledger_view.h"

#include <string.h>

#include "core/ledger/kept_policy.h"
#include "core/util/clock.h"
#include "core/util/compare.h"
#include "core/util/json.h"
#include "core/util/str.h"
#include "core/util/text_escape.h"

#define DAY_SECONDS 86400
#define SHOWN_MAX 200 /* bytes of the place where it goes on */

/* The view that entries are folded into, and the parts of a state that were read so far. */
struct fold {
	struct arena *arena;
	struct ledger_view *view;
	struct str state;
	int64_t parts_seen;
	const char *planning; /* run whose plan is being written */
	uint64_t plan_at;
};

static int64_t moment(struct arena *a, struct json_span value)
{
	const char *text = json_string(a, value);
	int64_t at = 0;
	return text && time_parse(text, &at) ? at : 0;
}

static int64_t moment_of(struct arena *a, struct json_span object, const char *key)
{
	struct json_span value;
	return json_member(object, key, &value) ? moment(a, value) : 0;
}

/* ---- a state, read ---- */

static void take_open(struct fold *f, struct json_span item)
{
	struct arena *a = f->arena;
	vec_push(a, &f->view->open,
		 (struct open_run){.name = json_get_word(a, item, "run"),
				   .plan = json_get_word(a, item, "plan"),
				   .by = json_get_word(a, item, "by"),
				   .commit = json_get_text(a, item, "commit"),
				   .first = (uint64_t)json_get_number(item, "first", 0),
				   .begun = moment_of(a, item, "begun")});
}

static void take_used(struct fold *f, struct json_span item)
{
	vec_push(f->arena, &f->view->used,
		 (struct used_plan){.plan = json_get_word(f->arena, item, "plan"),
				    .run = json_get_word(f->arena, item, "run"),
				    .at = moment_of(f->arena, item, "at")});
}

static void take_withheld(struct fold *f, struct json_span item)
{
	const char *address = json_string(f->arena, item);
	if (address)
		vec_push(f->arena, &f->view->withheld, address);
}

static void take_unrecorded(struct fold *f, struct json_span item)
{
	const char *run = json_string(f->arena, item);
	if (run)
		vec_push(f->arena, &f->view->unrecorded, run);
}

static void take_waiting(struct fold *f, struct json_span item)
{
	vec_push(f->arena, &f->view->waiting,
		 (struct waiting_change){.address = json_get_word(f->arena, item, "address"),
					 .since = moment_of(f->arena, item, "since")});
}

static void take_attested(struct fold *f, struct json_span item)
{
	attested_take(f->arena, item, &f->view->attested);
}

static void take_end_of_grant(struct fold *f, struct json_span item)
{
	struct grant_end end = {.address = json_get_word(f->arena, item, "grant")};
	if (date_parse(json_get_word(f->arena, item, "expires"), &end.day))
		vec_push(f->arena, &f->view->ends, end);
}

static void take_former_name(struct fold *f, struct json_span item)
{
	vec_push(f->arena, &f->view->former,
		 (struct former_name){.then = json_get_word(f->arena, item, "was"),
				      .now = json_get_word(f->arena, item, "account"),
				      .id = json_get_text(f->arena, item, "id")});
}

static void add_project(struct arena *a, struct ledger_view *v, struct made_project made)
{
	for (size_t i = 0; i < v->projects.len; i++) {
		if (!strcmp(v->projects.at[i].id, made.id))
			return;
	}
	vec_push(a, &v->projects, made);
}

static void drop_project(struct ledger_view *v, const char *id)
{
	size_t kept = 0;
	for (size_t i = 0; i < v->projects.len; i++) {
		if (strcmp(v->projects.at[i].id, id) != 0)
			v->projects.at[kept++] = v->projects.at[i];
	}
	v->projects.len = kept;
}

static void take_project_of(struct ledger_view *v, struct arena *a, const char *run,
			    struct json_span item)
{
	const char *own = json_get_text(a, item, "run");
	struct made_project made = {.id = json_get_text(a, item, "project"),
				    .title = json_get_text(a, item, "title"),
				    .account = json_get_text(a, item, "account"),
				    .run = own ? own : run};
	if (made.id && made.title && made.run)
		add_project(a, v, made);
}

static void take_project(struct fold *f, struct json_span item)
{
	take_project_of(f->view, f->arena, NULL, item);
}

void ledger_view_take_projects(struct ledger_view *v, struct arena *a, const char *run,
			       struct json_span body)
{
	struct json_span list, item;
	struct json_cursor made = {0}, deleted = {0};
	if (json_member(body, "projects", &list)) {
		while (json_next(list, &made, &item))
			take_project_of(v, a, run, item);
	}
	if (!json_member(body, "projects_deleted", &list))
		return;
	while (json_next(list, &deleted, &item)) {
		const char *id = json_string(a, item);
		if (id)
			drop_project(v, id);
	}
}

static struct last_applied applied_of(struct arena *a, struct json_span body)
{
	return (struct last_applied){.run = json_get_text(a, body, "run"),
				     .manifests = json_get_text(a, body, "manifests"),
				     .commit = json_get_text(a, body, "commit"),
				     .number = (uint64_t)json_get_number(body, "number", 0),
				     .begun = moment_of(a, body, "begun"),
				     .policy = kept_policy_find(a, body),
				     .set = kept_policy_find_set(a, body)};
}

static const struct {
	const char *key;
	void (*take)(struct fold *f, struct json_span item);
} lists[] = {
	{"open", take_open},	     {"used", take_used},	   {"withheld", take_withheld},
	{"waiting", take_waiting},   {"attested", take_attested},  {"unrecorded", take_unrecorded},
	{"ends", take_end_of_grant}, {"former", take_former_name}, {"projects", take_project},
};

static struct error *take_state(struct fold *f)
{
	enum { LISTS = sizeof(lists) / sizeof(*lists), LAST = LISTS, LATEST, USED_SINCE, MEMBERS };
	const char *keys[MEMBERS] = {
		[LAST] = "last", [LATEST] = "latest", [USED_SINCE] = "used_since"};
	struct json_span state = {str_text(&f->state), f->state.len}, values[MEMBERS], item;
	struct ledger_view kept = *f->view;
	TRY(json_check("state", state.at, state.len));
	*f->view = (struct ledger_view){.held = kept.held,
					.holder = kept.holder,
					.held_by = kept.held_by,
					.hold_at = kept.hold_at,
					.sends_within_ms = kept.sends_within_ms,
					.others_within_ms = kept.others_within_ms};
	for (size_t i = 0; i < LISTS; i++)
		keys[i] = lists[i].key;
	json_members(state, keys, MEMBERS, values);
	for (size_t i = 0; i < LISTS; i++) {
		struct json_cursor cursor = {0};
		while (values[i].at && json_next(values[i], &cursor, &item))
			lists[i].take(f, item);
	}
	if (values[LAST].at)
		f->view->last = f->view->latest = applied_of(f->arena, values[LAST]);
	if (values[LATEST].at) /* was not always kept */
		f->view->latest = applied_of(f->arena, values[LATEST]);
	f->view->used_since = moment(f->arena, values[USED_SINCE]);
	return NULL;
}

/* A state that was cut off does not count: the next one begins with its first part again. */
static struct error *take_part(struct fold *f, struct json_span body)
{
	int64_t part = json_get_number(body, "part", 0), parts = json_get_number(body, "parts", 0);
	const char *text = json_get_text(f->arena, body, "text");
	if (part == 1) {
		f->state = (struct str)STR(f->arena);
		f->parts_seen = 0;
	}
	if (!text || part != f->parts_seen + 1)
		return NULL;
	f->parts_seen = part;
	str_add(&f->state, text);
	return part == parts ? take_state(f) : NULL;
}

/* ---- entries behind it ---- */

static void take_hold(struct fold *f, const struct ledger_entry *e)
{
	f->view->held = true;
	f->view->holder = holder_parse(f->arena, e->body);
	f->view->holder.since = e->at;
	f->view->held_by = NULL;
	f->view->hold_at = e->number;
	if (e->type == ENTRY_TAKEOVER && !json_get_true(e->body, "gone") &&
	    f->view->others_within_ms < f->view->sends_within_ms)
		f->view->others_within_ms = f->view->sends_within_ms;
	f->view->sends_within_ms = 0;
}

/* A run waits for all that it took over before its first intent. */
static void take_intent(struct fold *f, const struct ledger_entry *e)
{
	f->view->sends_within_ms = json_get_number(e->body, "within_ms", 0);
	f->view->others_within_ms = 0;
}

/* A plan that was cut off does not count: it begins with its first part again. */
static void take_plan(struct fold *f, const struct ledger_entry *e)
{
	bool first = json_get_number(e->body, "part", 0) == 1 &&
		     !strcmp(json_get_word(f->arena, e->body, "of"), "plan");
	if (e->run && (first || !f->planning || strcmp(f->planning, e->run) != 0)) {
		f->planning = e->run;
		f->plan_at = e->number;
	}
}

static void take_begin(struct fold *f, const struct ledger_entry *e)
{
	struct arena *a = f->arena;
	struct ledger_view *v = f->view;
	bool planned = f->planning && e->run && !strcmp(f->planning, e->run);
	if (!e->run || ledger_view_find(v, e->run))
		return;
	struct open_run r = {.name = e->run,
			     .plan = json_get_word(a, e->body, "plan"),
			     .by = json_get_word(a, e->body, "by"),
			     .commit = json_get_text(a, e->body, "commit"),
			     .first = planned ? f->plan_at : e->number,
			     .begun = moment_of(a, e->body, "begun")};
	vec_push(a, &v->open, r);
	v->held_by = e->run;
	bool saved = json_get_true(e->body, "saved");
	if (saved)
		vec_push(a, &v->used, (struct used_plan){r.plan, r.name, r.begun});
	v->latest = (struct last_applied){r.name,
					  json_get_text(a, e->body, "manifests"),
					  r.commit,
					  e->number,
					  r.begun,
					  kept_policy_find(a, e->body),
					  kept_policy_find_set(a, e->body)};
	/* A plan file without a commit must not end that manifests are compared with the last. */
	if (json_get_true(e->body, "whole") && (r.commit || !saved || !v->last.commit))
		v->last = v->latest;
}

static void take_end(struct fold *f, const struct ledger_entry *e)
{
	struct open_run_vec *open = &f->view->open;
	size_t kept = 0;
	for (size_t i = 0; i < open->len; i++) {
		if (!e->run || strcmp(open->at[i].name, e->run) != 0)
			open->at[kept++] = open->at[i];
	}
	open->len = kept;
}

static struct error *take_entry(struct fold *f, const struct ledger_entry *e)
{
	switch (e->type) {
	case ENTRY_HOLD:
	case ENTRY_TAKEOVER:
		take_hold(f, e);
		break;
	case ENTRY_PLAN:
		take_plan(f, e);
		break;
	case ENTRY_BEGIN:
		take_begin(f, e);
		break;
	case ENTRY_INTENT:
		take_intent(f, e);
		break;
	case ENTRY_RESULT:
		f->view->sends_within_ms = 0;
		ledger_view_take_projects(f->view, f->arena, e->run, e->body);
		break;
	case ENTRY_RECONCILED:
	case ENTRY_LATE:
		ledger_view_take_projects(f->view, f->arena, e->run, e->body);
		break;
	case ENTRY_END:
		take_end(f, e);
		break;
	case ENTRY_STATE:
		return take_part(f, e->body);
	case ENTRY_RELEASE:
		f->view->held = false;
		f->view->others_within_ms = json_get_number(e->body, "others_within_ms", 0);
		break;
	case ENTRY_ATTESTED:
		attested_take(f->arena, e->body, &f->view->attested);
		break;
	case ENTRY_MOVED:
		f->view->moved = json_get_word(f->arena, e->body, "to");
		break;
	default:
		break;
	}
	return NULL;
}

static int by_address(const void *a, const void *b)
{
	const struct waiting_change *x = a, *y = b;
	return strcmp(x->address, y->address);
}

struct error *ledger_view_of(const struct ledger_record_vec *records, struct arena *a,
			     struct ledger_view *out)
{
	struct fold f = {.arena = a, .view = out, .state = STR(a)};
	*out = (struct ledger_view){0};
	for (size_t i = 0; i < records->len; i++) {
		const struct ledger_entry_vec *entries = &records->at[i].entries;
		for (size_t k = 0; k < entries->len; k++)
			TRY(take_entry(&f, &entries->at[k]));
	}
	out->number = records->len ? records->at[records->len - 1].number : 0;
	vec_sort(&out->withheld, compare_texts);
	vec_sort(&out->waiting, by_address);
	grant_ends_sort(&out->ends);
	return NULL;
}

static bool has_release(const struct ledger_record_vec *records)
{
	for (size_t i = 0; i < records->len; i++) {
		const struct ledger_entry_vec *entries = &records->at[i].entries;
		for (size_t k = 0; k < entries->len; k++) {
			if (entries->at[k].type == ENTRY_RELEASE)
				return true;
		}
	}
	return false;
}

/* A state does not say who has the ledger. Where it was written in the middle of a run, the records
 * back to the last release do, and for whom the next one has to wait. */
struct error *ledger_view_read(struct ledger *l, struct arena *a, struct ledger_view *out)
{
	struct ledger_record_vec records = {0};
	uint64_t last = ledger_number(l), from = ledger_state_at(l) ? ledger_state_at(l) : 1;
	for (uint64_t back = 1; last; back *= 2) {
		records.len = 0;
		TRY(ledger_read(l, a, from, last, &records));
		if (from == 1 || has_release(&records))
			break;
		from = from > back ? from - back : 1;
	}
	return ledger_view_of(&records, a, out);
}

/* ---- written ---- */

static void put_moment(struct str *out, const char *key, int64_t at)
{
	char text[TIME_TEXT];
	time_format(at, text);
	json_put_text(out, key, at ? text : NULL);
}

static void begin_list(struct str *out, const char *key)
{
	json_put_key(out, key);
	str_addc(out, '[');
}

static void add_open(struct str *out, const struct ledger_view *v)
{
	begin_list(out, "open");
	for (size_t i = 0; i < v->open.len; i++) {
		const struct open_run *r = &v->open.at[i];
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "run", r->name);
		json_put_text(out, "plan", r->plan);
		json_put_text(out, "by", r->by);
		json_put_text(out, "commit", r->commit);
		json_put_number(out, "first", (int64_t)r->first);
		put_moment(out, "begun", r->begun);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

/* A used plan that is left out here has long expired. A plan that is older than all that are
 * kept is refused, because it may have been used. */
static void add_used(struct str *out, struct ledger_view *v, int64_t now)
{
	int64_t oldest = now - (int64_t)USED_DAYS * DAY_SECONDS;
	size_t count = 0;
	begin_list(out, "used");
	for (size_t i = 0; i < v->used.len; i++) {
		const struct used_plan *u = &v->used.at[i];
		if (u->at < oldest) {
			v->used_since = oldest;
			continue;
		}
		str_add(out, count++ ? ", {" : "{");
		json_put_text(out, "plan", u->plan);
		json_put_text(out, "run", u->run);
		put_moment(out, "at", u->at);
		str_addc(out, '}');
	}
	str_addc(out, ']');
	put_moment(out, "used_since", v->used_since);
}

static void add_texts(struct str *out, const char *key, const char *const *texts, size_t count)
{
	begin_list(out, key);
	for (size_t i = 0; i < count; i++) {
		str_add(out, i ? ", " : "");
		json_add_text(out, texts[i]);
	}
	str_addc(out, ']');
}

static void add_lists(struct str *out, const struct ledger_view *v)
{
	add_texts(out, "withheld", v->withheld.at, v->withheld.len);
	if (v->unrecorded.len)
		add_texts(out, "unrecorded", v->unrecorded.at, v->unrecorded.len);
	begin_list(out, "waiting");
	for (size_t i = 0; i < v->waiting.len; i++) {
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "address", v->waiting.at[i].address);
		put_moment(out, "since", v->waiting.at[i].since);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static void add_attested(struct str *out, const struct ledger_view *v)
{
	if (v->attested.len == 0)
		return;
	begin_list(out, "attested");
	for (size_t i = 0; i < v->attested.len; i++) {
		str_add(out, i ? ", " : "");
		attested_put(out, &v->attested.at[i], NULL);
	}
	str_addc(out, ']');
}

static void add_ends(struct str *out, const struct ledger_view *v)
{
	char day[DATE_TEXT];
	begin_list(out, "ends");
	for (size_t i = 0; i < v->ends.len; i++) {
		date_format(v->ends.at[i].day, day);
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "grant", v->ends.at[i].address);
		json_put_text(out, "expires", day);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

static void add_former(struct str *out, const struct ledger_view *v)
{
	if (v->former.len == 0)
		return;
	begin_list(out, "former");
	for (size_t i = 0; i < v->former.len; i++) {
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "account", v->former.at[i].now);
		json_put_text(out, "was", v->former.at[i].then);
		json_put_text(out, "id", v->former.at[i].id);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

void ledger_view_put_projects(struct str *out, const struct made_project_vec *made)
{
	if (made->len == 0)
		return;
	begin_list(out, "projects");
	for (size_t i = 0; i < made->len; i++) {
		const struct made_project *m = &made->at[i];
		str_add(out, i ? ", {" : "{");
		json_put_text(out, "project", m->id);
		json_put_text(out, "title", m->title);
		if (m->account)
			json_put_text(out, "account", m->account);
		if (m->run)
			json_put_text(out, "run", m->run);
		str_addc(out, '}');
	}
	str_addc(out, ']');
}

void ledger_view_put_deleted(struct str *out, const struct line_vec *ids)
{
	if (ids->len)
		add_texts(out, "projects_deleted", ids->at, ids->len);
}

static void put_applied(struct str *out, const char *key, const struct last_applied *applied)
{
	json_put_key(out, key);
	str_addc(out, '{');
	json_put_text(out, "run", applied->run);
	json_put_text(out, "manifests", applied->manifests);
	json_put_text(out, "commit", applied->commit);
	json_put_number(out, "number", (int64_t)applied->number);
	put_moment(out, "begun", applied->begun);
	kept_policy_put(out, applied->policy, applied->set);
	str_addc(out, '}');
}

void ledger_view_add(struct ledger *l, struct ledger_view *v, int64_t now)
{
	ARENA a = {0};
	struct str out = STR(&a);
	str_addc(&out, '{');
	add_open(&out, v);
	add_used(&out, v, now);
	add_lists(&out, v);
	add_attested(&out, v);
	add_ends(&out, v);
	add_former(&out, v);
	ledger_view_put_projects(&out, &v->projects);
	put_applied(&out, "last", &v->last);
	put_applied(&out, "latest", &v->latest);
	str_addc(&out, '}');
	ledger_add_parts(l, ENTRY_STATE, NULL, out.at, out.len, "");
}

/* ---- asked ---- */

static void follow_waiting(struct ledger_view *v, const struct former_name_vec *names,
			   struct arena *a)
{
	struct waiting_change_vec now = {0};
	for (size_t i = 0; i < v->waiting.len; i++) {
		const struct waiting_change *w = &v->waiting.at[i];
		vec_push(a, &now,
			 (struct waiting_change){former_names_follow(names, w->address, a),
						 w->since});
	}
	vec_sort(&now, by_address);
	v->waiting = now;
}

static void follow_attested(struct ledger_view *v, const struct plan *plan,
			    const struct former_name_vec *names, struct arena *a)
{
	struct attestation_vec now = {0};
	for (size_t i = 0; i < v->attested.len; i++) {
		struct attestation t = v->attested.at[i];
		t.address = former_names_follow_id(plan, names, t.address, t.id, a);
		vec_push(a, &now, t);
	}
	v->attested = now;
}

void ledger_view_follow(struct ledger_view *v, const struct plan *plan, struct arena *a)
{
	struct former_name_vec names = {0};
	former_names_find(plan, a, &names);
	follow_attested(v, plan, &names, a);
	if (names.len)
		follow_waiting(v, &names, a);
}

struct error *ledger_view_check_here(const struct ledger_view *view)
{
	ARENA a = {0};
	struct str place = STR(&a);
	if (!view->moved)
		return NULL;
	text_escape(&place, view->moved, strlen(view->moved), SHOWN_MAX);
	return error_new(ERROR_INPUT,
			 "the ledger was moved to %s; nothing may follow here, name that one in "
			 "the configuration",
			 str_text(&place));
}

struct open_run *ledger_view_find(const struct ledger_view *view, const char *run)
{
	for (size_t i = 0; i < view->open.len; i++) {
		if (!strcmp(view->open.at[i].name, run))
			return &view->open.at[i];
	}
	return NULL;
}

int64_t ledger_view_waits_since(const struct ledger_view *view, const char *address)
{
	struct waiting_change key = {.address = address};
	const struct waiting_change *found = vec_find(&view->waiting, &key, by_address);
	return found ? found->since : 0;
}
