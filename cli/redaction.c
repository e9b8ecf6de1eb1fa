/* SPDX-License-Identifier: Apache-2.0 */
/* The key file of the pseudonyms; see redaction.h. Never says what is in it. */
#include "cli/redaction.h"

#include "common/cleanup.h"
#include "common/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DIGITS 32

static int make(const char *path, struct error *reterr)
{
	struct siphash_key key;
	char line[DIGITS + 2];
	int r = siphash_key_random(&key, reterr);

	if (r < 0)
		return r;
	snprintf(line, sizeof(line), "%016" PRIx64 "%016" PRIx64 "\n", key.k0, key.k1);
	return file_create(path, 0600, line, strlen(line), reterr);
}

static bool parse(const char *line, size_t n, struct siphash_key *ret_key)
{
	uint64_t *parts[] = {&ret_key->k0, &ret_key->k1};

	if (n == DIGITS + 1 && line[DIGITS] == '\n')
		n--;
	if (n != DIGITS || strspn(line, "0123456789abcdefABCDEF") != DIGITS)
		return false;
	for (int i = 0; i < 2; i++) {
		char part[DIGITS / 2 + 1] = "";

		memcpy(part, line + i * (DIGITS / 2), DIGITS / 2);
		*parts[i] = strtoull(part, NULL, 16);
	}
	return true;
}

int redaction_key_read(const char *path, struct siphash_key *ret_key, struct error *reterr)
{
	_cleanup_(cleanup_closep) int fd = -1;
	char line[DIGITS + 3] = "";
	size_t n = 0;
	ssize_t got;
	int r = 0;

	if (access(path, F_OK) < 0 && errno == ENOENT)
		r = make(path, reterr);
	if (r < 0 && r != ERROR_USAGE) /* another program made it meanwhile */
		return r;
	fd = file_open_private(path, "the redaction key", reterr);
	if (fd < 0)
		return fd;
	while (n < sizeof(line) - 1 && (got = read(fd, line + n, sizeof(line) - 1 - n)) > 0)
		n += (size_t)got;
	if (!parse(line, n, ret_key))
		return error_set(reterr, ERROR_INPUT,
			"the redaction key \"%s\" is not one line of %d hexadecimal digits",
			path, DIGITS);
	return 0;
}
