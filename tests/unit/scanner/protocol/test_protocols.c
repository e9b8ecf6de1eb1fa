/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of protocols, and what any of them can ever say. Every byte string that a builder
 * makes, for whatever a server says, is held against the explicit list below: there is no write,
 * start, subscribe, login or broadcast in it.
 */
#include "tests/unit/scanner/protocol/check.h"

#include "common/siphash.h"
#include "scanner/protocol/reverse.h"

#include <ctype.h>
#include <stdio.h>

#define ANY_32 "................................................................"
#define ANY_256 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32

/* Hexadecimal; ".." is any byte, "*" the rest. */
static const struct {
	const char *protocol, *bytes;
} allowed[] = {
	/* Server information, with an invoke id. */
	{"ads", "03661471........01000000" "000000000000" "1027" "00000000"},
	/* ReadPropertyMultiple and ReadProperty of the device object, unicast. */
	{"bacnet", "810a002101040005.." "0e0c023fffff1e094b0979097809460" "92c090c094d093a1f"},
	{"bacnet", "810a001101040005..0c0c023fffff1979"},
	/* The header of version 0-9-1. */
	{"amqp", "414d515000000901"},
	/* GET /.well-known/core. */
	{"coap", "4801...................." "bb2e77656c6c2d6b6e6f776e" "04636f7265"},
	/* Request link status, master 3 to outstation 1. */
	{"dnp3", "056405c901000300753e"},
	/* version.bind TXT CHAOS, over UDP and TCP. */
	{"dns", "....00000001000000000000" "0776657273696f6e0462696e640000100003"},
	{"dns", "001e....00000001000000000000" "0776657273696f6e0462696e640000100003"},
	/* The name of one address, no recursion: these forms and no other (N: the address). */
	{"dns.ptr", "....00000001000000000000N" "07696e2d61646472" "0461727061" "00000c0001"},
	{"dns.ptr", "....00000001000000000000N" "03697036" "0461727061" "00000c0001"},
	/* ListIdentity, to be answered soon, with a context. */
	{"enip", "630000000000000000000000" "0100............" "00000000"},
	/* Controller data read. */
	{"fins", "80000200000000" "6300.." "050100"},
	/* A version that both have; none of the ways in is chosen. */
	{"vnc", "524642203030332e3030380a"},
	{"vnc", "524642203030332e3030370a"},
	{"vnc", "524642203030332e3030330a"},
	/* version, quit. */
	{"memcached", "76657273696f6e0d0a"},
	{"memcached", "717569740d0a"},
	/* QUIT, LOGOUT. */
	{"ftp", "515549540d0a"},
	{"smtp", "515549540d0a"},
	{"pop3", "515549540d0a"},
	{"imap", "61204c4f474f55540d0a"},
	/* TESTFR act. */
	{"iec104", "680443000000"},
	/* Description, to be sent back. */
	{"knxip", "06100203000e" "0801000000000000"},
	/* PTR of the kinds of service that a host offers. */
	{"mdns", "....00000001000000000000" "095f7365727669636573075f646e732d7364045f756470056c6f63616c00"
		"000c0001"},
	/* IKE_SA_INIT of an initiator, whose payloads are one proposal of ten transforms, a value of
	 * group 14 and a nonce. */
	{"ike", "................000000000000000021202208" "00000000000001ac" "22000064" "000000600101000a"
		"0300000c0100000c800e0100" "0300000c0100000c800e0080" "0300000801000003"
		"0300000802000005" "0300000802000002" "030000080300000c" "0300000803000002"
		"030000080400000e" "0300000804000013" "0000000804000002"
		"28000108000e0000" ANY_256 "00000024" ANY_32},
	/* Get Channel Authentication Capabilities, outside a session. */
	{"ipmi", "0600ff0700000000000000000009" "2018c881..388e04.."},
	/* Search of the root DSE, one entry, five seconds, all attributes; unbind. */
	{"ldap", "302b020101" "63260400" "0a0100" "0a0100" "020101" "020105" "010100"
		"870b6f626a656374436c617373" "3006" "04012a" "04012b"},
	{"ldap", "30050201024200"},
	/* Session, command 0 to polling address 0, end of the session. */
	{"hartip", "0100000000" "01000d" "0100004e20"},
	{"hartip", "0100030000" "02000d" "0280000082"},
	{"hartip", "0100010000" "030008"},
	/* Function 43/14, basic, unit 1 and unit 255. */
	{"modbus", "000100000005012b0e0100"},
	{"modbus", "000200000005ff2b0e0100"},
	/* Search of one device. */
	{"moxa", "0100000800000000"},
	/* All instances of one host. */
	{"mssql", "03"},
	/* CONNECT without user and password, clean start; DISCONNECT. */
	{"mqtt", "100d00044d5154540502003c000000"},
	{"mqtt", "e000"},
	/* buildInfo. */
	{"mongodb", "380000000100000000000000dd070000000000000023000000106275696c64496e666f000100"
		"000002246462000600000061646d696e0000"},
	/* COMMAND=version. */
	{"oracle", "0068000001000000013a012c000020007fff7f0800000001002e003a00000000000000000000"
		"0000000000000000000000000000000000000000284445534352495054494f4e3d28434f4e4e"
		"4543545f444154413d28434f4d4d414e443d76657273696f6e292929"},
	/* Node status of "*". */
	{"netbios", "....00000001000000000000" "20434b" "41414141414141414141414141414141414141414141"
		"414141414141414100" "00210001"},
	/* Client packet; read variables. */
	{"ntp", "2300" "0000000000000000000000000000000000000000000000000000000000000000000000000000"
		"................"},
	{"ntp", "160200010000000000000000"},
	/* Hello. */
	{"opcua", "48454c46....000000000000ffff0000ffff00000000000000000000*"},
	/* SSLRequest; start-up of version 0.0. */
	{"postgresql", "0000000804d2162f"},
	{"postgresql", "0000000800000000"},
	/* Connect, with what protects. */
	{"rdp", "030000130ee0000000000001000800" "0b000000"},
	/* PING, INFO server, QUIT. */
	{"redis", "50494e470d0a"},
	{"redis", "494e464f207365727665720d0a"},
	{"redis", "515549540d0a"},
	/* COTP connect, set-up, read of two lists, COTP disconnect. */
	{"s7", "0300001611e00000000100c0010ac1020100c2020102"},
	{"s7", "0300001902f08032010000000000080000f0000001000101e0"},
	{"s7", "0300002102f080320700000000000800080001120411440100ff09000400110001"},
	{"s7", "0300002102f080320700000000000800080001120411440100ff090004001c0001"},
	{"s7", "0300000b0680....000100"},
	/* Negotiation of a dialect, with an id; the first message of NTLM, which names nobody. */
	{"smb", "0000006cfe534d42400000000000000000000100000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000002400040001000000"
		"00000000................................00000000000000000202100200030203"},
	{"smb", "000000a2fe534d42400000000000000001000100000000000000000001000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000001900000100000000"
		"0000000058004a000000000000000000604806062b0601050502a03e303ca00e300c060a2b06"
		"010401823702020aa22a04284e544c4d5353500001000000058208a200000000000000000000"
		"000000000000000000000000000f"},
	/* Engine discovery of version 3. */
	{"snmp", "303e02010330110204........020300ffe30401040201030410300e0400020100020100040004000400"
		"301404000400a00e0204........0201000201003000"},
	/* Identification and KEXINIT; opening of the exchange; disconnect. Never NEWKEYS (21) or a
	 * service request (5). */
	{"ssh", "5353482d322e302d6361646173747265*"},
	{"ssh", "0000....""..1e*"},
	{"ssh", "0000....""..010000000b*"},
};

