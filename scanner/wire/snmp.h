/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SNMP's messages: object identifiers, variable bindings, PDUs, and what is around them in
 * versions 1, 2c and 3 with the user-based model. Pure, and without a key: what is signed or
 * encrypted is found and placed here, and made and judged by scanner/protocol/usm.h. Of
 * requests it makes GetRequest and GetBulkRequest and no others: nothing here can set anything.
 *
 * References: RFC 1157, RFC 3416 (PDUs), RFC 3417, 8 (encoding), RFC 3412, 6 (version 3), RFC
 * 3414, 2.4 (security parameters), X.690, 8.19 (object identifiers).
 */
#ifndef SCANNER_WIRE_SNMP_H
#define SCANNER_WIRE_SNMP_H

#include "common/str.h"
#include "scanner/wire/ber.h"

#define SNMP_OID_MAX 128    /* subidentifiers (RFC 3416, 4.1) */
#define SNMP_ENGINE_LEAST 5 /* bytes of an engine id (RFC 3411, SnmpEngineID) */
#define SNMP_ENGINE_MOST 32
#define SNMP_SALT_SIZE 8
#define SNMP_SIGNATURE_MAX 48 /* RFC 7860, HMAC-384-SHA-512 */

enum { SNMP_VERSION_1 = 0, SNMP_VERSION_2C = 1, SNMP_VERSION_3 = 3, SNMP_USM = 3 };
enum { SNMP_GET = 0xa0, SNMP_RESPONSE = 0xa2, SNMP_GET_BULK = 0xa5, SNMP_REPORT = 0xa8 };
/* What stands where there is no value. */
enum { SNMP_NO_OBJECT = 0x80, SNMP_NO_INSTANCE = 0x81, SNMP_END_OF_VIEW = 0x82 };
/* Of a version 3 message (RFC 3412, 6.4). */
enum { SNMP_SIGNED = 1, SNMP_ENCRYPTED = 2, SNMP_REPORTABLE = 4 };
/* Error states of a response (RFC 3416, 3). */
enum { SNMP_NO_ERROR = 0, SNMP_NO_SUCH_NAME = 2, SNMP_NO_ACCESS = 6, SNMP_NOT_AUTHORISED = 16 };

struct snmp_oid {
	uint32_t ids[SNMP_OID_MAX];
	size_t n;
};

/* The content of an object identifier. False: none, one of more than 32 bits, or too many. */
bool snmp_oid_read(struct cursor content, struct snmp_oid *ret_oid);
/* Lexicographic, as agents order their objects: less than, equal to or greater than 0. */
int snmp_oid_compare(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b);
void snmp_oid_text(const struct snmp_oid *oid, struct str *out);

struct snmp_engine {
	const uint8_t *id; /* of `size` bytes; borrowed */
	size_t size;
	uint32_t boots, time;
};

/* What is around a PDU. Cursors are views of the message. */
struct snmp_message {
	uint32_t version;
	struct cursor community; /* versions 1 and 2c */
	uint32_t id;             /* version 3 from here */
	uint8_t flags;
	struct snmp_engine engine;
	struct cursor user, signature, salt; /* failed where they are not there */
	struct cursor rest; /* a PDU; of version 3 a scoped one, plain or encrypted */
};

/* False: no message of version 1, 2c, or 3 with the user-based model. */
bool snmp_message_read(const uint8_t *bytes, size_t size, struct snmp_message *ret_message);

struct snmp_pdu {
	uint8_t tag;
	uint32_t id, error, index;
	struct cursor bindings;
	struct cursor context; /* its name, of a scoped one; failed where there is none */
};

/* The PDU that comes next; of version 3, the plain scoped one. */
bool snmp_pdu_read(struct cursor *c, struct snmp_pdu *ret_pdu);
bool snmp_scoped_read(struct cursor *c, struct snmp_pdu *ret_pdu);

struct snmp_binding {
	struct cursor name; /* content of the object identifier */
	uint8_t type;
	struct cursor value;
};

/* False: there are no more, or what comes is none. */
bool snmp_binding_next(struct cursor *bindings, struct snmp_binding *ret_binding);
/* A number that is not negative; false if the value is none. */
bool snmp_binding_number(const struct snmp_binding *binding, uint32_t *ret_number);

/* A request: GetBulkRequest with repetitions, else GetRequest. */
struct snmp_question {
	uint32_t id, repetitions;
	const struct snmp_oid *names;
	size_t n_names;
	const char
		*context; /* its name, of a scoped one (RFC 3412, 6); NULL: that without one */
};

/* Each writes into `out` and returns the size; 0 if there is no room. */
size_t snmp_write_community(
	const struct snmp_question *question, const char *community, uint8_t *out, size_t max);
size_t snmp_write_scoped(const struct snmp_question *question, const struct snmp_engine *engine,
	uint8_t *out, size_t max);

/* Around a scoped PDU of version 3. */
struct snmp_envelope {
	uint32_t id, largest; /* the largest message that is taken back */
	uint8_t flags;
	struct snmp_engine engine;
	const char *user;
	size_t signature;      /* bytes that are left zero for it */
	const uint8_t *salt;   /* NULL: none */
	const uint8_t *scoped; /* with SNMP_ENCRYPTED: what came out of it */
	size_t scoped_size;
};

/* `ret_at`: where the signature is to be put. */
size_t snmp_write_envelope(
	const struct snmp_envelope *envelope, uint8_t *out, size_t max, size_t *ret_at);

#endif
