/* SPDX-License-Identifier: Apache-2.0 */
/* command.h - the command table, the options, and what every command is given. */
#ifndef WRIT_COMMAND_H
#define WRIT_COMMAND_H

#include "core/contract/provider.h"
#include "core/language/config.h"
#include "core/plan/guard.h"
#include "core/render/format.h"
#include "core/util/report.h"
#include "core/util/str.h"

/* Exit statuses; never to change (writ(1), "EXIT STATUS"). */
enum exit_status {
	EXIT_DONE = 0,
	EXIT_ERROR = 1,
	EXIT_CHANGES = 2,
	EXIT_REFUSED = 3,
	EXIT_GUARD = 4,
	EXIT_PARTIAL = 5,
	EXIT_MANUAL = 6,
	EXIT_LOCKED = 7,
	EXIT_RECORD = 8,
	EXIT_DENIED = 9,
	EXIT_USAGE = 64,
	EXIT_SIGNAL = 128,
};

#define PLAN_SIGNATURE ".sig" /* behind the name of a saved plan's file */

/* The exit status of a command that ends with such an error. */
int exit_status_of(enum error_code code);

struct output {
	enum format format;
	const char *file; /* NULL: standard output */
	bool secret;	  /* a plan: the file can be read by this user alone (0600) */
	size_t most;	  /* bytes; 0: unsaid */
	int memory;	  /* the file in memory that it goes to instead; 0: none */
};
VEC(output_vec, struct output);

/* What --fail-on names. */
enum fail_on {
	FAIL_GUARD = 1,
	FAIL_WITHHELD = 2,
	FAIL_ADMIN_GRANT = 4,
	FAIL_REMOVAL = 8,
	FAIL_UNSEEN = 16,
	FAIL_BLOCKED = 32
};

/* A stretch of time from today on: days, weeks or calendar months. */
struct span {
	int32_t count;
	char unit; /* 'd', 'w' or 'm' */
};

/* Some of the command line's words. */
struct arguments {
	const char *const *at;
	size_t count;
};

struct options {
	struct output_vec outputs; /* at least one */
	size_t max_bytes;	   /* of results that have no number of their own; 0: no limit */
	const char *live, *org, *out, *target, *explain, *config, *run;
	struct line_vec plans, expected, attested; /* as often as they were given */
	struct consent consent;
	VEC(, const char *) ignored; /* ids of the warnings that are not reported */
	unsigned fail_on;	     /* set of enum fail_on */
	const char *roles_from, *export_csv, *snapshot;
	unsigned timeout;  /* seconds */
	unsigned max_wait; /* seconds; 0: the configuration's */
	const char *actor; /* who acts, as --actor claims; NULL: as the environment tells */
	unsigned wait;	   /* seconds to wait for another run; only where `waits` */
	bool waits, take_over, allow_older, allow_other_ledger;
	const char *base;   /* the last snapshot, or where a plan between revisions begins */
	const char *sign;   /* the key that signs a saved plan */
	const char *ticket; /* of a grant */
	const char *until, *reason; /* of a drift to ignore, of a grant, or of a period */
	const char *json_into;	    /* the file for lines about what goes on; NULL: none */
	bool json;		    /* such lines on standard output, in place of results */
	bool prune, rehearse, finish, again, check, diff, adobe;
	const char *from, *why;
	bool end;
	bool detailed_exitcode, auto_approve, resume, strict, list, manual, no_color, commit;
	const char *manifests; /* PATH as the older option --manifests gives it; NULL: not given */
	const char *as_of, *to;
	const char *since; /* of a period, which ends with `until` */
	bool changes, unapproved, overdue;
	bool history;
	struct span span; /* of --in; count 0: unsaid */
	const char *const *paths;
	size_t path_count;
};

/* One call of the program, and all that it reads. The options stay as they were given: a function
 * that needs other paths, another base or more consent takes them as arguments. */
struct manifests;
struct member;
struct run {
	struct arena arena;
	struct intern *strings;
	struct report report;
	const struct options options;
	struct config config; /* empty until load_config() */
	bool configured;
	struct ledger_places *places; /* those opened so far, with their secrets; NULL: none */
	const struct snapshot *read;  /* the snapshot's folder read last; NULL: none */
	bool changed;		      /* a change was sent, so that what fails now is its record */
	bool restore_told;	      /* the user was told that a restore is under way */
	bool told;		      /* a result was written, and an error of the run is in it */
	int64_t now;
	const char *program;
	const struct command *command, *commands; /* this command, and the table of all, which ends
						     with a row without name */
	const struct manifests *loaded; /* the set, shared by several organisations; NULL */
	const struct member *member;	/* whose work this process does; NULL: all */
	const char *summary;		/* the result in one line, for a member; NULL */
	const char *moved_to;		/* where a ledger goes on, as a note has said; NULL */
};

