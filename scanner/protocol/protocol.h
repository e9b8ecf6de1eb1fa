/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One protocol as the scanner knows it: on which ports it is expected, what it may be asked and
 * at which risk, how it is recognised and read. The same reader serves the greeter, which
 * asked, and the listener, which overheard. Each protocol is one file with one `const struct
 * protocol` and one line in protocols.list. Readers are pure: bytes in, statements out; they
 * never do I/O.
 */
#ifndef SCANNER_PROTOCOL_PROTOCOL_H
#define SCANNER_PROTOCOL_PROTOCOL_H

#include "common/error.h"
#include "common/model/observation.h"
#include "scanner/fingerprint/fingerprint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How intrusive a request is (../shared/fingerprints.md, section 4). */
enum protocol_risk {
	PROTOCOL_PASSIVE,  /* nothing may be sent: only what the peer says by itself */
	PROTOCOL_SAFE,     /* one documented read-only request, fit for control networks */
	PROTOCOL_STANDARD, /* ordinary client behaviour */
	PROTOCOL_THOROUGH,
};

#define READING_KEYS_MAX 8
#define READING_NAMES_MAX 32
#define READING_NOTES_MAX 32
#define READING_NOTE_MAX 120 /* bytes */
#define READING_HOST_NAME_MAX 253

/* Collects what a reader finds out. Values are copied into `text` as clean text. */
struct reading {
	const struct fingerprints *fingerprints; /* borrowed, may be NULL */
	bool asked;    /* the bytes answer our own requests, made with ... */
	uint64_t seed; /* ... this; else they were overheard */
	struct attribute attributes[OBSERVATION_ATTRIBUTES_MAX];
	size_t n_attributes;
	struct attribute keys[READING_KEYS_MAX];   /* name: the key's type */
	size_t n_keys;
	struct attribute names[READING_NAMES_MAX]; /* name: the source, value: a host name */
	size_t n_names;
	struct attribute notes[READING_NOTES_MAX]; /* several may have one name */
	size_t n_notes;
	char text[16384];
	size_t used;
};

/* Empties all but `fingerprints`; nothing was asked. */
void reading_clear(struct reading *reading);
/* Adds or replaces one attribute; a value without usable text is not added. */
void reading_add(struct reading *reading, const char *name, const void *value, size_t size);
void reading_add_text(struct reading *reading, const char *name, const char *value);
/* Adds to a list, ", " between, what is not in it yet. A list that has no room for it stays. */
void reading_append(struct reading *reading, const char *name, const char *value);
void reading_add_number(struct reading *reading, const char *name, uint64_t value);
const char *reading_get(const struct reading *reading, const char *name); /* NULL if absent */
/* Matches `input` against a fingerprint kind and adds the parameters. Of service.*, os.* and
 * hw.* those stay whole that an earlier match stated: product and version never come from two
 * records. A bound that was reached is stated as "fingerprint.limit". */
void reading_match(struct reading *reading, const char *kind, const void *input, size_t size);
/* One of several values of an attribute that is told in pieces, in one reply or in many. `name`
 * is a constant. reading_join() puts those of one reply together; the listener those of
 * many. */
void reading_note(struct reading *reading, const char *name, const void *value, size_t size);
void reading_note_text(struct reading *reading, const char *name, const char *value);
/* An identity key: "ssh.hostkey.sha256", "tls.certificate.sha256", "tls.device.sha256"
 * (one that the thing made for itself), "snmp.engineid", ... */
void reading_key(struct reading *reading, const char *type, const void *value, size_t size);
/* A claimed name; only syntactically valid host names (RFC 1123) are taken, in lower case. */
void reading_name(struct reading *reading, const char *source, const void *name, size_t size);
/* The same test alone: writes the name in lower case, without a last dot. False: no host
 * name. */
bool reading_host_name(const void *name, size_t size, char out[READING_HOST_NAME_MAX + 1]);
#define READING_NOTES_APART "; "
void reading_join(struct reading *reading);
/* Hands the service observation, then its keys and names, to the sink. `service` brings method,
 * time, address, transport, port, protocol and raw bytes. */
int reading_emit(const struct reading *reading, const struct observation *service,
	const struct observation_sink *sink, struct error *reterr);

