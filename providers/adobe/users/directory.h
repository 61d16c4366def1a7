/* SPDX-License-Identifier: Apache-2.0 */
/* directory.h - users and groups of an organisation as the User Management API lists them
 * (facts/umapi.md).
 *
 * There everything is a group: user groups, product profiles, and the administrators of this and
 * that under names made of a prefix and what they administer. A directory knows what each stands
 * for. Names drift in letter case, so they are compared folded and kept as the service spelt them.
 * Nothing here sends anything. */
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
	struct entitlement grants; /* what a member holds: a profile or a role; nothing of others */
	enum directory_kind kind : 8;
	bool ambiguous; /* several things have this name: who is a member of which cannot be told */
	/* It is a user group, a profile or administrators of one, whose name, or its product's, no
	 * manifest can hold: it is left out of grants and catalogue. */
	bool unnameable;
	bool twin; /* likewise, for another profile of its product differs by letter case alone */
	/* Who is in an ambiguous profile, when its members were read by its id: names do not tell.
	 */
	struct directory_user_vec *members;
};
VEC(directory_group_vec, struct directory_group);

/* `direct` has user groups, administrators and the profiles that were given to the user; `all` has
 * profiles, too, that come through a user group. Both are sorted by key once finished. */
struct directory {
	struct intern *strings;
	struct arena *arena;
	struct directory_group_vec groups; /* sorted by key once finished */
	struct directory_group_vec made;   /* of names that no list has */
	struct directory_user_vec direct, all;
	bool has_groups, has_direct, has_all; /* which lists the service gave */
	bool has_shared;		      /* some profile has its members by its id */
	bool lacks_groups, lacks_users;	      /* that list is short of the service's own count */

	/* Whether anybody is shown as system administrator; each organisation has one. */
	enum { SYSTEM_UNASKED, SYSTEM_HIDDEN, SYSTEM_SHOWN } system;
	struct line_vec
		nameless; /* who is left out of `direct` for want of a fit address, in words */

	/* What user groups hold, told from their members once finished; sorted. Keys are
	 * grant_key() of a user group and a profile, as indexes of groups. */
	struct key_vec held, maybe;
	uint32_t *members; /* by group: how many users are in it */
};

/* Appends the rows of a "groups" array, of a "users" array, or one "user"; what has no name or no
 * e-mail is left out. A user who is there already is replaced. */
void directory_add_groups(struct directory *d, const struct reply *array);
void directory_add_users(struct directory *d, struct directory_user_vec *to,
			 const struct reply *array);
void directory_add_user(struct directory *d, struct directory_user_vec *to,
			const struct reply *object);
/* The next profile, from *at on, of which only its id tells who is a member; NULL at the end. Its
 * members are put in by the caller, sorted by directory_finish(). */
struct directory_group *directory_next_shared(struct directory *d, size_t *at);
/* Makes these, and nobody else in `direct`, hold an entitlement of which the members are listed; to
 * be finished afterwards. What else is known of them stays as it is. Sorts `members`. */
void directory_set_holders(struct directory *d, const struct entitlement *e,
			   struct directory_user_vec *members);
/* Takes the user of this name out: the service says that there is none. */
void directory_drop_user(struct directory *d, const char *name);
/* Sorts, drops repetitions, and finds out what each group stands for. To be called again after
 * something was added. */
void directory_finish(struct directory *d);

/* The group of this name, or what its prefix says when no list has it; NULL. */
const struct directory_group *directory_find(struct directory *d, const char *name);
/* The user of this name: an e-mail, of several entries with the same the one that is no Adobe ID,
 * as the service prefers; or TYPE:E-MAIL (user_type_of()), that one alone. NULL. */
const struct directory_user *directory_find_user(const struct directory *d, const char *name);
/* The name of one of them, interned; NULL for another entry of an address whose type is none that a
 * manifest can say. */
const char *directory_user_name(const struct directory *d, const struct directory_user *user);
enum user_type directory_type_of(const struct directory_user *user);
/* The name under which an entitlement is a group of the service, as it was read, else made of its
 * parts. NULL with *why, a constant, when there is none or none that may be sent. */
const char *directory_group_of(struct directory *d, const struct entitlement *e, const char **why);

/* By which name or number the members of what stands for an entitlement are listed; NULL: none
 * tells them from others. */
const char *directory_members_of(struct directory *d, const struct entitlement *e);

/* Whether another group of the service has the name that this entitlement goes by. */
bool directory_is_shared(struct directory *d, const struct entitlement *e);
/* Whether its group has a longer name than an action may hold: that of a role is longer than that
 * of the profile or group which it is for. */
bool directory_outgrows(struct directory *d, const struct entitlement *e);

/* Whether the lists show that this principal, a user or a user group, holds this or does not. */
bool directory_sees(struct directory *d, const struct principal *p, const struct entitlement *e);

/* Why none of its users gains by a grant to a user group that directory_sees() denies, a constant;
 * NULL: somebody may. */
const char *directory_idle(struct directory *d, const struct principal *p,
			   const struct entitlement *e);

/* Appends what users and user groups hold. Rows of technical accounts are left out: they are no
 * users. */
void directory_grants(struct directory *d, struct universe *u, struct arena *a,
		      struct pair_vec *out);
/* No list has the profiles of user groups, but members show them: who has one only by way of a
 * group has it by way of one whose members all have it. directory_finish() fills `held` where a
 * single group remains, `maybe` where several do or all members have it on their own, too; of a
 * group without members nothing is known. */
void directory_deduce(struct directory *d);
enum directory_answer { DIRECTORY_UNKNOWN, DIRECTORY_NO, DIRECTORY_YES };
enum directory_answer directory_group_holds(const struct directory *d,
					    const struct directory_group *group,
					    const struct directory_group *profile);

/* Whether one user holds an entitlement. */
bool directory_holds(struct directory *d, const struct directory_user *user,
		     const struct entitlement *e);
/* Which products, profiles, users and groups exist; a list that the service did not give stays
 * unknown. */
void directory_catalogue(struct directory *d, struct arena *a, struct catalogue *out);

/* Appends in words what is there and no manifest can name, in `a`. */
void directory_left_out(const struct directory *d, struct arena *a, struct line_vec *out);

/* An address of a technical account (facts/umapi.md, "Technical accounts"). */
bool directory_is_technical(const char *email);

#endif
