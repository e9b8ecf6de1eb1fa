/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Detached signatures of files, in a small text file FILE.sig beside the file:
 *
 *     cadastre signature 1
 *     algorithm: ed25519
 *     key: <SHA-256 of the public key, 64 hex>
 *     signer: <name>
 *     signed: <RFC 3339 time>
 *     sha256: <SHA-256 of the file, 64 hex>
 *     signature: <base64 of 64 bytes>
 *
 * The signature (RFC 8032, pure Ed25519) covers every byte before the line "signature:".
 * Nothing of the file itself is parsed.
 */
#ifndef COMMON_MODEL_SIGNATURE_H
#define COMMON_MODEL_SIGNATURE_H

#include "common/model/key.h"

#define SIGNATURE_SUFFIX ".sig"
#define SIGNATURE_FILE_MAX 4096
/* That a signer's clock may be ahead. */
#define SIGNATURE_CLOCK_SLACK_US (24LL * 3600 * 1000000)

struct signature {
	char signer[KEY_SIGNER_MAX];
	char key_id[DIGEST_HEX_SIZE];
	char sha256[DIGEST_HEX_SIZE]; /* of the file */
	int64_t signed_us;
};

/* SHA-256 of a file's bytes. */
int signature_digest(const char *path, uint8_t ret_digest[DIGEST_SIZE], struct error *reterr);
/* Signs a file at a time: writes `path`.sig, complete or not at all, over an older one.
 * ERROR_USAGE if the key is not in force then. */
int signature_make(const char *path, const struct key *key, int64_t now_us,
	struct signature *ret_signature, struct error *reterr);
/* Verifies `path` by `sig_path` as at a time. 0; 1 if there is no such signature file;
 * ERROR_INPUT says what is wrong: altered, truncated, unknown key, key not in force, another's
 * name. */
int signature_verify(const char *path, const char *sig_path, const struct key_ring *trusted,
	int64_t now_us, struct signature *ret_signature, struct error *reterr);

#endif
