/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nmap's XML output, of every version that writes <nmaprun>, and Masscan's, which has the same
 * form. One pass in flat memory: a host is put when its element is whole. Only what answered
 * counts: a port that is open|filtered, or a service named from a table of ports, is no
 * statement about what stands there. It reads none of Nmap's own data.
 */
#include "inventory/exchange/nmap.h"

#include "common/clock.h"
#include "common/xml/stream.h"

#include <string.h>

#define MARKUP_MAX ((size_t)4 * 1024 * 1024)
#define TEXT_MAX ((size_t)1024 * 1024)
#define DEPTH_MAX 64
#define RUN_MAX ((size_t)16 * 1024 * 1024) /* port lists of the run */
#define BANNER_MAX OBSERVATION_RAW_MAX

struct walk {
	struct exchange_sink *sink;
	const char *name;
	char source[ATTRIBUTE_NAME_MAX + 1]; /* "nmap" */
	int64_t started_us;
	struct arena *arena, *run; /* of one host, of the run */
	struct nmap_host host;
	struct nmap_coverage coverage;
	bool begun, in_host, in_port, open, in_os, failed;
	/* The port at hand. */
	struct exchange_item port;
	char protocol[ATTRIBUTE_NAME_MAX + 1];
	bool said; /* the service said something of itself */
	/* The script at hand. */
	const char *script, *output, *table, *key;
	unsigned int script_depth;
	bool structured;
};

typedef int (*start_function)(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr);

static const char *attr(const struct xml_stream_element *e, const char *name)
{
	const char *value = xml_stream_attribute(e, name);

	return value ? value : "";
}

static const char *keep(struct walk *walk, const char *text)
{
	const char *kept = arena_strdup(walk->arena, text);

	walk->host.too_large |= !kept;
	return kept ? kept : "";
}

/* Seconds since 1970, or 0. */
static int64_t time_of(const struct xml_stream_element *e, const char *name)
{
	uint64_t seconds;

	return exchange_number(attr(e, name), UINT32_MAX, &seconds)
		       ? (int64_t)seconds * CLOCK_SECOND
		       : 0;
}

/* ---- the run ----------------------------------------------------------------------------- */

static int on_nmaprun(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	/* What a register wrote in this form says so in its arguments. */
	const char *scanner = strncmp(attr(e, "args"), "cadastre ", 9) == 0 ? "cadastre"
								  : attr(e, "scanner");
	char tool[EXCHANGE_TOOL_MAX];
	int r;

	exchange_name(walk->source, *scanner ? scanner : "nmap", 31);
	snprintf(tool, sizeof(tool), "%.40s %.40s", walk->source, attr(e, "version"));
	walk->started_us = time_of(e, "start");
	walk->begun = true;
	r = exchange_begin(walk->sink,
		&(struct exchange_origin){tool, walk->started_us}, reterr);
	return r < 0 ? error_wrap(reterr, r, "%s:%ld", walk->name, e->line) : 0;
}

static int on_scaninfo(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	/* Kinds of scan whose silence about a port means that it is not open. */
	static const char *const telling[] = {"syn", "connect", "udp", "sctpinit"};
	const char *protocol = attr(e, "protocol"), *services = attr(e, "services");
	const char **place = strcmp(protocol, "tcp") == 0    ? &walk->coverage.tcp
			     : strcmp(protocol, "udp") == 0  ? &walk->coverage.udp
			     : strcmp(protocol, "sctp") == 0 ? &walk->coverage.sctp
							     : NULL;
	bool tells = false;

	(void)reterr;
	for (size_t i = 0; i < ARRAY_SIZE(telling); i++)
		tells |= strcmp(attr(e, "type"), telling[i]) == 0;
	if (!place || !tells || !*services)
		return 0;
	if (strspn(services, "0123456789,-") != strlen(services)) {
		exchange_refuse(walk->sink, "no list of ports", e->line, services);
		return 0;
	}
	*place = *place ? arena_printf(walk->run, "%s,%s", *place, services)
			: arena_strdup(walk->run, services);
	walk->coverage.overflow |= !*place;
	return 0;
}

static int on_finished(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	(void)reterr;
	walk->failed = strcmp(attr(e, "exit"), "error") == 0;
	return 0;
}

