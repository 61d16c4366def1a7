/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/util/json.h"
#include "core/util/text_escape.h"
#include "providers/adobe/users/umapi.h"

#define ENTRY_NAMES ((size_t)UMAPI_STEPS_MAX * UMAPI_NAMES_MAX)

static bool is_same_principal(const struct change *a, const struct change *b)
{
	return a->principal->kind == b->principal->kind &&
	       !strcmp(a->principal->name, b->principal->name);
}

size_t umapi_take(const struct change *const *changes, size_t len)
{
	size_t entries = 1, names = 0, i;
	for (i = 0; i < len; i++) {
		if (changes[i]->action != changes[0]->action)
			return i;
		bool next = i > 0 && !is_same_principal(changes[i - 1], changes[i]);
		if (next || names == ENTRY_NAMES) {
			entries++;
			names = 0;
		}
		if (entries > UMAPI_ENTRIES_MAX)
			return i;
		names++;
	}
	return i;
}

/* ---- building ---- */

struct builder {
	struct directory *directory;
	struct arena *arena;
	const struct change *const *changes;
	const char *const *emails;
	struct umapi_request *out;
	struct outcome *outcomes;
	size_t in_entry; /* number of items in the last entry */
};

static struct outcome refusal(const char *why)
{
	return (struct outcome){OUTCOME_REFUSED, why};
}

/* The name to send for a change; NULL when the change is refused before it is sent. */
static const char *name_for(struct builder *b, size_t i)
{
	const struct change *c = b->changes[i];
	const char *why = NULL, *name = NULL;
	if (!c->entitlement)
		why = "the User Management API makes no technical accounts";
	else if (c->principal->kind == PRINCIPAL_GROUP && c->entitlement->role)
		why = "a user group cannot hold an admin role";
	else if (c->principal->kind != PRINCIPAL_GROUP && !b->emails[i])
		why = "its address in the service is not known";
	else
		name = directory_group_of(b->directory, c->entitlement, &why);
	if (!name)
		b->outcomes[i] = refusal(why);
	return name;
}

static bool asks_again(const struct builder *b, const char *name)
{
	const struct umapi_item_vec *items = &b->out->items;
	for (size_t i = items->len - b->in_entry; i < items->len; i++) {
		if (!strcmp(items->at[i].name, name))
			return true;
	}
	return false;
}

static void add_item(struct builder *b, size_t i, const char *name)
{
	struct umapi_request *r = b->out;
	const struct umapi_item *last = r->items.len ? &r->items.at[r->items.len - 1] : NULL;
	if (!last || !is_same_principal(b->changes[last->change], b->changes[i]) ||
	    b->in_entry == ENTRY_NAMES) {
		r->entries++;
		b->in_entry = 0;
	}
	struct umapi_item item = {
		.change = i, .name = name, .entry = r->entries - 1, .leads = !asks_again(b, name)};
	vec_push(b->arena, &r->items, item);
	b->in_entry++;
}

/* Spreads the items of one entry over its steps: one each as long as there are steps. */
static void set_steps(struct umapi_request *r, size_t from, size_t to)
{
	size_t names = 0, step = 0, used = 0;
	for (size_t i = from; i < to; i++)
		names += r->items.at[i].leads;
	size_t size = (names + UMAPI_STEPS_MAX - 1) / UMAPI_STEPS_MAX;
	for (size_t i = from; i < to; i++) {
		struct umapi_item *item = &r->items.at[i];
		if (!item->leads)
			continue;
		if (used == size) {
			step++;
			used = 0;
		}
		used++;
		item->step = (uint32_t)step;
	}
	for (size_t i = from; i < to; i++) {
		for (size_t k = from; !r->items.at[i].leads && k < i; k++) {
			if (r->items.at[k].leads &&
			    !strcmp(r->items.at[k].name, r->items.at[i].name))
				r->items.at[i].step = r->items.at[k].step;
		}
	}
	r->steps[r->items.at[from].entry] = (uint32_t)step + 1;
}

static size_t entry_end(const struct umapi_request *r, size_t from)
{
	size_t end = from;
	while (end < r->items.len && r->items.at[end].entry == r->items.at[from].entry)
		end++;
	return end;
}

static void write_root(struct builder *b, struct str *out, const struct umapi_item *item)
{
	const struct principal *p = b->changes[item->change]->principal;
	if (p->kind == PRINCIPAL_GROUP) {
		const struct directory_group *g = directory_find(b->directory, p->name);
		json_add_key(out, "usergroup");
		json_add_text(out, g && g->kind == DIRECTORY_USER_GROUP ? g->name : p->name);
		return;
	}
	const char *name = b->emails[item->change], *address;
	const struct directory_user *user = directory_find_user(b->directory, name);
	enum user_type type = user_type_of(name, &address);
	json_add_key(out, "user");
	json_add_text(out, user ? user->email : address);
	if ((user ? directory_type_of(user) : type) == USER_ADOBE_ID)
		str_add(out, ", \"useAdobeID\": true");
}

