/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of protocols, and what any of them can ever say. Every byte string that a builder
 * makes, for whatever a server says, is held against the explicit list below: there is no
 * write, start, subscribe, login or broadcast in it.
 */
#include "tests/unit/scanner/protocol/check.h"

#include "common/siphash.h"
#include "scanner/protocol/reverse.h"
#include "scanner/protocol/web.h"

#include <ctype.h>
#include <stdio.h>

#define ANY_32 "................................................................"
#define ANY_256 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32 ANY_32

/* Four bytes of a realm below INVALID, in hexadecimal digits. */
#define NOWHERE "................" "2e43414441535452452e494e56414c4944"
#define AS_REQ                                                                                 \
	"6a818c"                                                                               \
	"308189"                                                                               \
	"a103020105"                                                                           \
	"a20302010a"                                                                           \
	"a47d"                                                                                 \
	"307b"                                                                                 \
	"a00703050000000000"                                                                   \
	"a21b1b19" NOWHERE "a32e302ca003020102a12530231b066b7262746774"                        \
	"1b19" NOWHERE "a511180f31393730303130313030303030305a"                                \
	"a706020401020304"                                                                     \
	"a8083006020112020111"

/* Hexadecimal; ".." is any byte, "*" the rest. */
static const struct {
	const char *protocol, *bytes;
} allowed[] = {
	/* Server information, with an invoke id. */
	{"ads", "03661471........01000000"
		"000000000000102700000000"},
	/* ReadPropertyMultiple and ReadProperty of the device object, unicast. */
	{"bacnet", "810a002101040005.."
		   "0e0c023fffff1e094b097909780946092c090c094d093a1f"},
	{"bacnet", "810a001101040005..0c0c023fffff1979"},
	/* The header of version 0-9-1. */
	{"amqp", "414d515000000901"},
	/* GET /.well-known/core. */
	{"coap", "4801...................."
		 "bb2e77656c6c2d6b6e6f776e04636f7265"},
	/* Request link status, master 3 to outstation 1. */
	{"dnp3", "056405c901000300753e"},
	/* version.bind TXT CHAOS, over UDP and TCP. */
	{"dns", "....00000001000000000000"
		"0776657273696f6e0462696e640000100003"},
	{"dns", "001e....00000001000000000000"
		"0776657273696f6e0462696e640000100003"},
	/* The name of one address, no recursion: these forms and no other (N: the address). */
	{"dns.ptr", "....00000001000000000000N"
		    "07696e2d61646472046172706100000c0001"},
	{"dns.ptr", "....00000001000000000000N"
		    "03697036046172706100000c0001"},
	/* ListIdentity, to be answered soon, with a context. */
	{"enip", "630000000000000000000000"
		 "0100............00000000"},
	/* Controller data read. */
	{"fins", "80000200000000"
		 "6300..050100"},
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
	/* Acknowledgement of settings; leave. What comes first is asks_page() below. */
	{"http2", "000000040100000000"},
	{"http2", "000008070000000000"
		  "0000000000000000"},
	/* TESTFR act. */
	{"iec104", "680443000000"},
	/* Description, to be sent back. */
	{"knxip", "06100203000e"
		  "0801000000000000"},
	/* PTR of the kinds of service that a host offers. */
	{"mdns", "....00000001000000000000"
		 "095f7365727669636573075f646e732d7364045f756470056c6f63616c00"
		 "000c0001"},
	/* IKE_SA_INIT of an initiator, whose payloads are one proposal of ten transforms, a
	 * value of group 14 and a nonce. */
	{"ike", "................000000000000000021202208"
		"00000000000001ac22000064000000600101000a0300000c0100000c800e0100"
		"0300000c0100000c800e008003000008010000030300000802000005"
		"0300000802000002030000080300000c0300000803000002"
		"030000080400000e03000008040000130000000804000002"
		"28000108000e0000" ANY_256 "00000024" ANY_32},
	/* Get Channel Authentication Capabilities, outside a session. */
	{"ipmi", "0600ff0700000000000000000009"
		 "2018c881..388e04.."},
	/* Search of the root DSE, one entry, five seconds, all attributes; unbind. */
	{"ldap", "302b020101"
		 "632604000a01000a0100020101020105010100870b6f626a656374436c617373"
		 "300604012a04012b"},
	{"ldap", "30050201024200"},
	/* StartTLS. */
	{"ldap", "301d020103"
		 "77188016312e332e362e312e342e312e313436362e3230303337"},
	/* Session, command 0 to polling address 0, end of the session. */
	{"hartip", "0100000000"
		   "01000d0100004e20"},
	{"hartip", "0100030000"
		   "02000d0280000082"},
	{"hartip", "0100010000"
		   "030008"},
	/* COTP connect; association with MMS, of which the services are identify and conclude;
	 * identify; conclude; COTP disconnect. */
	{"mms", "0300001611e00000000100c0010ac1020001c2020001"},
	{"mms", "030000be02f0800db50506130100160102140200023302000134020001c19f31819ca003800101"
		"a281948104"
		"00000001820400000001a423300f0201010604520100013004060251013010020103060528ca220201300406"
		"0251016161305f020101a05a6058a107060528ca220203a20706052901876701a30302010ca6060604290187"
		"67a70302010cbe32283006025101020103a027a82580027d00810101820101830105a416800101"
		"810305f100820c032000000000000000000010"},
	{"mms", "0300001b02f080"
		"01000100610e300c020103a007a0050201018200"},
	{"mms", "0300001602f080"
		"0100010061093007020103a0028b00"},
	{"mms", "0300000b0680....000100"},
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
	/* SSLRequest: it names nobody. */
	{"mysql", "20000001"
		  "018a000000000001210000000000000000000000000000000000000000000000"},
	/* buildInfo. */
	{"mongodb",
		"380000000100000000000000dd070000000000000023000000106275696c64496e666f000100"
		"000002246462000600000061646d696e0000"},
	/* COMMAND=version. */
	{"oracle",
		"0068000001000000013a012c000020007fff7f0800000001002e003a00000000000000000000"
		"0000000000000000000000000000000000000000284445534352495054494f4e3d28434f4e4e"
		"4543545f444154413d28434f4d4d414e443d76657273696f6e292929"},
	/* PRELOGIN: version 9.0, encryption as the server likes. */
	{"mssql", "1201002f00000100"
		  "00001a00060100200001020021000103002200040400260001"
		  "ff09000000000000000000000000"},
	/* ApiVersions, version 0. */
	{"kafka", "00000012"
		  "001200006361646100086361646173747265"},
	/* AS-REQ without the name of a client [1] and without a proof [3], for a realm
	 * ".........CADASTRE.INVALID", over UDP and TCP. */
	{"kerberos", AS_REQ},
	{"kerberos", "0000008f" AS_REQ},
	/* QUIT. */
	{"nntp", "515549540d0a"},
	/* Reset of a client, which acknowledges nothing. */
	{"openvpn", "38................"
		    "0000000000"},
	{"openvpn", "000e"
		    "38................0000000000"},
	/* DUMP of the port mapper, nobody's credentials. */
	{"portmap", "........"
		    "0000000000000002000186a0000000020000000400000000000000000000000000000000"},
	{"portmap", "80000028"
		    "........0000000000000002000186a00000000200000004"
		    "00000000000000000000000000000000"},
	/* NULL of NFS, version 4 and version 3, nobody's credentials. */
	{"nfs", "80000028"
		"........0000000000000002000186a30000000400000000"
		"00000000000000000000000000000000"},
	{"nfs", "80000028"
		"........0000000000000002000186a30000000300000000"
		"00000000000000000000000000000000"},
	/* Binding request, nothing asked for. */
	{"stun", "0001"
		 "00002112a442........................"},
	/* Types of service, of all authorities, in the scope DEFAULT. */
	{"slp", "0209"
		"00001d0000000000....0002656e0000ffff000744454641554c54"},
	/* Set-up of version 11.0, without authorisation. */
	{"x11", "6c00"
		"0b000000000000000000"},
	/* srvr. */
	{"zookeeper", "73727672"},
	/* Node status of "*". */
	{"netbios", "....00000001000000000000"
		    "20434b41414141414141414141414141414141414141414141"
		    "41414141414141410000210001"},
	/* Client packet; read variables. */
	{"ntp", "2300"
		"0000000000000000000000000000000000000000000000000000000000000000000000000000"
		"................"},
	{"ntp", "160200010000000000000000"},
	/* Hello. */
	{"opcua", "48454c46....000000000000ffff0000ffff00000000000000000000*"},
	/* SSLRequest; start-up of version 0.0. */
	{"postgresql", "0000000804d2162f"},
	{"postgresql", "0000000800000000"},
	/* Connect, with what protects. */
	{"rdp", "030000130ee0000000000001000800"
		"0b000000"},
	/* PING, INFO server, QUIT. */
	{"redis", "50494e470d0a"},
	{"redis", "494e464f207365727665720d0a"},
	{"redis", "515549540d0a"},
	/* COTP connect, in two ways; set-up, read of two lists, COTP disconnect. */
	{"s7", "0300001611e00000000100c0010ac1020100c2020102"},
	{"s7", "0300001611e00000000100c0010ac1020100c2020200"},
	{"s7", "0300001902f08032010000000000080000f0000001000101e0"},
	{"s7", "0300002102f080320700000000000800080001120411440100ff09000400110001"},
	{"s7", "0300002102f080320700000000000800080001120411440100ff090004001c0001"},
	{"s7", "0300000b0680....000100"},
	/* Negotiation of a dialect, with an id; the first message of NTLM, which names
	 * nobody. */
	{"smb", "0000006cfe534d42400000000000000000000100000000000000000000000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000002400040001000000"
		"00000000................................00000000000000000202100200030203"},
	{"smb", "000000a2fe534d42400000000000000001000100000000000000000001000000000000000000"
		"0000000000000000000000000000000000000000000000000000000000001900000100000000"
		"0000000058004a000000000000000000604806062b0601050502a03e303ca00e300c060a2b06"
		"010401823702020aa22a04284e544c4d5353500001000000058208a200000000000000000000"
		"000000000000000000000000000f"},
	/* Engine discovery of version 3. */
	{"snmp", "303e02010330110204........"
		 "020300ffe30401040201030410300e0400020100020100040004000400"
		 "301404000400a00e0204........0201000201003000"},
	/* Identification and KEXINIT; opening of the exchange; disconnect. Never NEWKEYS (21)
	 * or a service request (5). */
	{"ssh", "5353482d322e302d6361646173747265*"},
	{"ssh", "0000...."
		"..1e*"},
	{"ssh", "0000...."
		"..010000000b*"},
};

