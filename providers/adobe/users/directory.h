/* SPDX-License-Identifier: Apache-2.0 */
/* directory.h - users and groups of an organisation as the User Management API lists them
 * (facts/umapi.md).
 *
 * That API calls everything a group: user groups, product profiles, and the administrators of each,
 * whose groups are named by a prefix and what they administer. A directory knows what each group
 * stands for. Names drift in letter case, so they are compared folded and kept as the service spelt
 * them. Nothing here sends anything. */
#ifndef ADOBE_DIRECTORY_H
#define ADOBE_DIRECTORY_H

#include "core/contract/provider.h"
#include "core/util/keys.h"
#include "core/util/reply.h"

enum directory_kind { DIRECTORY_OTHER, DIRECTORY_USER_GROUP, DIRECTORY_PROFILE, DIRECTORY_ROLE };

struct directory_user {
	const char *email, *key; /* as the service spells it, interned; folded */
	const char *type, *domain, *username;
	VEC(, const char *) groups; /* names as the service spells them */
};
VEC(directory_user_vec, struct directory_user);

struct directory_group {
	const char *name, *key; /* as the service spells it, interned; folded */
	const char *id;		/* digits; NULL when the service gave none */
	const char *type, *product, *profile, *group; /* what its row said; NULL where it did not */
	struct entitlement grants; /* what a member holds: a profile or a role, or nothing */
	enum directory_kind kind : 8;
	bool ambiguous; /* several groups have its name, which does not tell their members apart */
	/* No manifest can hold its name, or its product's: it is left out of grants and
	 * catalogue. */
	bool unnameable;
	bool twin; /* it is left out too: another profile differs by letter case alone */
	/* Who is in an ambiguous profile, when its members were read by its id; NULL. */
	struct directory_user_vec *members;
};
VEC(directory_group_vec, struct directory_group);

/* The users of `direct` have user groups, roles, and the profiles that were given to them; those of
 * `all` also have the profiles that they get through a user group. Both are sorted by key once
 * finished. */
struct directory {
	struct intern *strings;
	struct arena *arena;
	struct directory_group_vec groups; /* sorted by key once finished */
	struct directory_group_vec made;   /* of names that no list of groups has */
	struct directory_user_vec direct, all;
	bool has_groups, has_direct, has_all; /* which lists the service gave */
	bool has_shared;		      /* the members of some profile were read by its id */
	size_t groups_missing, users_missing; /* so many less than the service counts */

	/* Whether anybody is shown as system administrator; each organisation has one. */
	enum { SYSTEM_UNASKED, SYSTEM_HIDDEN, SYSTEM_SHOWN } system;
	/* Who is left out of `direct`, for want of a fit address, in words. */
	struct line_vec nameless;

	/* What user groups hold, worked out from their members once finished; sorted. Keys are
	 * grant_key() of a user group and a profile, as indexes of groups. */
	struct key_vec held, maybe;
	uint32_t *members; /* by group: how many users are in it */
};

/* Append the rows of a "groups" array, the rows of a "users" array, or one "user". What has no name
 * or no e-mail is left out; a user who is there already is replaced. */
void directory_add_groups(struct directory *d, const struct reply *array);
void directory_add_users(struct directory *d, struct directory_user_vec *to,
			 const struct reply *array);
void directory_add_user(struct directory *d, struct directory_user_vec *to,
			const struct reply *object);
/* The next profile, from *at on, whose members only its id tells; NULL at the end. The caller fills
 * in its members, and directory_finish() sorts them. */
struct directory_group *directory_next_shared(struct directory *d, size_t *at);
/* Makes these users, and no others of `direct`, hold an entitlement whose members were listed. What
 * else is known of them stays as it is. Sorts `members`; directory_finish() is due afterwards. */
void directory_set_holders(struct directory *d, const struct entitlement *e,
			   struct directory_user_vec *members);
/* Removes the user of this name: the service says that there is none. */
void directory_drop_user(struct directory *d, const char *name);
/* Sorts, drops repetitions, and finds out what each group stands for. To be called again after
 * something was added. */
void directory_finish(struct directory *d);

/* The group of this name, or one made of what its prefix says when no list has it; NULL. */
const struct directory_group *directory_find(struct directory *d, const char *name);
/* The user of this name; NULL. An e-mail of several entries means the one that is no Adobe ID, as
 * the service prefers; TYPE:E-MAIL (user_type_of()) means that one alone. */
const struct directory_user *directory_find_user(const struct directory *d, const char *name);
/* The name of a user in manifests, interned; NULL where its address has another entry and its own
 * type is none that a manifest can say. */
const char *directory_user_name(const struct directory *d, const struct directory_user *user);
enum user_type directory_type_of(const struct directory_user *user);
/* The name of the service's group that stands for an entitlement, as it was read, else made of its
 * parts. NULL with *why, a constant, when there is no such group, or none that may be changed. */
const char *directory_group_of(struct directory *d, const struct entitlement *e, const char **why);

/* The name or number by which the members of the entitlement's group are listed; NULL: neither
 * tells them from the members of others. */
const char *directory_members_of(struct directory *d, const struct entitlement *e);

/* Whether another group of the service has the name that this entitlement goes by. */
bool directory_is_shared(struct directory *d, const struct entitlement *e);
/* Whether the name of its group is too long for an action: a role's is longer than that of the
 * profile or group that it is for. */
bool directory_outgrows(struct directory *d, const struct entitlement *e);

/* Whether the lists show that this principal, a user or a user group, holds this or does not. */
bool directory_sees(struct directory *d, const struct principal *p, const struct entitlement *e);

/* Why a grant to a user group that directory_sees() denies gives none of its users anything, a
 * constant; NULL: it may give somebody something. */
const char *directory_idle(struct directory *d, const struct principal *p,
			   const struct entitlement *e);

/* Appends what users and user groups hold. Rows of technical accounts are left out: they are no
 * users. */
void directory_grants(struct directory *d, struct universe *u, struct arena *a,
		      struct pair_vec *out);
/* Works out which profiles user groups have, which no list tells, from their members: a user who
 * has a profile only through a group has it through one whose members all have it.
 * directory_finish() fills `held` where one such group remains, and `maybe` where several do, or
 * where all members have it on their own too. Of a group without members nothing is known. */
void directory_deduce(struct directory *d);
enum directory_answer { DIRECTORY_UNKNOWN, DIRECTORY_NO, DIRECTORY_YES };
enum directory_answer directory_group_holds(const struct directory *d,
					    const struct directory_group *group,
					    const struct directory_group *profile);

/* Appends the user groups, and the profiles, of which directory_group_holds() does not know if the
 * group holds the profile; a group of which it knows nothing stands there without a profile. Names
 * are those of the lists. */
void directory_unseen_groups(const struct directory *d, struct arena *a, struct entry_vec *out);

/* Whether one user holds an entitlement. */
bool directory_holds(struct directory *d, const struct directory_user *user,
		     const struct entitlement *e);
/* Which products, profiles, users and groups exist; a list that the service did not give stays
 * unknown. */
void directory_catalogue(struct directory *d, struct arena *a, struct catalogue *out);

/* Appends, in words, what exists and no manifest can name, in `a`. */
void directory_left_out(const struct directory *d, struct arena *a, struct line_vec *out);

/* An address of a technical account (facts/umapi.md, "Technical accounts"). */
bool directory_is_technical(const char *email);

#endif
