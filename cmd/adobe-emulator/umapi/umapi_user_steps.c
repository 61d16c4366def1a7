/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of action entries on a user. */
#include <string.h>

#include "cmd/adobe-emulator/umapi/umapi_action.h"
#include "cmd/adobe-emulator/wire/json_fields.h"
#include "core/util/unicode.h"

/* ---- values ---- */

static bool email_ok(const char *text)
{
	const char *at = strchr(text, '@');
	size_t len = strlen(text);
	if (!at || at == text || strchr(at + 1, '@') || len > EMAIL_LIMIT)
		return false;
	const char *dot = strchr(at + 1, '.');
	if (!dot || dot == at + 1 || !dot[1])
		return false;
	for (const char *c = text; *c; c++) {
		char lower = ascii_lower(*c);
		bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') ||
			     strchr(".-", *c);
		if (!plain && (c > at || !strchr("@!#$%&'*+/=?^_`{|}~", *c)))
			return false;
	}
	return text[len - 1] != '.' && text[len - 1] != '-' && at[-1] != '.' && *text != '.';
}

static void nonexistent(struct action_entry *a)
{
	action_error(a, "error.user.nonexistent", "User Id does not exist: %s", a->root);
}

/* ---- creates ---- */

static bool check_domain(struct action_entry *a, const char *email, const char *type)
{
	const struct identity_directory *d = find_directory(a->s->org, strchr(email, '@') + 1);
	if (!strcmp(type, "adobeID")) {
		if (!d || d->trusted)
			return true;
		action_error(a, "error.user.type_mismatch",
			     "The user type requested for the invite does not match the claimed "
			     "domain type");
		return false;
	}
	if (!d) {
		action_error(a, "error.domain.trust.nonexistent",
			     "Changes to users are only allowed in claimed domains.");
		return false;
	}
	if (d->trusted) {
		action_error(a, "error.user.belongs_to_another_org",
			     "Illegal to invite user from another organization's owned auth src");
		return false;
	}
	if (strcmp(d->type, type) != 0) {
		action_error(a, "error.user.type_mismatch",
			     "The user type requested for the invite does not match the claimed "
			     "domain type");
		return false;
	}
	if (d->by_username && strchr(a->root, '@')) {
		action_error(a, "error.user.name.contains.email", "Username is invalid: %s",
			     a->root);
		return false;
	}
	return true;
}

static bool check_country(struct action_entry *a, const struct reply *value, bool federated)
{
	const char *country = reply_text(value, "country");
	bool letters = country && strlen(country) == 2 && country[0] >= 'A' && country[0] <= 'Z' &&
		       country[1] >= 'A' && country[1] <= 'Z';
	if (!country && !federated)
		return true;
	if (letters && !(federated && !strcmp(country, "UD")))
		return true;
	action_error(a, "error.country.invalid", "Invalid country: %s", country ? country : "");
	return false;
}

static bool check_create(struct action_entry *a, const struct reply *value, const char *type)
{
	const char *email = reply_text(value, "email");
	bool named = strcmp(type, "adobeID") != 0;
	if (!step_members(a, value, " email country firstname lastname option "))
		return false;
	if (!email || !email_ok(email)) {
		action_error(a, "error.user.email.invalid", "Invalid email: %s",
			     email ? email : "");
		return false;
	}
	if (named && !reply_text(value, "firstname")) {
		action_error(a, "error.user.firstname_missing", "First name is missing");
		return false;
	}
	if (named && !reply_text(value, "lastname")) {
		action_error(a, "error.user.lastname_missing", "Last name is missing");
		return false;
	}
	return check_country(a, value, !strcmp(type, "federatedID")) &&
	       check_domain(a, email, type);
}

static void create_user(struct action_entry *a, const struct reply *value, const char *type)
{
	if (!check_create(a, value, type))
		return;
	enum option option = step_option(a, value);
	const char *email = reply_text(value, "email");
	struct user *u = a->user ? a->user : find_user(a->s->org, email, REVISION_LATEST);
	if (option == OPTION_BAD)
		return;
	if (a->test) {
		a->created = !u;
		return;
	}
	if (u && option == OPTION_NONE) {
		action_error(a, "error.user.already_in_org", "User already in organization: %s",
			     a->root);
		return;
	}
	a->user = u ? u : make_user(a->s->org, email, type);
	if (!u && !strchr(a->root, '@'))
		a->user->username = org_intern(a->s->org, a->root);
	if (u && option == OPTION_IGNORE)
		return;
	step_set_text(a, &a->user->first, value, "firstname");
	step_set_text(a, &a->user->last, value, "lastname");
	if (!u)
		step_set_text(a, &a->user->country, value, "country");
	else
		org_touched(a->s->org, "user.update", u->email, NULL);
}

