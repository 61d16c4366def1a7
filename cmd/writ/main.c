/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>

#include "cmd/writ/command.h"
#include "cmd/writ/ledger_access.h"
#include "cmd/writ/members.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/streaming.h"
#include "core/model/version.h"
#include "core/render/render.h"
#include "core/util/clock.h"
#include "core/util/crypto.h"
#include "core/util/nearest.h"
#include "core/util/process.h"

static struct error *cmd_version(struct run *run, int *status);
static struct error *cmd_help(struct run *run, int *status);

static const struct command commands[] = {
	{"init", "[DIR]", "write a first organisation to edit", " adobe ", cmd_init,
	 .example = "init acme"},
	{"validate", "[PATH...]", "find all errors in manifests, offline",
	 " format max-bytes strict ignore explain org config ", cmd_validate,
	 .example = "validate --strict manifests"},
	{"fmt", "[PATH...]", "write manifests in one spelling; comments stay", " check diff ",
	 cmd_fmt, .example = "fmt --check --diff manifests"},
	{"edit", "VERB ACCOUNT ENTITLEMENT [PATH...]",
	 "write a grant into manifests, or take it out",
	 " manifests org config reason ticket until diff ", cmd_edit, "grant revoke extend",
	 .example =
		 "edit grant report-reader support-administrator manifests --reason 'night desk' "
		 "--until 2027-03-31"},
	{"plan", "[PATH...]", "show how the live organisation differs",
	 " json json-into format max-bytes live org out target detailed-exitcode allow-remove "
	 "allow-admin-grants "
	 "fail-on "
	 "roles-from max-wait config base prune allow-live-shrink allow-expired allow-unreplaced "
	 "sign ignore ",
	 cmd_plan, .example = "plan --live live.yaml manifests"},
	{"apply", "[PATH...]", "carry out a plan",
	 " json json-into format max-bytes live org plan target auto-approve expect "
	 "allow-remove allow-admin-grants resume "
	 "roles-from max-wait export-csv config base prune allow-live-shrink allow-expired "
	 "allow-unreplaced allow-older allow-other-ledger snapshot commit actor wait take-over "
	 "attest why ",
	 cmd_apply, .example = "apply --live live.yaml --allow-remove 1 manifests"},
	{"show", "FILE|RUN", "print a plan, an organisation or a run",
	 " format max-bytes config org ", cmd_show, .example = "show plan.json"},
	{"import", "", "write the live organisation as manifests",
	 " json json-into live org out roles-from max-wait config ", cmd_import,
	 .example = "import --live live.yaml --out imported"},
	{"snapshot", "[list | diff A B]", "write, commit, list and compare snapshots",
	 " format live org out snapshot commit run detailed-exitcode roles-from max-wait config ",
	 cmd_snapshot, "list diff", .example = "snapshot --live live.yaml --out snapshot"},
	{"drift", "[VERB] [PATH...]", "show what somebody changed since the last snapshot",
	 " json json-into format max-bytes live org out base snapshot allow-remove "
	 "allow-admin-grants fail-on "
	 "detailed-exitcode until reason why commit roles-from max-wait config sign ",
	 cmd_drift, "accept ignore revert",
	 .example = "drift --live live.yaml --base snapshot manifests"},
	{"restore", "", "plan the way back to a snapshot",
	 " json json-into format max-bytes live org out from snapshot rehearse end why commit "
	 "prune target "
	 "allow-remove "
	 "allow-admin-grants fail-on detailed-exitcode roles-from max-wait config sign ",
	 cmd_restore, .example = "restore --live live.yaml --from snapshot"},
	{"why", "ACCOUNT [ENTITLEMENT|all [PATH...]]",
	 "tell which lines grant what, since when, and why",
	 " format csv manifests org as-of history unapproved strict snapshot config ", cmd_why,
	 .example = "why template-sync all manifests"},
	{"who", "ENTITLEMENT|all [PATH...]", "tell who holds a role, product or API, and why",
	 " format csv manifests org as-of history unapproved strict snapshot config ", cmd_who,
	 .example = "who storage-administrator manifests"},
	{"report", "[PATH...]", "write who has what, and who can administer, as one page or table",
	 " format csv html base snapshot as-of since until org config ", cmd_report,
	 .example = "report --format html=access.html manifests"},
	{"log", "[verify | PATH]", "list the runs, or what they changed, or check what they left",
	 " format csv html changes since until unapproved manifests org snapshot config strict ",
	 cmd_log, "verify", .example = "log --changes --since 2026-11-01 manifests"},
	{"ledger", "[VERB]", "show, verify, move and tidy what runs remember",
	 " format live org config actor wait take-over to why until ", cmd_ledger,
	 "show verify close move checkpoint", .example = "ledger"},
	{"undo", "RUN", "plan the way back from a run",
	 " format max-bytes live org out detailed-exitcode allow-remove allow-admin-grants fail-on "
	 "roles-from max-wait config sign ",
	 cmd_undo, .example = "undo RUN --live live.yaml --out back.json"},
	{"expiring", "[PATH...]", "list the grants that end soon",
	 " format csv ics in org overdue live roles-from max-wait config ", cmd_expiring,
	 .example = "expiring --in 90d manifests"},
	{"verify", "[PATH...]", "prove with accounts' own credentials that they get in",
	 " format max-bytes target timeout max-wait config org ", cmd_verify,
	 .example = "verify --config config.yaml manifests"},
	{"rotate", "ACCOUNT [PATH...]",
	 "put a new client secret in place of the old one, step by step",
	 " format finish again manifests max-wait config org ", cmd_rotate,
	 .example = "rotate asset-archiver manifests"},
	{"schema", "KIND", "print the JSON Schema of a kind", " list manual ", cmd_schema,
	 .example = "schema TechnicalAccount"},
	{"completion", "SHELL", "print what bash, zsh or fish complete words of writ with", "",
	 cmd_completion, "bash zsh fish", .example = "completion bash"},
	{"version", "", "print the version", "", cmd_version, .example = "version"},
	{"help", "[COMMAND]", "tell about a command", "", cmd_help, .example = "help plan"},
	{0},
};

