/* SPDX-License-Identifier: Apache-2.0 */
/* What the User Management API says of a user, and the calls that read them. */
#include <assert.h>
#include <string.h>

#include "cmd/adobe-emulator/umapi/umapi_parts.h"
#include "core/util/unicode.h"

static const char *username_of(struct server *s, struct request *r, const char *name)
{
	char *text = arena_strdup(r->arena, name);
	for (char *at = text; switch_is(&s->switches, SWITCH_USERNAME_CASE, "upper") && *at; at++) {
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - 32);
	}
	return text;
}

static bool is_hidden(const struct server *s, const struct named_group *g)
{
	static const char *const words[] = {
		[GROUP_PROFILE] = "profiles",
		[GROUP_SYSADMIN] = "system",
		[GROUP_DEPLOYMENT] = "deployment",
		[GROUP_SUPPORT] = "support",
		[GROUP_PRODUCT_ADMIN] = "product-admins",
		[GROUP_PROFILE_ADMIN] = "profile-admins",
		[GROUP_USER_ADMIN] = "group-admins",
		[GROUP_DEVELOPER] = "developers",
	};
	const char *word = g->type < sizeof(words) / sizeof(*words) ? words[g->type] : NULL;
	return word && switch_is(&s->switches, SWITCH_HIDE, word);
}

static void describe_groups(struct server *s, struct request *r, const struct person *p,
			    const struct named_group_vec *groups, bool direct, struct tree *item)
{
	struct tree *array = tree_array();
	for (size_t i = 0; i < groups->len; i++) {
		const struct named_group *g = &groups->at[i];
		if (!is_hidden(s, g) && umapi_person_is_member(s, r->view, g, p, direct))
			tree_push_text(array, umapi_spell_group(s, r->arena, g->name));
	}
	if (!tree_is_empty(array))
		tree_add(item, "groups", array);
	else
		tree_free(array);
}

/* Adds a text; one that is not known is left out, and never sent as empty. */
static void add_known(struct tree *item, const char *key, const char *text)
{
	if (text && *text)
		tree_text(item, key, text);
}

void umapi_describe(struct server *s, struct request *r, const struct person *p,
		    const struct named_group_vec *groups, bool direct, bool with_groups,
		    struct tree *item)
{
	const struct user *u = p->user;
	const char *address;
	/* several entries with one address are told apart as TYPE:E-MAIL */
	user_type_of(p->email, &address);
	tree_text(item, "email", umapi_spell(s, r->arena, address));
	tree_text(item, "status", "active");
	if (with_groups)
		describe_groups(s, r, p, groups, direct, item);
	if (!u) {
		tree_text(item, "username", username_of(s, r, p->email));
		tree_text(item, "domain", TECHNICAL_DOMAIN);
		tree_text(item, "type", "unknown");
		return;
	}
	tree_text(item, "username", username_of(s, r, address == p->email ? u->username : address));
	tree_text(item, "domain", u->domain);
	add_known(item, "firstname", u->first);
	add_known(item, "lastname", u->last);
	if (switch_is(&s->switches, SWITCH_COUNTRY, "given"))
		add_known(item, "country", u->country);
	tree_text(item, "type", u->type);
}

/* ---- the calls ---- */

static bool in_domain(const struct person *p, const char *domain)
{
	return ascii_casecmp(p->user ? p->user->domain : TECHNICAL_DOMAIN, domain) == 0;
}

static void respond_users(struct server *s, struct request *r, struct response *response,
			  int64_t asked, const struct person_vec *people,
			  const struct named_group_vec *groups, const char *group_name)
{
	struct page page;
	bool direct = request_flag(r, "directOnly", true);
	bool with_groups = !request_flag(r, "excludeGroups", false);
	umapi_page(s, r, response, asked, switch_number(&s->switches, SWITCH_USERS_PAGE_SIZE),
		   (int64_t)people->len, switch_is(&s->switches, SWITCH_USERS_OUT_OF_RANGE, "last"),
		   &page);
	struct tree *body = tree_object();
	tree_bool(body, "lastPage", page.number + 1 >= page.count && !umapi_is_lie(s, "not-last"));
	tree_text(body, "result", "success");
	if (group_name)
		tree_text(body, "groupName", umapi_spell_group(s, r->arena, group_name));
	struct tree *users = tree_add_array(body, "users");
	for (size_t i = page.from; i < page.to; i++) {
		assert(people->at); /* a page lies within its list */
		if (umapi_is_shown(s, &people->at[i]))
			umapi_describe(s, r, &people->at[i], groups, direct, with_groups,
				       tree_push_object(users));
	}
	response_json(r, response, 200, body);
}

