/* SPDX-License-Identifier: Apache-2.0 */
/* What the steps of entries share: errors and warnings, the users and groups that they name, and
 * the values in them. */
#include <stdarg.h>
#include <string.h>

#include "cmd/adobe-emulator/umapi/umapi_action.h"
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

/* Whether two names of administrators' groups are the same: they are taken as they are, or as lists
 * spell them. */
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
	bool adobe_id = reply_bool(a->entry, "useAdobeID", false);
	if (adobe_id && twin)
		return twin;
	if (adobe_id && u && strcmp(u->type, "adobeID") != 0 &&
	    switch_is(&a->s->switches, SWITCH_ADOBE_ID_ONLY, "on"))
		return NULL;
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

bool step_members(struct action_entry *a, const struct reply *value, const char *known)
{
	if (!reply_is_object(value)) {
		action_error(a, "error.command.create.object_expected", "Object expected");
		return false;
	}
	for (const struct reply *item = reply_first(value); item; item = reply_after(item)) {
		const char *key = arena_printf(a->r->arena, " %s ", reply_key(item));
		size_t limit = !strcmp(reply_key(item), "country") ? 2 : TEXT_LIMIT;
		if (!strstr(known, key)) {
			action_error(a, "error.command.create.key.unknown", "Unknown key: %s",
				     reply_key(item));
			return false;
		}
		if (!reply_own_text(item)) {
			action_error(a, "error.command.create.string_expected",
				     "String expected: %s", reply_key(item));
			return false;
		}
		if (strlen(reply_own_text(item)) > limit &&
		    strcmp(reply_key(item), "description") != 0) {
			action_error(a, "error.command.string.too_long",
				     "String too long, field: %s, max length %zu", reply_key(item),
				     limit);
			return false;
		}
	}
	return true;
}

enum option step_option(struct action_entry *a, const struct reply *value)
{
	const char *text = reply_text(value, "option");
	if (!text)
		return OPTION_NONE;
	if (!strcmp(text, "ignoreIfAlreadyExists"))
		return OPTION_IGNORE;
	if (!strcmp(text, "updateIfAlreadyExists"))
		return OPTION_UPDATE;
	action_error(a, "error.option.illegal", "Illegal option: %s", text);
	return OPTION_BAD;
}

void step_set_text(struct action_entry *a, const char **member, const struct reply *value,
		   const char *key)
{
	const char *text = reply_text(value, key);
	if (text)
		*member = org_intern(a->s->org, text);
}

bool step_repeats(struct action_entry *a, bool changed, bool give, const char *name)
{
	if (changed || switch_is(&a->s->switches, SWITCH_ACTION_REPEAT, "success"))
		return false;
	if (give)
		action_error(a, "error.user.already_exists", "User is already a member: %s", name);
	else
		action_error(a, "error.group.remove_failed",
			     "remove [%s] to product group %s failed: ", a->root, name);
	return true;
}
