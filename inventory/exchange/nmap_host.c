/* SPDX-License-Identifier: Apache-2.0 */
/* A host of Nmap's XML as observations, and what was looked at as coverage; see nmap.h. */
#include "inventory/exchange/nmap.h"

#include "common/addr_range.h"

#include <stdlib.h>
#include <string.h>

static int put(struct exchange_sink *sink, const struct nmap_host *host, long line,
	struct observation *obs, struct error *reterr)
{
	if (!obs->addr.family)
		obs->addr = host->addresses[0];
	obs->time_us = host->time_us;
	return exchange_put(sink, line, obs, reterr);
}

static int put_name(struct exchange_sink *sink, const struct nmap_host *host,
	const struct addr *addr, const char *name, const char *source, long line,
	struct error *reterr)
{
	struct attribute attributes[] = {{"name", name}, {"source", source}};
	struct observation obs = {.kind = OBSERVATION_NAME,
		.addr = *addr,
		.attributes = attributes,
		.n_attributes = ARRAY_SIZE(attributes)};

	return put(sink, host, line, &obs, reterr);
}

static int put_names(struct exchange_sink *sink, const struct nmap_host *host,
	const char *source, struct error *reterr)
{
	char of[64];
	int r = 0;

	for (size_t i = 0; r == 0 && i < host->n_names; i++) {
		const struct nmap_name *name = &host->names[i];

		snprintf(of, sizeof(of), "%s.%s", source,
			strcmp(name->type, "PTR") == 0 ? "ptr" : "user");
		r = put_name(
			sink, host, &host->addresses[0], name->name, of, host->line, reterr);
	}
	return r;
}

static int put_hops(struct exchange_sink *sink, const struct nmap_host *host,
	const char *source, struct error *reterr)
{
	char of[64];
	int r = 0;

	snprintf(of, sizeof(of), "%s.ptr", source);
	for (size_t i = 0; r == 0 && i < host->n_hops; i++) {
		const struct nmap_hop *hop = &host->hops[i];
		struct observation obs = {
			.kind = OBSERVATION_HOP, .peer = hop->addr, .ttl = hop->ttl};

		r = put(sink, host, hop->line, &obs, reterr);
		if (r == 0 && *hop->name)
			r = put_name(sink, host, &hop->addr, hop->name, of, hop->line, reterr);
	}
	return r;
}

