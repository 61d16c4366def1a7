/* SPDX-License-Identifier: Apache-2.0 */
/* How a run ends: its error and findings are told, wherever its results go. */
#include "cmd/writ/command.h"
#include "cmd/writ/members.h"
#include "cmd/writ/reviewing.h"
#include "cmd/writ/streaming.h"
#include "core/render/render.h"

static bool wants_json(const struct options *o)
{
	for (size_t i = 0; i < o->outputs.len; i++) {
		if (o->outputs.at[i].format == FORMAT_JSON)
			return true;
	}
	return false;
}

/* With --format json an error is a diagnostic like those in manifests. */
static void add_to_report(struct run *run, const struct error *error)
{
	struct location at = {"", 1, 1};
	for (const struct error *e = error; e; e = e->cause) {
		if (e->where.file)
			at = (struct location){arena_strdup(&run->arena, e->where.file),
					       e->where.line, e->where.column};
	}
	report_add(&run->report, SEVERITY_ERROR, REPORT_FAILED, at, 0, NULL, "%s",
		   error_text(&run->arena, error));
}

/* The exit status of a run whose result did not reach standard output; one that says something
 * worse is kept. */
static int status_unwritten(const struct run *run, int status)
{
	if (status != EXIT_DONE && status != EXIT_CHANGES)
		return status;
	return run->changed ? EXIT_RECORD : EXIT_ERROR;
}

/* Prints the findings in place of a result that was not made. Where the command line is wrong, no
 * file is written: a file that it names may be one that must not be written to. */
static void print_findings(struct run *run, const struct error *error)
{
	struct str out = STR(&run->arena);
	if (error)
		add_to_report(run, error);
	if (wants_json(&run->options)) {
		const struct output to = {FORMAT_JSON,
					  .memory = run->member ? run->member->files.findings : 0};
		render_report_json(&out, &run->report);
		error_free(output_write(&to, str_text(&out),
					out.len)); /* run_finish() asks stdout whether it failed */
	}
	if (!error || error->code != ERROR_USAGE)
		error_free(write_findings(run)); /* the first error is told already */
}

/* What one of several organisations came to, in a line. */
static void tell_member(struct run *run, const struct error *error)
{
	const char *text = NULL;
	const struct diagnostic *first = run->report.errors ? run->report.items.at : NULL;
	if (error)
		text = arena_printf(&run->arena, "error: %s", error_text(&run->arena, error));
	else if (first)
		text = arena_printf(&run->arena, "error: %s:%u:%u: %s", first->at.file,
				    first->at.line, first->at.column, first->summary);
	member_tell(run->member, text ? text : run->summary);
}

int run_finish(struct run *run, struct error *error, int status)
{
	const char *command = run->command ? run->command->name : NULL;
	if (error) {
		status = exit_status_of(error->code);
		error_print(stderr, error);
		if (error->code == ERROR_USAGE)
			fprintf(stderr, "See `writ help%s%s`.\n", command ? " " : "",
				command ? command : "");
	}
	if (run->report.errors && !status)
		status = EXIT_ERROR;
	report_sort(&run->report);
	report_print(stderr, &run->report);
	if (run->member)
		tell_member(run, error);
	if ((error || run->report.errors) && !run->told)
		print_findings(run, error);
	else if (error)
		add_to_report(run, error);
	stream_report(&run->report);
	struct error *untold = stream_close(status);
	if (!untold && (fflush(stdout) || ferror(stdout)))
		untold = error_new(ERROR_SYSTEM, "writing to standard output failed");
	if (untold && !error) /* where an error was printed, that says enough */
		error_print(stderr, untold);
	if (untold)
		status = status_unwritten(run, status);
	error_free(untold);
	error_free(error);
	return status;
}
