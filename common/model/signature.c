/* SPDX-License-Identifier: Apache-2.0 */
/* Detached signatures of files; see signature.h. */
#include "common/model/signature.h"

#include "common/clock.h"
#include "common/file.h"
#include "common/model/head.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define HEAD "cadastre signature 1"
#define CHUNK 65536
#define PATH_SIZE 4096

int signature_digest(const char *path, uint8_t ret_digest[DIGEST_SIZE], struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(cleanup_freep) char *chunk = malloc(CHUNK);
	struct digest *digest = digest_new();
	ssize_t n = 1;

	if (fd < 0)
		n = -1;
	while (digest && chunk && n > 0) {
		n = read(fd, chunk, CHUNK);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			digest_update(digest, chunk, (size_t)n);
	}
	if (n == 0)
		digest_value(digest, ret_digest);
	digest_free(digest);
	if (n == 0)
		return 0;
	return n < 0 ? error_errno(reterr, ERROR_INPUT, errno, "cannot read \"%s\"", path)
		     : error_set(reterr, ERROR_SYSTEM, "no memory");
}

/* ---- making ------------------------------------------------------------------------------ */

static int in_force(const struct key_info *key, int64_t at_us)
{
	return at_us < key->from_us ? -1 : at_us >= key->until_us ? 1 : 0;
}

int signature_make(const char *path, const struct key *key, int64_t now_us,
	struct signature *ret_signature, struct error *reterr)
{
	const struct key_info *info = key_info(key);
	_cleanup_(str_done) struct str text = STR_INIT(SIGNATURE_FILE_MAX);
	uint8_t digest[DIGEST_SIZE], bytes[KEY_SIGNATURE_SIZE];
	struct signature made = {.signed_us = now_us};
	char sig_path[PATH_SIZE], time[CLOCK_TEXT_MAX];
	int r;

	if (in_force(info, now_us) != 0)
		return error_set(reterr, ERROR_USAGE,
			"the key of %s %s at %s; make a new one: cadastre key make",
			info->signer, in_force(info, now_us) < 0 ? "is in force from" : "ended",
			clock_format(
				in_force(info, now_us) < 0 ? info->from_us : info->until_us,
				time));
	if (snprintf(sig_path, sizeof(sig_path), "%s" SIGNATURE_SUFFIX, path) >=
		(int)sizeof(sig_path))
		return error_set(reterr, ERROR_USAGE, "the name of the file is too long");
	r = signature_digest(path, digest, reterr);
	if (r < 0)
		return r;
	digest_hex(digest, made.sha256);
	memcpy(made.signer, info->signer, sizeof(made.signer));
	memcpy(made.key_id, info->id, sizeof(made.key_id));
	str_addf(&text,
		HEAD "\nalgorithm: ed25519\nkey: %s\nsigner: %s\nsigned: %s\nsha256: %s\n",
		info->id, info->signer, clock_format(now_us, time), made.sha256);
	r = key_sign(key, text.data, text.len, bytes, reterr);
	if (r < 0)
		return r;
	str_adds(&text, "signature: ");
	base64_encode(&text, bytes, sizeof(bytes));
	str_addc(&text, '\n');
	if (text.failed)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a signature");
	*ret_signature = made;
	return file_publish(sig_path, text.data, text.len, reterr);
}

/* ---- verifying --------------------------------------------------------------------------- */

struct claim {
	struct signature said;
	uint8_t bytes[KEY_SIGNATURE_SIZE];
	size_t covered; /* bytes of the file that are signed */
};