#define HOST "\1"
#define PORT "\3" /* ":8080", or nothing */
#define PATH "\2" /* a path of the server's own choice */
#define OPTIONS(host)                                                                          \
	"OPTIONS sip:" host " SIP/2.0\r\n"                                                     \
	"Via: SIP/2.0/UDP cadastre.invalid;branch=z9hG4bK################;rport\r\n"           \
	"Max-Forwards: 0\r\nFrom: <sip:cadastre.invalid>;tag=########\r\nTo: <sip:" host       \
	">\r\n"                                                                                \
	"Call-ID: ################@cadastre.invalid\r\nCSeq: 1 OPTIONS\r\n"                    \
	"Accept: application/sdp\r\nUser-Agent: cadastre/" CADASTRE_VERSION "\r\n"             \
	"Content-Length: 0\r\n\r\n"

/* Text; "#" is a hexadecimal digit, HOST the address that is asked. */
static const struct {
	const char *protocol, *text;
} allowed_texts[] = {
	{"http", "GET / HTTP/1.1\r\nHost: " HOST "\r\nUser-Agent: cadastre/" CADASTRE_VERSION
		 "\r\n"
		 "Accept: */*\r\nConnection: close\r\n\r\n"},
	{"web", "GET / HTTP/1.1\r\nHost: " HOST PORT
		"\r\nUser-Agent: cadastre/" CADASTRE_VERSION "\r\n"
		"Accept: */*\r\nConnection: keep-alive\r\n\r\n"},
	{"web", "GET " PATH " HTTP/1.1\r\nHost: " HOST PORT
		"\r\nUser-Agent: cadastre/" CADASTRE_VERSION
		"\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n"},
	{"web", "GET /favicon.ico HTTP/1.1\r\nHost: " HOST PORT
		"\r\nUser-Agent: cadastre/" CADASTRE_VERSION
		"\r\nAccept: */*\r\nConnection: close\r\n\r\n"},
	/* TLS is asked for; nothing else is said inside it but the farewell. */
	{"smtp", "EHLO cadastre.invalid\r\n"},
	{"smtp", "STARTTLS\r\n"},
	{"ftp", "AUTH TLS\r\n"},
	{"pop3", "STLS\r\n"},
	{"imap", "s STARTTLS\r\n"},
	{"http", "GET /version HTTP/1.1\r\nHost: " HOST
		 "\r\nUser-Agent: cadastre/" CADASTRE_VERSION "\r\n"
		 "Accept: */*\r\nConnection: close\r\n\r\n"},
	{"fox", "fox a 1 -1 fox hello\n{\nfox.version=s:1.0\nid=i:1\n};;\n"},
	{"rtsp", "OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: cadastre/" CADASTRE_VERSION
		 "\r\n\r\n"},
	{"sip", OPTIONS(HOST)},
	{"sip", OPTIONS("invalid")},
	{"ssdp", "M-SEARCH * HTTP/1.1\r\nHOST: " HOST
		 ":1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
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
	HEARD("ftp", "220-a\r\n220 b\r\n234 go\r\n"),
	HEARD("smtp", "220 a ESMTP\r\n250-a\r\n250 STARTTLS\r\n220 go\r\n"),
	HEARD("pop3", "+OK a\r\n+OK go\r\n"),
	HEARD("imap", "* OK a\r\ns OK go\r\n"),
	HEARD("nfs", "\x80\0\0\x18\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	HEARD("nntp", "200 a\r\n"),
	HEARD("http2", "\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"
		       "\0\0\1\1\5\0\0\0\1\x88"),
	HEARD("mms", "\x03\0\0\x0b\x06\xd0\0\x01\0\x44\0\x03\0\0\x10\x02\xf0\x80\x0e\x07\x06"
		     "\x05\x28\xca\x22\x02\x03"
		     "\x03\0\0\x07\x02\xf0\x80\x03\0\0\x07\x02\xf0\x80"),
	HEARD("modbus", "\0\x01\0\0\0\x03\x01\xab\x0a\0\x02\0\0\0\x03\xff\xab\x0b"),
	HEARD("mqtt", "\x20\x03\0\0\0"),
	HEARD("mysql", "\x21\0\0\0\x0a"
		       "8.0.36\0"
		       "\x08\0\0\0"
		       "abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0"),
	HEARD("ntp", "\x24\x01\x03\xe9\0\0\0\0\0\0\0\0GPS\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		     "\0\0\0\0\0\0"
		     "\0\0\0\0\0\0\0\0\0\0"),
	HEARD("postgresql", "N"),
	HEARD("postgresql", "S"),
	HEARD("ldap", "\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\0\x04\0\x04\0"
		      "\x30\x0c\2\1\3\x78\7\x0a\1\0\4\0\4\0"),
	HEARD("smb", "\0\0\0\x40\xfeSMB\x40\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		     "\0\0\0\0\0\0\0\0\0\0\0"
		     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	HEARD("hartip", "\1\1\0\0\0\1\0\x0d\1\0\0\x4e\x20"),
	HEARD("hartip", "\1\1\3\0\0\2\0\x08"),
	HEARD("vnc", "RFB 003.008\n\x02\x01\x02"),
	HEARD("vnc", "RFB 003.003\n\0\0\0\x02"),
	HEARD("memcached", "VERSION 1.6.18\r\n"),
	HEARD("redis", "+PONG\r\n$2\r\nab\r\n"),
	HEARD("s7", "\x03\0\0\x0b\x06\xd0\0\x01\0\x44\0\x03\0\0\x07\x02\xf0\x80\x03\0\0\x07\x02"
		    "\xf0\x80"
		    "\x03\0\0\x07\x02\xf0\x80"),
	HEARD("ssh", "SSH-2.0-a\r\n\0\0\0\x58\x04\x14"
		     "cccccccccccccccc\0\0\0\x11"
		     "curve25519-sha256\0\0\0\x0bssh-"
		     "ed25519\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
		     "\0\0\0\0\0\0\0\0\0\0\0\x0c\x04\x1f"
		     "ab\0\0\0\0\0\0\0\0"),
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

/* How much of the bytes a mark stands for; HOST may be empty, a path is not. */
static bool fits_mark(
	char mark, const char *host, const uint8_t *bytes, size_t size, size_t *ret)
{
	char whole[64];
	size_t n = 0;

	if (mark == *HOST) {
		n = (size_t)snprintf(
			whole, sizeof(whole), strchr(host, ':') ? "[%s]" : "%s", host);
		*ret = n;
		return n <= size && memcmp(bytes, whole, n) == 0;
	}
	if (mark == *PORT && size > 0 && bytes[0] == ':')
		for (n = 1; n < size && n <= 5 && isdigit(bytes[n]);)
			n++;
	while (mark == *PATH && n < size && isgraph(bytes[n]) &&
		!strchr("\"<>\\^`{|}#", bytes[n]))
		n++;
	*ret = n;
	return mark == *PORT ? n != 1 : n > 0 && n <= 257 && bytes[0] == '/';
}

static bool fits_text(const char *text, const char *host, const uint8_t *bytes, size_t size)
{
	size_t at = 0, n;

	for (; *text; text++, at += n) {
		n = 1;
		if (*text == *HOST || *text == *PORT || *text == *PATH) {
			if (!fits_mark(*text, host, bytes + at, size - at, &n))
				return false;
		} else if (at >= size ||
			(*text == '#' ? !isxdigit(bytes[at]) : bytes[at] != (uint8_t)*text)) {
			return false;
		}
	}
	return at == size;
}

/* Telnet only declines: WONT and DONT. */
static bool declines(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += 3)
		if (size - i < 3 || bytes[i] != 255 ||
			(bytes[i + 1] != 252 && bytes[i + 1] != 254))
			return false;
	return true;
}

/* Get-Printer-Attributes of what names a printer, and nothing else: in HTTP, to the address
 * that was asked. */
static bool asks_printer(const char *host, const uint8_t *bytes, size_t size)
{
	static const char *const wanted[] = {"printer-make-and-model", "printer-device-id",
		"printer-firmware-string-version", "printer-name", "printer-location",
		"printer-uuid"};
	const char *open = strchr(host, ':') ? "[" : "", *close = *open ? "]" : "";
	char uri[128], whole[PROTOCOL_REQUEST_MAX], message[PROTOCOL_REQUEST_MAX];
	static const char beginning[] = "\1\1\0\x0b\0\0\0\1\1"
					"G\0\x12"
					"attributes-charset\0\5utf-8H\0\x1b"
					"attributes-natural-language\0\2enE\0\x0b"
					"printer-uri\0";
	size_t n = sizeof(beginning) - 1, head;

	memcpy(message, beginning, n);
	snprintf(uri, sizeof(uri), "ipp://%s%s%s:631/ipp/print", open, host, close);
	n += (size_t)snprintf(message + n, sizeof(message) - n, "%c%s", (int)strlen(uri), uri);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		memcpy(message + n, i ? "D\0\0" : "D\0\x14" "requested-attributes", i ? 3 : 23);
		n += i ? 3 : 23;
		message[n++] = 0;
		n += (size_t)snprintf(message + n, sizeof(message) - n, "%c%s",
			(int)strlen(wanted[i]), wanted[i]);
	}
	message[n++] = 3;
	head = (size_t)snprintf(whole, sizeof(whole),
		"POST /ipp/print HTTP/1.1\r\nHost: %s%s%s\r\nUser-Agent: "
		"cadastre/" CADASTRE_VERSION
		"\r\nContent-Type: application/ipp\r\nContent-Length: %zu\r\nConnection: "
		"close\r\n\r\n",
		open, host, close, n);
	return size == head + n && memcmp(bytes, whole, head) == 0 &&
	       memcmp(bytes + head, message, n) == 0;
}

/* Preface, settings (no push, 12,288 bytes of a page, a header of 16,384) and GET of "/", on
 * stream 1 and nothing behind it, of the address that is asked. */
static bool asks_page(const char *host, const uint8_t *bytes, size_t size)
{
	static const char beginning[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
					"\0\0\x12\4\0\0\0\0\0"
					"\0\2\0\0\0\0"
					"\0\4\0\0\x30\0"
					"\0\6\0\0\x40\0",
			  agent[] = "cadastre/" CADASTRE_VERSION;
	const char *open = strchr(host, ':') ? "[" : "", *close = *open ? "]" : "";
	char whole[512], *block;
	size_t n = sizeof(beginning) - 1;
	bool secured = size > n + 10 && bytes[n + 10] == 0x87;

	memcpy(whole, beginning, n);
	memcpy(whole + n, "\0\0.\1\5\0\0\0\1", 9);
	block = whole + n + 9;
	n += 9;
	/* GET, the scheme, "/"; authority, user-agent and accept, which nobody need remember */
	memcpy(whole + n, secured ? "\x82\x87\x84\1" : "\x82\x86\x84\1", 4);
	n += 4;
	whole[n] = (char)snprintf(whole + n + 1, 64, "%s%s%s", open, host, close);
	n += (size_t)whole[n] + 1;
	n += (size_t)snprintf(whole + n, 64,
		"\x0f\x2b%c%s\x0f\4\3*/*",
		(int)sizeof(agent) - 1, agent);
	block[-7] = (char)(whole + n - block);
	return size == n && memcmp(bytes, whole, size) == 0;
}

static void check_allowed(const char *name, const char *host, const uint8_t *bytes, size_t size)
{
	if (strcmp(name, "telnet") == 0 && declines(bytes, size))
		return;
	if (strcmp(name, "ipp") == 0 && asks_printer(host, bytes, size))
		return;
	if (strcmp(name, "http2") == 0 && asks_page(host, bytes, size))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(allowed); i++)
		if (strcmp(allowed[i].protocol, name) == 0 &&
			fits(allowed[i].bytes, bytes, size))
			return;
	for (size_t i = 0; i < ARRAY_SIZE(allowed_texts); i++)
		if (strcmp(allowed_texts[i].protocol, name) == 0 &&
			fits_text(allowed_texts[i].text, host, bytes, size))
			return;
	for (size_t i = 0; i < size && i < 64; i++)
		print_error("%02x", bytes[i]);
	fail_msg(": %s may not say this", name);
}

static void requests(void **state)
{
	static const char *const hosts[] = {"198.18.0.1", "2001:db8::1", ""};
	static const uint64_t seeds[] = {0, 1, 0x1234567890abcdefull, UINT64_MAX};
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n, told = 0;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; all[i]->request && k < 24; k++) {
			size_t (*ask)(uint8_t *, size_t, const char *, uint64_t) =
				k < 12 ? all[i]->request : all[i]->request_inside;
			size_t size =
				ask ? ask(out, sizeof(out), hosts[k % 3], seeds[k % 4]) : 0;

			if (!ask)
				break;
			told += k == 12;
			assert_true(size > 0);
			assert_true(all[i]->transport != TRANSPORT_UDP ||
				    size <= PROTOCOL_DATAGRAM_MAX);
			assert_true(all[i]->transport == TRANSPORT_UDP || !all[i]->repeats);
			check_allowed(all[i]->name, hosts[k % 3], out, size);
			for (size_t room = 0; room < size; room++) /* never past the buffer */
				assert_int_equal(ask(out, room, hosts[k % 3], seeds[k % 4]), 0);
		}
	assert_int_equal(told, 1); /* of HTTP/2, with another scheme */
}

static void inside(void **state)
{
	uint8_t out[PROTOCOL_REQUEST_MAX];
	size_t n, told = 0;
	const struct protocol *const *all = protocols_all(&n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		size_t size = all[i]->inside ? all[i]->inside(out, sizeof(out)) : 0;

		assert_true(!all[i]->inside || all[i]->secure);
		if (size > 0)
			check_allowed(all[i]->name, "", out, size);
		told += size > 0;
	}
	assert_int_equal(told, 1);
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
				long n = protocol->next ? protocol->next(said, dice, bytes,
								  size, out, sizeof(out))
							: -1;

				if (n > 0)
					check_allowed(protocol->name, "", out, (size_t)n);
				said_something += n > 0;
				n = protocol->secure ? protocol->secure(said, bytes, size, out,
							       sizeof(out))
						     : -1;
				if (n > 0 && n != PROTOCOL_SECURED)
					check_allowed(protocol->name, "", out, (size_t)n);
				said_something += n > 0;
			}
		}
		if (strcmp(heard[h].bytes, "S") != 0 && said_something == before)
			fail_msg("%s never said anything", protocol->name);
	}
}

