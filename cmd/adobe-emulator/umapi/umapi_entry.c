/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of an action call: whom it is about, and its steps, in the order that is allowed. */
#include <string.h>

#include "cmd/adobe-emulator/umapi/umapi_action.h"
#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/util/unicode.h"

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

/* Checks the rules about the order of steps. */
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

void action_run_entry(struct action_entry *a, const struct reply *entry, int index)
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