static const struct command *find_command(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (!strcmp(c->name, name))
			return c;
	}
	return NULL;
}

static struct error *unknown_command(const char *name)
{
	const char *names[sizeof(commands) / sizeof(*commands)];
	size_t count = 0;
	for (const struct command *c = commands; c->name; c++)
		names[count++] = c->name;
	const char *near = nearest_word(name, names, count);
	if (name[0] == '-')
		return error_new(ERROR_USAGE,
				 "\"%.64s\" stands where the command is due; "
				 "options come behind it",
				 name);
	return error_new(ERROR_USAGE, "unknown command \"%.64s\"%s%s%s", name,
			 near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static struct error *cmd_version(struct run *run, int *status UNUSED)
{
	if (run->options.path_count)
		return error_new(ERROR_USAGE, "version takes nothing");
	printf("writ %s\n", WRIT_VERSION);
	return NULL;
}

static void print_help(const struct command *c)
{
	printf("writ %s [OPTION...]%s%s\n\n%s\n\n", c->name, *c->arguments ? " " : "", c->arguments,
	       c->help);
	options_print(stdout, c);
	if (c->example)
		printf("\nExample: writ %s\n", c->example);
	printf("\nThe manual page is writ-%s(1).\n", c->name);
}

/* Prints what a command does in a column of its own, or on the next line where its arguments are
 * long. */
static void print_row(const struct command *c)
{
	bool fits = strlen(c->arguments) <= 22;
	printf("  writ %-10s %s%-*s%s\n", c->name, fits ? "" : c->arguments, fits ? 23 : 0,
	       fits ? c->arguments : "", fits ? c->help : "");
	if (!fits)
		printf("%41s%s\n", "", c->help);
}

static struct error *cmd_help(struct run *run, int *status UNUSED)
{
	if (run->options.path_count > 1)
		return error_new(ERROR_USAGE, "help takes one COMMAND");
	if (run->options.path_count) {
		const struct command *c = find_command(run->options.paths[0]);
		if (!c)
			return unknown_command(run->options.paths[0]);
		print_help(c);
		return NULL;
	}
	printf("writ keeps the permissions of an organisation's service accounts as code.\n\n");
	for (const struct command *c = commands; c->name; c++)
		print_row(c);
	printf("\nOnly apply and rotate change the organisation. `writ help COMMAND` "
	       "tells more.\n");
	return NULL;
}

/* A closed descriptor would be given to the next file that is opened. What stands in for it cannot
 * be read or written the way it is meant to be, so that a result without a place to go is found
 * out. */
static bool open_standard_descriptors(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_WRONLY};
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			return false;
	}
	return true;
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

/* Whether --help stands anywhere among the options: then nothing is done but to help. */
static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (is_help(argv[i]))
			return true;
	}
	return false;
}

/* The command of that name; NULL: there is none. */
static const struct command *choose(const char *name)
{
	if (is_help(name))
		name = "help";
	return find_command(!strcmp(name, "--version") ? "version" : name);
}

static struct error *run_command(struct run *run, int *status)
{
	TRY(clock_now(&run->now));
	TRY(stream_open(run));
	return run->command->function(run, status);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";
	int status = EXIT_DONE, count = argc > 2 ? argc - 2 : 0;
	struct arena arena = {0};
	struct options options = {0};
	struct error *error = NULL;
	if (!open_standard_descriptors())
		return EXIT_ERROR;
	/* A fixed threshold: otherwise glibc raises it with the first large block that is freed,
	 * and keeps all later ones on the heap. */
	mallopt(M_MMAP_THRESHOLD, 128 * 1024);
	process_harden();
	crypto_start();
	const struct command *command = choose(name);
	if (!command) {
		error = unknown_command(name);
	} else if (asks_for_help(count, argv + 2)) {
		options = (struct options){.paths = &command->name, .path_count = 1};
		command = find_command("help");
	} else {
		error = options_parse(command, count, argv + 2, &arena, &options);
	}
	struct run run = {.program = argv[0],
			  .command = command,
			  .commands = commands,
			  .options = options,
			  .arena = arena, /* moved: from here on it is the run's */
			  .strings = intern_new()};
	run.report.arena = &run.arena;
	if (!error)
		error = run_command(&run, &status);
	ledger_access_done(&run);
	progress_stop();
	status = run_finish(&run, error, status);
	intern_free(run.strings);
	arena_done(&run.arena);
	return status;
}