static void add_adobe_id(struct action_entry *a, const struct reply *value)
{
	create_user(a, value, "adobeID");
}

static void create_enterprise_id(struct action_entry *a, const struct reply *value)
{
	create_user(a, value, "enterpriseID");
}

static void create_federated_id(struct action_entry *a, const struct reply *value)
{
	create_user(a, value, "federatedID");
}

/* ---- update ---- */

static const char *domain_of(const char *email)
{
	return strchr(email, '@') + 1;
}

static bool check_new_email(struct action_entry *a, const char *email)
{
	struct user *other = find_user(a->s->org, email, REVISION_LATEST);
	if (!email_ok(email)) {
		action_error(a, "error.user.email.invalid", "Invalid email: %s", email);
		return false;
	}
	if (other && other != a->user) {
		action_error(a, "error.user.email.name_in_use", "Email is in use: %s", email);
		return false;
	}
	bool moves = ascii_casecmp(domain_of(email), domain_of(a->user->email)) != 0;
	const struct identity_directory *d = find_directory(a->s->org, domain_of(email));
	if (moves && (!d || strcmp(d->type, a->user->type) != 0)) {
		action_error(a, "error.user.change_domain_update.no",
			     "The domain of the new email is not claimed");
		return false;
	}
	return true;
}

static bool check_update(struct action_entry *a, const struct reply *value)
{
	const char *email = reply_text(value, "email");
	if (reply_get(value, "option")) {
		action_error(a, "error.command.update.option.no", "update takes no option");
		return false;
	}
	if (reply_get(value, "country")) {
		action_error(a, "error.update.country.no_update", "Country cannot be updated");
		return false;
	}
	if (!step_members(a, value, " email firstname lastname username "))
		return false;
	if (!a->user) {
		if (!a->test)
			nonexistent(a);
		return false;
	}
	if (!strcmp(a->user->type, "adobeID")) {
		action_error(a, "error.update.adobeid.no", "Adobe IDs cannot be updated");
		return false;
	}
	const struct identity_directory *d = find_directory(a->s->org, a->user->domain);
	if (!d || d->trusted) {
		action_error(a, "error.domain.trust.nonexistent",
			     "Changes to users are only allowed in claimed domains.");
		return false;
	}
	return !email || check_new_email(a, email);
}

static bool differs(const char *old, const char *new)
{
	return new &&ascii_casecmp(old ? old : "", new) != 0;
}

/* Changes attributes of a user. A change of nothing but letter case succeeds without an effect
 * (facts/umapi.md, "Names"). */
static void update(struct action_entry *a, const struct reply *value)
{
	struct user *u = a->user;
	if (!check_update(a, value) || a->test)
		return;
	const char *email = reply_text(value, "email");
	bool names = differs(u->first, reply_text(value, "firstname")) ||
		     differs(u->last, reply_text(value, "lastname")) ||
		     differs(u->username, reply_text(value, "username"));
	if (differs(u->email, email))
		rename_user(a->s->org, u, email);
	if (!names)
		return;
	step_set_text(a, &u->first, value, "firstname");
	step_set_text(a, &u->last, value, "lastname");
	step_set_text(a, &u->username, value, "username");
	org_touched(a->s->org, "user.update", u->email, NULL);
}

/* ---- membership ---- */

/* Adds the user to a group or takes it out of it; false when the entry is to stop there. */
static bool change_membership(struct action_entry *a, const struct named_group *g, bool give)
{
	struct org *s = a->s->org;
	enum principal_kind kind = a->account ? PRINCIPAL_ACCOUNT : PRINCIPAL_USER;
	bool changed;
	if (a->test)
		return true;
	const char *name = a->account ? a->account->account : a->user->email;
	if (g->type == GROUP_USER && g->group->read_only) {
		action_error(a,
			     give ? "error.usergroup.readonly.add_user_not_allowed"
				  : "error.usergroup.readonly.remove_user_not_allowed",
			     give ? "User cannot be added to group as owned by another org and "
				    "readonly: %s"
				  : "User cannot be removed from group as owned by another org and "
				    "readonly: %s",
			     g->name);
		return false;
	}
	if (g->type == GROUP_USER)
		changed = a->user && (give ? join_group(s, g->group, a->user)
					   : leave_group(s, g->group, a->user));
	else
		changed = give ? org_give(s, kind, name, &g->entitlement)
			       : org_take(s, kind, name, &g->entitlement);
	return !step_repeats(a, changed, give, g->name);
}

