/* SPDX-License-Identifier: Apache-2.0 */
/* matrix_picture.h - the ways of somebody to what he holds, drawn as SVG: on the left who, in the
 * middle what says so, on the right what is granted. */
#ifndef WRIT_MATRIX_PICTURE_H
#define WRIT_MATRIX_PICTURE_H

#include "core/report/matrix.h"

#define PICTURE_MOST 60 /* grants in one picture */

/* Appends the picture of the first PICTURE_MOST of those grants that are known of, as an element
 * of HTML; nothing where there are none. The style is the page's. */
void matrix_picture_add(struct str *out, const struct matrix *m, const struct matrix_principal *p);

#endif
