/* SPDX-License-Identifier: Apache-2.0 */
/* admin_export.h - who holds which roles, as a list that a person exported from the Admin Console
 * says (--roles-from).
 *
 * The list is of users: one that is not in it may be hidden there, as technical accounts often are,
 * so it says nothing about who is missing. A row says all about its own principal, unless it has a
 * word that writ does not know. */
#ifndef ADOBE_ADMIN_EXPORT_H
#define ADOBE_ADMIN_EXPORT_H

#include "core/model/access.h"
#include "core/util/csv.h"

#define ADMINS_BYTES ((size_t)64 << 20) /* 100,000 users with long lists */

struct admin_export_row {
	const char *email;
	const char *lists[ROLE_COUNT]; /* names that a role is about, as one cell; NULL: no such
					  column */
	uint16_t roles;		       /* of the organisation, (1 << enum role) */
	bool has_roles;	  /* the list has a column for them, and every word of it is known */
	bool is_adobe_id; /* made by whoever pasted an id where an address was due; or a real Adobe
			     ID */
};
VEC(admin_export_row_vec, struct admin_export_row);

/* A word among the roles that is none known here. */
struct admin_export_word {
	const char *word;
	struct location at; /* the first row that has it */
};
VEC(admin_export_word_vec, struct admin_export_word);

struct admin_export {
	struct admin_export_row_vec rows; /* sorted by folded address */
	VEC(, struct location) unnamed; /* rows of somebody without an address: who, nobody knows */
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

/* What the list says of a role that this entry of an address holds. Of any type: rows of Adobe IDs
 * count when there is no other. */
enum sighting admin_export_see(const struct admin_export *admins, const char *email,
			       enum user_type type, const struct entitlement *e);
/* Whether the list has this address as something else than an Adobe ID. */
bool admin_export_have_other(const struct admin_export *admins, const char *email);

/* The rows that have an address; NULL when there is none. Others with it follow up to the end of
 * the vector. */
const struct admin_export_row *admin_export_find(const struct admin_export *admins,
						 const char *email);

/* Whether a cell, a list with commas, has a name as one of its items, letter case aside. Names may
 * have commas. */
bool admin_export_list_has(const char *list, const char *name);

#endif