static void write_step(struct builder *b, struct str *out, size_t from, size_t to, uint32_t step)
{
	const struct umapi_request *r = b->out;
	bool group = b->changes[r->items.at[from].change]->principal->kind == PRINCIPAL_GROUP;
	size_t written = 0;
	str_printf(out, "%s{\"%s\": {\"%s\": [", step ? ", " : "", r->add ? "add" : "remove",
		   group ? "productConfiguration" : "group");
	for (size_t i = from; i < to; i++) {
		if (r->items.at[i].step != step || !r->items.at[i].leads)
			continue;
		str_add(out, written++ ? ", " : "");
		json_add_text(out, r->items.at[i].name);
	}
	str_add(out, "]}}");
}

static void write_entry(struct builder *b, struct str *out, size_t from, size_t to)
{
	uint32_t entry = b->out->items.at[from].entry;
	str_printf(out, "%s{", entry ? ", " : "");
	write_root(b, out, &b->out->items.at[from]);
	str_printf(out, ", \"requestID\": \"writ-%u\", \"do\": [", entry + 1);
	for (uint32_t step = 0; step < b->out->steps[entry]; step++)
		write_step(b, out, from, to, step);
	str_add(out, "]}");
}

void umapi_build(struct directory *d, struct arena *a, const struct change *const *changes,
		 const char *const *emails, size_t len, struct umapi_request *out,
		 struct outcome *outcomes)
{
	struct builder b = {d, a, changes, emails, out, outcomes, 0};
	struct str body = STR(a);
	*out = (struct umapi_request){.add = len > 0 && changes[0]->action == ACTION_CREATE};
	for (size_t i = 0; i < len; i++) {
		const char *name = name_for(&b, i);
		if (name)
			add_item(&b, i, name);
	}
	out->steps = arena_zalloc(a, (out->entries + 1) * sizeof(*out->steps));
	if (out->items.len == 0)
		return;
	str_add(&body, "[");
	for (size_t from = 0, end; from < out->items.len; from = end) {
		end = entry_end(out, from);
		set_steps(out, from, end);
		write_entry(&b, &body, from, end);
	}
	str_add(&body, "]");
	out->body = str_text(&body);
}

/* ---- understanding ---- */

/* What an entry's error code says of the step that failed. */
enum finding {
	FINDING_REFUSED,
	FINDING_MISSING, /* whom the entry is about does not exist: nothing after it was
			  * done either */
	FINDING_THERE,	 /* it was so already */
	FINDING_UNKNOWN,
};

/* facts/umapi.md, "Answers"; the longest match counts. */
static const struct {
	const char *code;
	bool prefix;
	enum finding finding;
} codes[] = {
	{"error.user.nonexistent", false, FINDING_MISSING},
	{"error.user.nonexistent_or_has_conflicting_parameters", false, FINDING_MISSING},
	{"error.user.not_found", false, FINDING_MISSING},
	{"error.user.not_in_org", false, FINDING_MISSING},
	{"error.usergroup.not_found", false, FINDING_MISSING},
	{"error.user.already_exists", false, FINDING_THERE},
	{"error.user.update_failed", false, FINDING_UNKNOWN},
	{"error.group.remove_failed", false, FINDING_UNKNOWN},
	{"error.usergroup.update.failed", false, FINDING_UNKNOWN},
	{"error.throttled_by_external_service", false, FINDING_UNKNOWN},
	{"error.internal.", true, FINDING_UNKNOWN},
};

static enum finding find_code(const char *code)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		bool found = codes[i].prefix ? !strncmp(code, codes[i].code, strlen(codes[i].code))
					     : !strcmp(code, codes[i].code);
		if (found)
			return codes[i].finding;
	}
	return FINDING_REFUSED;
}

struct step_state {
	bool failed;
	enum finding finding : 8;
	const char *message;
};

struct entry_state {
	bool failed, unclear; /* unclear: there is an error that names no step */
	uint32_t first;	      /* the first step that failed */
	struct step_state steps[UMAPI_STEPS_MAX];
};

struct umapi_reading {
	const struct umapi_request *request;
	struct arena *arena;
	struct entry_state *entries;
};

/* A whole number below `bound`, also as text; -1 when it is none. */
static int64_t index_of(const struct reply *error, const char *key, uint32_t bound, struct arena *a)
{
	const char *digits = reply_id(error, key, a);
	if (!digits || strlen(digits) > 4)
		return -1;
	int64_t value = strtol(digits, NULL, 10);
	return value < bound ? value : -1;
}

static const char *message_of(const struct reply *error, const char *code, struct arena *a)
{
	const char *text = reply_text(error, "message");
	struct str out = STR(a);
	text_escape(&out, code, strlen(code), 80);
	if (text) {
		str_add(&out, ": ");
		text_escape(&out, text, strlen(text), 200);
	}
	return str_text(&out);
}

