/* SPDX-License-Identifier: Apache-2.0 */
/* matrix_page.h - a matrix as one HTML page for who audits.
 *
 * One file without network: its policy allows this style and this script alone, by their digests.
 * Who can administer stands first and needs no script; the table of everything does. Foreign text
 * is text: in the document by escape_markup(), in the script's data by matrix_page_data.h, and
 * there the script makes text nodes of it. */
#ifndef WRIT_MATRIX_PAGE_H
#define WRIT_MATRIX_PAGE_H

#include "core/report/matrix.h"

void matrix_page_print(struct str *out, const struct matrix *m);

#endif
