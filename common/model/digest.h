/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4) and base64 (RFC 4648), by OpenSSL's libcrypto. */
#ifndef COMMON_MODEL_DIGEST_H
#define COMMON_MODEL_DIGEST_H

#include "common/cleanup.h"
#include "common/str.h"

#include <stdbool.h>
#include <stdint.h>

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65

void digest_sha256(const void *bytes, size_t n, uint8_t ret_digest[DIGEST_SIZE]);

/* Running digest. */
struct digest;
struct digest *digest_new(void); /* NULL without memory */
void digest_update(struct digest *digest, const void *bytes, size_t n);
/* The digest of all bytes so far; more may follow. */
void digest_value(const struct digest *digest, uint8_t ret_digest[DIGEST_SIZE]);
void digest_free(struct digest *digest);
CLEANUP_DEFINE(struct digest, digest_free)

const char *digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX_SIZE]);

void base64_encode(struct str *out, const void *bytes, size_t n);
/* Appends the decoded bytes. False if the text is not base64. */
bool base64_decode(struct str *out, const char *text);

#endif
