/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/writ/ledger_trailer.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/writ/snapshot_history.h"
#include "core/render/render.h"

#define RECENT 32 /* commits; all of a long history take a while */

/* "12 sha256:..." */
static bool parse_head(const char *text, uint64_t *number, unsigned char digest[SHA256_SIZE])
{
	char *end = NULL;
	*number = strtoull(text, &end, 10);
	return *number > 0 && *end == ' ' && sha256_parse(end + 1, digest);
}

/* A history that cannot be read names no ledger: what is to be recorded there finds that out by
 * itself. */
static const struct commit *find_among(struct run *run, const char *organization, size_t max,
				       struct commit_vec *commits)
{
	struct error *unknown = snapshot_history_commits_of(run, organization, max, commits);
	error_free(unknown);
	for (size_t i = 0; !unknown && i < commits->len; i++) {
		if (commit_trailer(&commits->at[i], "Writ-Ledger"))
			return &commits->at[i];
	}
	return NULL;
}

/* The newest commit that names a record of the ledger; NULL. It is among the last few, unless drift
 * was recorded for long and nothing applied. */
static const struct commit *find_commit(struct run *run, const char *organization,
					struct commit_vec *commits)
{
	const struct commit *found = find_among(run, organization, RECENT, commits);
	if (found || commits->len < RECENT)
		return found;
	*commits = (struct commit_vec){0};
	return find_among(run, organization, 0, commits);
}

struct error *ledger_trailer_compare(struct run *run, const char *organization,
				     const struct ledger_place *place, struct ledger *l,
				     const char **out_why)
{
	struct commit_vec commits = {0};
	unsigned char digest[SHA256_SIZE];
	uint64_t number;
	bool has = false;
	*out_why = NULL;
	const struct commit *c =
		ledger_place_is_shared(place) ? find_commit(run, organization, &commits) : NULL;
	const char *head = c ? commit_trailer(c, "Writ-Ledger") : NULL;
	if (!head || !parse_head(head, &number, digest))
		return NULL;
	TRY(ledger_has(l, number, digest, &has));
	struct store *store = ledger_store(l);
	if (!has)
		*out_why = arena_printf(
			&run->arena,
			"commit %.12s of the snapshots was made when the ledger had record %s, and "
			"the ledger in %s has no such record",
			c->id, render_words(&run->arena, head),
			store->kind->describe(store, &run->arena));
	return NULL;
}
