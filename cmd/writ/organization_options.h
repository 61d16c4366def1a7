/* SPDX-License-Identifier: Apache-2.0 */
/* organization_options.h - what options of several organisations mean for each.
 *
 * Where an option names one place for all, each organisation has its own in it, by its name: of
 * --out DIR it is DIR/NAME.json, of --live DIR DIR/NAME.yaml or the folder DIR/NAME, of --base and
 * --snapshot DIR/NAME, of --plan DIR DIR/NAME.json. */
#ifndef WRIT_CMD_ORGANIZATION_OPTIONS_H
#define WRIT_CMD_ORGANIZATION_OPTIONS_H

#include "cmd/writ/members.h"

/* ERROR_USAGE where an option cannot be about these organisations. Makes nothing but the folder of
 * --out, which must be new or empty: a plan of another run in it would be taken for one of these.
 */
MUST_CHECK struct error *check_options_of_all(struct run *run, const struct line_vec *names);

/* Those of one; results go to its files. */
struct options options_of_member(struct run *run, const struct member *member);

/* The organisations whose saved plans --plan names, by name: each is the stem of a file's name,
 * which the plan in it must have too. */
MUST_CHECK struct error *find_plans(struct run *run, struct line_vec *out);

/* Whether --plan names a folder of plans. */
bool has_plan_folder(const struct options *o);

#endif