/* ---- the host ---------------------------------------------------------------------------- */

static int on_host(struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	struct nmap_host *host = &walk->host;

	(void)reterr;
	arena_reset(walk->arena);
	memset(host, 0, sizeof(*host));
	host->last = &host->first;
	host->facts.arena = walk->arena;
	host->line = e->line;
	host->timed_out = strcmp(attr(e, "timedout"), "true") == 0;
	host->time_us = time_of(e, "endtime");
	if (!host->time_us)
		host->time_us = time_of(e, "starttime");
	walk->in_host = true;
	walk->in_port = walk->in_os = false;
	return 0;
}

static int on_status(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	(void)reterr;
	walk->host.up = strcmp(attr(e, "state"), "up") == 0;
	walk->host.down = strcmp(attr(e, "state"), "down") == 0;
	walk->host.unknown = !walk->host.up && !walk->host.down;
	walk->host.assumed = strcmp(attr(e, "reason"), "user-set") == 0;
	return 0;
}

static int on_address(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	struct nmap_host *host = &walk->host;
	struct exchange_item vendor = {.arena = walk->arena};
	const char *text = attr(e, "addr");
	char bare[ADDR_TEXT_MAX];
	struct addr addr;

	(void)reterr;
	if (strcmp(attr(e, "addrtype"), "mac") == 0) {
		if (mac_parse(text, &host->mac, NULL) < 0)
			exchange_refuse(walk->sink, "no valid MAC address", e->line, text);
		exchange_attribute_text(&vendor, "vendor", attr(e, "vendor"));
		if (vendor.obs.n_attributes)
			host->mac_vendor = vendor.attributes[0].value;
		return 0;
	}
	/* An IPv6 address may name its interface: "fe80::1%eth0". */
	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(text, "%"), text);
	if (strlen(text) > 64 || addr_parse(bare, &addr, NULL) < 0)
		exchange_refuse(walk->sink, "no valid address", e->line, text);
	else if (host->n_addresses < NMAP_ADDRESSES_MAX)
		host->addresses[host->n_addresses++] = addr;
	else
		exchange_refuse(
			walk->sink, "more addresses than one host may have", e->line, text);
	return 0;
}

static int on_hostname(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	struct nmap_host *host = &walk->host;
	struct exchange_item name = {.arena = walk->arena};

	(void)reterr;
	exchange_attribute_text(&name, "name", attr(e, "name"));
	if (!name.obs.n_attributes)
		return 0;
	if (host->n_names == NMAP_NAMES_MAX) {
		exchange_refuse(walk->sink, "more names than one host may have", e->line,
			attr(e, "name"));
		return 0;
	}
	host->names[host->n_names++] =
		(struct nmap_name){name.attributes[0].value, keep(walk, attr(e, "type"))};
	return 0;
}

static int on_hop(struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	struct nmap_host *host = &walk->host;
	struct exchange_item name = {.arena = walk->arena};
	struct nmap_hop hop = {.line = e->line, .name = ""};
	uint64_t ttl;

	(void)reterr;
	if (!exchange_number(attr(e, "ttl"), 255, &ttl) || ttl == 0 ||
		addr_parse(attr(e, "ipaddr"), &hop.addr, NULL) < 0) {
		exchange_refuse(walk->sink, "no valid hop", e->line, attr(e, "ipaddr"));
		return 0;
	}
	if (host->n_hops == NMAP_HOPS_MAX) {
		exchange_refuse(walk->sink, "more hops than a path may have", e->line,
			attr(e, "ipaddr"));
		return 0;
	}
	hop.ttl = (uint8_t)ttl;
	exchange_attribute_text(&name, "name", attr(e, "host"));
	if (name.obs.n_attributes)
		hop.name = name.attributes[0].value;
	host->hops[host->n_hops++] = hop;
	return 0;
}

/* The day of the last start: the time itself differs a little each time it is asked. */
static int on_uptime(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	int64_t at = walk->host.time_us ? walk->host.time_us : walk->started_us;
	char time[CLOCK_TEXT_MAX];
	uint64_t seconds;

	(void)reterr;
	if (!at || !exchange_number(attr(e, "seconds"), UINT32_MAX, &seconds))
		return 0;
	at -= (int64_t)seconds * CLOCK_SECOND;
	if (at > 0)
		exchange_attribute(
			&walk->host.facts, "host.booted", clock_format(at, time), 10);
	return 0;
}

