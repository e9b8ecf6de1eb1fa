/* SPDX-License-Identifier: Apache-2.0 */
/* Seeds of the corpora, out of the unit tests: with CADASTRE_FUZZ_SEEDS set to a directory,
 * each reply that a test checks a protocol with is kept there, under the protocol's name. Else
 * this does nothing. tests/fuzz/seeds runs the tests so. */
#ifndef TESTS_FUZZ_SEED_H
#define TESTS_FUZZ_SEED_H

#include "scanner/protocol/protocol.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SEED_MAX 4096 /* bytes; a larger reply is no seed */

#define PROTOCOL(name) extern const struct protocol protocol_##name;
#include "scanner/protocol/protocols.list"
#undef PROTOCOL

/* The name in the list, which tells "dns" and "dns_tcp" apart. */
static inline const char *seed_name(const struct protocol *protocol)
{
#define PROTOCOL(name)                                                                         \
	if (protocol == &protocol_##name)                                                      \
		return #name;
#include "scanner/protocol/protocols.list"
#undef PROTOCOL
	return NULL;
}

/* The file is called by what is in it (FNV-1a), so that equal ones are one. */
static inline void seed_keep(const struct protocol *protocol, const uint8_t *bytes, size_t size)
{
	const char *directory = getenv("CADASTRE_FUZZ_SEEDS"), *name = seed_name(protocol);
	uint64_t hash = 0xcbf29ce484222325;
	char path[1024];
	FILE *file;

	if (!directory || !name || size == 0 || size > SEED_MAX)
		return;
	for (size_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%016" PRIx64, directory, name, hash);
	file = fopen(path, "w");
	if (!file || fwrite(bytes, size, 1, file) != 1 || fclose(file) != 0)
		fprintf(stderr, "no seed %s\n", path);
}

#endif
