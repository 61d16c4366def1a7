/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/reviewing.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/render/review_pack.h"
#include "core/util/file.h"
#include "core/util/log.h"

bool wants_review(const struct options *options)
{
	for (size_t i = 0; i < options->outputs.len; i++) {
		if (format_is_review(options->outputs.at[i].format))
			return true;
	}
	return false;
}

static size_t most_of(const struct options *options, const struct output *output)
{
	return output->most ? output->most : options->max_bytes;
}

/* ---- a step of a workflow ---- */

/* The file that the runner made for the step, *size bytes long so far; -1: the variable is unset.
 */
static struct error *open_for_step(const char *variable, int *fd, size_t *size)
{
	const char *path = getenv(variable);
	struct stat st;
	*fd = -1;
	if (!path || !*path)
		return NULL;
	*fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (*fd < 0 || fstat(*fd, &st))
		return error_errno(errno, "opening %s (%s)", path, variable);
	*size = st.st_size > 0 ? (size_t)st.st_size : 0;
	return NULL;
}

/* The room that is left for this summary: all of a step share what the site takes, and with one
 * byte more it shows none of them. */
static struct error *append_summary(struct run *run, const struct output *output,
				    struct review *review)
{
	struct str text = STR(&run->arena);
	size_t most = most_of(&run->options, output), size = 0;
	int opened = -1;
	TRY(open_for_step("GITHUB_STEP_SUMMARY", &opened, &size));
	CLEANUP(close) int fd = opened;
	if (fd < 0)
		return NULL;
	size_t left = size < BYTES_STEP_SUMMARY ? BYTES_STEP_SUMMARY - size : 0;
	most = most && most < left ? most : left;
	if (most == 0) {
		log_note("the summary of this step is full: nothing is added to it");
		return NULL;
	}
	TRY(format_review(FORMAT_MARKDOWN, review, most, &text));
	return file_write_all(fd, "GITHUB_STEP_SUMMARY", str_text(&text), text.len);
}

static struct error *append_outputs(struct run *run, const struct review *review)
{
	struct str text = STR(&run->arena);
	size_t size = 0;
	int opened = -1;
	TRY(open_for_step("GITHUB_OUTPUT", &opened, &size));
	CLEANUP(close) int fd = opened;
	if (fd < 0)
		return NULL;
	render_github_outputs(&text, review);
	return file_write_all(fd, "GITHUB_OUTPUT", str_text(&text), text.len);
}

/* ---- results ---- */

static struct error *write_review(struct run *run, const struct output *output,
				  struct review *review)
{
	struct str text = STR(&run->arena);
	if (output->memory) { /* of several organisations, whose reviews become one */
		review_pack(&text, review);
		return output_write(output, str_text(&text), text.len);
	}
	TRY(format_review(output->format, review, most_of(&run->options, output), &text));
	TRY(output_write(output, str_text(&text), text.len));
	if (output->format != FORMAT_GITHUB)
		return NULL;
	TRY(append_summary(run, output, review));
	return append_outputs(run, review);
}

struct error *write_reviews(struct run *run, struct review *review)
{
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *o = &run->options.outputs.at[i];
		if (format_is_review(o->format))
			TRY(write_review(run, o, review));
	}
	return NULL;
}

struct error *write_findings(struct run *run)
{
	struct review review;
	review_of_report(&review, &run->arena, &run->report);
	review.subject = run->command ? run->command->name : review.subject;
	return write_reviews(run, &review);
}

struct error *refuse_reviews(const struct run *run, const char *what)
{
	if (!wants_review(&run->options))
		return NULL;
	return error_new(ERROR_USAGE, "%s has the formats text and json", what);
}
