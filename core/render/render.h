/* SPDX-License-Identifier: Apache-2.0 */
/* render.h - plans and findings as text and JSON.
 *
 * Text is for people and may improve; JSON is a contract (schemas/plan.schema.json,
 * writ-plan(5)). */
#ifndef WRIT_RENDER_H
#define WRIT_RENDER_H

#include "core/plan/plan.h"
#include "core/plan/planned.h"
#include "core/util/str.h"

#define FORMAT_VERSION "1.0" /* of all JSON output: minor numbers add keys, a major one breaks */

/* The plan's bytes: what --out saves, what --format json prints, and what the digest is of. */
void render_plan_json(struct str *out, const struct plan *plan, const char *plan_digest);

/* Items of two of its lists: changes[i], and what manual[] has of that, if a person makes it. */
void render_plan_change_json(struct str *out, const struct plan *plan, size_t i);
void render_plan_manual_json(struct str *out, const struct plan *plan, size_t i);

/* The digest of what a plan comes to, which is the same for the same plan made again. It is over
 * the organisation, the manifests' contents, the accounts' ids, the changes and what blocks others,
 * the limits and what they would say without consent; over no moment, commit or place in a file. */
void render_plan_digest(const struct plan *plan, char out[static SHA256_TEXT]);

/* Risk first, grouped by principal, equal changes collapsed; the digests stand in the last lines.
 */
void render_plan_text(struct str *out, const struct planned *planned, bool colour);

/* "Plan: 3 to add, 0 to change, 1 to remove (1 removal withheld)."; in `a`. */
const char *render_summary(struct arena *a, const struct plan *plan);

/* "+ admin role storage-administrator", "- product Adobe Express / Default"; in `a`. */
const char *render_change(struct arena *a, const struct change *change);
/* "project \"Reports\", made for account reader by run 2026...". */
const char *render_project(struct arena *a, const struct made_project *p);
const char *render_entitlement(struct arena *a, const struct entitlement *e);
/* The same of what is not possible yet, which may be an account itself (NULL). */
const char *render_blocked(struct arena *a, const struct entitlement *e);

/* "minHolders of system-administrator: 2, was 3"; in `a`. */
const char *render_loosened(struct arena *a, const struct loosened *limit);

/* "description, owner": the names of a set of enum attribute; in `a`. */
const char *render_attributes(struct arena *a, unsigned set);

/* "whether 3 principals hold it; ... would show it". */
const char *render_unseen_note(struct arena *a, const struct unseen_item *u);
/* A section of what nobody could see; nothing where there is none. `pairs` is how many grants that
 * are; 0: their number is not told. */
void render_unseen_text(struct str *out, const struct unseen_vec *all, size_t pairs);
/* A member "unseen" of a JSON object. */
void render_unseen_json(struct str *out, const struct unseen_vec *all);

/* Drifts by principal, at most `most` of them; `fates` says what a plan does about each. */
void render_drift_text(struct str *out, const struct drift_vec *all, bool fates, size_t most);
/* Of one drift: "+"; "storage-administrator", "owner "a" → "b", made anew under its old name"; what
 * a plan does about it, "" where nothing is told. In `a`. */
const char *render_drift_sign(const struct drift_item *d);
const char *render_drift_what(struct arena *a, const struct drift_item *d);
const char *render_drift_fate(struct arena *a, const struct drift_item *d);
/* A member "drift" of a JSON object. */
void render_drift_json(struct str *out, const struct drift_vec *all, bool fates);

/* A member `name` with those attributes of an account; NULL: null. `unsaid` has what is not said as
 * null. */
void render_account_json(struct str *out, const char *name, const struct account *account,
			 unsigned set, bool with_name, bool unsaid);

/* Pieces of text, in `a`: foreign text as it is safe on one line of a terminal, "FILE:LINE:COLUMN",
 * "2026-03-31T12:00:00Z", "2026-03-31". */
const char *render_shown(struct arena *a, const char *text);
/* That a grant which is left alone was to end. */
const char *render_lost_end(struct arena *a, const struct unlisted_item *u);
/* "12 calls, 1 minute": what a plan takes of the service. */
const char *render_cost(struct arena *a, const struct plan *plan);
/* A name, a reason, a ticket: what a person chose, by text_escape_words(). */
const char *render_words(struct arena *a, const char *text);
/* Stands in place of the steps of a change by hand that is withheld, since whoever reads a plan may
 * do as it says. */
#define RENDER_NOT_TO_BE_MADE "not to be made while it is withheld"
bool render_is_forbidden(const struct change *c); /* withheld, and not for want of consent */
const char *render_place(struct arena *a, struct location at); /* "team.yaml:12:9"; without "./" */
const char *render_time(struct arena *a, int64_t seconds);
const char *render_day(struct arena *a, int32_t day);
/* "until 2099-12-31, was 2026-12-31", "no end any more, was 2026-12-31"; in `a`. */
const char *render_extension(struct arena *a, const struct extended_item *item);

/* "asset-archiver", "group Designers", "user jane@example.com": a group may have the name of an
 * account. */
const char *render_principal(struct arena *a, const struct principal *p);

/* The steps of a manual change, numbered; and as a JSON array of texts. */
void render_steps(struct str *out, const char *steps);
void render_steps_json(struct str *out, const char *steps);

/* A member "guards" of a JSON object. */
void render_guards_json(struct str *out, const struct guard_vec *guards);

/* A member "attested" of one; of NULL: none. */
void render_attested_json(struct str *out, const struct attestation *t);

/* Members of a JSON object: "principal", "entitlement" (NULL: null), "location" (without a file:
 * null) and "bundle", its name and location (NULL: null). */
void render_principal_json(struct str *out, const struct principal *p);
void render_project_json(struct str *out, const struct made_project *p);
void render_entitlement_json(struct str *out, const struct entitlement *e);
void render_location_json(struct str *out, struct location at);
void render_bundle_json(struct str *out, const char *name, struct location at);

/* Members of a change: what it does, without where it was asked for and what is told of it. */
void render_change_json(struct str *out, const struct change *c);
/* A member `name` with a digest as text. */
void render_digest_json(struct str *out, const char *name,
			const unsigned char bytes[static SHA256_SIZE]);

/* One finding as a JSON object, in Terraform's shape of diagnostics; some as the member
 * "diagnostics" of an object, which is not there where there are none; and a whole report as a
 * document of them. */
void render_diagnostic_json(struct str *out, const struct diagnostic *d);
void render_diagnostics_json(struct str *out, const struct diagnostic *items, size_t count);
void render_report_json(struct str *out, const struct report *report);

#endif
