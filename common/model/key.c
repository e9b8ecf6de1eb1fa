/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 keys in files; see key.h. */
#include "common/model/key.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/model/head.h"
#include "common/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>

#define HEAD "cadastre key 1"
#define PATH_SIZE 4096

struct key {
	EVP_PKEY *pair;
	struct key_info info;
};

void key_free(struct key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pair);
	free(key);
}

const struct key_info *key_info(const struct key *key)
{
	return &key->info;
}

static bool find_id(struct key *key)
{
	uint8_t bytes[KEY_PUBLIC_SIZE], digest[DIGEST_SIZE];
	size_t n = sizeof(bytes);

	if (EVP_PKEY_get_raw_public_key(key->pair, bytes, &n) != 1 || n != sizeof(bytes))
		return false;
	digest_sha256(bytes, n, digest);
	digest_hex(digest, key->info.id);
	return true;
}

/* ---- making ------------------------------------------------------------------------------ */

static void add_head(struct str *out, const struct key_info *info)
{
	char time[CLOCK_TEXT_MAX];

	str_addf(out, HEAD "\nalgorithm: ed25519\nsigner: %s\nvalid-from: %s\n", info->signer,
		clock_format(info->from_us, time));
	str_addf(out, "valid-until: %s\n", clock_format(info->until_us, time));
}

static int write_key(
	const struct key *key, const char *path, bool is_private, struct error *reterr)
{
	_cleanup_(str_done) struct str text = STR_INIT(KEY_FILE_MAX);
	BIO *pem = BIO_new(BIO_s_secmem());
	char *bytes = NULL;
	long n = 0;
	int good, r;

	good = pem && (is_private ? PEM_write_bio_PKCS8PrivateKey(
					    pem, key->pair, NULL, NULL, 0, NULL, NULL)
				  : PEM_write_bio_PUBKEY(pem, key->pair)) == 1;
	if (good)
		n = BIO_get_mem_data(pem, &bytes);
	add_head(&text, &key->info);
	str_add(&text, bytes ? bytes : "", (size_t)(n > 0 ? n : 0));
	if (!good || n <= 0 || text.failed)
		r = error_set(reterr, ERROR_SYSTEM, "cannot write the key as PEM");
	else
		r = file_create(path, is_private ? 0600 : 0644, text.data, text.len, reterr);
	if (text.alloc)
		OPENSSL_cleanse(text.data, text.len);
	BIO_free(pem);
	ERR_clear_error();
	return r;
}

int key_make(const char *path, const char *signer, int64_t from_us, int64_t until_us,
	struct key_info *ret_info, struct error *reterr)
{
	_cleanup_(key_freep) struct key *key = calloc(1, sizeof(*key));
	char public[PATH_SIZE];
	int r;

	if (!*signer || strlen(signer) >= KEY_SIGNER_MAX ||
		!text_is_clean(signer, strlen(signer)) || *signer == ' ' ||
		signer[strlen(signer) - 1] == ' ')
		return error_set(reterr, ERROR_USAGE,
			"the signer's name must be plain text of 1 to %d bytes",
			KEY_SIGNER_MAX - 1);
	if (until_us <= from_us)
		return error_set(reterr, ERROR_USAGE, "the key would end before it begins");
	if (snprintf(public, sizeof(public), "%s.pub", path) >= (int)sizeof(public))
		return error_set(reterr, ERROR_USAGE, "the name of the file is too long");
	if (access(public, F_OK) == 0)
		return error_set(reterr, ERROR_USAGE,
			"\"%s\" exists already; a key is never written over", public);
	if (!key)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a key");
	key->pair = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	key->info =
		(struct key_info){.from_us = from_us, .until_us = until_us, .is_private = true};
	snprintf(key->info.signer, sizeof(key->info.signer), "%s", signer);
	if (!key->pair || !find_id(key))
		return error_set(reterr, ERROR_SYSTEM, "OpenSSL cannot make an Ed25519 key");
	r = write_key(key, path, true, reterr);
	if (r < 0)
		return r;
	r = write_key(key, public, false, reterr);
	if (r < 0)
		unlink(path);
	else
		*ret_info = key->info;
	return r;
}

/* ---- reading ----------------------------------------------------------------------------- */

static int not_a_key(const char *path, const char *why, struct error *reterr)
{
	return error_set(reterr, ERROR_INPUT, "%s: this is no key of cadastre: %s", path, why);
}

static int read_head(struct key *key, const char *path, const char *text, struct error *reterr)
{
	static const char *const names[] = {
		"algorithm", "signer", "valid-from", "valid-until", NULL};
	char values[4][HEAD_VALUE_MAX];
	const char *why = head_read(text, HEAD, names, values, NULL);
	int64_t from, until;

	if (why)
		return not_a_key(path, why, reterr);
	if (strcmp(values[0], "ed25519") != 0)
		return not_a_key(path, "its algorithm is not ed25519", reterr);
	if (strlen(values[1]) >= KEY_SIGNER_MAX || !*values[1])
		return not_a_key(path, "its signer has no valid name", reterr);
	if (clock_parse(values[2], &from, NULL) < 0 || clock_parse(values[3], &until, NULL) < 0)
		return not_a_key(
			path, "valid-from and valid-until must be RFC 3339 times", reterr);
	if (until <= from)
		return not_a_key(path, "it would end before it begins", reterr);
	memcpy(key->info.signer, values[1], strlen(values[1]) + 1);
	key->info.from_us = from;
	key->info.until_us = until;
	return 0;
}

static int no_passphrase(char *buffer, int size, int rwflag, void *data)
{
	(void)buffer, (void)size, (void)rwflag, (void)data;
	return -1;
}

