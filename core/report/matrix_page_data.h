/* SPDX-License-Identifier: Apache-2.0 */
/* matrix_page_data.h - a matrix as the data of its page's script; nobody else includes it. */
#ifndef WRIT_MATRIX_PAGE_DATA_H
#define WRIT_MATRIX_PAGE_DATA_H

#include "core/report/matrix.h"

/* Appends one JSON object, in which no text can end the element that holds it. page.js reads it:
 * texts stand once, in `texts`, and all else names them by number; 0 is null. */
void matrix_page_data(struct str *out, const struct matrix *m);

#endif