static int on_osmatch(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	struct exchange_item *facts = &walk->host.facts;
	uint64_t accuracy = 0;
	char text[16];

	(void)reterr;
	exchange_number(attr(e, "accuracy"), 100, &accuracy);
	/* They come in the order of their accuracy: the first one is taken. */
	walk->in_os = walk->host.os_accuracy == 0 && accuracy > 0;
	if (!walk->in_os)
		return 0;
	walk->host.os_accuracy = (unsigned int)accuracy;
	exchange_attribute_text(facts, "os.name", attr(e, "name"));
	snprintf(text, sizeof(text), "%.2f", (double)accuracy / 100);
	exchange_attribute_text(facts, "os.certainty", text);
	return 0;
}

static int on_osclass(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	static const char *const names[][2] = {{"vendor", "os.vendor"},
		{"osfamily", "os.product"}, {"osgen", "os.version"}, {"type", "os.device"}};

	(void)reterr;
	for (size_t i = 0; walk->in_os && i < ARRAY_SIZE(names); i++)
		exchange_attribute_text(&walk->host.facts, names[i][1], attr(e, names[i][0]));
	return 0;
}

/* ---- ports ------------------------------------------------------------------------------- */

static int on_port(struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	const char *protocol = attr(e, "protocol");
	uint64_t port;
	char what[64];

	(void)reterr;
	walk->in_port = false;
	if (!walk->in_host)
		return 0;
	snprintf(what, sizeof(what), "%.20s/%.20s", protocol, attr(e, "portid"));
	if (!exchange_number(attr(e, "portid"), 65535, &port) || port == 0) {
		exchange_refuse(walk->sink, "no valid port", e->line, what);
		return 0;
	}
	memset(&walk->port, 0, sizeof(walk->port));
	walk->port.arena = walk->arena;
	walk->port.obs.port = (uint16_t)port;
	if (!transport_parse(protocol, &walk->port.obs.transport) ||
		walk->port.obs.transport == TRANSPORT_NONE) {
		exchange_refuse(walk->sink, "a transport that is none of TCP, UDP and SCTP",
			e->line, what);
		return 0;
	}
	walk->in_port = true;
	walk->open = walk->said = false;
	walk->protocol[0] = '\0';
	return 0;
}

static int on_state(struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	const char *state = attr(e, "state");

	(void)reterr;
	walk->open = strcmp(state, "open") == 0;
	exchange_count(walk->sink,
		walk->open			    ? "ports_open"
		: strcmp(state, "open|filtered") == 0 ? "ports_undecided"
						    : "ports_not_open",
		walk->in_port);
	return 0;
}

/* "aa\x20bb" of a banner as its bytes. */
static void take_banner(struct walk *walk, const char *text)
{
	uint8_t *raw = arena_alloc(walk->arena, BANNER_MAX);
	size_t n = 0;

	if (!raw || !*text)
		return;
	for (; *text && n < BANNER_MAX; text++) {
		unsigned int byte;

		if (text[0] == '\\' && text[1] == 'x' && sscanf(text + 2, "%2x", &byte) == 1 &&
			strspn(text + 2, "0123456789abcdefABCDEF") >= 2) {
			raw[n++] = (uint8_t)byte;
			text += 3;
		} else {
			raw[n++] = (uint8_t)*text;
		}
	}
	walk->port.obs.raw = raw;
	walk->port.obs.raw_size = n;
}