static bool user_is_there(struct action_entry *a)
{
	if (a->user || a->account)
		return true;
	if (a->test && !a->created)
		return true;
	if (a->test && switch_is(&a->s->switches, SWITCH_TEST_MODE_ADD, "documented"))
		return true;
	if (a->test)
		action_error(a, "error.user.not_found", "No valid users were found in the request");
	else
		nonexistent(a);
	return false;
}

static bool is_old_key(const char *key)
{
	return !strcmp(key, "product") || !strcmp(key, "productConfiguration") ||
	       !strcmp(key, "usergroup");
}

static bool change_list(struct action_entry *a, const struct reply *list, bool give)
{
	struct words_vec names = {0};
	bool old = is_old_key(reply_key(list));
	if (!old && strcmp(reply_key(list), "group") != 0) {
		action_error(a, "error.command.add_remove.key.unknown", "Unknown key: %s",
			     reply_key(list));
		return false;
	}
	if (!action_list(a, list, &names))
		return false;
	if (!strcmp(reply_key(list), "product"))
		action_warn(a, "warning.command.deprecated",
			    "'product' command is deprecated. Please use productConfiguration.");
	for (size_t i = 0; i < names.len; i++) {
		const struct named_group *g = action_group(a, names.at[i]);
		if (g && old && g->type != GROUP_USER && g->type != GROUP_PROFILE) {
			action_error(a, "error.group.not_found", "Group %s was not found",
				     names.at[i]);
			return false;
		}
		if (!g || !change_membership(a, g, give))
			return false;
	}
	return true;
}

static void remove_all(struct action_entry *a)
{
	struct org *s = a->s->org;
	if (a->test)
		return;
	if (a->account) {
		org_take_all(s, PRINCIPAL_ACCOUNT, a->account->account, ROLE_SYSTEM_ADMINISTRATOR);
		return;
	}
	org_take_all(s, PRINCIPAL_USER, a->user->email, ROLE_SYSTEM_ADMINISTRATOR);
	for (size_t i = 0; i < s->groups.len; i++)
		leave_group(s, s->groups.at[i], a->user);
}

static void change_groups(struct action_entry *a, const struct reply *value, bool give)
{
	bool all = !give && reply_own_text(value) && !strcmp(reply_own_text(value), "all");
	if (!reply_is_object(value) && !all) {
		action_error(a, "error.command.add_remove.list", "Neither an object nor \"all\"");
		return;
	}
	if (!all && reply_count(value) == 0) {
		action_error(a, "error.command.add_remove.missing_list", "No list");
		return;
	}
	if (!user_is_there(a) || action_repeated(a, value))
		return;
	if (all) {
		remove_all(a);
		return;
	}
	for (const struct reply *list = reply_first(value); list; list = reply_after(list)) {
		if (!change_list(a, list, give))
			return;
	}
}

static void add(struct action_entry *a, const struct reply *value)
{
	change_groups(a, value, true);
}

static void take(struct action_entry *a, const struct reply *value)
{
	change_groups(a, value, false);
}

static void remove_from_org(struct action_entry *a, const struct reply *value)
{
	const struct reply *flag = reply_get(value, "deleteAccount");
	bool known = reply_is_object(value);
	for (const struct reply *item = reply_first(value); item; item = reply_after(item))
		known &= !strcmp(reply_key(item), "deleteAccount") ||
			 !strcmp(reply_key(item), "removedDomain");
	if (!known || (flag && !is_flag(flag))) {
		action_error(a, "error.command.object_not_empty",
			     "removeFromOrg takes deleteAccount");
		return;
	}
	if (!a->user) {
		if (!a->test && switch_is(&a->s->switches, SWITCH_REMOVE_UNKNOWN, "error"))
			nonexistent(a);
		return;
	}
	if (!a->test)
		drop_user(a->s->org, a->user);
}

const struct umapi_step user_steps[] = {
	{"addAdobeID", add_adobe_id},
	{"createEnterpriseID", create_enterprise_id},
	{"createFederatedID", create_federated_id},
	{"update", update},
	{"add", add},
	{"remove", take},
	{"removeFromOrg", remove_from_org},
	{0},
};