/* NULL, or why this is no signature file. */
static const char *parse(const struct str *text, struct claim *claim)
{
	static const char *const names[] = {
		"algorithm", "key", "signer", "signed", "sha256", "signature", NULL};
	char values[6][HEAD_VALUE_MAX];
	struct str bytes = STR_INIT(KEY_SIGNATURE_SIZE);
	size_t end;
	const char *why;
	bool good;

	if (memchr(text->data, '\0', text->len))
		return "it is no text";
	why = head_read(text->data, HEAD, names, values, &end);
	if (why)
		return why;
	if (end != text->len)
		return "something stands after its end";
	if (strcmp(values[0], "ed25519") != 0)
		return "its algorithm is not ed25519";
	if (strlen(values[1]) != DIGEST_HEX_SIZE - 1 ||
		strlen(values[4]) != DIGEST_HEX_SIZE - 1 ||
		strspn(values[1], "0123456789abcdef") != DIGEST_HEX_SIZE - 1 ||
		strspn(values[4], "0123456789abcdef") != DIGEST_HEX_SIZE - 1)
		return "its key or sha256 is not 64 hexadecimal digits";
	if (clock_parse(values[3], &claim->said.signed_us, NULL) < 0)
		return "its time is no RFC 3339 time";
	if (strlen(values[2]) >= KEY_SIGNER_MAX)
		return "its signer's name is too long";
	good = base64_decode(&bytes, values[5]) && bytes.len == KEY_SIGNATURE_SIZE;
	if (good)
		memcpy(claim->bytes, bytes.data, KEY_SIGNATURE_SIZE);
	str_done(&bytes);
	if (!good)
		return "its signature is not base64 of 64 bytes";
	memcpy(claim->said.key_id, values[1], DIGEST_HEX_SIZE);
	memcpy(claim->said.signer, values[2], strlen(values[2]) + 1);
	memcpy(claim->said.sha256, values[4], DIGEST_HEX_SIZE);
	claim->covered = (size_t)(strstr(text->data, "\nsignature: ") + 1 - text->data);
	return NULL;
}

static int check_key(const struct claim *claim, const char *sig_path, const struct key *key,
	int64_t now_us, struct error *reterr)
{
	const struct signature *said = &claim->said;
	const struct key_info *info;
	char time[CLOCK_TEXT_MAX];

	if (!key)
		return error_set(reterr, ERROR_INPUT,
			"%s: it is signed by \"%s\" with a key that is not trusted here (%s); ask the "
			"signer for the public key by another way, and add it to --trusted",
			sig_path, said->signer, said->key_id);
	info = key_info(key);
	if (strcmp(info->signer, said->signer) != 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: it says that \"%s\" signed, but the key is of \"%s\"", sig_path,
			said->signer, info->signer);
	if (said->signed_us > now_us + SIGNATURE_CLOCK_SLACK_US)
		return error_set(reterr, ERROR_INPUT,
			"%s: it was signed at %s, which has not come yet", sig_path,
			clock_format(said->signed_us, time));
	if (in_force(info, said->signed_us) < 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: it was signed before the key of %s came into force, at %s",
			sig_path, info->signer, clock_format(info->from_us, time));
	if (in_force(info, said->signed_us) > 0 || in_force(info, now_us) > 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: the key of %s ended at %s; ask for a file signed with a new key",
			sig_path, info->signer, clock_format(info->until_us, time));
	return 0;
}

int signature_verify(const char *path, const char *sig_path, const struct key_ring *trusted,
	int64_t now_us, struct signature *ret_signature, struct error *reterr)
{
	_cleanup_(str_done) struct str text = STR_INIT(SIGNATURE_FILE_MAX);
	struct claim claim = {0};
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];
	const struct key *key;
	const char *why;
	int r;

	if (access(sig_path, F_OK) < 0 && errno == ENOENT)
		return 1;
	r = file_read(sig_path, SIGNATURE_FILE_MAX, &text, reterr);
	if (r < 0)
		return r;
	why = parse(&text, &claim);
	if (why)
		return error_set(reterr, ERROR_INPUT,
			"%s: this is no signature of cadastre: %s; fetch it again", sig_path,
			why);
	key = key_ring_find(trusted, claim.said.key_id);
	r = check_key(&claim, sig_path, key, now_us, reterr);
	if (r < 0)
		return r;
	if (!key_verify(key, text.data, claim.covered, claim.bytes))
		return error_set(reterr, ERROR_INPUT,
			"%s: the signature does not fit what it signs; it was altered, or is "
			"none of %s's",
			sig_path, claim.said.signer);
	r = signature_digest(path, digest, reterr);
	if (r < 0)
		return r;
	if (strcmp(digest_hex(digest, hex), claim.said.sha256) != 0)
		return error_set(reterr, ERROR_INPUT,
			"%s: it is not the file that %s signed; it was altered, or the "
			"signature is of another file",
			path, claim.said.signer);
	*ret_signature = claim.said;
	return 0;
}
