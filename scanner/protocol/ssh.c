/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSH: the identification string, the algorithms, and the server's host key. The greeter says
 * what every client says first: its own identification, KEXINIT, and the opening of a key
 * exchange; the server answers with its host key in the clear. Then it disconnects: no keys
 * are ever taken into use and no login is tried. The key identifies the server only if its
 * signature over the exchange verifies; of an exchange that was overheard, that cannot be seen.
 *
 * References: RFC 4253 (transport), RFC 5656 and RFC 8731 (ECDH), RFC 4251 (data types); what
 * is weak: RFC 9142 (key exchange), RFC 8332 and RFC 8270 (RSA), RFC 8758 (RC4), RFC 6151
 * (MD5).
 */
#include "scanner/protocol/protocol.h"

#include "common/cursor.h"
#include "common/model/digest.h"
#include "common/packer.h"
#include "common/siphash.h"
#include "scanner/protocol/exchange.h"
#include "scanner/protocol/lines.h"

#include <stdio.h>
#include <string.h>

#define IDENTIFICATION_MAX 255 /* RFC 4253, 4.2 */
#define LINES_BEFORE_MAX 32
#define PACKET_MAX 35000       /* RFC 4253, 6.1 */
#define FINGERPRINT_MAX 64
#define NAMES_MAX 64     /* of one list that are looked at */
#define NAME_MAX_SIZE 64 /* RFC 4251, 6 */
#define RSA_BITS_LEAST 2048

enum {
	MSG_DISCONNECT = 1,
	MSG_KEXINIT = 20,
	MSG_KEX_INIT = 30,  /* KEXDH_INIT and KEX_ECDH_INIT */
	MSG_KEX_REPLY = 31,
	BY_APPLICATION = 11,
};

enum list { KEX, HOST_KEY, CIPHER_IN, CIPHER_OUT, MAC_IN, MAC_OUT, ZIP_IN, ZIP_OUT, LANG_IN,
	LANG_OUT, LIST_N };

/* What is offered, in the order of preference, and as which attribute the server's is told. */
static const struct {
	const char *offer, *attribute;
} lists[LIST_N] = {
	[KEX] = {EXCHANGE_NAMES, "ssh.kex"},
	[HOST_KEY] = {"ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
		      "rsa-sha2-512,rsa-sha2-256,ssh-rsa,ssh-dss",
		"ssh.hostkey.algorithms"},
	[CIPHER_IN] =
		{"aes128-ctr,aes256-ctr,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,"
		 "aes128-cbc,3des-cbc",
			NULL},
	[CIPHER_OUT] =
		{"aes128-ctr,aes256-ctr,aes128-gcm@openssh.com,chacha20-poly1305@openssh.com,"
		 "aes128-cbc,3des-cbc",
			"ssh.ciphers"},
	[MAC_IN] = {"hmac-sha2-256,hmac-sha2-512,hmac-sha1", NULL},
	[MAC_OUT] = {"hmac-sha2-256,hmac-sha2-512,hmac-sha1", "ssh.macs"},
	[ZIP_IN] = {"none", NULL},
	[ZIP_OUT] = {"none", "ssh.compression"},
	[LANG_IN] = {"", NULL},
	[LANG_OUT] = {"", NULL},
};

/* What a server should offer no more; a star stands for any end of the name. */
static const struct {
	enum list list;
	const char *name;
} weak[] = {
	{KEX, "diffie-hellman-group1-sha1"},
	{KEX, "diffie-hellman-group14-sha1"},
	{KEX, "diffie-hellman-group-exchange-sha1"},
	{KEX, "rsa1024-sha1"},
	{KEX, "gss-gex-sha1-*"},
	{KEX, "gss-group1-sha1-*"},
	{KEX, "gss-group14-sha1-*"},
	{HOST_KEY, "ssh-rsa"},
	{HOST_KEY, "ssh-dss"},
	{CIPHER_OUT, "none"},
	{CIPHER_OUT, "des-cbc*"},
	{CIPHER_OUT, "3des-*"},
	{CIPHER_OUT, "arcfour*"},
	{CIPHER_OUT, "blowfish-*"},
	{CIPHER_OUT, "cast128-*"},
	{CIPHER_OUT, "idea-*"},
	{CIPHER_OUT, "aes128-cbc"},
	{CIPHER_OUT, "aes192-cbc"},
	{CIPHER_OUT, "aes256-cbc"},
	{CIPHER_OUT, "rijndael-cbc@*"},
	{MAC_OUT, "none"},
	{MAC_OUT, "hmac-md5*"},
	{MAC_OUT, "hmac-sha1-96*"},
};

