/* SPDX-License-Identifier: Apache-2.0 */
/* timeline.h - when each grant appeared and went, from the history of snapshots.
 *
 * One pass over the commits of the snapshots' folder, oldest first: each snapshot is compared with
 * the one before. A snapshot that came by a merge counts where it was made, on its own branch and
 * day: all branches tell of the one live organisation. What was found is kept in the cache folder,
 * so that later questions read only what is new. The cache is only a cache: it is recognised by the
 * ids of its commits, checked by a digest, and made anew when it is damaged, of another version, or
 * of a history that was rewritten; commits that both histories have are kept. */
#ifndef WRIT_TIMELINE_H
#define WRIT_TIMELINE_H

#include "core/git/history.h"
#include "core/model/access.h"

/* One commit of the snapshots' folder. Texts are as in the commit. */
struct moment {
	const char *id;
	const char *author, *email, *subject;
	const char *run, *plan, *drift; /* trailers; NULL */
	const char *damage;		/* why its snapshot cannot be read; NULL */
	const char *edited;		/* a file that somebody edited by hand; NULL */
	int64_t time;			/* of the commit, seconds since 1970 */
	const char *unsure; /* why what came or went at this moment may have done so earlier: the
			       clone is shallow, or the snapshot before cannot be read; NULL */
	const char *actor;  /* who began the run, as claimed; a trailer; NULL */
};
VEC(moment_vec, struct moment);

/* One grant that came or went with a moment, or of which the snapshots began or ended to show
 * nothing. Numbers are the universe's; the user without a name stands for all of them. */
struct shift {
	uint32_t moment, principal, entitlement;
	bool came;
	bool hidden; /* the snapshots show no more (came) or again whether it is held */
};
VEC(shift_vec, struct shift);

struct timeline {
	struct universe *universe;
	struct moment_vec moments; /* oldest first */
	struct shift_vec shifts;   /* in the order of the moments */
	size_t fresh;		   /* moments that no cache knew */
	const char *incomplete;	   /* why something may be missing, the first reason; NULL */
	bool failed;		   /* a snapshot is at hand, and reading it failed */
};

/* Which history. */
struct timeline_source {
	struct history *history;
	const char *revision; /* the newest commit */
	const char *folder;   /* in the repository */
	const char *cache;    /* a file; NULL: none */
	struct intern *strings;
};

/* Makes the timeline, in `a`; the universe belongs to the caller, also after an error. A cache that
 * cannot be written is no error: *why is set to a sentence, else left alone. A snapshot that cannot
 * be read is a moment with `damage`, at which nothing came or went. */
MUST_CHECK struct error *timeline_load(const struct timeline_source *source, struct arena *a,
				       struct timeline *out, const char **why);

/* An account that has another name at one snapshot than at the one before. */
struct renamed_account {
	const char *then, *now;
};
VEC(renamed_account_vec, struct renamed_account);

/* Appends, in `a`, those that the ids of two commits' snapshots tell; none where one of them cannot
 * be read. */
void timeline_renamed(const struct timeline_source *source, const char *before, const char *after,
		      struct arena *a, struct renamed_account_vec *out);

/* Where the cache of a folder of a repository is: $XDG_CACHE_HOME/writ/..., else below
 * $HOME/.cache; NULL when the environment names no place. */
const char *timeline_cache_path(struct arena *a, const char *repository, const char *folder);

/* When no snapshot showed whether a grant was held. */
struct dark {
	uint64_t key;	 /* grant_key() of numbers; the user without a name stands for all users and
			    user groups */
	size_t from, to; /* moments; `to` is the first that shows it again */
};
VEC(dark_vec, struct dark);
struct sight {
	struct universe *universe;
	struct dark_vec dark; /* sorted by key */
	uint32_t anybody;     /* the user without a name; UINT32_MAX: there is none */
};

/* What the snapshots did not show; lives in `a`. */
void timeline_sight(const struct timeline *t, struct arena *a, struct sight *out);
/* Whether the snapshot of a moment could not show if the grant was held. */
bool sight_lacks(const struct sight *s, uint32_t principal, uint32_t entitlement, size_t moment);

/* A time in which a grant was held without a break. */
struct tenure {
	struct principal principal;
	struct entitlement entitlement;
	size_t from; /* the moment at which it came */
	size_t to;   /* at which it went; SIZE_MAX: it is held at the last */
	/* It may have come earlier, or be held still: the snapshot before `from`, or that of `to`,
	 * could not show it, and no run says that it did this. */
	bool dark_before, dark_after;
};
VEC(tenure_vec, struct tenure);

/* Appends all tenures, in `a`, in the order of principals, entitlements and times. */
void timeline_tenures(const struct timeline *t, struct arena *a, struct tenure_vec *out);
/* The same of the times in which no snapshot showed whether a grant was held. */
void timeline_hidden(const struct timeline *t, struct arena *a, struct tenure_vec *out);

/* The newest moment that is not after `time`; SIZE_MAX when all are. */
size_t timeline_find_time(const struct timeline *t, int64_t time);
/* The moment of a commit; SIZE_MAX. */
size_t timeline_find_commit(const struct timeline *t, const char *id);

#endif
