/* SPDX-License-Identifier: Apache-2.0 */
/* crypto.h - how OpenSSL's libcrypto starts in this program. */
#ifndef WRIT_CRYPTO_H
#define WRIT_CRYPTO_H

/* Once, before threads and before anything that uses the library, libcurl included: it reads no
 * configuration file, so neither OPENSSL_CONF nor a file of the system has another module loaded
 * into a process that holds secrets, or other algorithms used. The process ends where it does not
 * start. */
void crypto_start(void);

#endif
