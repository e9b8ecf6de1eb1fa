/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 and base64 by libcrypto; see digest.h. */
#include "common/model/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct digest {
	EVP_MD_CTX *context;
};

void digest_sha256(const void *bytes, size_t n, uint8_t ret_digest[DIGEST_SIZE])
{
	if (EVP_Digest(bytes, n, ret_digest, NULL, EVP_sha256(), NULL) != 1)
		abort(); /* libcrypto without SHA-256 cannot be worked around */
}

struct digest *digest_new(void)
{
	struct digest *digest = calloc(1, sizeof(*digest));

	if (!digest)
		return NULL;
	digest->context = EVP_MD_CTX_new();
	if (!digest->context || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
		digest_free(digest);
		return NULL;
	}
	return digest;
}

void digest_update(struct digest *digest, const void *bytes, size_t n)
{
	if (EVP_DigestUpdate(digest->context, bytes, n) != 1)
		abort();
}

void digest_value(const struct digest *digest, uint8_t ret_digest[DIGEST_SIZE])
{
	EVP_MD_CTX *copy = EVP_MD_CTX_new();

	if (!copy || EVP_MD_CTX_copy_ex(copy, digest->context) != 1 ||
		EVP_DigestFinal_ex(copy, ret_digest, NULL) != 1)
		abort();
	EVP_MD_CTX_free(copy);
}

void digest_free(struct digest *digest)
{
	if (!digest)
		return;
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

const char *digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX_SIZE])
{
	for (size_t i = 0; i < DIGEST_SIZE; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return out;
}

void base64_encode(struct str *out, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	while (n) {
		size_t piece = n < 48 ? n : 48;
		unsigned char text[65];

		EVP_EncodeBlock(text, p, (int)piece);
		str_adds(out, (const char *)text);
		p += piece;
		n -= piece;
	}
}

bool base64_decode(struct str *out, const char *text)
{
	size_t n = strlen(text), padding = 0;

	if (n % 4)
		return false;
	while (n - padding && padding < 2 && text[n - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < n; i += 4) {
		unsigned char bytes[3];

		if (EVP_DecodeBlock(bytes, (const unsigned char *)text + i, 4) != 3)
			return false;
		str_add(out, bytes, i + 4 == n ? 3 - padding : 3);
	}
	return !out->failed;
}
