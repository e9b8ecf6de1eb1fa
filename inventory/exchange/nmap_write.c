/* SPDX-License-Identifier: Apache-2.0 */
/* Nmap XML out, by libxml2's writer; see nmap_write.h. Form: Nmap's own DTD (xmloutputversion
 * 1.05). */
#include "inventory/exchange/nmap_write.h"

#include "inventory/exchange/internal.h"
#include "inventory/store/handle.h"
#include "inventory/store/queries.h"

#include <libxml/xmlwriter.h>

#include <inttypes.h>
#include <string.h>

#define PAGE 1000 /* assets read at a time */

struct out {
	xmlTextWriter *xml;
	bool failed;
	uint64_t hosts, up;
};

/* One page: hosts, names and services in the same order, walked together. */
struct page {
	struct db_result *hosts, *names, *services;
	size_t name, service; /* the next row of each */
};

static void page_done(struct page *page)
{
	db_result_free(page->hosts);
	db_result_free(page->names);
	db_result_free(page->services);
}

static void start(struct out *out, const char *name)
{
	out->failed |= xmlTextWriterStartElement(out->xml, BAD_CAST name) < 0;
}

static void attribute(struct out *out, const char *name, const char *value)
{
	out->failed |= xmlTextWriterWriteAttribute(out->xml, BAD_CAST name, BAD_CAST value) < 0;
}

static void number(struct out *out, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	attribute(out, name, text);
}

static void end(struct out *out)
{
	out->failed |= xmlTextWriterEndElement(out->xml) < 0;
}

/* ---- one host ---------------------------------------------------------------------------- */

static void put_address(struct out *out, const char *addr, const char *type)
{
	start(out, "address");
	attribute(out, "addr", addr);
	attribute(out, "addrtype", type);
	end(out);
}

/* Where a row of another result stands relative to the host: before it, at it, behind it. */
static int place(
	const struct db_result *other, size_t row, int64_t asset, const struct addr *addr)
{
	int64_t id = db_get_int(other, row, 0);
	struct addr at = {0};

	if (id != asset)
		return id < asset ? -1 : 1;
	db_get_addr(other, row, 1, &at);
	return addr_compare(&at, addr);
}

/* Steps to the rows of the host; false if there are none (more). */
static bool next_row(
	const struct db_result *other, size_t *row, int64_t asset, const struct addr *addr)
{
	int at = -1;

	while (*row < db_rows(other) && (at = place(other, *row, asset, addr)) < 0)
		++*row;
	return *row < db_rows(other) && at == 0;
}

static void put_names(
	struct out *out, struct page *page, int64_t asset, const struct addr *addr)
{
	start(out, "hostnames");
	for (; next_row(page->names, &page->name, asset, addr); page->name++) {
		start(out, "hostname");
		attribute(out, "name", db_get_text(page->names, page->name, 2));
		attribute(
			out, "type", db_get_bool(page->names, page->name, 3) ? "PTR" : "user");
		end(out);
	}
	end(out);
}

static void put_service(struct out *out, const struct db_result *services, size_t row)
{
	const char *protocol = db_get_text(services, row, 4),
		   *product = db_get_text(services, row, 5),
		   *version = db_get_text(services, row, 6);
	char cpe[512];

	if (!*protocol && !*product)
		return;
	start(out, "service");
	attribute(out, "name", *protocol ? protocol : "unknown");
	if (*product)
		attribute(out, "product", product);
	if (*version)
		attribute(out, "version", version);
	attribute(out, "method", "probed");
	attribute(out, "conf", "10");
	if (exchange_cpe_uri(db_get_text(services, row, 7), cpe, sizeof(cpe)))
		out->failed |=
			xmlTextWriterWriteElement(out->xml, BAD_CAST "cpe", BAD_CAST cpe) < 0;
	end(out);
}

static void put_ports(
	struct out *out, struct page *page, int64_t asset, const struct addr *addr)
{
	const struct db_result *services = page->services;
	bool any = false;

	for (; next_row(services, &page->service, asset, addr); page->service++) {
		enum transport transport =
			(enum transport)db_get_int(services, page->service, 2);

		if (!any)
			start(out, "ports");
		any = true;
		start(out, "port");
		attribute(out, "protocol", transport_name(transport));
		number(out, "portid", db_get_int(services, page->service, 3));
		start(out, "state");
		attribute(out, "state", "open");
		attribute(out, "reason", transport == TRANSPORT_UDP	 ? "udp-response"
					 : transport == TRANSPORT_SCTP ? "init-ack"
								       : "syn-ack");
		attribute(out, "reason_ttl", "0");
		end(out);
		put_service(out, services, page->service);
		end(out);
	}
	if (any)
		end(out);
}

static void put_os(struct out *out, const char *os)
{
	if (!*os)
		return;
	start(out, "os");
	start(out, "osmatch");
	attribute(out, "name", os);
	attribute(out, "accuracy", "100");
	attribute(out, "line", "0");
	end(out);
	end(out);
}