static int put_alive(struct exchange_sink *sink, const struct nmap_host *host,
	const char *source, struct error *reterr)
{
	for (size_t i = 0; i < host->n_addresses; i++) {
		struct observation obs = {.kind = OBSERVATION_HOST, .addr = host->addresses[i]};
		struct attribute vendor[] = {
			{"hw.vendor", host->mac_vendor}, {"source", source}};
		int r;

		obs.mac = host->mac;
		if (host->mac_vendor && *host->mac_vendor) {
			obs.attributes = vendor;
			obs.n_attributes = ARRAY_SIZE(vendor);
		}
		r = put(sink, host, host->line, &obs, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A host that was only assumed to be up is there if something of it answered. */
static bool is_there(const struct nmap_host *host)
{
	if (host->down || host->unknown)
		return false;
	return host->n_items || !mac_is_zero(&host->mac) || (host->up && !host->assumed);
}

int nmap_host_put(struct exchange_sink *sink, struct nmap_host *host, const char *source,
	struct error *reterr)
{
	int r = 0;

	exchange_count(sink, "hosts", 1);
	if (!is_there(host)) {
		exchange_count(sink, "hosts_silent", 1);
		return put_hops(sink, host, source, reterr);
	}
	r = put_alive(sink, host, source, reterr);
	if (r == 0)
		r = put_names(sink, host, source, reterr);
	for (struct nmap_item *item = host->first; r == 0 && item; item = item->next)
		r = put(sink, host, item->line, &item->obs, reterr);
	if (r == 0 && host->facts.obs.n_attributes) {
		exchange_attribute_text(&host->facts, "source", source);
		host->facts.obs.kind = OBSERVATION_FACT;
		r = put(sink, host, host->line, &host->facts.obs, reterr);
	}
	return r == 0 ? put_hops(sink, host, source, reterr) : r;
}

/* ---- coverage ---------------------------------------------------------------------------- */

bool nmap_cover(struct nmap_coverage *coverage, const struct nmap_host *host)
{
	if (coverage->overflow || host->timed_out || host->too_large || !host->n_addresses ||
		(!host->up && !host->down))
		return true;
	if (coverage->n == NMAP_COVERED_MAX) {
		coverage->overflow = true;
		return true;
	}
	if (coverage->n == coverage->room) {
		size_t room = coverage->room ? 2 * coverage->room : 1024;
		struct addr *more = realloc(coverage->addresses, room * sizeof(*more));

		if (!more)
			return false;
		coverage->addresses = more;
		coverage->room = room;
	}
	coverage->addresses[coverage->n++] = host->addresses[0];
	return true;
}

static int by_address(const void *a, const void *b)
{
	return addr_compare(a, b);
}

/* The port list in pieces that fit into an attribute, cut at commas. */
static int put_ports(struct exchange_sink *sink, struct observation *obs, const char *ports,
	const char *transport, struct error *reterr)
{
	struct attribute *attributes = (struct attribute *)obs->attributes;
	char piece[ATTRIBUTE_VALUE_MAX + 1];

	attributes[2] = (struct attribute){"transport", transport};
	while (ports && *ports) {
		size_t n = strlen(ports);
		int r;

		if (n > ATTRIBUTE_VALUE_MAX) {
			n = ATTRIBUTE_VALUE_MAX;
			while (n && ports[n] != ',')
				n--;
			if (!n)
				return 0; /* no list of ports */
		}
		memcpy(piece, ports, n);
		piece[n] = '\0';
		ports += n + (ports[n] == ',');
		attributes[3] = (struct attribute){"ports", piece};
		obs->n_attributes = 4;
		r = exchange_put(sink, 0, obs, reterr);
		if (r < 0)
			return r;
	}
	return 0;
}

static int put_prefix(struct exchange_sink *sink, const struct nmap_coverage *coverage,
	const struct cidr *cidr, int64_t time_us, struct error *reterr)
{
	char text[CIDR_TEXT_MAX];
	struct attribute attributes[4] = {
		{"cidr", cidr_format(cidr, text)}, {"method", "import"}};
	struct observation obs = {.kind = OBSERVATION_COVERAGE,
		.time_us = time_us,
		.attributes = attributes,
		.n_attributes = 2};
	int r = put_ports(sink, &obs, coverage->tcp, "tcp", reterr);

	if (r == 0)
		r = put_ports(sink, &obs, coverage->udp, "udp", reterr);
	return r < 0 ? r : put_ports(sink, &obs, coverage->sctp, "sctp", reterr);
}

static bool is_next(const struct addr *a, const struct addr *b)
{
	struct addr next = *a;

	return addr_step(&next, 1) && addr_equal(&next, b);
}

static unsigned int trailing_zeros(const struct addr *addr)
{
	unsigned int bits = addr->family == 4 ? 32 : 128, n = 0;

	while (n < bits && !(addr->bytes[(bits - 1 - n) / 8] >> (n % 8) & 1))
		n++;
	return n;
}

int nmap_coverage_put(struct exchange_sink *sink, struct nmap_coverage *coverage,
	int64_t time_us, struct error *reterr)
{
	struct addr *a = coverage->addresses;
	size_t n = 0;

	if (coverage->overflow || (!coverage->tcp && !coverage->udp && !coverage->sctp) ||
		!coverage->n)
		return 0;
	qsort(a, coverage->n, sizeof(*a), by_address);
	for (size_t i = 0; i < coverage->n; i++)
		if (n == 0 || !addr_equal(&a[n - 1], &a[i]))
			a[n++] = a[i];
	for (size_t i = 0; i < n;) {
		unsigned int bits = a[i].family == 4 ? 32 : 128, k = 0,
			     most = trailing_zeros(&a[i]);
		size_t run = 1;
		struct cidr cidr;
		int r;

		while (i + run < n && is_next(&a[i + run - 1], &a[i + run]))
			run++;
		while (k < most && k < 30 && ((size_t)2 << k) <= run)
			k++;
		cidr = cidr_of(&a[i], (uint8_t)(bits - k));
		r = put_prefix(sink, coverage, &cidr, time_us, reterr);
		if (r < 0)
			return r;
		i += (size_t)1 << k;
	}
	return 0;
}