/* Whatever web servers say, they are asked in three forms. */
static void pages_are_asked_in_three_forms(void **state)
{
	static const char *const replies[] = {
		"HTTP/1.1 302 Found\r\nLocation: /a/b.htm?c=%20\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 301 Moved\r\nLocation: http://198.18.0.1:8080/x\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1\r\n\r\nx"};
	const struct siphash_key key = siphash_key_seeded(80);
	uint8_t out[PROTOCOL_REQUEST_MAX], bytes[256];
	size_t page, forms = 0;

	(void)state;
	for (uint64_t round = 0; round < 20000; round++) {
		uint64_t dice = siphash(&key, &round, sizeof(round));
		_cleanup_(web_freep) struct web *web =
			web_new("198.18.0.1", dice & 1 ? 80 : 8080, dice & 2);
		size_t requests = 0;

		for (int turn = 0; turn < 5; turn++) {
			const char *reply =
				replies[(dice >> (4 + 2 * turn)) % ARRAY_SIZE(replies)];
			size_t size = strlen(reply), at = 0, n = 1;
			long asked = web_next(web, 0, out, sizeof(out));

			if (asked > 0)
				check_allowed("web", "198.18.0.1", out, (size_t)asked);
			requests += asked > 0;
			memcpy(bytes, reply, size);
			if (round % 2)
				bytes[(dice >> 24) % size] = (uint8_t)(dice >> (32 + turn));
			for (; at < size && n > 0; at += n)
				n = web_take(web, bytes + at, size - at, &page);
		}
		forms |= (size_t)1 << requests;
	}
	assert_int_equal(forms, 0xe); /* one, two or three requests */
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
				digits[i % 2 ? addr->bytes[i / 2] & 15
					     : addr->bytes[i / 2] >> 4]);
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
				(strstr(allowed[i].bytes, "03697036") != NULL) ==
					(addr.family == 6))
				form = allowed[i].bytes;
		assert_non_null(form);
		put_labels(&addr, labels);
		snprintf(pattern, sizeof(pattern), "%.*s%s%s", (int)(strchr(form, 'N') - form),
			form, labels, strchr(form, 'N') + 1);
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
		bool found = !all[i]->next && (!all[i]->secure || all[i]->request);

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
			const struct protocol *first =
				protocol_expected(all[i]->transport, *port);

			while (first && first != all[i])
				first = protocol_after(first);
			assert_ptr_equal(first, all[i]);
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
	const struct CMUnitTest tests[] = {cmocka_unit_test(requests), cmocka_unit_test(inside),
		cmocka_unit_test(conversations),
		cmocka_unit_test(pages_are_asked_in_three_forms),
		cmocka_unit_test(names_are_asked_in_one_form),
		cmocka_unit_test(every_conversation_is_covered),
		cmocka_unit_test(an_echo_is_no_answer),
		cmocka_unit_test(requests_carry_the_seed), cmocka_unit_test(the_list),
		cmocka_unit_test(printers_are_never_spoken_to)};

	return RUN(tests);
}
