/* SPDX-License-Identifier: Apache-2.0 */
/* The action call: a batch of entries, each a list of steps, each answered for itself. */
#include "cmd/adobe-emulator/umapi/umapi_action.h"

#include <string.h>

#include "core/util/unicode.h"

static struct tree *note(struct action_entry *a, struct tree *array, const char *key,
			 const char *code, const char *message)
{
	const char *id = reply_text(a->entry, "requestID");
	struct tree *item = tree_push_object(array);
	tree_int(item, "index", a->index);
	if (switch_is(&a->s->switches, SWITCH_STEP_TYPE, "text"))
		tree_int_text(item, "step", a->step);
	else
		tree_int(item, "step", a->step);
	if (id)
		tree_text(item, "requestID", id);
	tree_text(item, "message", message);
	if (switch_is(&a->s->switches, SWITCH_ERROR_USER, "given"))
		tree_text(item, "user", a->root ? a->root : "");
	tree_text(item, key, code);
	return item;
}

void action_error(struct action_entry *a, const char *code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	note(a, a->errors, "errorCode", code, arena_vprintf(a->r->arena, format, args));
	va_end(args);
	a->failed = true;
}

void action_warn(struct action_entry *a, const char *code, const char *message)
{
	note(a, a->warnings, "warningCode", code, message);
}

void action_regroup(struct action_entry *a)
{
	a->groups = (struct named_group_vec){0};
	umapi_groups(a->s, a->r, REVISION_LATEST, &a->groups);
}

/* ---- lists and names ---- */

static bool has_name(const struct words_vec *names, const char *name)
{
	for (size_t i = 0; i < names->len; i++) {
		if (ascii_casecmp(names->at[i], name) == 0)
			return true;
	}
	return false;
}

bool action_list(struct action_entry *a, const struct reply *list, struct words_vec *out)
{
	if (!reply_is_array(list)) {
		action_error(a, "error.command.add_remove.list_not_array", "%s must be a list",
			     reply_key(list));
		return false;
	}
	if (reply_count(list) > LIST_MAX) {
		action_error(a, "error.command.add_remove.list_too_long",
			     "Maximum list size exceeded: %s", reply_key(list));
		return false;
	}
	if (reply_count(list) == 0) {
		action_error(a, "error.group.invalid_list", "Invalid list: %s", reply_key(list));
		return false;
	}
	for (const struct reply *item = reply_first(list); item; item = reply_after(item)) {
		if (!reply_own_text(item)) {
			action_error(a, "error.group.invalid_list", "Invalid list: %s",
				     reply_key(list));
			return false;
		}
		if (strlen(reply_own_text(item)) > 255) {
			action_error(a, "error.command.add_remove.group_or_product_name_too_long",
				     "Name too long");
			return false;
		}
		if (has_name(out, reply_own_text(item))) {
			action_error(a, "error.command.add_remove.duplicate.usergroup_list",
				     "Duplicate name: %s", reply_own_text(item));
			return false;
		}
		vec_push(a->r->arena, out, reply_own_text(item));
	}
	return true;
}

static bool never_assignable(const char *name)
{
	return !strcmp(name, "_org_admin") || !strcmp(name, "_compartment_admin") ||
	       !strcmp(name, "_compartment_viewer");
}

/* Names of administrators are taken as they are, or as lists spell them. */
static bool is_spelt(const struct action_entry *a, const struct named_group *g, const char *name)
{
	return !strcmp(g->name, name) ||
	       !strcmp(umapi_spell_group(a->s, a->r->arena, g->name), name);
}

const struct named_group *action_group(struct action_entry *a, const char *name)
{
	const struct named_group *g = umapi_find_group(&a->groups, name);
	if (g && g->type != GROUP_USER && g->type != GROUP_PROFILE && !is_spelt(a, g, name))
		g = NULL;
	if (never_assignable(name) &&
	    switch_is(&a->s->switches, SWITCH_ORG_ADMIN_ERROR, "illegal-entry")) {
		action_error(a, "error.command.illegal_entry", "Illegal group: %s", name);
		return NULL;
	}
	if (!g || never_assignable(name)) {
		action_error(a, "error.group.not_found", "Group %s was not found", name);
		return NULL;
	}
	return g;
}

