/* SPDX-License-Identifier: Apache-2.0 */
/* version.h - the number of this program's version. */
#ifndef WRIT_VERSION_H
#define WRIT_VERSION_H

#define WRIT_VERSION "0.1.0"

#endif
