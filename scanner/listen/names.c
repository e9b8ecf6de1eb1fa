/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that were said of addresses. They are kept until the end, since a name counts only for
 * an address that was heard itself: a resolver's answers are full of addresses that no asset of
 * ours has. References: RFC 1035, RFC 6762, RFC 6763, RFC 4795, RFC 1002.
 */
#include "scanner/listen/listener.h"

#include "scanner/wire/dns.h"
#include "scanner/wire/nbns.h"

#include <string.h>
#include <strings.h>

enum { NAME_SIZE = 254 };

struct name_key {
	struct addr addr;
	uint64_t digest; /* of source and name */
};

struct name {
	int64_t first_us;
	const char *source;
	char text[NAME_SIZE];
};

static void say_name(void *context, const void *key, void *value)
{
	const struct name_key *k = key;
	const struct name *name = value;
	struct listener *l = context;
	struct observation obs = statement_of(l, OBSERVATION_NAME, &k->addr);

	if (!hosts_knows(l, &k->addr)) {
		statement_unplaced(l);
		return;
	}
	obs.time_us = name->first_us;
	statement_say_pair(l, obs, "name", name->text, "source", name->source);
}

int names_init(struct listener *l, struct error *reterr)
{
	return part_table(l, LISTEN_NAMES_MAX, sizeof(struct name_key), sizeof(struct name),
		say_name, &l->names, reterr);
}

void names_add(struct listener *l, const struct addr *addr, const char *source,
	const void *name, size_t size)
{
	struct name_key key;
	struct name *kept;
	const char *text;
	size_t n;

	if (!statement_is_placeable(addr))
		return;
	reading_clear(&l->name);
	reading_name(&l->name, source, name, size);
	if (!l->name.n_names)
		return;
	text = l->name.names[0].value;
	n = strlen(text);
	if (n >= NAME_SIZE)
		return;
	memset(&key, 0, sizeof(key));
	key.addr = *addr;
	str_reset(&l->scratch);
	str_adds(&l->scratch, source);
	str_addc(&l->scratch, 0);
	str_adds(&l->scratch, text);
	key.digest = siphash(&l->hash_key, l->scratch.data, l->scratch.len);
	if (table_find(l->names, &key))
		return;
	kept = table_add(l->names, &key);
	kept->first_us = l->now_us;
	kept->source = source;
	memcpy(kept->text, text, n + 1);
}

void names_finish(struct listener *l)
{
	table_cursor cursor = 0;
	const void *key;
	void *value;

	while (table_walk(l->names, &cursor, &key, &value))
		say_name(l, key, value);
}

static bool same_name(const struct dns_name *a, const struct dns_name *b)
{
	return a->size == b->size && strncasecmp(a->text, b->text, a->size) == 0;
}

/* What the records of an answer say of addresses. `asked`: the name that was asked for, from
 * which aliases may lead to the one that has the address; NULL if there was no question. */
static enum dns_step read_records(struct listener *l, struct dns_message *message,
	const struct dns_question *asked, const char *source)
{
	struct dns_name alias = {.size = 0};
	struct dns_record record;
	enum dns_step step;
	struct addr addr;

	if (asked)
		alias = asked->name;
	while ((step = dns_next_record(message, &record)) == DNS_OK) {
		if (!record.known || record.class != 1)
			continue;
		if (record.type == DNS_A || record.type == DNS_AAAA) {
			names_add(l, &record.addr, source, record.name.text, record.name.size);
			if (asked && same_name(&alias, &record.name))
				names_add(l, &record.addr, source, asked->name.text,
					asked->name.size);
		} else if (record.type == DNS_CNAME && same_name(&alias, &record.name)) {
			alias = record.target;
		} else if (record.type == DNS_PTR && dns_reverse_addr(&record.name, &addr)) {
			names_add(l, &addr, source, record.target.text, record.target.size);
		}
	}
	return step;
}

/* A resolver's or server's unicast answer. */
static bool read_answer(struct listener *l, uint16_t port, const char *source)
{
	const struct frame *f = l->frame;
	struct dns_message message;
	struct dns_question asked;
	bool has_question;

	if (!dns_open(f->payload, f->payload_size, &message))
		return false;
	if (f->src_port != port || !message.response)
		return true; /* a question says nothing of the asker that his frame does not */
	has_question = dns_next_question(&message, &asked) == DNS_OK;
	if (port == DNS_PORT && has_question && message.opcode == 0) {
		services_open(l, &f->src, TRANSPORT_UDP, port);
		relations_add(l, &f->dst, &f->src, TRANSPORT_UDP, port, source);
	}
	return read_records(l, &message, has_question ? &asked : NULL, source) == DNS_END ||
	       f->payload_cut;
}

