/* SPDX-License-Identifier: Apache-2.0 */
/* linter.h - what the lints share; for lint*.c only. */
#ifndef WRIT_LINTER_H
#define WRIT_LINTER_H

#include "core/language/check.h"

struct traits {
	bool storage, system; /* the admin role */
	bool licence;	      /* of Enterprise Storage */
};

struct linter {
	const struct model *model; /* without errors */
	struct model_index index;
	struct arena *arena;
	struct report *report;
	const struct lint_options *options;
	const struct organization *organization;
	struct entry_vec licences; /* of Enterprise Storage, sorted */
	struct traits *traits;	   /* of each bundle of the model */
	int32_t today;
};

void linter_warn(struct linter *l, const char *id, struct location at, const char *detail,
		 const char *fmt, ...) PRINTF(5, 6);

/* The same of a finding that counts as `weight`, unless it is left out. */
void linter_find(struct linter *l, enum weight weight, const char *id, struct location at,
		 const char *detail, const char *fmt, ...) PRINTF(6, 7);

/* W0721, W0722: what a rule asks for is not there, or two grants are that it keeps apart. */
void lint_rules(struct linter *l);

/* W0708: a grant that holds by two declarations. */
void lint_repeats(struct linter *l, struct intern *strings);

/* W0709, W0714, W0717: names that look like others, are not as they should be, or hide a letter. */
void lint_names(struct linter *l);

#endif