void umapi_list_users(struct server *s, struct request *r, struct response *response)
{
	struct person_vec people = {0}, kept = {0};
	struct named_group_vec groups = {0};
	int64_t asked;
	const char *domain = request_query(r, "domain");
	if (!umapi_page_number(r, response, r->args[1], &asked))
		return;
	umapi_people(s, r, &people);
	umapi_groups(s, r, r->view, &groups);
	for (size_t i = 0; i < people.len; i++) {
		if (!domain || in_domain(&people.at[i], domain))
			vec_push(r->arena, &kept, people.at[i]);
	}
	if (domain && !kept.len && !find_directory(s->org, domain)) {
		umapi_error(r, response, 404, "error.domain.trust.nonexistent",
			    arena_printf(r->arena, "Domain not found: %s", domain));
		return;
	}
	respond_users(s, r, response, asked, &kept, &groups, NULL);
}

/* Cuts a name at ". ", as the gateway does (facts/umapi.md, "Names"). */
static const char *mangled(struct request *r, const char *name)
{
	const char *cut = strstr(name, ". ");
	return cut ? arena_strndup(r->arena, name, (size_t)(cut - name)) : name;
}

void umapi_list_members(struct server *s, struct request *r, struct response *response)
{
	struct person_vec people = {0}, members = {0};
	struct named_group_vec groups = {0};
	int64_t asked;
	const char *name = mangled(r, r->args[2]), *status = request_query(r, "status");
	if (!umapi_page_number(r, response, r->args[1], &asked))
		return;
	umapi_groups(s, r, r->view, &groups);
	const struct named_group *g = umapi_find_group(&groups, name);
	if (!g) {
		struct tree *body = tree_object();
		tree_bool(body, "lastPage", false);
		tree_text(body, "result", "error.group.not_found");
		tree_text(body, "message", arena_printf(r->arena, "Not found: %s", name));
		response_json(r, response, 404, body);
		return;
	}
	bool direct = request_flag(r, "directOnly", true);
	bool none = status && !ascii_casecmp(status, "inactive") && g->type == GROUP_PROFILE;
	umapi_people(s, r, &people);
	for (size_t i = 0; !none && i < people.len; i++) {
		if (umapi_person_is_member(s, r->view, g, &people.at[i], direct))
			vec_push(r->arena, &members, people.at[i]);
	}
	respond_users(s, r, response, asked, &members, &groups, g->name);
}

static const struct user *find_person(struct server *s, struct request *r, const char *name)
{
	const char *domain = request_query(r, "domain");
	const struct user *u = find_user(s->org, name, r->view);
	const struct user *twin = find_user(s->org, umapi_adobe_id(r->arena, name), r->view);
	if (twin && domain && !ascii_casecmp(domain, "AdobeID"))
		return twin;
	if (u && domain && !ascii_casecmp(domain, "AdobeID"))
		return !strcmp(u->type, "adobeID") ? u : NULL;
	for (size_t i = 0; !u && domain && i < s->org->users.len; i++) {
		const struct user *row = s->org->users.at[i];
		if (lives(&row->life, r->view) && !ascii_casecmp(row->username, name) &&
		    !ascii_casecmp(row->domain, domain))
			return row;
	}
	return u;
}

void umapi_show_user(struct server *s, struct request *r, struct response *response)
{
	struct person person = {0};
	struct named_group_vec groups = {0};
	const char *name = r->args[1];
	person.user = find_person(s, r, name);
	if (!person.user && switch_is(&s->switches, SWITCH_TECH_GET, "shown"))
		person.account = find_tech_email(s->org, name, r->view);
	if (!person.user && !person.account) {
		umapi_error(r, response, 404, "error.user.not_found",
			    arena_printf(r->arena, "User not found %s", name));
		return;
	}
	person.email = person.user ? person.user->email : person.account->tech_email;
	umapi_groups(s, r, r->view, &groups);
	struct tree *body = tree_object();
	tree_text(body, "result", "success");
	umapi_describe(s, r, &person, &groups, true, true, tree_add_object(body, "user"));
	response_json(r, response, 200, body);
}
