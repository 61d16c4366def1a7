/* SPDX-License-Identifier: Apache-2.0 */
/* umapi_action.h - one entry of an action request, for the files that carry it out. */
#ifndef EMULATOR_UMAPI_ACTION_H
#define EMULATOR_UMAPI_ACTION_H

#include "cmd/adobe-emulator/umapi/umapi_parts.h"

#define STEPS_MAX 10 /* facts/umapi.md, "Actions" */
#define LIST_MAX 10
#define TEXT_LIMIT 250
#define EMAIL_LIMIT 60

struct action_entry {
	struct server *s;
	struct request *r;
	bool test; /* nothing is written */
	struct tree *errors, *warnings;
	struct named_group_vec groups; /* made anew when a group was made or renamed */
	/* Of the entry whose turn it is. */
	const struct reply *entry;
	int index, step, steps;
	const char *root; /* the user or the group */
	bool is_group;
	bool failed, over;		/* over: later steps are not run */
	bool created;			/* in test mode: a user who would have been made */
	struct user *user;		/* NULL: does not exist */
	struct org_credential *account; /* a technical account, when the switch accepts them */
	struct group *group;
};

/* Runs the steps of `entry`, the `index`th of its batch, until one fails. */
void action_run_entry(struct action_entry *a, const struct reply *entry, int index);

/* Notes an error of the current step; the entry counts as not completed. */
void action_error(struct action_entry *a, const char *code, const char *format, ...) PRINTF(3, 4);
void action_warn(struct action_entry *a, const char *code, const char *message);

/* The names below a key of a step: an array of 1 to 10 texts. False when an error was noted. */
bool action_list(struct action_entry *a, const struct reply *list, struct words_vec *out);
/* The group that a user step names: profiles and user groups fold case, administrators' groups do
 * not. NULL when an error was noted. */
const struct named_group *action_group(struct action_entry *a, const char *name);
struct user *action_user(struct action_entry *a, const char *name);
/* Whether a key is twice in the object; notes the error. */
bool action_repeated(struct action_entry *a, const struct reply *step);
void action_regroup(struct action_entry *a);

typedef void step_function(struct action_entry *a, const struct reply *value);
struct umapi_step {
	const char *name;
	step_function *run;
};
extern const struct umapi_step user_steps[], group_steps[]; /* end with a row without name */

/* Whether a step has no members but those of `known` (names between blanks), and each is a text
 * that is not too long; notes the error. */
bool step_members(struct action_entry *a, const struct reply *value, const char *known);
enum option { OPTION_NONE, OPTION_IGNORE, OPTION_UPDATE, OPTION_BAD };
enum option step_option(struct action_entry *a, const struct reply *value);
/* Sets *member when the step has the key. */
void step_set_text(struct action_entry *a, const char **member, const struct reply *value,
		   const char *key);
/* Whether the step fails because the membership was there, or was not there, already; notes the
 * error. */
bool step_repeats(struct action_entry *a, bool changed, bool give, const char *name);

#endif
