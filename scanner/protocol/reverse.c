/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The question and its answer: builds one PTR query and reads one reply; see reverse.h. Pure:
 * bytes in, names out. What a reply says is hostile: names are read by scanner/wire/dns.h,
 * which bounds compression, and taken only if they are host names.
 */
#include "scanner/protocol/reverse.h"

#include "scanner/protocol/question.h"
#include "scanner/wire/dns.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
	HEADER = 12,
	CLASS_IN = 1,
	CNAMES_MAX = 8,	  /* followed in one reply */
	RECORDS_MAX = 64, /* looked at in one reply */
};

static void put_label(struct packer *p, const char *label)
{
	packer_u8(p, (uint8_t)strlen(label));
	packer_bytes(p, label, strlen(label));
}

/* The last byte first: one label each, or two of one hexadecimal digit. */
static void put_bytes(struct packer *p, const struct addr *addr)
{
	char label[4];

	for (size_t i = addr->family == 4 ? 4 : 16; i-- > 0;) {
		uint8_t byte = addr->bytes[i];

		if (addr->family == 4) {
			snprintf(label, sizeof(label), "%u", byte);
			put_label(p, label);
			continue;
		}
		snprintf(label, sizeof(label), "%x", byte & 15u);
		put_label(p, label);
		snprintf(label, sizeof(label), "%x", byte >> 4);
		put_label(p, label);
	}
}

size_t reverse_question(uint8_t *out, size_t max, const struct addr *addr, uint16_t id)
{
	struct packer p = packer_of(out, max);

	question_begin(&p, id);
	put_bytes(&p, addr);
	put_label(&p, addr->family == 4 ? "in-addr" : "ip6");
	put_label(&p, "arpa");
	packer_u8(&p, 0);
	packer_be16(&p, DNS_PTR);
	packer_be16(&p, CLASS_IN);
	return packer_ok(&p) ? p.pos : 0;
}

/* Case does not count (RFC 4343). */
static bool same_name(const struct dns_name *a, const struct dns_name *b)
{
	for (size_t i = 0; a->size == b->size && i < a->size; i++)
		if (tolower((unsigned char)a->text[i]) != tolower((unsigned char)b->text[i]))
			return false;
	return a->size == b->size;
}

/* Keeps the names in order, each once. */
static void add_name(struct reverse_names *names, const struct dns_name *target)
{
	char name[READING_HOST_NAME_MAX + 1];
	size_t at = 0;

	if (!reading_host_name(target->text, target->size, name))
		return;
	while (at < names->n && strcmp(names->names[at], name) < 0)
		at++;
	if (at == REVERSE_NAMES_MAX || (at < names->n && strcmp(names->names[at], name) == 0))
		return;
	if (names->n < REVERSE_NAMES_MAX)
		names->n++;
	memmove(names->names + at + 1, names->names + at,
		(names->n - at - 1) * sizeof(*names->names));
	memcpy(names->names[at], name, strlen(name) + 1);
}

/* Adds the names that the owner has in the answer section. True if it has another name there
 * instead, which is then the owner. */
static bool look_up(struct dns_message m, struct dns_name *owner, struct reverse_names *names)
{
	struct dns_name alias = {.size = 0};
	bool found = false;

	for (uint32_t i = 0; i < m.answers && i < RECORDS_MAX; i++) {
		struct dns_record record;

		if (dns_next_record(&m, &record) != DNS_OK)
			break;
		if (!record.known || record.class != CLASS_IN ||
			!same_name(&record.name, owner))
			continue;
		if (record.type == DNS_PTR)
			add_name(names, &record.target);
		if (record.type != DNS_CNAME || found)
			continue;
		alias = record.target;
		found = true;
	}
	if (found)
		*owner = alias;
	return found && names->n == 0;
}

enum reverse_outcome reverse_read(const uint8_t *bytes, size_t size, const struct addr *addr,
	uint16_t id, struct reverse_names *ret_names)
{
	uint8_t question[REVERSE_REQUEST_MAX];
	size_t n = reverse_question(question, sizeof(question), addr, id);
	struct dns_message m;
	struct dns_question asked;
	struct dns_name owner;

	ret_names->n = 0;
	if (n == 0 || !dns_open(bytes, size, &m) || !m.response || m.opcode != 0 || m.id != id)
		return REVERSE_STRANGER;
	/* A refusal may leave the question out. */
	if (m.questions == 0 && m.rcode != 0 && m.records_left == 0)
		return REVERSE_NOTHING;
	if (m.questions != 1 || size < n ||
		memcmp(bytes + HEADER, question + HEADER, n - HEADER))
		return REVERSE_STRANGER;
	if (m.rcode != 0 || m.truncated || dns_next_question(&m, &asked) != DNS_OK)
		return REVERSE_NOTHING;
	owner = asked.name;
	for (int i = 0; i < CNAMES_MAX && look_up(m, &owner, ret_names); i++)
		;
	return ret_names->n > 0 ? REVERSE_NAMED : REVERSE_NOTHING;
}