#define HOST "\1"
#define OPTIONS(host) "OPTIONS sip:" host " SIP/2.0\r\n" \
	"Via: SIP/2.0/UDP cadastre.invalid;branch=z9hG4bK################;rport\r\n" \
	"Max-Forwards: 0\r\nFrom: <sip:cadastre.invalid>;tag=########\r\nTo: <sip:" host ">\r\n" \
	"Call-ID: ################@cadastre.invalid\r\nCSeq: 1 OPTIONS\r\n" \
	"Accept: application/sdp\r\nUser-Agent: cadastre/" CADASTRE_VERSION "\r\n" \
	"Content-Length: 0\r\n\r\n"

/* Text; "#" is a hexadecimal digit, HOST the address that is asked. */
static const struct {
	const char *protocol, *text;
} allowed_texts[] = {
	{"http", "GET / HTTP/1.1\r\nHost: " HOST "\r\nUser-Agent: cadastre/" CADASTRE_VERSION "\r\n"
		"Accept: */*\r\nConnection: close\r\n\r\n"},
	{"fox", "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n"},
	{"rtsp", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: cadastre/" CADASTRE_VERSION "\r\n\r\n"},
	{"sip", OPTIONS(HOST)},
	{"sip", OPTIONS("invalid")},
	{"ssdp", "M-SEARCH * HTTP/1.1\r\nHOST: " HOST ":1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
		"ST: upnp:rootdevice\r\n\r\n"},
	{"wsd", "<?xml version=\"1.0\"?>"
		"<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\""
		" xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><e:Header>"
		"<a:MessageID>urn:uuid:########-####-4000-8000-00000000####</a:MessageID>"
		"<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>"
		"<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>"
		"</e:Header><e:Body><Probe xmlns=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"/>"
		"</e:Body></e:Envelope>"},
};

/* What servers say, to have something to damage. */
static const struct {
	const char *protocol;
	const char *bytes;
	size_t size;
} heard[] = {
#define HEARD(name, text) {name, text, sizeof(text) - 1}
	HEARD("bacnet", "\x81\x0a\0\x09\x01\0\x60\x05\x09\x81\x0a\0\x09\x01\0\x60\x05\x09"),
	HEARD("ftp", "220-a\r\n220 b\r\n"), HEARD("smtp", "220 a ESMTP\r\n"),
	HEARD("pop3", "+OK a\r\n"), HEARD("imap", "* OK a\r\n"),
	HEARD("modbus", "\0\x01\0\0\0\x03\x01\xab\x0a\0\x02\0\0\0\x03\xff\xab\x0b"),
	HEARD("mqtt", "\x20\x03\0\0\0"),
	HEARD("ntp", "\x24\x01\x03\xe9\0\0\0\0\0\0\0\0GPS\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		"\0\0\0\0\0\0\0\0\0\0"),
	HEARD("postgresql", "N"), HEARD("postgresql", "S"),
	HEARD("ldap", "\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\0\x04\0\x04\0"),
	HEARD("smb", "\0\0\0\x40\xfeSMB\x40\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	HEARD("hartip", "\1\1\0\0\0\1\0\x0d\1\0\0\x4e\x20"), HEARD("hartip", "\1\1\3\0\0\2\0\x08"),
	HEARD("vnc", "RFB 003.008\n\x02\x01\x02"), HEARD("vnc", "RFB 003.003\n\0\0\0\x02"),
	HEARD("memcached", "VERSION 1.6.18\r\n"),
	HEARD("redis", "+PONG\r\n$2\r\nab\r\n"),
	HEARD("s7", "\x03\0\0\x0b\x06\xd0\0\x01\0\x44\0\x03\0\0\x07\x02\xf0\x80\x03\0\0\x07\x02\xf0\x80"
		"\x03\0\0\x07\x02\xf0\x80"),
	HEARD("ssh", "SSH-2.0-a\r\n\0\0\0\x58\x04\x14" "cccccccccccccccc\0\0\0\x11" "curve25519-sha256"
		"\0\0\0\x0bssh-ed25519\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		"\0\0\0\0\0\0\0\0\0\0\0\x0c\x04\x1f" "ab\0\0\0\0\0\0\0\0"),
	HEARD("telnet", "\xff\xfd\x18\xff\xfb\x01\xff\xfa\x18\x01\xff\xf0login: "),
};

static bool fits(const char *pattern, const uint8_t *bytes, size_t size)
{
	size_t i = 0;

	for (; *pattern && *pattern != '*'; pattern += 2, i++) {
		unsigned int byte;

		if (i >= size)
			return false;
		if (pattern[0] == '.')
			continue;
		assert_int_equal(sscanf(pattern, "%2x", &byte), 1);
		if (byte != bytes[i])
			return false;
	}
	return *pattern == '*' || i == size;
}

static bool fits_text(const char *text, const char *host, const uint8_t *bytes, size_t size)
{
	char whole[PROTOCOL_REQUEST_MAX];
	size_t n = 0;

	for (; *text; text++)
		if (*text == *HOST)
			n += (size_t)snprintf(whole + n, sizeof(whole) - n,
				strchr(host, ':') ? "[%s]" : "%s", host);
		else
			whole[n++] = *text;
	for (size_t i = 0; i < n && n == size; i++)
		if (whole[i] == '#' ? !isxdigit(bytes[i]) : bytes[i] != (uint8_t)whole[i])
			return false;
	return n == size;
}

/* Telnet only declines: WONT and DONT. */
static bool declines(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += 3)
		if (size - i < 3 || bytes[i] != 255 || (bytes[i + 1] != 252 && bytes[i + 1] != 254))
			return false;
	return true;
}

static void check_allowed(const struct protocol *protocol, const char *host, const uint8_t *bytes,
	size_t size)
{
	if (strcmp(protocol->name, "telnet") == 0 && declines(bytes, size))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (strcmp(allowed[i].protocol, protocol->name) == 0 &&
			fits(allowed[i].bytes, bytes, size))
			return;
	for (size_t i = 0; i < ARRAY_SIZE(allowed_texts); i++)
		if (strcmp(allowed_texts[i].protocol, protocol->name) == 0 &&
			fits_text(allowed_texts[i].text, host, bytes, size))
			return;
	for (size_t i = 0; i < size && i < 64; i++)
		print_error("%02x", bytes[i]);
	fail_msg(": %s may not say this", protocol->name);
}

static void requests(void **state)
{
	static const char *const hosts[] = {"198.18.0.1", "2001:db8::1", ""};
	static const uint64_t seeds[] = {0, 1, 0x1234567890abcdefull, UINT64_MAX};
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; all[i]->request && k < 12; k++) {
			size_t size = all[i]->request(out, sizeof(out), hosts[k % 3], seeds[k % 4]);

			assert_true(size > 0);
			assert_true(all[i]->transport != TRANSPORT_UDP || size <= PROTOCOL_DATAGRAM_MAX);
			assert_true(all[i]->transport == TRANSPORT_UDP || !all[i]->repeats);
			check_allowed(all[i], hosts[k % 3], out, size);
			for (size_t room = 0; room < size; room++) /* never past the buffer */
				assert_int_equal(all[i]->request(out, room, hosts[k % 3], seeds[k % 4]), 0);
		}
}

/* Every answer to every heard text, whole, cut and damaged, at every step. */
static void conversations(void **state)
{
	const struct siphash_key key = siphash_key_seeded(20261125);
	uint8_t out[PROTOCOL_REQUEST_MAX], bytes[512];
	size_t said_something = 0;

	(void)state;
	assert_int_equal(protocols_prepare(NULL), 0);
	for (size_t h = 0; h < ARRAY_SIZE(heard); h++) {
		const struct protocol *protocol = protocol_by_name(heard[h].protocol);
		size_t before = said_something;

		seed_keep(protocol, (const uint8_t *)heard[h].bytes, heard[h].size);
		for (uint64_t round = 0; round < 3000; round++) {
			uint64_t dice = siphash(&key, &round, sizeof(round));
			size_t size = heard[h].size;

			memcpy(bytes, heard[h].bytes, size);
			if (round > 0)
				bytes[dice % size] = (uint8_t)(dice >> 16);
			if (round % 3 == 2)
				size = dice >> 32 & 0xff ? (dice >> 40) % size : size;
			for (unsigned int said = 0; said < 7; said++) {
				long n = protocol->next(said, dice, bytes, size, out, sizeof(out));

				if (n > 0)
					check_allowed(protocol, "", out, (size_t)n);
				said_something += n > 0;
			}
		}
		if (strcmp(heard[h].bytes, "S") != 0 && said_something == before)
			fail_msg("%s never said anything", protocol->name);
	}
}

/* Two hexadecimal digits. */
static int put_hex(char *out, unsigned int byte)
{
	return snprintf(out, 3, "%02x", byte);
}

/* The labels of an address, from its own text form. */
static void put_labels(const struct addr *addr, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (int i = addr->family == 4 ? 3 : 31; i >= 0; i--) {
		char label[4];
		int n;

		if (addr->family == 4)
			n = snprintf(label, sizeof(label), "%d", addr->bytes[i]);
		else
			n = snprintf(label, sizeof(label), "%c",
				digits[i % 2 ? addr->bytes[i / 2] & 15 : addr->bytes[i / 2] >> 4]);
		out += put_hex(out, (unsigned int)n);
		for (int k = 0; k < n; k++)
			out += put_hex(out, (unsigned char)label[k]);
	}
}

static void names_are_asked_in_one_form(void **state)
{
	const struct siphash_key key = siphash_key_seeded(53);

	(void)state;
	for (uint64_t round = 0; round < 2000; round++) {
		struct addr addr = {.family = round % 2 ? 4 : 6};
		uint8_t out[PROTOCOL_REQUEST_MAX];
		char pattern[512] = "", labels[256] = "";
		const char *form = NULL;
		size_t size;

		for (uint64_t i = 0, word; i < (addr.family == 4 ? 4u : 16u); i++) {
			word = round << 8 | i;
			addr.bytes[i] = (uint8_t)siphash(&key, &word, sizeof(word));
		}
		size = reverse_question(out, sizeof(out), &addr, (uint16_t)(round * 31));
		assert_true(size > 0 && size <= REVERSE_REQUEST_MAX);
		for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
			if (strcmp(allowed[i].protocol, "dns.ptr") == 0 &&
				(strstr(allowed[i].bytes, "03697036") != NULL) == (addr.family == 6))
				form = allowed[i].bytes;
		assert_non_null(form);
		put_labels(&addr, labels);
		snprintf(pattern, sizeof(pattern), "%.*s%s%s", (int)(strchr(form, 'N') - form), form,
			labels, strchr(form, 'N') + 1);
		assert_true(fits(pattern, out, size));
		assert_int_equal(out[0] << 8 | out[1], (uint16_t)(round * 31));
		for (size_t room = 0; room < size; room++)
			assert_int_equal(reverse_question(out, room, &addr, 1), 0);
	}
}

static void every_conversation_is_covered(void **state)
{
	size_t n;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		bool found = !all[i]->next;

		for (size_t h = 0; h < ARRAY_SIZE(heard); h++)
			found |= strcmp(heard[h].protocol, all[i]->name) == 0;
		if (!found)
			fail_msg("%s", all[i]->name);
	}
}

/* Over UDP our own request, sent back, is no answer. */
static void an_echo_is_no_answer(void **state)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		size_t size = all[i]->transport == TRANSPORT_UDP && all[i]->request ?
			all[i]->request(out, sizeof(out), "198.18.0.1", 7) : 0;

		if (size > 0 && (all[i]->repeats ? all[i]->repeats(out, size, 7) :
			all[i]->recognise(out, size)))
			fail_msg("%s", all[i]->name);
	}
}

