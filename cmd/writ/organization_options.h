/* SPDX-License-Identifier: Apache-2.0 */
/* organization_options.h - what an option means for each of several organisations.
 *
 * Where an option names one place for all, each organisation has a place in it that is called by
 * its name: with --out DIR and --plan DIR the file DIR/NAME.json, with --live DIR the file
 * DIR/NAME.yaml or the folder DIR/NAME, with --base DIR and --snapshot DIR the folder DIR/NAME. */
#ifndef WRIT_CMD_ORGANIZATION_OPTIONS_H
#define WRIT_CMD_ORGANIZATION_OPTIONS_H

#include "cmd/writ/members.h"

/* ERROR_USAGE where an option cannot be about these organisations. Makes nothing but the folder of
 * --out, which must be new or empty: a plan of another run in it would be taken for one of these.
 */
MUST_CHECK struct error *check_options_of_all(struct run *run, const struct line_vec *names);

/* The options of one member; its results go to its files in memory. */
struct options options_of_member(struct run *run, const struct member *member);

/* Finds the organisations whose saved plans --plan names. The name of each is the stem of its
 * file's name, and the plan in the file must name it too. */
MUST_CHECK struct error *find_plans(struct run *run, struct line_vec *out);

/* Whether --plan names a folder of plans. */
bool has_plan_folder(const struct options *o);

#endif
