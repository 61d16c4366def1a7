/* SPDX-License-Identifier: Apache-2.0 */
/* emitter.h - what the files that write manifests share; nobody else includes it.
 *
 * emit.c has the order of documents, accounts and assignments, emit_organization.c the document of
 * an organisation, emitter.c the lines and items of all of them. */
#ifndef WRIT_EMITTER_H
#define WRIT_EMITTER_H

#include "core/language/emit.h"
#include "core/util/keys.h"

/* The live pairs in rank order, each once. */
struct emitter {
	struct str *out;
	const struct live *live;
	const struct universe *u;
	struct arena scratch;
	struct key_vec keys;
	bool first;
};

/* The first lines of a document, behind "---" where it is not the first one. */
void emitter_begin(struct emitter *e, enum kind kind, const char *name);
void emitter_add_labels(struct str *out, const struct label_vec *labels);
/* "unseen: [...]" of a status; nothing where all was seen. */
void emitter_add_unseen(struct str *out, const struct text_vec *roles);

/* One member of an item such as {product: x, profile: y}; nothing for NULL. *first is true before
 * the first one, which opens the brace. */
void emitter_add_item(struct str *out, bool *first, const char *key, const char *text);
/* Reason, ticket and end as members of an item; nothing for NULL. */
void emitter_add_words(struct str *out, bool *first, const struct words *w);
/* A whole item of a list, with what is said of it (NULL: nothing). */
void emitter_add_entitlement(struct str *out, const struct entitlement *e, const struct words *w);

/* ---- emit_organization.c ---- */

void emitter_organization(struct emitter *e);

#endif
