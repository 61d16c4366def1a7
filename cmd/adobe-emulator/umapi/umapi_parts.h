/* SPDX-License-Identifier: Apache-2.0 */
/* umapi_parts.h - what the files of the User Management API share (facts/umapi.md). */
#ifndef EMULATOR_UMAPI_PARTS_H
#define EMULATOR_UMAPI_PARTS_H

#include "cmd/adobe-emulator/server/server.h"

/* Everything that this API calls a group. */
enum group_type {
	GROUP_USER,
	GROUP_PROFILE,
	GROUP_SYSADMIN,
	GROUP_DEPLOYMENT,
	GROUP_SUPPORT,
	GROUP_STORAGE, /* only with the switch that accepts it */
	GROUP_PRODUCT_ADMIN,
	GROUP_PROFILE_ADMIN,
	GROUP_USER_ADMIN,
	GROUP_DEVELOPER,
};

struct named_group {
	enum group_type type;
	const char *name; /* as membership lists have it */
	int64_t id;
	struct group *group;	 /* of GROUP_USER and GROUP_USER_ADMIN */
	struct profile *profile; /* of the kinds that have one */
	struct product *product;
	struct entitlement entitlement; /* what a member holds; nothing in a user group */
};
VEC(named_group_vec, struct named_group);

/* Appends all groups, in the order of the list. */
void umapi_groups(struct server *s, struct request *r, uint64_t view, struct named_group_vec *out);
/* By name (folded) or by decimal id; NULL. */
const struct named_group *umapi_find_group(const struct named_group_vec *all, const char *name);

/* {"result", "message"} of a request that was not understood. */
void umapi_error(struct request *r, struct response *response, int status, const char *result,
		 const char *message);

/* The name in the letter case that the switch asks for. */
const char *umapi_spell(const struct server *s, struct arena *a, const char *name);
/* The same for the name of a user group, of a profile or of their administrators, which a switch
 * gives a blank at its end. */
const char *umapi_spell_group(const struct server *s, struct arena *a, const char *name);
/* The name, in the organisation, of the Adobe ID beside another entry of this address. */
const char *umapi_adobe_id(struct arena *a, const char *email);

handler umapi_action;
handler umapi_list_users, umapi_list_members, umapi_show_user;
handler umapi_list_groups;
handler umapi_old_users, umapi_old_groups, umapi_old_group, umapi_old_group_users,
	umapi_old_products, umapi_old_profiles, umapi_old_profile, umapi_old_profile_users,
	umapi_old_profile_change;

/* Reads the number of a page from a path. False when it is none, and then the reply says so. */
bool umapi_page_number(struct request *r, struct response *response, const char *text,
		       int64_t *out);

/* One page of `total` rows: which it is, and where it starts and ends. Fills the paging headers. */
struct page {
	int64_t number, count, size, total;
	size_t from, to;
	bool out_of_range;
};
void umapi_page(const struct server *s, struct request *r, struct response *response, int64_t asked,
		int64_t size, int64_t total, bool last_again, struct page *out);
/* Whether the switch wants paging headers to be wrong in this way. */
bool umapi_is_lie(const struct server *s, const char *word);

/* People in the order of lists; a row is a user or a technical account. */
struct person {
	const struct user *user;
	const struct org_credential *account;
	const char *email;
};
VEC(person_vec, struct person);
#define TECHNICAL_DOMAIN "techacct.adobe.com"
void umapi_people(struct server *s, struct request *r, struct person_vec *out);
bool umapi_is_shown(const struct server *s, const struct person *p);
/* Whether it is a member; `direct`: profiles obtained through a user group do not count. */
bool umapi_person_is_member(const struct server *s, uint64_t view, const struct named_group *g,
			    const struct person *p, bool direct);
void umapi_describe(struct server *s, struct request *r, const struct person *p,
		    const struct named_group_vec *groups, bool direct, bool with_groups,
		    struct tree *item);

#endif