/* ---- readers ----------------------------------------------------------------------------- */

/* Finds the identification line; other lines may stand before it (RFC 4253, 4.2). */
static bool identification(struct span *rest, struct span *ret_line)
{
	for (int i = 0; i < LINES_BEFORE_MAX && line_next(rest, false, ret_line); i++)
		if (span_begins(*ret_line, "SSH-") && ret_line->size <= IDENTIFICATION_MAX)
			return true;
	return false;
}

/* The payload of the next packet in the clear: length, padding length, payload, padding. */
static bool packet_next(struct cursor *c, struct cursor *ret_payload)
{
	struct cursor packet = *c;
	uint32_t length = cursor_be32(&packet);
	uint8_t padding = cursor_u8(&packet);

	if (!cursor_ok(&packet) || length < 2 || length > PACKET_MAX || padding + 2u > length)
		return false;
	*ret_payload = cursor_sub(&packet, length - padding - 1);
	cursor_skip(&packet, padding);
	if (!cursor_ok(&packet))
		return false;
	*c = packet;
	return true;
}

static struct span string_next(struct cursor *c)
{
	uint32_t size = cursor_be32(c);
	const uint8_t *bytes = cursor_bytes(c, size);

	return bytes ? (struct span){bytes, size} : (struct span){(const uint8_t *)"", 0};
}

/* The payload of the first packet of a type, with the type. */
static bool packet_span(struct span rest, uint8_t type, struct span *ret_payload)
{
	struct cursor c = cursor_of(rest.bytes, rest.size), payload;

	while (packet_next(&c, &payload)) {
		*ret_payload = (struct span){cursor_rest(&payload), cursor_left(&payload)};
		if (cursor_u8(&payload) == type)
			return true;
	}
	return false;
}

/* The same behind the type. */
static bool packet_find(struct span rest, uint8_t type, struct cursor *ret_payload)
{
	struct span payload;

	if (!packet_span(rest, type, &payload))
		return false;
	*ret_payload = cursor_of(payload.bytes, payload.size);
	cursor_skip(ret_payload, 1);
	return true;
}

static bool kexinit_lists(struct span rest, struct span ret_lists[LIST_N])
{
	struct cursor payload;

	if (!packet_find(rest, MSG_KEXINIT, &payload))
		return false;
	cursor_skip(&payload, 16); /* cookie */
	for (size_t i = 0; i < LIST_N; i++)
		ret_lists[i] = string_next(&payload);
	return cursor_ok(&payload);
}

static bool list_has(struct span list, const char *name, size_t size)
{
	const uint8_t *p = list.bytes, *end = list.bytes + list.size;

	while (p < end) {
		const uint8_t *comma = memchr(p, ',', (size_t)(end - p));
		size_t n = comma ? (size_t)(comma - p) : (size_t)(end - p);

		if (n == size && memcmp(p, name, n) == 0)
			return true;
		p += n + 1;
	}
	return false;
}

static bool is_weak(enum list list, struct span name)
{
	for (size_t i = 0; i < ARRAY_SIZE(weak); i++) {
		size_t n = strcspn(weak[i].name, "*");

		if (weak[i].list == list && name.size >= n &&
			memcmp(name.bytes, weak[i].name, n) == 0 &&
			(weak[i].name[n] || name.size == n))
			return true;
	}
	return false;
}

/* Names the weak ones of a list, in its order. */
static void read_weak(enum list list, struct span names, struct reading *reading)
{
	for (int i = 0; i < NAMES_MAX && names.size > 0; i++) {
		const uint8_t *comma = memchr(names.bytes, ',', names.size);
		size_t n = comma ? (size_t)(comma - names.bytes) : names.size;
		char text[NAME_MAX_SIZE + 1];

		if (n <= NAME_MAX_SIZE && is_weak(list, (struct span){names.bytes, n})) {
			memcpy(text, names.bytes, n);
			text[n] = '\0';
			reading_append(reading, "ssh.weak", text);
		}
		n += comma != NULL;
		names.bytes += n;
		names.size -= n;
	}
}

/* The first of our names that the server has too (RFC 4253, 7.1). */
static bool agree(const char *offer, struct span theirs, char *out, size_t max)
{
	while (*offer) {
		size_t n = strcspn(offer, ",");

		if (n < max && list_has(theirs, offer, n)) {
			memcpy(out, offer, n);
			out[n] = '\0';
			return true;
		}
		offer += n + (offer[n] == ',');
	}
	return false;
}

static long build_kexinit(uint64_t seed, uint8_t *out, size_t max);