static bool read_error(struct umapi_reading *r, const struct reply *error)
{
	int64_t index = index_of(error, "index", r->request->entries, r->arena);
	if (index < 0)
		return false;
	struct entry_state *e = &r->entries[index];
	int64_t step = index_of(error, "step", r->request->steps[index], r->arena);
	const char *code = reply_text(error, "errorCode");
	if (step < 0 || !code) {
		e->unclear = true;
	} else {
		e->steps[step] = (struct step_state){true, find_code(code),
						     message_of(error, code, r->arena)};
		if (!e->failed || step < e->first)
			e->first = (uint32_t)step;
	}
	e->failed = true;
	return true;
}

/* Whether counts, result and errors say the same. */
static bool is_consistent(const struct umapi_reading *r, const struct reply *answer)
{
	int64_t done = reply_int(answer, "completed", -1);
	int64_t left = reply_int(answer, "notCompleted", -1), failed = 0;
	const char *result = reply_text(answer, "result");
	for (uint32_t i = 0; i < r->request->entries; i++)
		failed += r->entries[i].failed;
	if (done < 0 || left != failed || done + left != r->request->entries || !result)
		return false;
	return !strcmp(result, left == 0 ? "success" : done == 0 ? "error" : "partial");
}

static size_t step_size(const struct umapi_request *r, const struct umapi_item *item)
{
	size_t size = 0;
	for (size_t i = 0; i < r->items.len; i++) {
		const struct umapi_item *other = &r->items.at[i];
		size += other->entry == item->entry && other->step == item->step && other->leads;
	}
	return size;
}

/* The outcome of an item whose own step failed. */
static struct outcome failed_step(const struct umapi_reading *r, const struct umapi_item *item)
{
	const struct step_state *s = &r->entries[item->entry].steps[item->step];
	bool alone = step_size(r->request, item) == 1;
	if (s->finding == FINDING_MISSING || (alone && s->finding == FINDING_REFUSED))
		return (struct outcome){OUTCOME_REFUSED, s->message};
	if (alone && s->finding == FINDING_THERE && r->request->add)
		return (struct outcome){OUTCOME_APPLIED, NULL};
	return (struct outcome){OUTCOME_UNKNOWN, s->message};
}

static struct outcome outcome_of(const struct umapi_reading *r, const struct umapi_item *item)
{
	const struct entry_state *e = &r->entries[item->entry];
	if (!e->failed)
		return (struct outcome){OUTCOME_APPLIED, NULL};
	if (e->unclear)
		return (struct outcome){OUTCOME_UNKNOWN,
					"the answer does not tell which step of it failed"};
	if (e->steps[item->step].failed)
		return failed_step(r, item);
	if (item->step < e->first)
		return (struct outcome){OUTCOME_APPLIED, NULL};
	if (e->steps[e->first].finding == FINDING_MISSING)
		return (struct outcome){OUTCOME_REFUSED, e->steps[e->first].message};
	return (struct outcome){OUTCOME_UNKNOWN, "a step before it failed"};
}

static void set_all(const struct umapi_request *r, struct outcome outcome, struct outcome *outcomes)
{
	for (size_t i = 0; i < r->items.len; i++)
		outcomes[r->items.at[i].change] = outcome;
}

void umapi_understand(const struct umapi_request *request, const struct reply *answer,
		      struct arena *a, struct outcome *outcomes)
{
	struct umapi_reading r = {
		request, a, arena_zalloc(a, (request->entries + 1) * sizeof(struct entry_state))};
	const struct reply *errors = reply_get(answer, "errors");
	bool good = !errors || reply_is_array(errors);
	for (const struct reply *e = reply_first(errors); e && good; e = reply_after(e))
		good = read_error(&r, e);
	if (!good || !is_consistent(&r, answer)) {
		set_all(request,
			(struct outcome){OUTCOME_UNKNOWN,
					 "the service's answer contradicts itself"},
			outcomes);
		return;
	}
	for (size_t i = 0; i < request->items.len; i++)
		outcomes[request->items.at[i].change] = outcome_of(&r, &request->items.at[i]);
}

struct error *umapi_execute(const struct umapi *api, struct directory *d, struct arena *a,
			    const struct change *const *changes, const char *const *emails,
			    size_t len, struct outcome *outcomes)
{
	struct umapi_request request;
	struct str path = STR(a);
	umapi_build(d, a, changes, emails, len, &request, outcomes);
	if (!request.body)
		return NULL;
	str_add(&path, "/action/");
	http_escape(&path, api->org_id);
	struct http_request r = {.service = SERVICE_USERS,
				 .budget = BUDGET_ACTION,
				 .method = "POST",
				 .path = str_text(&path),
				 .route = "/action/{org}",
				 .body = request.body,
				 .token = api->token};
	struct http_request *list[] = {&r};
	struct error *error = http_run(api->http, a, list, 1);
	if (!error && r.verdict.class == OUTCOME_APPLIED)
		umapi_understand(&request, r.json, a, outcomes);
	else if (!error)
		set_all(&request, (struct outcome){r.verdict.class, r.message}, outcomes);
	http_done(&r);
	return error;
}