static int read_pem(
	struct key *key, const char *path, const struct str *text, struct error *reterr)
{
	BIO *pem = BIO_new_mem_buf(text->data, (int)text->len);

	if (!pem)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a key");
	key->info.is_private = strstr(text->data, "-----BEGIN PRIVATE KEY-----") != NULL;
	if (key->info.is_private)
		key->pair = PEM_read_bio_PrivateKey(pem, NULL, no_passphrase, NULL);
	else
		key->pair = PEM_read_bio_PUBKEY(pem, NULL, no_passphrase, NULL);
	BIO_free(pem);
	ERR_clear_error();
	if (!key->pair || EVP_PKEY_get_id(key->pair) != EVP_PKEY_ED25519 || !find_id(key))
		return not_a_key(path, "it holds no Ed25519 key as PEM", reterr);
	return 0;
}

int key_read(const char *path, struct key **ret_key, struct error *reterr)
{
	_cleanup_(key_freep) struct key *key = calloc(1, sizeof(*key));
	_cleanup_(str_done) struct str text = STR_INIT(KEY_FILE_MAX);
	struct stat st;
	int r = key ? file_read(path, KEY_FILE_MAX, &text, reterr)
		    : error_set(reterr, ERROR_SYSTEM, "no memory for a key");

	if (r < 0)
		return r;
	if (memchr(text.data, '\0', text.len))
		return not_a_key(path, "it is no text", reterr);
	r = read_head(key, path, text.data, reterr);
	if (r == 0)
		r = read_pem(key, path, &text, reterr);
	if (text.alloc)
		OPENSSL_cleanse(text.data, text.len);
	if (r < 0)
		return r;
	if (key->info.is_private && (stat(path, &st) < 0 || st.st_mode & 077))
		return error_set(reterr, ERROR_PERMISSION,
			"%s: others can read this private key; chmod 600 it, and think about "
			"making a new one",
			path);
	*ret_key = STEAL(key);
	return 0;
}

/* ---- using ------------------------------------------------------------------------------- */

int key_sign(const struct key *key, const void *bytes, size_t n,
	uint8_t ret_signature[KEY_SIGNATURE_SIZE], struct error *reterr)
{
	EVP_MD_CTX *context;
	size_t size = KEY_SIGNATURE_SIZE;
	bool good;

	if (!key->info.is_private)
		return error_set(reterr, ERROR_USAGE,
			"a public key signs nothing; give the private one");
	context = EVP_MD_CTX_new();
	good = context && EVP_DigestSignInit(context, NULL, NULL, NULL, key->pair) == 1 &&
	       EVP_DigestSign(context, ret_signature, &size, bytes, n) == 1 &&
	       size == KEY_SIGNATURE_SIZE;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good ? 0 : error_set(reterr, ERROR_SYSTEM, "OpenSSL cannot sign");
}

bool key_verify(const struct key *key, const void *bytes, size_t n,
	const uint8_t signature[KEY_SIGNATURE_SIZE])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = context &&
		    EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->pair) == 1 &&
		    EVP_DigestVerify(context, signature, KEY_SIGNATURE_SIZE, bytes, n) == 1;

	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good;
}

/* ---- whom one trusts --------------------------------------------------------------------- */

void key_ring_done(struct key_ring *ring)
{
	for (size_t i = 0; i < ring->n; i++)
		key_free(ring->keys[i]);
	free(ring->keys);
	*ring = (struct key_ring){0};
}

const struct key *key_ring_find(const struct key_ring *ring, const char *id)
{
	for (size_t i = 0; i < ring->n; i++)
		if (strcmp(ring->keys[i]->info.id, id) == 0)
			return ring->keys[i];
	return NULL;
}

static int add_trusted(struct key_ring *ring, const char *path, struct error *reterr)
{
	struct key **more;
	struct key *key;
	int r;

	if (ring->n == KEY_TRUSTED_MAX)
		return error_set(reterr, ERROR_INPUT, "%s: more than %d trusted keys", path,
			KEY_TRUSTED_MAX);
	more = realloc(ring->keys, (ring->n + 1) * sizeof(*more));
	if (!more)
		return error_set(reterr, ERROR_SYSTEM, "no memory for keys");
	ring->keys = more;
	r = key_read(path, &key, reterr);
	if (r < 0)
		return r;
	ring->keys[ring->n++] = key;
	return 0;
}

static int load_directory(
	struct key_ring *ring, const char *path, DIR *dir, struct error *reterr)
{
	struct dirent *entry;
	char file[PATH_SIZE];
	int r = 0;

	while (r == 0 && (entry = readdir(dir))) {
		size_t n = strlen(entry->d_name);

		if (n < 5 || strcmp(entry->d_name + n - 4, ".pub") != 0)
			continue;
		if (snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) >=
			(int)sizeof(file))
			return error_set(
				reterr, ERROR_INPUT, "\"%s\": a name is too long", path);
		r = add_trusted(ring, file, reterr);
	}
	return r;
}

int key_ring_load(const char *path, struct key_ring *ret_ring, struct error *reterr)
{
	struct key_ring ring = {0};
	DIR *dir = opendir(path);
	int r;

	if (!dir && errno != ENOTDIR)
		return error_errno(reterr, ERROR_INPUT, errno,
			"cannot read the trusted keys \"%s\"", path);
	r = dir ? load_directory(&ring, path, dir, reterr) : add_trusted(&ring, path, reterr);
	if (dir)
		closedir(dir);
	if (r < 0)
		key_ring_done(&ring);
	else
		*ret_ring = ring;
	return r;
}