/* True if the reply is signed over what we and the server said in this exchange. */
static bool is_proved(struct span server, struct span rest, uint64_t seed,
	struct exchange_said *said)
{
	uint8_t ours[PROTOCOL_REQUEST_MAX];
	long size = build_kexinit(seed, ours, sizeof(ours));
	struct span mine = {ours, size > 0 ? (size_t)size : 0}, theirs[LIST_N];
	char method[64];

	if (!identification(&mine, &said->client) ||
		!packet_span(mine, MSG_KEXINIT, &said->client_kexinit) ||
		!packet_span(rest, MSG_KEXINIT, &said->server_kexinit) ||
		!kexinit_lists(rest, theirs) ||
		!agree(lists[KEX].offer, theirs[KEX], method, sizeof(method)))
		return false;
	said->server = server;
	said->method = method;
	return exchange_verify(said);
}

/* Bits of the modulus of an RSA key, behind the key's type. */
static void read_size(struct span type, struct cursor blob, struct reading *reading)
{
	struct span modulus;
	char text[32];
	size_t bits;

	if (type.size != strlen("ssh-rsa") || !span_begins(type, "ssh-rsa"))
		return;
	string_next(&blob); /* exponent */
	modulus = string_next(&blob);
	while (modulus.size > 0 && *modulus.bytes == 0) {
		modulus.bytes++;
		modulus.size--;
	}
	if (!cursor_ok(&blob) || modulus.size == 0)
		return;
	bits = modulus.size * 8;
	for (uint8_t first = *modulus.bytes; !(first & 0x80); first = (uint8_t)(first << 1))
		bits--;
	reading_add_number(reading, "ssh.hostkey.bits", bits);
	snprintf(text, sizeof(text), "RSA %zu", bits);
	if (bits < RSA_BITS_LEAST)
		reading_append(reading, "ssh.weak", text);
}

/* The fingerprint in the form of OpenSSH: SHA256 and base64 without padding. */
static void read_host_key(struct span server, struct span rest, struct cursor *payload,
	struct reading *reading)
{
	struct span key = string_next(payload), value = string_next(payload);
	struct exchange_said said = {
		.key = key, .value = value, .signature = string_next(payload)};
	struct span type;
	_cleanup_(str_done) struct str text = STR_INIT(FINGERPRINT_MAX);
	struct cursor blob = cursor_of(key.bytes, key.size);
	uint8_t digest[DIGEST_SIZE];
	bool proved;

	type = string_next(&blob);
	if (!cursor_ok(payload) || !cursor_ok(&blob) || key.size == 0)
		return;
	proved = reading->asked && is_proved(server, rest, reading->seed, &said);
	digest_sha256(key.bytes, key.size, digest);
	str_adds(&text, "SHA256:");
	base64_encode(&text, digest, sizeof(digest));
	while (text.len > 0 && text.data[text.len - 1] == '=')
		text.len--;
	reading_add(reading, "ssh.hostkey.type", type.bytes, type.size);
	read_size(type, blob, reading);
	reading_add(reading, "ssh.hostkey.sha256", text.data, text.len);
	if (reading->asked)
		reading_add_text(reading, "ssh.hostkey.proved", proved ? "yes" : "no");
	if (proved)
		reading_key(reading, "ssh.hostkey.sha256", text.data, text.len);
}

static void read_lists(struct span rest, struct reading *reading)
{
	struct span told[LIST_N];

	if (!kexinit_lists(rest, told))
		return;
	for (size_t i = 0; i < LIST_N; i++)
		if (lists[i].attribute)
			reading_add(reading, lists[i].attribute, told[i].bytes, told[i].size);
	for (size_t i = 0; i < LIST_N; i++)
		read_weak((enum list)i, told[i], reading);
}

static void ssh_read(const uint8_t *bytes, size_t size, struct reading *reading)
{
	struct span rest = {bytes, size}, line;
	const uint8_t *dash;
	struct cursor payload;

	if (!identification(&rest, &line))
		return;
	reading_add(reading, "ssh.identification", line.bytes, line.size);
	dash = memchr(line.bytes + 4, '-', line.size - 4);
	if (dash) {
		size_t head = (size_t)(dash + 1 - line.bytes);

		reading_add(reading, "ssh.protocol", line.bytes + 4, head - 5);
		reading_match(reading, "ssh.banner", dash + 1, line.size - head);
	}
	if (span_begins(line, "SSH-1."))
		reading_append(reading, "ssh.weak", "protocol 1");
	read_lists(rest, reading);
	if (packet_find(rest, MSG_KEX_REPLY, &payload))
		read_host_key(line, rest, &payload, reading);
}

