/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The observation: what one reply, one sniffed frame or one greeting says about one address.
 * The only record that crosses from the scanner to the inventory, whether through a pipe or
 * in a bundle file carried by hand. Plain data; every pointer is borrowed from whoever made
 * the observation and is valid for the duration of the call that passes it on.
 */
#ifndef COMMON_MODEL_OBSERVATION_H
#define COMMON_MODEL_OBSERVATION_H

#include "common/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum observation_kind {
	OBSERVATION_HOST,    /* addr is alive; mac if heard on the local link */
	OBSERVATION_PORT,    /* transport/port answered as open */
	OBSERVATION_SERVICE, /* what the service on transport/port says of itself; raw = its
				bytes */
	OBSERVATION_NAME,    /* addr goes by a name: attributes "name" and "source" */
	OBSERVATION_KEY,     /* an identity key of the thing at addr: "type" and "value" */
	OBSERVATION_HOP,     /* on the path to addr, peer answered at distance ttl */
	OBSERVATION_LINK, /* addr and peer are connected: attribute "layer" is l2, l3 or flow */
	OBSERVATION_FACT, /* any other statement about addr, as attributes */
	OBSERVATION_COVERAGE, /* these were looked at: attributes "cidr", "method", "ports" */
	OBSERVATION_KIND_N
};

enum observation_method {
	OBSERVATION_BY_SYN,      /* TCP SYN or SCTP INIT, reply validated by cookie */
	OBSERVATION_BY_ARP,      /* ARP on the local link */
	OBSERVATION_BY_ECHO,     /* ICMP echo or timestamp, or an IP header alone */
	OBSERVATION_BY_TRACE,    /* TTL-limited probe */
	OBSERVATION_BY_GREETING, /* an ordinary connection or one safe UDP request */
	OBSERVATION_BY_LISTENING, /* heard, nothing sent */
	OBSERVATION_BY_IMPORT,    /* said by somebody else's file; claimed, nothing sent */
	OBSERVATION_METHOD_N
};

enum transport {
	TRANSPORT_NONE,
	TRANSPORT_TCP = 6,
	TRANSPORT_UDP = 17,
	TRANSPORT_SCTP = 132,
};

/* One statement. Names are Recog's where Recog has one (service.vendor, service.product,
 * service.version, service.cpe23, os.*, hw.*, host.name), else dotted lower case of ours. */
struct attribute {
	const char *name;  /* ASCII [a-z0-9._-], at most ATTRIBUTE_NAME_MAX bytes */
	const char *value; /* clean text (common/text.h), at most ATTRIBUTE_VALUE_MAX bytes */
};

#define ATTRIBUTE_NAME_MAX 64
#define ATTRIBUTE_VALUE_MAX 2048
#define OBSERVATION_ATTRIBUTES_MAX 64
#define OBSERVATION_RAW_MAX 4096

struct observation {
	enum observation_kind kind;
	enum observation_method method;
	int64_t time_us;      /* wall clock, when it was received */
	struct addr
		addr; /* whom it is about; family 0 for coverage, and for a fact about ... */
	struct addr peer;     /* hop and link: the other end */
	struct mac
		mac; /* ... a station whose MAC is all that is known; all zero if not known */
	enum transport transport;
	uint16_t port;
	uint8_t ttl;          /* hop: distance; host: TTL of the reply, 0 unknown */
	const char
		*protocol; /* service: "ssh", "http", "modbus", ...; NULL if not recognised */
	const struct attribute *attributes;
	size_t n_attributes;
	const uint8_t *raw; /* the bytes that prove it, at most OBSERVATION_RAW_MAX */
	size_t raw_size;
};

/* Receives observations. Returns 0, or a negative code to stop the producer. */
struct observation_sink {
	int (*take)(void *context, const struct observation *obs, struct error *reterr);
	void *context;
};

const char *observation_kind_name(enum observation_kind kind);
const char *observation_method_name(enum observation_method method);
const char *transport_name(enum transport transport);
bool observation_kind_parse(const char *name, enum observation_kind *ret);
bool observation_method_parse(const char *name, enum observation_method *ret);
bool transport_parse(const char *name, enum transport *ret);

/* Whether it says whom it is about, as its kind has to. */
bool observation_has_subject(const struct observation *obs);
/* The value of an attribute, or NULL. The last one wins if a name stands twice. */
const char *observation_attribute(const struct observation *obs, const char *name);

#endif
