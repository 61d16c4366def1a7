/* SPDX-License-Identifier: Apache-2.0 */
/* record_message.h - what the commits of a recording say; shared by record_commit.c and
 * record_message.c only. Texts are in the arena. */
#ifndef WRIT_RECORD_MESSAGE_H
#define WRIT_RECORD_MESSAGE_H

#include "core/record/record_commit.h"

/* The first line of a commit: kind 'd' of what had drifted, 'r' of what a run made of it. */
const char *record_subject(const struct record_input *in, const struct record_work *work,
			   struct arena *a, char kind, const char *organization);
/* All of it: that line and the trailers, by which the run is found again (run_list.h). */
const char *record_message(const struct record_input *in, const struct record_work *work,
			   struct arena *a, char kind, const char *organization);
/* The message of a merge of two recordings. */
const char *record_united_message(const struct record_input *in, const struct record_work *work,
				  struct arena *a);

#endif
