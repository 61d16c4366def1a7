/* SPDX-License-Identifier: Apache-2.0 */
/* adobe_names.h - names in writ and names at Adobe (facts/developer-console.md, "Names"). */
#ifndef ADOBE_ADOBE_NAMES_H
#define ADOBE_ADOBE_NAMES_H

#include <stdbool.h>

#include "core/contract/provider.h"

#define CREDENTIAL_NAME_MIN 6
#define CREDENTIAL_NAME_MAX 25
#define PROJECT_NAME_MAX 20
#define PROJECT_TITLE_MAX 45
#define DESCRIPTION_MAX 1000

/* Equal but for the case of ASCII letters: Adobe's services differ in the case that they show. */
bool names_equal(const char *a, const char *b);

/* The name of a technical account that no manifest names: "Asset Archiver" becomes
 * "asset-archiver". */
const char *account_slug(struct arena *a, const char *credential);

/* A project's name: letters and digits of its title, at most 20, the last ones a number unless
 * `serial` is 0. */
const char *project_name(struct arena *a, const char *title, unsigned serial);

/* The project of an account: what it says, or a title made of its credential's name. */
const char *project_title(struct arena *a, const struct account *account);

/* Appends what the console would refuse of an account. */
void names_check(struct arena *a, const struct account *account, struct refusal_vec *out);

#endif