struct command {
	const char *name, *arguments, *help;
	/* The options that it takes, each with a blank before and behind it. Behind "format" stand
	 * the formats that it has beside text and json; "max-bytes" says that it has all formats
	 * that are made of a review. */
	const char *options;
	/* Does the work. *status is EXIT_DONE when it is called; main() prints the error and the
	 * findings. */
	struct error *(*function)(struct run *run, int *status);
	const char *verbs;   /* one of these is its first word; NULL: none */
	const char *example; /* as it is typed behind "writ" */
};

/* Prints how a run ended, its error and findings among that, and returns its exit status. */
int run_finish(struct run *run, struct error *error, int status);

/* Fills *out, in `a`, from argv behind the command's name. ERROR_USAGE names the nearest option;
 * what was read until then is in *out. */
MUST_CHECK struct error *options_parse(const struct command *command, int argc, char **argv,
				       struct arena *a, struct options *out);
/* Fails when a result of the run cannot be written where it is to go, would be saved over a file
 * that an option reads, or over another result. */
MUST_CHECK struct error *options_check_places(const struct options *options,
					      const struct command *command);
/* Fails when a result of the run would be saved over, or among, what is read below `root`. */
MUST_CHECK struct error *options_check_results(const struct options *options, const char *root);
/* Fails when a result of the run would be saved over a key, a secret or another file that the
 * configuration names. */
MUST_CHECK struct error *options_check_configured(const struct options *options,
						  const struct config *config);
/* The words behind the command that are no options; and those of `words` behind the first ones. */
struct arguments arguments_of(const struct options *options);
struct arguments arguments_behind(struct arguments words, size_t first);
/* The PATHs of a command whose first `names` words are names: the words behind them, else the
 * current folder. */
MUST_CHECK struct error *options_manifests(const struct options *options, size_t names,
					   struct arguments *out);
/* The one PATH of such a command that asks of the past. ERROR_USAGE when there are several. */
MUST_CHECK struct error *options_past_manifests(const struct options *options, size_t names,
						const char **out);
/* The options of a command, for its help. */
void options_print(FILE *out, const struct command *command);

/* Calls `use` with each option of a command (NULL: any), in the order of their names. `argument`
 * is NULL where it takes none, `help` where that is the list of formats. */
void options_each(const struct command *command,
		  void (*use)(void *context, const char *name, const char *argument,
			      const char *help),
		  void *context);
/* The names of a command's formats with a blank between them, in `a`. */
const char *options_formats(struct arena *a, const struct command *command);

/* Appends " --NAME VALUE", quoted for a shell, to a command that is shown to the user; nothing when
 * `value` is NULL. */
void option_add(struct str *out, const char *name, const char *value);

/* Whether a command has the option with this name, such as "max-bytes". */
bool command_takes(const struct command *command, const char *option);
/* Whether it has this format of enum format for its result. */
bool command_takes_format(const struct command *command, int format);
/* Whether its result in this format is a review, and not a table. */
bool command_reviews(const struct command *command, enum format format);
/* "text, json or csv", in `a`. */
const char *command_list_formats(struct arena *a, const struct command *command);

/* Writes one result to the place of its output. */
MUST_CHECK struct error *output_write(const struct output *output, const char *bytes, size_t len);
/* The same for text that programs and editors read too: its lines are not broken on a terminal. */
MUST_CHECK struct error *output_write_whole(const struct output *output, const char *bytes,
					    size_t len);
/* Makes each result that the options ask for, and writes it to its place. */
MUST_CHECK struct error *
output_all(struct run *run, void (*render)(struct str *out, enum format format, const void *answer),
	   const void *answer);
bool output_has_colour(const struct options *options, const struct output *output);
/* "access.changes.csv" for "access.csv" and "changes"; in `a`. */
const char *output_file_beside(struct arena *a, const char *file, const char *word);

struct error *cmd_init(struct run *run, int *status);
struct error *cmd_validate(struct run *run, int *status);
struct error *cmd_edit(struct run *run, int *status);
struct error *cmd_fmt(struct run *run, int *status);
struct error *cmd_plan(struct run *run, int *status);
struct error *cmd_apply(struct run *run, int *status);
struct error *cmd_drift(struct run *run, int *status);
struct error *cmd_restore(struct run *run, int *status);
struct error *cmd_show(struct run *run, int *status);
struct error *cmd_import(struct run *run, int *status);
struct error *cmd_snapshot(struct run *run, int *status);
struct error *cmd_why(struct run *run, int *status);
struct error *cmd_who(struct run *run, int *status);
struct error *cmd_report(struct run *run, int *status);
struct error *cmd_log(struct run *run, int *status);
struct error *cmd_ledger(struct run *run, int *status);
struct error *cmd_undo(struct run *run, int *status);
struct error *cmd_expiring(struct run *run, int *status);
struct error *cmd_verify(struct run *run, int *status);
struct error *cmd_rotate(struct run *run, int *status);
struct error *cmd_schema(struct run *run, int *status);
struct error *cmd_completion(struct run *run, int *status);

#endif
