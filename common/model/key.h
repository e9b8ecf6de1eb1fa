/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys with which files are signed: Ed25519 (RFC 8032) by OpenSSL's libcrypto. A key file is
 * text: a head of `name: value` lines that says whose it is and how long, then the key as PEM
 * (RFC 7468; PKCS #8 for the private key, SubjectPublicKeyInfo for the public one), which other
 * programs read as it is.
 *
 *     cadastre key 1
 *     algorithm: ed25519
 *     signer: Lanhe Power, dispatch
 *     valid-from: 2026-01-01T00:00:00Z
 *     valid-until: 2028-01-01T00:00:00Z
 *     -----BEGIN PUBLIC KEY-----
 *
 * A key's id is the SHA-256 of its 32 public bytes. Whom to trust is decided by the receiver,
 * who keeps the public files of those he trusts; the head of such a file is his own word.
 */
#ifndef COMMON_MODEL_KEY_H
#define COMMON_MODEL_KEY_H

#include "common/cleanup.h"
#include "common/error.h"
#include "common/model/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEY_FILE_MAX (16 * 1024) /* bytes of a key file */
#define KEY_SIGNER_MAX 128       /* bytes of a signer's name, with NUL */
#define KEY_SIGNATURE_SIZE 64
#define KEY_PUBLIC_SIZE 32
#define KEY_TRUSTED_MAX 1024 /* keys in a directory */

struct key_info {
	char id[DIGEST_HEX_SIZE];
	char signer[KEY_SIGNER_MAX];
	int64_t from_us, until_us; /* in force, until exclusively */
	bool is_private;
};

struct key;

/* Makes a key pair: the private file at `path` (mode 0600), the public one at `path`.pub.
 * Neither may exist. ERROR_USAGE: a signer that is blank, too long or not clean text, or times
 * that do not fit. */
int key_make(const char *path, const char *signer, int64_t from_us, int64_t until_us,
	struct key_info *ret_info, struct error *reterr);
/* Reads either file. ERROR_INPUT says file and reason; ERROR_PERMISSION if a private one can be
 * read by others. */
int key_read(const char *path, struct key **ret_key, struct error *reterr);
void key_free(struct key *key);
CLEANUP_DEFINE(struct key, key_free)

const struct key_info *key_info(const struct key *key);
/* ERROR_USAGE if it is no private key. */
int key_sign(const struct key *key, const void *bytes, size_t n,
	uint8_t ret_signature[KEY_SIGNATURE_SIZE], struct error *reterr);
bool key_verify(const struct key *key, const void *bytes, size_t n,
	const uint8_t signature[KEY_SIGNATURE_SIZE]);

/* The public keys that are trusted: a file, or every *.pub of a directory. */
struct key_ring {
	struct key **keys;
	size_t n;
};

int key_ring_load(const char *path, struct key_ring *ret_ring, struct error *reterr);
const struct key *key_ring_find(const struct key_ring *ring, const char *id); /* or NULL */
void key_ring_done(struct key_ring *ring);

#endif
