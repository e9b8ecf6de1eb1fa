/* SPDX-License-Identifier: Apache-2.0 */
/* What the targets share: the list of them, the reading, files in memory; see fuzz.h. */
#include "tests/fuzz/fuzz.h"

#include "common/text.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PROTOCOL(name) extern const struct protocol protocol_##name;
#include "scanner/protocol/protocols.list"
#undef PROTOCOL

static const struct fuzz targets[] = {
#define PROTOCOL(name) {#name, NULL, &protocol_##name},
#include "scanner/protocol/protocols.list"
#undef PROTOCOL
#define FUZZ_TARGET(name) {#name, fuzz_##name, NULL},
#include "tests/fuzz/targets.list"
#undef FUZZ_TARGET
};

static struct fingerprints *fingerprints;

static bool find(const char *name, struct fuzz *ret_fuzz)
{
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		if (strcmp(targets[i].name, name) == 0) {
			*ret_fuzz = targets[i];
			return true;
		}
	return false;
}

bool fuzz_begin(const char *name, struct fuzz *ret_fuzz)
{
	struct error err = {0};

	if (!find(name, ret_fuzz)) {
		fprintf(stderr, "there is no target %s\n", name);
		return false;
	}
	if (protocols_prepare(&err) < 0 ||
		fingerprints_load(FINGERPRINTS, &fingerprints, &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return false;
	}
	return true;
}

bool fuzz_take(const struct fuzz *fuzz, const uint8_t *bytes, size_t size)
{
	return fuzz->protocol ? fuzz_protocol(fuzz->protocol, bytes, size)
			      : fuzz->take(bytes, size);
}

struct reading *fuzz_reading(void)
{
	static struct reading reading;

	reading.fingerprints = fingerprints;
	reading_clear(&reading);
	return &reading;
}

/* A name as an observation may have it, and a value of clean text. */
static void pair_holds(const struct attribute *pair)
{
	size_t n = strlen(pair->name), size = strlen(pair->value);

	HOLDS(n > 0 && n <= ATTRIBUTE_NAME_MAX);
	HOLDS(strspn(pair->name, "abcdefghijklmnopqrstuvwxyz0123456789._-") == n);
	HOLDS(size > 0 && size <= ATTRIBUTE_VALUE_MAX);
	HOLDS(text_is_clean(pair->value, size));
}

void fuzz_reading_holds(const struct reading *reading)
{
	char name[READING_HOST_NAME_MAX + 1];

	HOLDS(reading->n_attributes <= OBSERVATION_ATTRIBUTES_MAX);
	HOLDS(reading->n_keys <= READING_KEYS_MAX && reading->n_names <= READING_NAMES_MAX);
	HOLDS(reading->used <= sizeof(reading->text));
	for (size_t i = 0; i < reading->n_attributes; i++) {
		pair_holds(&reading->attributes[i]);
		for (size_t k = 0; k < i; k++)
			HOLDS(strcmp(reading->attributes[k].name,
				      reading->attributes[i].name) != 0);
	}
	for (size_t i = 0; i < reading->n_keys; i++)
		pair_holds(&reading->keys[i]);
	for (size_t i = 0; i < reading->n_names; i++) {
		pair_holds(&reading->names[i]);
		HOLDS(reading_host_name(
			reading->names[i].value, strlen(reading->names[i].value), name));
		HOLDS(strcmp(name, reading->names[i].value) == 0);
	}
}

int fuzz_file(const uint8_t *bytes, size_t size)
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	HOLDS(fd >= 0 && write(fd, bytes, size) == (ssize_t)size &&
		lseek(fd, 0, SEEK_SET) == 0);
	return fd;
}

const char *fuzz_path(int fd, char path[FUZZ_PATH_MAX])
{
	snprintf(path, FUZZ_PATH_MAX, "/proc/self/fd/%d", fd);
	return path;
}