static bool ssh_recognise(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;

	return identification(&rest, &line);
}

static long ssh_complete(const uint8_t *bytes, size_t size)
{
	struct span rest = {bytes, size}, line;

	if (identification(&rest, &line))
		return (long)(size - rest.size);
	return size > PACKET_MAX ? -1 : 0;
}

/* ---- builder ----------------------------------------------------------------------------- */

static void put_string(struct packer *p, const void *bytes, size_t size)
{
	packer_be32(p, (uint32_t)size);
	packer_bytes(p, bytes, size);
}

/* Wraps what was written behind `start` (5 bytes were left free there) as a packet: multiples
 * of eight, at least four bytes of padding. */
static void close_packet(struct packer *p, size_t start)
{
	size_t payload = p->pos - start - 5, padding = 8 - (payload + 5) % 8;

	if (padding < 4)
		padding += 8;
	packer_zero(p, padding);
	if (!packer_ok(p))
		return;
	packer_patch_be16(p, start, 0);
	packer_patch_be16(p, start + 2, (uint16_t)(payload + padding + 1));
	p->base[start + 4] = (uint8_t)padding;
}

static long build_kexinit(uint64_t seed, uint8_t *out, size_t max)
{
	struct packer p = packer_of(out, max);
	struct siphash_key key = siphash_key_seeded(seed);
	size_t start;

	packer_bytes(&p, "SSH-2.0-cadastre_" CADASTRE_VERSION "\r\n",
		strlen("SSH-2.0-cadastre_" CADASTRE_VERSION "\r\n"));
	start = p.pos;
	packer_zero(&p, 5);
	packer_u8(&p, MSG_KEXINIT);
	packer_be64(&p, siphash(&key, "cookie", 6));
	packer_be64(&p, siphash(&key, "cookie 2", 8));
	for (size_t i = 0; i < LIST_N; i++)
		put_string(&p, lists[i].offer, strlen(lists[i].offer));
	packer_zero(&p, 5); /* no guessed packet follows; reserved */
	close_packet(&p, start);
	return packer_ok(&p) ? (long)p.pos : -1;
}

static long build_exchange(struct span rest, uint8_t *out, size_t max)
{
	uint8_t value[EXCHANGE_VALUE_MAX];
	struct packer p = packer_of(out, max);
	struct span theirs[LIST_N];
	char name[64], key[64];
	size_t size;

	if (!kexinit_lists(rest, theirs))
		return rest.size > PACKET_MAX ? -1 : 0;
	if (!agree(lists[KEX].offer, theirs[KEX], name, sizeof(name)) ||
		!agree(lists[HOST_KEY].offer, theirs[HOST_KEY], key, sizeof(key)))
		return -1;
	size = exchange_value(name, value, sizeof(value));
	if (size == 0)
		return -1;
	packer_zero(&p, 5);
	packer_u8(&p, MSG_KEX_INIT);
	put_string(&p, value, size);
	close_packet(&p, 0);
	return packer_ok(&p) ? (long)p.pos : -1;
}

static long build_disconnect(uint8_t *out, size_t max)
{
	struct packer p = packer_of(out, max);

	packer_zero(&p, 5);
	packer_u8(&p, MSG_DISCONNECT);
	packer_be32(&p, BY_APPLICATION);
	put_string(&p, "", 0);
	put_string(&p, "", 0);
	close_packet(&p, 0);
	return packer_ok(&p) ? (long)p.pos : -1;
}

static long ssh_next(unsigned int said, uint64_t seed, const uint8_t *heard, size_t size,
	uint8_t *out, size_t max)
{
	struct span rest = {heard, size}, line;
	struct cursor payload;

	if (!identification(&rest, &line))
		return 0;
	if (!span_begins(line, "SSH-2.0-") && !span_begins(line, "SSH-1.99-"))
		return -1;
	switch (said) {
	case 0:
		return build_kexinit(seed, out, max);
	case 1:
		return build_exchange(rest, out, max);
	case 2:
		if (packet_find(rest, MSG_DISCONNECT, &payload))
			return -1;
		return packet_find(rest, MSG_KEX_REPLY, &payload) ? build_disconnect(out, max)
								  : 0;
	default:
		return -1;
	}
}

static const uint16_t ssh_ports[] = {22, 2222, 2022, 0};

const struct protocol protocol_ssh = {
	.name = "ssh",
	.transport = TRANSPORT_TCP,
	.ports = ssh_ports,
	.risk = PROTOCOL_PASSIVE,
	.complete = ssh_complete,
	.recognise = ssh_recognise,
	.read = ssh_read,
	.next = ssh_next,
	.reference = "RFC 4253",
};
