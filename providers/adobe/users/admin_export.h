/* SPDX-License-Identifier: Apache-2.0 */
/* admin_export.h - who holds which roles, as a list that a person exported from the Admin Console
 * says (--roles-from).
 *
 * The list is of users, and may hide some, as it often does technical accounts: it says nothing
 * about who is missing. A row says everything about its own principal, unless it has a word that
 * writ does not know. */
#ifndef ADOBE_ADMIN_EXPORT_H
#define ADOBE_ADMIN_EXPORT_H

#include "core/model/access.h"
#include "core/util/csv.h"

#define ADMINS_BYTES ((size_t)64 << 20) /* 100,000 users with long lists */

struct admin_export_row {
	const char *email;
	const char *lists[ROLE_COUNT]; /* names that a role is about, as one cell; NULL: no such
					  column */
	uint16_t roles;		       /* roles of the whole organisation, (1 << enum role) */
	bool has_roles;	  /* the list has a column for them, and every word of it is known */
	bool is_adobe_id; /* made by whoever pasted an id where an address was due; or a real Adobe
			     ID */
};
VEC(admin_export_row_vec, struct admin_export_row);

/* A word in the column of roles that writ does not know. */
struct admin_export_word {
	const char *word;
	struct location at; /* the first row that has it */
};
VEC(admin_export_word_vec, struct admin_export_word);

struct admin_export {
	struct admin_export_row_vec rows; /* sorted by folded address */
	VEC(, struct location) unnamed;	  /* rows without an address: nobody knows whose they are */
	struct admin_export_word_vec unknown; /* each once */
};

/* Columns are found by their names: "Email" and at least one that tells of roles are due, others
 * are ignored. Rows of blanks count for nothing: spreadsheets leave them behind. What is wrong has
 * its FILE:LINE:COL. All is in `a`; `name` is borrowed. */
MUST_CHECK struct error *admin_export_parse(const char *name, const char *text, size_t len,
					    struct arena *a, struct admin_export *out);
MUST_CHECK struct error *admin_export_load(const char *path, struct arena *a,
					   struct admin_export *out);

enum sighting { SIGHTING_UNKNOWN, SIGHTING_ABSENT, SIGHTING_HELD };

/* What the list says of a role of the entry of an address that has this type. Of any type: rows of
 * Adobe IDs count when there is no other. */
enum sighting admin_export_see(const struct admin_export *admins, const char *email,
			       enum user_type type, const struct entitlement *e);
/* Whether the list has an entry of this address that is no Adobe ID. */
bool admin_export_have_other(const struct admin_export *admins, const char *email);

/* The first row of this address; NULL when there is none. Others of the same follow it. */
const struct admin_export_row *admin_export_find(const struct admin_export *admins,
						 const char *email);

/* Whether a cell, a list with commas, has a name as one of its items, letter case aside. Names may
 * have commas. */
bool admin_export_list_has(const char *list, const char *name);

#endif