/* What a protocol says to be tied to its answer is in what it asks. */
static void requests_carry_the_seed(void **state)
{
	uint8_t one[PROTOCOL_REQUEST_MAX], two[PROTOCOL_REQUEST_MAX];
	size_t n, n_one, n_two;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (!all[i]->repeats)
			continue;
		n_one = all[i]->request(one, sizeof(one), "198.18.0.1", 0x1122334455667701);
		n_two = all[i]->request(two, sizeof(two), "198.18.0.1", 0x1122334455667702);
		if (n_one == n_two && memcmp(one, two, n_one) == 0)
			fail_msg("%s", all[i]->name);
	}
}

static void the_list(void **state)
{
	size_t n;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		assert_true(i == 0 || strcmp(all[i - 1]->name, all[i]->name) <= 0);
		assert_non_null(all[i]->recognise);
		assert_non_null(all[i]->read);
		assert_non_null(all[i]->reference);
		assert_int_equal(all[i]->ports[0] == 0, false);
		assert_true((all[i]->request != NULL || all[i]->secured) ==
			(all[i]->risk != PROTOCOL_PASSIVE));
		assert_string_equal(protocol_by_name(all[i]->name)->name, all[i]->name);
		for (const uint16_t *port = all[i]->ports; *port; port++) {
			assert_ptr_equal(protocol_expected(all[i]->transport, *port), all[i]);
			assert_false(protocol_port_is_mute(all[i]->transport, *port));
		}
	}
	assert_null(protocol_by_name("gopher"));
	assert_null(protocol_expected(TRANSPORT_TCP, 1));
	assert_null(protocol_recognise(TRANSPORT_TCP, (const uint8_t *)"", 0));
	assert_null(protocol_recognise(TRANSPORT_TCP, BYTES("nothing known")));
}

static void printers_are_never_spoken_to(void **state)
{
	(void)state;
	for (unsigned int port = 9100; port <= 9107; port++)
		assert_true(protocol_port_is_mute(TRANSPORT_TCP, (uint16_t)port));
	assert_false(protocol_port_is_mute(TRANSPORT_TCP, 9099));
	assert_false(protocol_port_is_mute(TRANSPORT_TCP, 9108));
	assert_false(protocol_port_is_mute(TRANSPORT_UDP, 9100));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(requests),
		cmocka_unit_test(conversations), cmocka_unit_test(names_are_asked_in_one_form),
		cmocka_unit_test(every_conversation_is_covered),
		cmocka_unit_test(an_echo_is_no_answer), cmocka_unit_test(requests_carry_the_seed),
		cmocka_unit_test(the_list), cmocka_unit_test(printers_are_never_spoken_to)};

	return RUN(tests);
}
