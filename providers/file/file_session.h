/* SPDX-License-Identifier: Apache-2.0 */
/* file_session.h - the open organisation of a file; shared by file.c, which reads it, and
 * file_edit.c only. */
#ifndef WRIT_PROVIDER_FILE_SESSION_H
#define WRIT_PROVIDER_FILE_SESSION_H

#include "core/util/vec.h"
#include "providers/file/file.h"

/* The roles of an account, or of all users, which a live document says were not seen by the read
 * that it comes from. */
struct hidden {
	const char *account; /* NULL: all users */
	unsigned roles;	     /* a set, by enum role */
};

struct provider {
	struct intern *strings;
	struct arena arena;		/* of `hidden` */
	VEC(, struct hidden) hidden;	/* of the last read; users first, then by account */
	struct entry_vec unseen_groups; /* as of struct live, likewise */
	bool products_unseen;		/* likewise */
	char *path;			/* as given */
	char *real;			/* with links resolved: it identifies the organisation */
	bool stored;			/* "REV:PATH": git keeps it, and nothing can be changed */
};

#endif
