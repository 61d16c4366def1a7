/* SPDX-License-Identifier: Apache-2.0 */
/* log.h - what a run says about itself, on stderr.
 *
 * Results go to stdout; errors are values. This is for the rest: `--log debug` and notes. */
#ifndef WRIT_LOG_H
#define WRIT_LOG_H

#include <stdbool.h>

#include "core/util/cleanup.h"

enum log_level { LOG_QUIET, LOG_NOTE, LOG_DEBUG };

/* Set once by main() before threads start; LOG_NOTE when never set. */
void log_set_level(enum log_level level);
enum log_level log_level(void);
/* Who gets each line too, unescaped and without "writ: " in front; set before threads start. */
void log_set_sink(void (*sink)(enum log_level level, const char *text));
/* Called in front of each line, to take away the progress line that the terminal shows; set before
 * threads start. */
void log_set_clear(void (*clear)(void));
bool log_level_parse(const char *text, enum log_level *out); /* "quiet", "note", "debug" */

/* One line to stderr, "writ: " in front for notes, "writ: debug: " for debug, in one write(2).
 * Everything unprintable in the finished line is escaped. Safe from any thread. */
void log_note(const char *format, ...) PRINTF(1, 2);
void log_debug(const char *format, ...) PRINTF(1, 2);

#endif