/* Nmap's names of services where ours differ. */
static void take_protocol(struct walk *walk, const char *name)
{
	static const char *const ours[][2] = {{"domain", "dns"}, {"ssl", "tls"},
		{"https", "http"}, {"iec-104", "iec104"}, {"ethernet-ip-2", "enip"},
		{"iso-tsap", "s7"}, {"opcua-tcp", "opcua"}, {"unknown", ""},
		{"tcpwrapped", ""}};

	if (strncmp(name, "ssl/", 4) == 0)
		name += 4;
	exchange_name(walk->protocol, name, ATTRIBUTE_NAME_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (strcmp(walk->protocol, ours[i][0]) == 0) {
			snprintf(walk->protocol, sizeof(walk->protocol), "%s", ours[i][1]);
			return;
		}
}

static int on_service(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	static const char *const names[][2] = {{"product", "service.product"},
		{"version", "service.version"}, {"extrainfo", "service.extra"},
		{"ostype", "os.product"}, {"devicetype", "hw.device"},
		{"hostname", "host.name"}};

	(void)reterr;
	/* A name that was looked up in a table of ports says nothing of this one. */
	if (!walk->in_port || strcmp(attr(e, "method"), "table") == 0)
		return 0;
	take_protocol(walk, attr(e, "name"));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		exchange_attribute_text(&walk->port, names[i][1], attr(e, names[i][0]));
	if (strcmp(attr(e, "tunnel"), "ssl") == 0)
		exchange_attribute_text(&walk->port, "service.tunnel", "tls");
	take_banner(walk, attr(e, "banner"));
	walk->said = *walk->protocol || *attr(e, "product");
	return 0;
}

static bool add_item(struct walk *walk, const struct exchange_item *from, long line)
{
	struct nmap_host *host = &walk->host;
	struct nmap_item *item = arena_alloc(walk->arena, sizeof(*item));
	size_t bytes = from->obs.n_attributes * sizeof(*from->attributes);

	host->too_large |= !item || from->failed || host->n_items == NMAP_ITEMS_MAX;
	if (host->too_large)
		return false;
	item->obs = from->obs;
	item->obs.attributes = arena_copy(walk->arena, from->attributes, bytes);
	item->line = line;
	host->too_large |= bytes && !item->obs.attributes;
	*host->last = item;
	host->last = &item->next;
	host->n_items++;
	return true;
}

static void end_port(struct walk *walk, long line)
{
	struct exchange_item *port = &walk->port;

	if (walk->in_port && walk->open) {
		port->obs.kind = walk->said ? OBSERVATION_SERVICE : OBSERVATION_PORT;
		if (*walk->protocol)
			port->obs.protocol = keep(walk, walk->protocol);
		if (port->obs.n_attributes)
			exchange_attribute_text(port, "source", walk->source);
		add_item(walk, port, line);
	}
	walk->in_port = false;
}

/* "cpe:/a:openbsd:openssh:8.4": of the service or of the operating system, by its part. */
static void end_cpe(struct walk *walk, const char *text)
{
	struct exchange_item *item = walk->in_port ? &walk->port : &walk->host.facts;
	char part = strncmp(text, "cpe:/", 5) == 0 ? text[5] : '\0', cpe[512];
	size_t skip = strlen("cpe:/a:");

	if ((!walk->in_port && !walk->in_os) || !part ||
		!exchange_cpe23(text, cpe, sizeof(cpe)))
		return;
	exchange_attribute_text(item,
		part == 'o' ? "os.cpe23" : part == 'h' ? "hw.cpe23" : "service.cpe23", cpe);
	if (part == 'a' && walk->in_port && strlen(text) > skip)
		exchange_attribute(
			item, "service.vendor", text + skip, strcspn(text + skip, ":"));
}

/* ---- scripts ----------------------------------------------------------------------------- */

static int on_script(
	struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	(void)reterr;
	if (!walk->in_host || walk->script)
		return 0;
	walk->script = keep(walk, attr(e, "id"));
	walk->output = keep(walk, attr(e, "output"));
	walk->script_depth = e->depth;
	walk->table = walk->key = "";
	walk->structured = false;
	return 0;
}

static int on_table(struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	(void)reterr;
	if (walk->script)
		walk->table = keep(walk, attr(e, "key"));
	return 0;
}

static int on_elem(struct walk *walk, const struct xml_stream_element *e, struct error *reterr)
{
	(void)reterr;
	if (walk->script)
		walk->key = keep(walk, attr(e, "key"));
	return 0;
}

static struct exchange_item *subject_of(struct walk *walk)
{
	return walk->in_port ? &walk->port : &walk->host.facts;
}

static void add_key(
	struct walk *walk, const char *type, const char *protocol, const char *value, long line)
{
	struct exchange_item key = {.arena = walk->arena,
		.obs = {.kind = OBSERVATION_KEY, .protocol = protocol}};

	if (walk->in_port && !walk->open)
		return;
	if (walk->in_port) {
		key.obs.transport = walk->port.obs.transport;
		key.obs.port = walk->port.obs.port;
	}
	exchange_attribute_text(&key, "type", type);
	exchange_attribute_text(&key, "value", value);
	add_item(walk, &key, line);
	exchange_attribute_text(subject_of(walk), type, value);
	walk->structured = true;
}

/* The key itself, in base64 as in known_hosts: its fingerprint is the key. */
static void take_host_key(struct walk *walk, const char *text, long line)
{
	struct str blob = STR_INIT(8192), value = STR_INIT(128);
	uint8_t digest[DIGEST_SIZE];

	if (base64_decode(&blob, text) && blob.len > 4 && !blob.failed) {
		digest_sha256(blob.data, blob.len, digest);
		str_adds(&value, "SHA256:");
		base64_encode(&value, digest, sizeof(digest));
		while (value.len && value.data[value.len - 1] == '=')
			value.data[--value.len] = '\0';
		add_key(walk, "ssh.hostkey.sha256", "ssh", value.data, line);
	} else {
		exchange_refuse(walk->sink, "no valid host key", line, text);
	}
	str_done(&blob);
	str_done(&value);
}

/* A certificate as PEM (RFC 7468): the digest of what stands between its lines. */
static void take_certificate(struct walk *walk, const char *text, long line)
{
	static const char begin[] = "-----BEGIN CERTIFICATE-----",
			  end[] = "-----END CERTIFICATE";
	const char *from = strstr(text, begin), *to = from ? strstr(from, end) : NULL;
	struct str body = STR_INIT(128 * 1024), der = STR_INIT(96 * 1024);
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	for (from += from ? strlen(begin) : 0; to && from < to; from++)
		if (!strchr(" \t\r\n", *from))
			str_addc(&body, *from);
	if (body.len && !body.failed && base64_decode(&der, body.data) && !der.failed) {
		digest_sha256(der.data, der.len, digest);
		add_key(walk, "tls.certificate.sha256", "tls", digest_hex(digest, hex), line);
	} else {
		exchange_refuse(walk->sink, "no valid certificate", line, text);
	}
	str_done(&body);
	str_done(&der);
}

static void take_name_part(struct walk *walk, const char *attribute, const char *text)
{
	char value[300];

	snprintf(value, sizeof(value), "CN=%.290s", text);
	exchange_attribute_text(subject_of(walk), attribute, value);
}

static void take_validity(struct walk *walk, const char *attribute, const char *text)
{
	char time[CLOCK_TEXT_MAX];
	int64_t at;

	snprintf(time, sizeof(time), "%.19sZ", text);
	if (clock_parse(time, &at, NULL) == 0)
		exchange_attribute_text(subject_of(walk), attribute, clock_format(at, time));
}

static void end_elem(struct walk *walk, const char *text, long line)
{
	if (strcmp(walk->script, "ssh-hostkey") == 0) {
		if (strcmp(walk->key, "key") == 0)
			take_host_key(walk, text, line);
		else if (strcmp(walk->key, "type") == 0)
			exchange_attribute_text(subject_of(walk), "ssh.hostkey.type", text);
		return;
	}
	if (strcmp(walk->script, "ssl-cert") != 0)
		return;
	if (strcmp(walk->key, "pem") == 0)
		take_certificate(walk, text, line);
	else if (strcmp(walk->key, "commonName") == 0 && strcmp(walk->table, "subject") == 0)
		take_name_part(walk, "tls.certificate.subject", text);
	else if (strcmp(walk->key, "commonName") == 0 && strcmp(walk->table, "issuer") == 0)
		take_name_part(walk, "tls.certificate.issuer", text);
	else if (strcmp(walk->key, "notBefore") == 0)
		take_validity(walk, "tls.certificate.not_before", text);
	else if (strcmp(walk->key, "notAfter") == 0)
		take_validity(walk, "tls.certificate.not_after", text);
}

static void end_script(struct walk *walk)
{
	char name[ATTRIBUTE_NAME_MAX + 1];

	if (!walk->structured) {
		snprintf(name, sizeof(name), "script.%.50s", walk->script);
		exchange_attribute_text(subject_of(walk), name, walk->output);
	}
	walk->script = NULL;
}

/* ---- the walk ---------------------------------------------------------------------------- */

static int end_host(struct walk *walk, struct error *reterr)
{
	struct nmap_host *host = &walk->host;
	char addr[ADDR_TEXT_MAX] = "";

	walk->in_host = false;
	if (!host->n_addresses) {
		exchange_refuse(walk->sink, "a host without a valid address", host->line, "");
		return 0;
	}
	if (host->too_large || host->facts.failed) {
		exchange_refuse(walk->sink, "a host that is too large", host->line,
			addr_format(&host->addresses[0], addr));
		return 0;
	}
	if (!host->time_us)
		host->time_us = walk->started_us;
	if (!nmap_cover(&walk->coverage, host))
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", walk->name);
	return nmap_host_put(walk->sink, host, walk->source, reterr);
}

/* Elements that are heard of; what stands in none of these rows is passed over. */
static const struct {
	const char *name;
	start_function start;
	bool of_host; /* only within <host> */
} elements[] = {{"scaninfo", on_scaninfo, false}, {"finished", on_finished, false},
	{"host", on_host, false}, {"status", on_status, true}, {"address", on_address, true},
	{"hostname", on_hostname, true}, {"hop", on_hop, true}, {"uptime", on_uptime, true},
	{"osmatch", on_osmatch, true}, {"osclass", on_osclass, true}, {"port", on_port, true},
	{"state", on_state, true}, {"service", on_service, true}, {"script", on_script, true},
	{"table", on_table, true}, {"elem", on_elem, true}};

static int on_start(void *context, const struct xml_stream_element *e, struct error *reterr)
{
	struct walk *walk = context;

	if (e->depth == 1) {
		if (strcmp(e->name, "nmaprun") != 0)
			return error_set(reterr, ERROR_INPUT,
				"%s:%ld: this is no Nmap XML: its root is <%.40s>, not <nmaprun>",
				walk->name, e->line, e->name);
		return on_nmaprun(walk, e, reterr);
	}
	for (size_t i = 0; i < ARRAY_SIZE(elements); i++)
		if (strcmp(elements[i].name, e->name) == 0)
			return elements[i].of_host && !walk->in_host
				       ? 0
				       : elements[i].start(walk, e, reterr);
	return 0;
}

static int on_end(void *context, const char *name, unsigned int depth, const char *text,
	long line, struct error *reterr)
{
	struct walk *walk = context;

	if (!walk->in_host)
		return 0;
	if (walk->script) {
		if (depth == walk->script_depth)
			end_script(walk);
		else if (strcmp(name, "elem") == 0)
			end_elem(walk, text, line);
		return 0;
	}
	if (strcmp(name, "port") == 0)
		end_port(walk, line);
	else if (strcmp(name, "cpe") == 0)
		end_cpe(walk, text);
	else if (strcmp(name, "host") == 0)
		return end_host(walk, reterr);
	return 0;
}

static void walk_done(struct walk *walk)
{
	arena_free(walk->arena);
	arena_free(walk->run);
	free(walk->coverage.addresses);
	free(walk);
}
CLEANUP_DEFINE(struct walk, walk_done)

int exchange_read_nmap(
	int fd, const char *name, struct exchange_sink *sink, struct error *reterr)
{
	static const struct xml_stream_kind kind = {
		"Nmap XML", "nmaprun", EXCHANGE_FILE_MAX, MARKUP_MAX, TEXT_MAX, DEPTH_MAX};
	_cleanup_(walk_donep) struct walk *walk = calloc(1, sizeof(*walk));
	struct xml_stream_handler handler = {on_start, on_end, walk};
	int r, covered;

	if (!walk)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	walk->sink = sink;
	walk->name = name;
	walk->arena = arena_new(NMAP_HOST_MAX);
	walk->run = arena_new(RUN_MAX);
	if (!walk->arena || !walk->run)
		return error_set(reterr, ERROR_SYSTEM, "%s: no memory", name);
	r = xml_stream(&kind, name, fd, &handler, reterr);
	if (r < 0)
		return r;
	/* A scan that ended early did not look everywhere. */
	if (r == XML_STREAM_CUT || walk->failed)
		return EXCHANGE_CUT;
	covered = nmap_coverage_put(sink, &walk->coverage, walk->started_us, reterr);
	return covered < 0 ? covered : 0;
}
