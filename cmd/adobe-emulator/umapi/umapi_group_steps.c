/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of action entries on a user group. */
#include <string.h>

#include "cmd/adobe-emulator/umapi/umapi_action.h"

static bool group_is_there(struct action_entry *a)
{
	if (!a->group && !(a->test && a->created))
		action_error(a, "error.usergroup.not_found", "User group %s was not found",
			     a->root);
	return a->group != NULL;
}

static bool check_group_name(struct action_entry *a, const char *name)
{
	if (org_name_ok(name))
		return true;
	action_error(a, "error.group.invalid_name", "Invalid group name: %s", name);
	return false;
}

static void create_group(struct action_entry *a, const struct reply *value)
{
	const char *name = reply_text(value, "name");
	if (!step_members(a, value, " name description option ") ||
	    !check_group_name(a, name ? name : a->root))
		return;
	enum option option = step_option(a, value);
	const struct named_group *g = umapi_find_group(&a->groups, name ? name : a->root);
	struct group *there = g && g->type == GROUP_USER ? g->group : NULL;
	if (option == OPTION_BAD)
		return;
	if (there && option == OPTION_NONE && !a->test) {
		action_error(a, "error.usergroup.already_exists", "User group already exists: %s",
			     there->name);
		return;
	}
	a->created = !there;
	if (a->test)
		return;
	a->group = there ? there : make_group(a->s->org, name ? name : a->root);
	if (!there || option == OPTION_UPDATE)
		step_set_text(a, &a->group->description, value, "description");
	if (there && option == OPTION_UPDATE)
		org_touched(a->s->org, "group.update", there->name, NULL);
	action_regroup(a);
}

static bool is_writable(struct action_entry *a, const char *code, const char *format)
{
	if (!a->group->read_only)
		return true;
	action_error(a, code, "%s%s", format, a->group->name);
	return false;
}

static void update_group(struct action_entry *a, const struct reply *value)
{
	const char *name = reply_text(value, "name");
	if (!step_members(a, value, " name description ") || (name && !check_group_name(a, name)) ||
	    !group_is_there(a) ||
	    !is_writable(a, "error.usergroup.readonly.update_not_allowed",
			 "Usergroup is owned by another org and readonly: "))
		return;
	const struct named_group *other = name ? umapi_find_group(&a->groups, name) : NULL;
	if (other && other->type == GROUP_USER && other->group != a->group) {
		action_error(a, "error.usergroup.already_exists", "User group already exists: %s",
			     name);
		return;
	}
	if (a->test)
		return;
	if (name && strcmp(name, a->group->name) != 0)
		rename_group(a->s->org, a->group, name);
	if (reply_text(value, "description")) {
		step_set_text(a, &a->group->description, value, "description");
		org_touched(a->s->org, "group.update", a->group->name, NULL);
	}
	action_regroup(a);
}

static void delete_group(struct action_entry *a, const struct reply *value UNUSED)
{
	a->over = true;
	if (!group_is_there(a) ||
	    !is_writable(a, "error.usergroup.readonly.remove_not_allowed",
			 "User group owned by another organization. Remove not allowed: "))
		return;
	if (a->test)
		return;
	drop_group(a->s->org, a->group);
	action_regroup(a);
}

static bool change_users(struct action_entry *a, const struct words_vec *names, bool give)
{
	if (!is_writable(a,
			 give ? "error.usergroup.readonly.add_user_not_allowed"
			      : "error.usergroup.readonly.remove_user_not_allowed",
			 give ? "User cannot be added to group as owned by another org and "
				"readonly: "
			      : "User cannot be removed from group as owned by another org and "
				"readonly: "))
		return false;
	for (size_t i = 0; i < names->len; i++) {
		struct user *u = action_user(a, names->at[i]);
		if (!u) {
			action_error(a, "error.user.nonexistent", "User Id does not exist: %s",
				     names->at[i]);
			return false;
		}
		if (a->test)
			continue;
		bool changed = give ? join_group(a->s->org, a->group, u)
				    : leave_group(a->s->org, a->group, u);
		if (step_repeats(a, changed, give, names->at[i]))
			return false;
	}
	return true;
}

static bool change_profiles(struct action_entry *a, const struct words_vec *names, bool give)
{
	for (size_t i = 0; i < names->len; i++) {
		const struct named_group *g = umapi_find_group(&a->groups, names->at[i]);
		if (!g || g->type != GROUP_PROFILE) {
			action_error(a, "error.group.not_found", "Group %s was not found",
				     names->at[i]);
			return false;
		}
		if (a->test)
			continue;
		bool changed =
			give ? org_give(a->s->org, PRINCIPAL_GROUP, a->group->name, &g->entitlement)
			     : org_take(a->s->org, PRINCIPAL_GROUP, a->group->name,
					&g->entitlement);
		if (step_repeats(a, changed, give, names->at[i]))
			return false;
	}
	return true;
}

static void change_members(struct action_entry *a, const struct reply *value, bool give)
{
	if (!reply_is_object(value)) {
		action_error(a, "error.command.add_remove.list", "An object is due");
		return;
	}
	if (reply_count(value) == 0) {
		action_error(a, "error.command.add_remove.missing_list", "No list");
		return;
	}
	if (action_repeated(a, value) || !group_is_there(a))
		return;
	for (const struct reply *list = reply_first(value); list; list = reply_after(list)) {
		struct words_vec names = {0};
		bool users = !strcmp(reply_key(list), "user");
		if (!users && strcmp(reply_key(list), "productConfiguration") != 0) {
			action_error(a, "error.command.add_remove.key.unknown", "Unknown key: %s",
				     reply_key(list));
			return;
		}
		if (!action_list(a, list, &names) ||
		    !(users ? change_users(a, &names, give) : change_profiles(a, &names, give)))
			return;
	}
}

static void add_members(struct action_entry *a, const struct reply *value)
{
	change_members(a, value, true);
}

static void remove_members(struct action_entry *a, const struct reply *value)
{
	change_members(a, value, false);
}

const struct umapi_step group_steps[] = {
	{"createUserGroup", create_group}, {"updateUserGroup", update_group},
	{"deleteUserGroup", delete_group}, {"add", add_members},
	{"remove", remove_members},	   {0},
};