struct user *action_user(struct action_entry *a, const char *name)
{
	bool exact = switch_is(&a->s->switches, SWITCH_EMAIL_MATCH, "exact");
	struct user *u = find_user(a->s->org, name, REVISION_LATEST);
	struct user *twin =
		find_user(a->s->org, umapi_adobe_id(a->r->arena, name), REVISION_LATEST);
	if (twin && reply_bool(a->entry, "useAdobeID", false))
		return twin;
	return u && exact && strcmp(u->email, name) != 0 ? NULL : u;
}

bool action_repeated(struct action_entry *a, const struct reply *step)
{
	for (const struct reply *x = reply_first(step); x; x = reply_after(x)) {
		for (const struct reply *y = reply_after(x); y; y = reply_after(y)) {
			if (strcmp(reply_key(x), reply_key(y)) != 0)
				continue;
			action_error(a,
				     !strcmp(reply_key(x), "user")
					     ? "error.command.add_remove.duplicate.user_list"
				     : !strcmp(reply_key(x), "group")
					     ? "error.command.add_remove.duplicate.group_list"
					     : "error.command.add_remove.duplicate.product_list",
				     "Duplicate key: %s", reply_key(x));
			return true;
		}
	}
	return false;
}

/* ---- entries ---- */

static bool check_texts(struct action_entry *a)
{
	static const struct {
		const char *key, *code;
	} rows[] = {
		{"requestID", "error.command.string_expected"},
		{"user", "error.command.string_expected"},
		{"usergroup", "error.command.string_expected"},
		{"domain", "error.command.domain.string_expected"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct reply *value = reply_get(a->entry, rows[i].key);
		if (value && !reply_own_text(value)) {
			action_error(a, rows[i].code, "String expected: %s", rows[i].key);
			return false;
		}
		if (value && strlen(reply_own_text(value)) > TEXT_LIMIT) {
			action_error(a, "error.command.string.too_long",
				     "String too long, field: %s, max length %d", rows[i].key,
				     TEXT_LIMIT);
			return false;
		}
	}
	const struct reply *flag = reply_get(a->entry, "useAdobeID");
	if (flag && !is_flag(flag)) {
		action_error(a, "error.command.boolean_expected", "Boolean expected: useAdobeID");
		return false;
	}
	return true;
}

static bool check_root(struct action_entry *a)
{
	const char *user = reply_text(a->entry, "user");
	const char *group = reply_text(a->entry, "usergroup");
	const char *domain = reply_text(a->entry, "domain");
	a->root = user ? user : group;
	a->is_group = !user;
	if (!a->root || !*a->root) {
		action_error(a, "error.command.user_usergroup.missing", "No user or usergroup");
		return false;
	}
	if (user && group) {
		action_error(a, "error.command.illegal_entry", "Both user and usergroup");
		return false;
	}
	if (user && domain && strchr(user, '@')) {
		action_error(a, "error.command.domain.must_be_used_with_nonemail_username",
			     "Domain must be used with a username that is no email");
		return false;
	}
	if (user && !domain && !strchr(user, '@')) {
		action_error(a, "error.command.domain.missing", "Domain is missing");
		return false;
	}
	return true;
}

static struct user *by_username(struct action_entry *a, const char *name, const char *domain)
{
	for (size_t i = 0; i < a->s->org->users.len; i++) {
		struct user *u = a->s->org->users.at[i];
		if (lives(&u->life, REVISION_LATEST) && !ascii_casecmp(u->username, name) &&
		    !ascii_casecmp(u->domain, domain))
			return u;
	}
	return NULL;
}

static void find_root(struct action_entry *a)
{
	const char *domain = reply_text(a->entry, "domain");
	a->user = NULL;
	a->account = NULL;
	a->group = NULL;
	if (a->is_group) {
		const struct named_group *g = umapi_find_group(&a->groups, a->root);
		a->group = g && g->type == GROUP_USER ? g->group : NULL;
		return;
	}
	a->user = domain ? by_username(a, a->root, domain) : action_user(a, a->root);
	if (!a->user && switch_is(&a->s->switches, SWITCH_TECH_ACTION, "accept"))
		a->account = find_tech_email(a->s->org, a->root, REVISION_LATEST);
}

static bool step_creates(const char *name)
{
	return !strcmp(name, "addAdobeID") || !strcmp(name, "createEnterpriseID") ||
	       !strcmp(name, "createFederatedID") || !strcmp(name, "createUserGroup");
}

/* Rules about where a step stands. */
static bool check_place(struct action_entry *a, const struct reply *steps, const char *name)
{
	int creates = 0;
	for (const struct reply *other = reply_first(steps); other; other = reply_after(other))
		creates += reply_first(other) && reply_key(reply_first(other)) &&
			   step_creates(reply_key(reply_first(other)));
	if (step_creates(name) && creates > 1) {
		action_error(a, "error.command.create.more_than_one", "More than one create");
		return false;
	}
	if (step_creates(name) && a->step != 0) {
		action_error(a, "error.command.create.not_first", "Create must be the first step");
		return false;
	}
	if (!strcmp(name, "removeFromOrg") && a->step != a->steps - 1) {
		action_error(a, "error.command.removefromorg.not_last",
			     "removeFromOrg must be the last step");
		return false;
	}
	return true;
}

static void run_step(struct action_entry *a, const struct reply *steps, const struct reply *step)
{
	const struct umapi_step *row = a->is_group ? group_steps : user_steps;
	if (!reply_is_object(step) || reply_count(step) != 1) {
		action_error(a, "error.command.illegal_entry", "A step has one key");
		return;
	}
	const char *name = reply_key(reply_first(step));
	while (row->name && strcmp(row->name, name) != 0)
		row++;
	if (!row->name)
		action_error(a, "error.command.step.unknown", "Unknown step: %s", name);
	else if (check_place(a, steps, name))
		row->run(a, reply_first(step));
}

static void run_steps(struct action_entry *a)
{
	const struct reply *steps = reply_get(a->entry, "do");
	if (!reply_is_array(steps)) {
		action_error(a, "error.command.steps.malformed", "do must be a list of steps");
		return;
	}
	a->steps = (int)reply_count(steps);
	if (a->steps > STEPS_MAX) {
		action_error(a, "error.command.add_remove.list_too_long", "Too many steps");
		return;
	}
	for (const struct reply *step = reply_first(steps); step; step = reply_after(step)) {
		run_step(a, steps, step);
		if (a->failed || a->over)
			return;
		a->step++;
	}
}

static void run_entry(struct action_entry *a, const struct reply *entry, int index)
{
	a->entry = entry;
	a->index = index;
	a->step = 0;
	a->failed = a->over = a->created = false;
	a->root = NULL;
	if (!reply_is_object(entry)) {
		action_error(a, "error.command.illegal_entry", "An entry is an object");
		return;
	}
	if (!check_texts(a) || !check_root(a))
		return;
	find_root(a);
	run_steps(a);
}

static void respond_result(struct action_entry *a, struct response *response, int64_t good,
			   int64_t bad)
{
	struct tree *body = tree_object();
	tree_int(body, "completed", a->test ? 0 : good);
	tree_int(body, "notCompleted", bad);
	tree_int(body, "completedInTestMode", a->test ? good : 0);
	if (!tree_is_empty(a->errors))
		tree_add(body, "errors", a->errors);
	else
		tree_free(a->errors);
	if (!tree_is_empty(a->warnings))
		tree_add(body, "warnings", a->warnings);
	else
		tree_free(a->warnings);
	tree_text(body, "result", !bad ? "success" : good ? "partial" : "error");
	response_json(a->r, response, 200, body);
}

void umapi_action(struct server *s, struct request *r, struct response *response)
{
	CLEANUP(reply_free) struct reply *body = request_json(r);
	int count = (int)reply_count(body);
	int64_t good = 0, bad = 0;
	if (!reply_is_array(body) || count == 0 ||
	    (int64_t)r->body_len > switch_number(&s->switches, SWITCH_BODY_LIMIT) ||
	    count > switch_number(&s->switches, SWITCH_ENTRIES_LIMIT)) {
		umapi_error(r, response, 400, "error.command.malformed",
			    "Command array is malformed, empty or too long");
		return;
	}
	struct action_entry a = {.s = s,
				 .r = r,
				 .test = request_flag(r, "testOnly", false),
				 .errors = tree_array(),
				 .warnings = tree_array()};
	action_regroup(&a);
	for (const struct reply *entry = reply_first(body); entry; entry = reply_after(entry)) {
		run_entry(&a, entry, (int)(good + bad));
		good += !a.failed;
		bad += a.failed;
	}
	respond_result(&a, response, good, bad);
}
