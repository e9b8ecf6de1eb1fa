/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MAC vendors from the registries of IEEE as Debian's ieee-data keeps them: oui.txt (24 bits),
 * mam.txt (28) and oui36.txt (36). A sorted table per length, longest tried first. Lines that
 * do not have the form are stepped over: the registries carry postal addresses in between.
 *
 * Reference: IEEE 802-2014, 8.2; IEEE Registration Authority.
 */
#include "scanner/fingerprint/fingerprint.h"

#include "common/arena.h"
#include "common/file.h"
#include "common/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REGISTRY_FILE_MAX (32u * 1024 * 1024)
#define VENDORS_MEMORY_MAX (32u * 1024 * 1024)
#define VENDORS_MAX 200000
#define VENDOR_NAME_MAX 128

struct vendor {
	uint64_t prefix; /* the first bits of the address, right-aligned */
	const char *name;
};

struct registry {
	const char *file;
	unsigned int bits;
	struct vendor *rows;
	size_t n, room;
};

struct mac_vendors {
	struct arena *arena;
	struct registry registries[3]; /* longest prefix first */
};

/* Reads hexadecimal digits, dashes among them, at most 12. Returns how many. */
static size_t digits(const char **text, uint64_t *ret_value)
{
	size_t n = 0;

	*ret_value = 0;
	while (n < 12 && (isxdigit((unsigned char)**text) || (n > 0 && **text == '-'))) {
		if (**text == '-' && n >= 6)
			break; /* the dash of a range */
		if (**text != '-') {
			*ret_value =
				*ret_value << 4 |
				(uint64_t)(isdigit((unsigned char)**text)
						   ? **text - '0'
						   : tolower((unsigned char)**text) - 'a' + 10);
			n++;
		}
		(*text)++;
	}
	return n;
}

/*
 * Two lines make an entry: "70-B3-D5   (hex)\t\tName", then "F2F000-F2FFFF     (base
 * 16)\t\tName". In oui.txt the second repeats the first. Of a range only the leading digits
 * count.
 */
static bool entry(const struct registry *registry, const char *line, uint64_t *oui,
	uint64_t *ret_prefix, const char **ret_name)
{
	const char *p = line, *mark;
	uint64_t value;
	size_t n = digits(&p, &value);

	if (n != 6)
		return false;
	mark = strstr(p, "(hex)");
	if (mark) {
		*oui = value;
		if (registry->bits > 24)
			return false;
		*ret_prefix = value;
		*ret_name = mark + strlen("(hex)");
		return true;
	}
	mark = strstr(p, "(base 16)");
	if (!mark || registry->bits == 24 || *p != '-')
		return false;
	*ret_prefix = *oui << (registry->bits - 24) | value >> (48 - registry->bits);
	*ret_name = mark + strlen("(base 16)");
	return true;
}

static int add(struct mac_vendors *vendors, struct registry *registry, uint64_t prefix,
	const char *name)
{
	struct str clean = STR_INIT(VENDOR_NAME_MAX);
	size_t n;

	name += strspn(name, " \t");
	n = strcspn(name, "\r\n");
	while (n > 0 && isspace((unsigned char)name[n - 1]))
		n--;
	if (n == 0 || registry->n >= VENDORS_MAX)
		return 0;
	if (registry->n == registry->room) {
		size_t room = registry->room ? registry->room * 2 : 1024;
		struct vendor *rows = reallocarray(registry->rows, room, sizeof(*rows));

		if (!rows)
			return -1;
		registry->rows = rows;
		registry->room = room;
	}
	text_clean(&clean, name, n, VENDOR_NAME_MAX);
	name = arena_strdup(vendors->arena, clean.data);
	str_done(&clean);
	if (!name)
		return -1;
	registry->rows[registry->n++] = (struct vendor){prefix, name};
	return 0;
}

static int by_prefix(const void *a, const void *b)
{
	const struct vendor *x = a, *y = b;

	return x->prefix < y->prefix ? -1 : x->prefix > y->prefix;
}

static int load(struct mac_vendors *vendors, struct registry *registry, const char *directory,
	struct error *reterr)
{
	_cleanup_(str_done) struct str bytes = STR_INIT(REGISTRY_FILE_MAX);
	_cleanup_(str_done) struct str path = STR_INIT(4096);
	uint64_t oui = 0, prefix;
	const char *name;
	int r;

	str_addf(&path, "%s/%s", directory, registry->file);
	if (access(path.data, R_OK) < 0 && errno == ENOENT)
		return 0;
	r = file_read(path.data, REGISTRY_FILE_MAX, &bytes, reterr);
	if (r < 0)
		return error_wrap(reterr, r, "cannot load MAC vendors");
	for (char *line = bytes.data, *end; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		if (entry(registry, line, &oui, &prefix, &name) &&
			add(vendors, registry, prefix, name) < 0)
			return error_set(reterr, ERROR_SYSTEM, "cannot load \"%s\": no memory",
				path.data);
	}
	if (registry->n > 1)
		qsort(registry->rows, registry->n, sizeof(*registry->rows), by_prefix);
	return 0;
}

int mac_vendors_load(const char *directory, struct mac_vendors **ret_vendors,
	struct error *reterr)
{
	_cleanup_(mac_vendors_freep) struct mac_vendors *vendors = calloc(1, sizeof(*vendors));

	if (vendors)
		vendors->arena = arena_new(VENDORS_MEMORY_MAX);
	if (!vendors || !vendors->arena)
		return error_set(reterr, ERROR_SYSTEM, "cannot load MAC vendors: no memory");
	vendors->registries[0] = (struct registry){"oui36.txt", 36, NULL, 0, 0};
	vendors->registries[1] = (struct registry){"mam.txt", 28, NULL, 0, 0};
	vendors->registries[2] = (struct registry){"oui.txt", 24, NULL, 0, 0};
	for (size_t i = 0; i < ARRAY_SIZE(vendors->registries); i++) {
		int r = load(vendors, &vendors->registries[i], directory, reterr);

		if (r < 0)
			return r;
	}
	*ret_vendors = STEAL(vendors);
	return 0;
}

void mac_vendors_free(struct mac_vendors *vendors)
{
	if (!vendors)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(vendors->registries); i++)
		free(vendors->registries[i].rows);
	arena_free(vendors->arena);
	free(vendors);
}

const char *mac_vendor(const struct mac_vendors *vendors, struct mac mac)
{
	uint64_t value = 0;

	if (mac_is_multicast(&mac) || mac_is_local(&mac) || mac_is_zero(&mac))
		return NULL;
	for (size_t i = 0; i < sizeof(mac.bytes); i++)
		value = value << 8 | mac.bytes[i];
	for (size_t i = 0; i < ARRAY_SIZE(vendors->registries); i++) {
		const struct registry *registry = &vendors->registries[i];
		struct vendor key = {value >> (48 - registry->bits), NULL};
		const struct vendor *row = registry->n == 0
						   ? NULL
						   : bsearch(&key, registry->rows, registry->n,
							     sizeof(key), by_prefix);

		if (row)
			return row->name;
	}
	return NULL;
}
