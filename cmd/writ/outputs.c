/* SPDX-License-Identifier: Apache-2.0 */
/* In which formats a command tells its result, and where that goes. */
#include <string.h>
#include <unistd.h>

#include "cmd/writ/command.h"
#include "core/util/beneath.h"
#include "core/util/file.h"
#include "core/util/progress.h"
#include "core/util/terminal.h"

bool command_takes(const struct command *command, const char *option)
{
	char padded[64];
	snprintf(padded, sizeof(padded), " %s ", option);
	return strstr(command->options, padded) || strstr(" log no-color ", padded);
}

bool command_reviews(const struct command *command, enum format format)
{
	return format_is_review(format) && command_takes(command, "max-bytes");
}

bool command_takes_format(const struct command *command, int format)
{
	return format <= FORMAT_JSON || command_reviews(command, format) ||
	       command_takes(command, format_name(format));
}

/* "text, json or csv", in the arena. */
const char *command_list_formats(struct arena *a, const struct command *command)
{
	struct str out = STR(a);
	int last = FORMAT_COUNT - 1;
	while (!command_takes_format(command, last))
		last--;
	for (int i = 0; i <= last; i++) {
		if (command_takes_format(command, i))
			str_printf(&out, "%s%s",
				   i == 0      ? ""
				   : i == last ? " or "
					       : ", ",
				   format_name(i));
	}
	return str_text(&out);
}

const char *options_formats(struct arena *a, const struct command *command)
{
	struct str out = STR(a);
	for (int i = 0; command_takes(command, "format") && i < FORMAT_COUNT; i++) {
		if (command_takes_format(command, i))
			str_printf(&out, "%s%s", out.len ? " " : "", format_name(i));
	}
	return str_text(&out);
}

static struct error *write_result(const struct output *output, const char *bytes, size_t len,
				  bool whole)
{
	if (output->memory)
		return file_write_all(output->memory, "a result", bytes, len);
	if (output->file) {
		struct error *error =
			beneath_write(output->file, bytes, len, output->secret ? 0600 : 0644);
		return error ? error_wrap(error, "saving the result") : NULL;
	}
	progress_idle(); /* or the result stands behind its line */
	bool written = output->format != FORMAT_TEXT ? fwrite(bytes, 1, len, stdout) == len
		       : whole			     ? terminal_write_whole(stdout, bytes, len)
						     : terminal_write(stdout, bytes, len);
	if (!written || fflush(stdout))
		return error_new(ERROR_SYSTEM, "writing to standard output failed");
	return NULL;
}

struct error *output_write(const struct output *output, const char *bytes, size_t len)
{
	return write_result(output, bytes, len, false);
}

struct error *output_write_whole(const struct output *output, const char *bytes, size_t len)
{
	return write_result(output, bytes, len, true);
}

struct error *output_all(struct run *run,
			 void (*render)(struct str *out, enum format format, const void *answer),
			 const void *answer)
{
	for (size_t i = 0; i < run->options.outputs.len; i++) {
		const struct output *o = &run->options.outputs.at[i];
		struct str out = STR(&run->arena);
		if (command_reviews(run->command, o->format)) /* write_reviews() writes those */
			continue;
		render(&out, o->format, answer);
		TRY(output_write(o, str_text(&out), out.len));
	}
	return NULL;
}

const char *output_file_beside(struct arena *a, const char *file, const char *word)
{
	const char *slash = strrchr(file, '/'), *dot = strrchr(file, '.');
	if (!dot || dot == file || (slash && dot <= slash + 1))
		return arena_printf(a, "%s.%s", file, word);
	return arena_printf(a, "%.*s.%s%s", (int)(dot - file), file, word, dot);
}

bool output_has_colour(const struct options *options, const struct output *output)
{
	const char *none = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"),
		   *term = getenv("TERM");
	if (options->no_color || output->file || (none && *none))
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return isatty(STDOUT_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}