static void put_host(struct out *out, struct page *page, size_t row)
{
	const struct db_result *hosts = page->hosts;
	int64_t asset = db_get_int(hosts, row, 0), seen = db_get_int(hosts, row, 5);
	const char *mac = db_get_text(hosts, row, 2);
	bool up = strcmp(db_get_text(hosts, row, 3), "seen") == 0;
	char text[ADDR_TEXT_MAX];
	struct addr addr;

	if (!db_get_addr(hosts, row, 1, &addr))
		return;
	out->hosts++;
	out->up += up;
	start(out, "host");
	if (seen > 0)
		number(out, "endtime", seen);
	start(out, "status");
	attribute(out, "state", up ? "up" : "unknown");
	attribute(out, "reason", up ? "echo-reply" : "no-response");
	attribute(out, "reason_ttl", "0");
	end(out);
	put_address(out, addr_format(&addr, text), addr.family == 4 ? "ipv4" : "ipv6");
	if (*mac)
		put_address(out, mac, "mac");
	put_names(out, page, asset, &addr);
	put_ports(out, page, asset, &addr);
	put_os(out, db_get_text(hosts, row, 4));
	end(out);
}

/* ---- pages ------------------------------------------------------------------------------- */

/* 1 if there are no more. */
static int put_page(struct inventory *inv, struct out *out, int64_t realm, int64_t *after,
	struct error *reterr)
{
	_cleanup_(page_done) struct page page = {0};
	int64_t first, last;
	int r = db_run(inv->db, &query_export_nmap_hosts,
		DB_VALUES(db_int(realm), db_int(*after), db_int(PAGE)), &page.hosts, reterr);

	if (r < 0 || db_rows(page.hosts) == 0)
		return r < 0 ? r : 1;
	first = db_get_int(page.hosts, 0, 0);
	last = db_get_int(page.hosts, db_rows(page.hosts) - 1, 0);
	r = db_run(inv->db, &query_export_nmap_names,
		DB_VALUES(db_int(realm), db_int(first), db_int(last)), &page.names, reterr);
	if (r == 0)
		r = db_run(inv->db, &query_export_nmap_services,
			DB_VALUES(db_int(realm), db_int(first), db_int(last)), &page.services,
			reterr);
	if (r < 0)
		return r;
	for (size_t i = 0; i < db_rows(page.hosts); i++)
		put_host(out, &page, i);
	*after = last;
	if (out->failed || xmlTextWriterFlush(out->xml) < 0)
		return error_set(reterr, ERROR_SYSTEM, "cannot write the Nmap XML");
	return 0;
}

static void put_begin(struct out *out, const char *realm, int64_t time)
{
	char args[256];

	snprintf(args, sizeof(args), "cadastre %s export --kind nmap, realm %.128s",
		CADASTRE_VERSION, realm);
	out->failed |=
		xmlTextWriterSetIndent(out->xml, 1) < 0 ||
		xmlTextWriterStartDocument(out->xml, "1.0", "UTF-8", NULL) < 0 ||
		xmlTextWriterWriteDTD(out->xml, BAD_CAST "nmaprun", NULL, NULL, NULL) < 0;
	start(out, "nmaprun");
	attribute(out, "scanner", "nmap"); /* the only one that the document type knows */
	attribute(out, "args", args);
	number(out, "start", time);
	attribute(out, "version", CADASTRE_VERSION);
	attribute(out, "xmloutputversion", "1.05");
	start(out, "verbose");
	attribute(out, "level", "0");
	end(out);
	start(out, "debugging");
	attribute(out, "level", "0");
	end(out);
}

static void put_end(struct out *out, int64_t time)
{
	start(out, "runstats");
	start(out, "finished");
	number(out, "time", time);
	attribute(out, "elapsed", "0");
	attribute(out, "exit", "success");
	end(out);
	start(out, "hosts");
	number(out, "up", (int64_t)out->up);
	number(out, "down", 0);
	number(out, "total", (int64_t)out->hosts);
	end(out);
	end(out);
	out->failed |= xmlTextWriterEndDocument(out->xml) < 0;
}

static int write_all(struct inventory *inv, struct out *out, const char *realm,
	struct error *reterr)
{
	_cleanup_(db_result_freep) struct db_result *head = NULL;
	_cleanup_(db_rollbackp) struct db *transaction = inv->db;
	int64_t after = INT64_MIN, number_of, time;
	int r = db_begin(transaction, reterr);

	if (r == 0)
		r = db_run(inv->db, &query_export_nmap_head, DB_VALUES(db_text(realm)), &head,
			reterr);
	if (r < 0)
		return r;
	if (db_rows(head) == 0)
		return error_set(
			reterr, ERROR_USAGE, "the register has no realm \"%.64s\"", realm);
	number_of = db_get_int(head, 0, 0);
	time = db_get_int(head, 0, 1);
	put_begin(out, realm, time);
	while ((r = put_page(inv, out, number_of, &after, reterr)) == 0)
		;
	if (r < 0)
		return r;
	put_end(out, time);
	return out->failed ? error_set(reterr, ERROR_SYSTEM, "cannot write the Nmap XML") : 0;
}

int exchange_write_nmap(struct inventory *inv, const char *realm, int fd, uint64_t *ret_hosts,
	struct error *reterr)
{
	xmlOutputBuffer *buffer = xmlOutputBufferCreateFd(fd, NULL);
	struct out out = {.xml = buffer ? xmlNewTextWriter(buffer) : NULL};
	int r;

	if (!out.xml) {
		xmlOutputBufferClose(buffer);
		return error_set(reterr, ERROR_SYSTEM, "no memory for the XML writer");
	}
	r = write_all(inv, &out, realm, reterr);
	xmlFreeTextWriter(out.xml);
	*ret_hosts = out.hosts;
	return r;
}
