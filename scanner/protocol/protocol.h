/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One protocol as the scanner knows it: on which ports it is expected, what it may be asked and
 * at which risk, how it is recognised and read. The same reader serves the greeter, which asked,
 * and the listener, which overheard. Each protocol is one file with one `const struct protocol`
 * and one line in protocols.c. Readers are pure: bytes in, statements out; they never do I/O.
 */
#ifndef SCANNER_PROTOCOL_PROTOCOL_H
#define SCANNER_PROTOCOL_PROTOCOL_H

#include "common/model/observation.h"
#include "scanner/fingerprint/fingerprint.h"

#include <stddef.h>
#include <stdint.h>

/* How intrusive a request is (../shared/fingerprints.md, section 4). */
enum protocol_risk {
	PROTOCOL_PASSIVE,  /* nothing may be sent: only what the peer says by itself */
	PROTOCOL_SAFE,     /* one documented read-only request, fit for control networks */
	PROTOCOL_STANDARD, /* ordinary client behaviour */
	PROTOCOL_THOROUGH,
};

/* Collects what a reader finds out. Values are copied into `text` as clean text. */
struct reading {
	const struct fingerprints *fingerprints; /* borrowed, may be NULL */
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	size_t n_attributes;
	char text[16384];
	size_t used;
};

void reading_clear(struct reading *reading);
/* Adds or replaces one attribute; a value without usable text is not added. */
void reading_add(struct reading *reading, const char *name, const void *value, size_t size);
void reading_add_text(struct reading *reading, const char *name, const char *value);
/* Matches `input` against a fingerprint kind and adds the parameters; those already stated stay. */
void reading_match(struct reading *reading, const char *kind, const void *input, size_t size);

struct protocol {
	const char *name; /* "ssh", "http", "modbus", ... */
	enum transport transport;
	const uint16_t *ports; /* where it is tried first; zero-terminated */
	enum protocol_risk risk; /* of the request; PROTOCOL_PASSIVE: the server speaks first */
	/* Writes the request into `out`, at most `max` bytes; returns its size, 0 for none.
	 * `host`: the address as text, `seed` makes ids that are not predictable. */
	size_t (*request)(uint8_t *out, size_t max, const char *host, uint64_t seed);
	/* Size of the reply if it is complete, 0 if more bytes are needed, -1 if this cannot be it. */
	long (*complete)(const uint8_t *bytes, size_t size);
	/* By content, not by port: true if these first bytes from a server are this protocol. */
	bool (*recognise)(const uint8_t *bytes, size_t size);
	/* Reads a recognised reply. */
	void (*read)(const uint8_t *bytes, size_t size, struct reading *reading);
	const char *reference; /* RFC or standard */
};

/* All protocols, ordered by name. */
const struct protocol *const *protocols_all(size_t *ret_n);
const struct protocol *protocol_by_name(const char *name);
/* The protocol that recognises the bytes; NULL if none does. */
const struct protocol *protocol_recognise(enum transport transport, const uint8_t *bytes,
	size_t size);

#endif