bool names_dns(struct listener *l)
{
	return read_answer(l, DNS_PORT, "dns");
}

bool names_llmnr(struct listener *l)
{
	return read_answer(l, DNS_LLMNR_PORT, "llmnr");
}

/* The model of a device, as its own TXT record says it (RFC 6763 section 6 gives the form). */
static void read_device_info(struct listener *l, const struct dns_record *record)
{
	struct cursor c = cursor_of(record->data.bytes, record->data.size);

	reading_clear(&l->reading);
	for (int i = 0; i < 8 && cursor_left(&c); i++) {
		uint8_t n = cursor_u8(&c);
		const uint8_t *text = cursor_bytes(&c, n);

		if (!text || n <= 6 || strncasecmp((const char *)text, "model=", 6) != 0)
			continue;
		reading_add(&l->reading, "mdns.model", text + 6, n - 6u);
		reading_match(&l->reading, "mdns.device-info.txt", text, n);
	}
	if (l->reading.n_attributes)
		statement_say_reading(l, statement_of(l, OBSERVATION_FACT, &l->frame->src));
}

/* Services that a host offers of its own: "name._ipp._tcp.local" on a port. */
static void read_offered(struct listener *l, const struct dns_record *record)
{
	const char *service = record->name.text;

	for (size_t i = 0; i + 2 < record->name.size; i++) {
		if (memcmp(service + i, "._", 2) != 0)
			continue;
		reading_clear(&l->reading);
		reading_add(&l->reading, "mdns.service", service + i + 1,
			record->name.size - i - 1);
		reading_add_number(&l->reading, "mdns.port", record->port);
		statement_say_reading(l, statement_of(l, OBSERVATION_FACT, &l->frame->src));
		return;
	}
}

bool names_mdns(struct listener *l)
{
	const struct frame *f = l->frame;
	struct dns_message message, again;
	struct dns_record record;
	enum dns_step step;

	if (!dns_open(f->payload, f->payload_size, &message))
		return false;
	if (!message.response || f->src_port != DNS_MDNS_PORT ||
		!statement_is_placeable(&f->src))
		return true;
	again = message;
	step = read_records(l, &message, NULL, "mdns");
	while (dns_next_record(&again, &record) == DNS_OK) {
		if (!record.known || record.class != 1)
			continue;
		if (record.type == DNS_TXT &&
			dns_name_ends(&record.name, "._device-info._tcp.local"))
			read_device_info(l, &record);
		else if (record.type == DNS_SRV)
			read_offered(l, &record);
	}
	return step == DNS_END || f->payload_cut;
}

/* A node's own table of names. */
static bool read_status(struct listener *l, const struct dns_record *record)
{
	const struct frame *f = l->frame;
	struct nbns_status status;
	char mac[MAC_TEXT_MAX];

	if (!nbns_status_read(&record->data, &status))
		return false;
	services_open(l, &f->src, TRANSPORT_UDP, NBNS_PORT);
	reading_clear(&l->reading);
	for (size_t i = 0; i < status.n_names; i++) {
		const struct nbns_name *name = &status.names[i];

		if (name->suffix != NBNS_WORKSTATION)
			continue;
		if (!name->group)
			names_add(l, &f->src, "nbns", name->text, strlen(name->text));
		reading_add_text(
			&l->reading, name->group ? "nbns.workgroup" : "nbns.name", name->text);
	}
	if (!mac_is_zero(&status.mac))
		reading_add_text(&l->reading, "nbns.mac", mac_format(&status.mac, mac));
	if (l->reading.n_attributes)
		statement_say_reading(l, statement_of(l, OBSERVATION_FACT, &f->src));
	return true;
}

/* A name and who has it, in a registration, refresh or answer. */
static bool read_owner(struct listener *l, const struct dns_record *record)
{
	struct nbns_name name;
	struct addr addr;
	bool group;

	if (!nbns_decode_name(&record->name, &name) ||
		!nbns_address_read(&record->data, &addr, &group))
		return false;
	if (!group && (name.suffix == NBNS_WORKSTATION || name.suffix == NBNS_SERVER))
		names_add(l, &addr, "nbns", name.text, strlen(name.text));
	return true;
}

bool names_nbns(struct listener *l)
{
	struct dns_message message;
	struct dns_record record;
	enum dns_step step;
	bool good = true;

	if (!dns_open(l->frame->payload, l->frame->payload_size, &message))
		return false;
	while ((step = dns_next_record(&message, &record)) == DNS_OK) {
		if (record.type == DNS_NBSTAT)
			good &= !message.response || read_status(l, &record);
		else if (record.type == DNS_NB && message.rcode == 0)
			good &= read_owner(l, &record);
	}
	return good && (step == DNS_END || l->frame->payload_cut);
}
