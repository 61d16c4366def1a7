/* SPDX-License-Identifier: Apache-2.0 */
/* console_reader.h - what console.c, console_catalogue.c and console_details.c share, which
 * read the Developer Console; nobody else includes it. */
#ifndef ADOBE_CONSOLE_READER_H
#define ADOBE_CONSOLE_READER_H

#include "providers/adobe/session/session.h"

/* ---- console_catalogue.c ---- */

/* Appends the APIs of an answer to p->apis. */
MUST_CHECK struct error *console_read_catalogue(struct provider *p, const struct reply *body);
/* Appends the projects of an answer to p->projects. */
void console_read_projects(struct provider *p, const struct reply *body);

/* Reads one of "licenseConfigs"; false when it has no id or no name. */
bool console_read_licence(struct provider *p, const struct reply *item, struct licence *out);
const struct licence *licences_find_id(const struct licence_vec *all, const char *id); /* or NULL */
struct api *console_find_code(struct provider *p, const char *code);		       /* or NULL */
/* The title of the project with this id; NULL. */
const char *console_find_title(const struct provider *p, const char *id);

/* ---- console_details.c ---- */

/* Reads the details of credentials; those that are gone meanwhile become NULL in `rows`. */
MUST_CHECK struct error *console_read_details(struct provider *p, struct credential **rows,
					      size_t count);

#endif
