/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DNS messages, as DNS (RFC 1035), multicast DNS (RFC 6762) and LLMNR (RFC 4795) use them. A
 * pure reader, record by record: views point into the caller's bytes; names are copied out of
 * the message's compression and are not clean.
 */
#ifndef SCANNER_WIRE_DNS_H
#define SCANNER_WIRE_DNS_H

#include "common/addr.h"
#include "scanner/wire/tlv.h"

#include <stdbool.h>

enum { DNS_PORT = 53, DNS_MDNS_PORT = 5353, DNS_LLMNR_PORT = 5355 };

#define DNS_HOPS_MAX 10      /* compression pointers followed in one name */
#define DNS_NAME_MAX 255     /* bytes in the message's form */
#define DNS_TEXT_MAX (2 * DNS_NAME_MAX) /* if every byte needs a backslash */

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_NB = 32,     /* NetBIOS (RFC 1002) */
	DNS_NBSTAT = 33, /* NetBIOS; in DNS itself this number is SRV */
	DNS_SRV = 33,
};

/* Labels by dots, without the last one; dots and backslashes inside a label have a backslash
 * (RFC 1035, 5.1). The root is the empty name. */
struct dns_name {
	char text[DNS_TEXT_MAX + 1]; /* may hold any byte, NUL too; a NUL closes it */
	size_t size;
	uint8_t n_labels;
};

struct dns_message {
	struct cursor body; /* the whole message */
	uint16_t id;
	bool response, truncated;
	bool recursion; /* desired, or available */
	uint8_t opcode, rcode;
	uint16_t questions, answers, authorities, additionals; /* as stated */
	uint32_t questions_left, records_left;
};

struct dns_question {
	struct dns_name name;
	uint16_t type;
	uint16_t class; /* without the top bit, which multicast DNS uses for itself */
};

struct dns_record {
	struct dns_name name;
	uint16_t type, class;
	uint32_t ttl;
	struct view data;
	struct addr addr;       /* A, AAAA */
	struct dns_name target; /* PTR, CNAME, NS, SRV */
	uint16_t port;          /* SRV */
	bool known;             /* the type has a row here, and the data had its form */
};

/* Reads the header. False if there is none. */
bool dns_open(const uint8_t *bytes, size_t size, struct dns_message *ret_message);

enum dns_step { DNS_OK = 0, DNS_END = 1, DNS_MALFORMED = 2 };

/* The next question; when they have ended, records. dns_next_record() steps over questions that
 * nobody asked for. After DNS_MALFORMED nothing more comes. */
enum dns_step dns_next_question(struct dns_message *message, struct dns_question *ret_question);
enum dns_step dns_next_record(struct dns_message *message, struct dns_record *ret_record);

/* True if the name ends with this text, regardless of case. */
bool dns_name_ends(const struct dns_name *name, const char *suffix);

/* The address that a name under in-addr.arpa or ip6.arpa stands for. */
bool dns_reverse_addr(const struct dns_name *name, struct addr *ret_addr);

#endif
