/* SPDX-License-Identifier: Apache-2.0 */
/* crypto.h - OpenSSL's libcrypto, loaded when it is first needed.
 *
 * The loader's work for it takes longer than the rest of a command that needs no digest. Each name
 * below stands for the library's function of that name; other files than those that layers.sh names
 * do not include this. */
#ifndef WRIT_CRYPTO_H
#define WRIT_CRYPTO_H

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/util/cleanup.h"

/* The address of one function; the program ends with a message when the library is not there. Any
 * thread may ask. */
NOT_NULL void *crypto_function(const char *name);

/* Each place asks once. */
#define CRYPTO_REAL(name)                                                                          \
	__extension__({                                                                            \
		static void *at_;                                                                  \
		void *real_ = __atomic_load_n(&at_, __ATOMIC_RELAXED);                             \
		if (!real_) {                                                                      \
			real_ = crypto_function(#name);                                            \
			__atomic_store_n(&at_, real_, __ATOMIC_RELAXED);                           \
		}                                                                                  \
		(__typeof__(&(name)))real_;                                                        \
	})

#define CRYPTO_secure_clear_free CRYPTO_REAL(CRYPTO_secure_clear_free)
#define CRYPTO_secure_zalloc CRYPTO_REAL(CRYPTO_secure_zalloc)
#define EVP_DecodeBlock CRYPTO_REAL(EVP_DecodeBlock)
#define EVP_Digest CRYPTO_REAL(EVP_Digest)
#define EVP_DigestFinal_ex CRYPTO_REAL(EVP_DigestFinal_ex)
#define EVP_DigestInit_ex CRYPTO_REAL(EVP_DigestInit_ex)
#define EVP_DigestSign CRYPTO_REAL(EVP_DigestSign)
#define EVP_DigestSignInit CRYPTO_REAL(EVP_DigestSignInit)
#define EVP_DigestUpdate CRYPTO_REAL(EVP_DigestUpdate)
#define EVP_DigestVerify CRYPTO_REAL(EVP_DigestVerify)
#define EVP_DigestVerifyInit CRYPTO_REAL(EVP_DigestVerifyInit)
#define EVP_EncodeBlock CRYPTO_REAL(EVP_EncodeBlock)
#define EVP_MD_CTX_free CRYPTO_REAL(EVP_MD_CTX_free)
#define EVP_MD_CTX_new CRYPTO_REAL(EVP_MD_CTX_new)
#define EVP_PKEY_free CRYPTO_REAL(EVP_PKEY_free)
#define EVP_PKEY_new_raw_private_key CRYPTO_REAL(EVP_PKEY_new_raw_private_key)
#define EVP_PKEY_new_raw_public_key CRYPTO_REAL(EVP_PKEY_new_raw_public_key)
#define EVP_sha1 CRYPTO_REAL(EVP_sha1)
#define EVP_sha256 CRYPTO_REAL(EVP_sha256)
#define EVP_sha512 CRYPTO_REAL(EVP_sha512)
#define OPENSSL_cleanse CRYPTO_REAL(OPENSSL_cleanse)

#endif
