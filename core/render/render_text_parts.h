/* SPDX-License-Identifier: Apache-2.0 */
/* render_text_parts.h - what a reviewer must not miss of a plan, as lines of text. */
#ifndef WRIT_RENDER_TEXT_PARTS_H
#define WRIT_RENDER_TEXT_PARTS_H

#include "core/render/render.h"
#include "core/render/review.h"

/* Whether there is anything to be feared or lost: nothing where nothing changes. */
bool render_has_head(const struct plan *plan);
/* What is to be feared or lost, as every format for reviewers has it; above a `body` that is not
 * read at a glance also the first of what there is, in their order. */
void render_head_text(struct str *out, const struct review *r, const char *body, bool colour);
/* Below a `body` that leaves no row of the usual terminal to what stands above it, the same of what
 * is to be feared or lost: it is what a person sees who is asked for consent. */
void render_foot_text(struct str *out, const struct review *r, const char *body, bool colour);

/* Why apply refuses the plan as it is; nothing where it does not. */
void render_refusals_text(struct str *out, const struct plan *plan, bool colour);

/* Sections POLICY, which limits are looser, and IDENTITY, which accounts are not who their names
 * say; nothing where there is nothing to tell. */
void render_policy_text(struct str *out, const struct plan *plan, bool colour);
void render_identity_text(struct str *out, const struct plan *plan, bool colour);

/* Lines below a change: each of these attributes, old and new; what goes with a deleted account. */
void render_values_text(struct str *out, const struct account *before, const struct account *after,
			unsigned attributes);
void render_lost_text(struct str *out, const struct change *change);

#endif