struct protocol {
	const char *name; /* "ssh", "http", "modbus", ... */
	enum transport transport;
	const uint16_t *ports; /* where it is tried first; zero-terminated */
	enum protocol_risk risk; /* of the request; PROTOCOL_PASSIVE: the server speaks first */
	/* Writes the request into `out`, at most `max` bytes; returns its size, 0 for none.
	 * `host`: the address as text, `seed` makes ids that are not predictable. The bytes are
	 * a function of these two alone; of a datagram at most PROTOCOL_DATAGRAM_MAX. */
	size_t (*request)(uint8_t *out, size_t max, const char *host, uint64_t seed);
	/* The same where it is said inside TLS, if it must be put otherwise there; else
	 * NULL. */
	size_t (*request_inside)(uint8_t *out, size_t max, const char *host, uint64_t seed);
	/* True if a datagram brings back what the request made with this seed must have brought
	 * back (an id, a cookie, a context), and goes the way of answers; its form is judged by
	 * `recognise`. Of one byte or of eight, as the protocol has room for. NULL: the
	 * protocol repeats nothing, or it runs over TCP, which ties the two itself. */
	bool (*repeats)(const uint8_t *reply, size_t size, uint64_t seed);
	/* Size of the reply if it is complete, 0 if more bytes are needed, -1 if this cannot be
	 * it. */
	long (*complete)(const uint8_t *bytes, size_t size);
	/* By content, not by port: true if these first bytes from a server are this
	 * protocol. */
	bool (*recognise)(const uint8_t *bytes, size_t size);
	/* Reads a recognised reply. */
	void (*read)(const uint8_t *bytes, size_t size, struct reading *reading);
	const char *reference; /* RFC or standard */
	/* For a conversation of several round trips, else NULL. `said`: how many requests were
	 * made, `heard`: all that the server has said. Writes the next request into `out` and
	 * returns its size; 0: more must be heard first; -1: the conversation is over. */
	long (*next)(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
		uint8_t *out, size_t max);
	/* What may be kept of a reply that was overheard, not asked for: overwrites secrets in
	 * place and returns how many bytes remain; what stands behind them is the users' own
	 * and is neither read nor kept. NULL: all of it. */
	size_t (*overheard)(uint8_t *bytes, size_t size);
	/* Overwrites in place what stands for a log-in in what is kept of answers to us. NULL:
	 * nothing does. */
	void (*cover)(uint8_t *bytes, size_t size);
	/* How a server is asked, in the clear, to go on inside TLS, by which it shows its
	 * certificate: as `next`, but of ordinary client behaviour, and PROTOCOL_SECURED once
	 * the server is ready for the handshake. -1: it will not, and `next`, as if nothing had
	 * been asked, ends the conversation. */
	long (*secure)(
		unsigned int said, const uint8_t *heard, size_t size, uint8_t *out, size_t max);
	/* What is said inside at once and answered, where TLS was asked for; NULL: only the
	 * farewell of `next`. */
	size_t (*inside)(uint8_t *out, size_t max);
	const char *alpn; /* the registered name of what is said inside TLS (RFC 7301), if it is
			     to be named */
	/* The greeter opens a TLS channel before anything is said. */
	bool secured;
	/* It is recognised by a form that others share: it is tried after all others, and the
	 * protocol that is expected on a port goes first, if it frames its replies alike. */
	bool vague;
	/* It stands on a transport that others stand on too: what only frames alike is not
	 * called by its name. */
	bool shares;
	/* What is asked before it on the ports of both: this one is asked only where that one
	 * said nothing of its own (or may not be asked), over another connection, once the
	 * first is closed. NULL: it is asked by itself. */
	const struct protocol *after;
};

/* What `secure` returns when TLS begins. */
#define PROTOCOL_SECURED 0x10000

/* Several readers share this room: the largest request any of them makes. */
#define PROTOCOL_REQUEST_MAX 2048
/* The largest datagram that any of them asks with. */
#define PROTOCOL_DATAGRAM_MAX 511

/* Sets up what later must not open files or start threads (OpenSSL). To be called before the
 * process enters its sandbox; calling it again does nothing. ERROR_SYSTEM. */
int protocols_prepare(struct error *reterr);

/* All protocols, ordered by name; one that is spoken over both transports stands twice. */
const struct protocol *const *protocols_all(size_t *ret_n);
const struct protocol *protocol_by_name(const char *name);
/* The protocol that is expected on a port; NULL if none is. */
const struct protocol *protocol_expected(enum transport transport, uint16_t port);
/* Which one is asked after it where it said nothing of its own; NULL if none is. */
const struct protocol *protocol_after(const struct protocol *protocol);
bool protocol_has_port(const struct protocol *protocol, uint16_t port);
/* Ports that are never greeted: what is sent to a printer's raw port comes out on paper. */
bool protocol_port_is_mute(enum transport transport, uint16_t port);
/* Ports of control protocols that are not spoken here: nothing generic is ever said there. */
bool protocol_port_is_industrial(uint16_t port);
/* The protocol that recognises the bytes; NULL if none does. */
const struct protocol *protocol_recognise(enum transport transport, const uint8_t *bytes,
	size_t size);

#endif
