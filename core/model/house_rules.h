/* SPDX-License-Identifier: Apache-2.0 */
/* house_rules.h - what an organisation asks of its grants, beyond what the language does.
 *
 * The operator's configuration has such rules, and so may the Organization: both hold, so manifests
 * can ask for more and never for less. */
#ifndef WRIT_HOUSE_RULES_H
#define WRIT_HOUSE_RULES_H

#include "core/util/error.h"
#include "core/util/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct entitlement;
struct line_vec;

/* More of one sort than anybody keeps in mind; a hostile file has thousands. */
#define RULES_MAX 32
#define RULE_GRANTS_MAX 16

/* What a finding counts as. */
enum weight { WEIGHT_NONE, WEIGHT_WARNING, WEIGHT_ERROR };

/* Which grants a rule is about: all of one sort, or those that have what is said. */
enum rule_sort { RULE_SORT_NONE, RULE_SORT_ROLE, RULE_SORT_PRODUCT, RULE_SORT_API };
struct rule_grant {
	struct location at;
	const char *product, *profile, *group, *api; /* NULL: any; case of ASCII does not count */
	uint8_t role;				     /* enum role; ROLE_NONE unsaid */
	uint8_t any;				     /* enum rule_sort */
};
VEC(rule_grant_vec, struct rule_grant);

bool rule_grant_takes(const struct rule_grant *g, const struct entitlement *e);

/* What each declaration of such a grant needs. */
struct rule_need {
	struct rule_grant grant;
	const char *ticket;  /* a pattern of fnmatch(3); NULL: none is needed */
	int32_t ends_within; /* days from today; -1: it need not end */
	bool reason;
	bool owner; /* of an account; nobody else has one */
	uint8_t weight;
};
VEC(rule_need_vec, struct rule_need);

/* Grants of which one principal may hold one. */
struct rule_apart {
	struct location at;
	struct rule_grant_vec grants;
	const char *reason; /* NULL */
	uint8_t weight;
};
VEC(rule_apart_vec, struct rule_apart);

/* What a warning counts as. */
struct rule_level {
	struct location at;
	const char *id;
	uint8_t weight;
};
VEC(rule_level_vec, struct rule_level);

struct rules {
	struct rule_need_vec require;
	struct rule_apart_vec apart;
	struct rule_level_vec levels;
};

/* Which of a rule's grants this one is; -1: none. */
int rule_apart_find(const struct rule_apart *rule, const struct entitlement *e);

/* Appends to `out`, in `a`, what `before` asks for and neither of `now` (NULL: nothing) does as
 * strictly: "require role system-administrator: reason, endsWithin 90". In the order they have. */
void rules_find_lost(const struct rules *before, const struct rules *const now[2], struct arena *a,
		     struct line_vec *out);

#endif
