/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plan asks of a host: SYNs, datagrams with one safe request each, INITs, bare IP
 * headers.
 * A UDP port is asked what its protocol answers, if the profile allows that request; a port of
 * no protocol gets an empty datagram, and only of a thorough campaign: control devices have
 * stopped over data that was none of their protocol's.
 */
#include "scanner/campaign/run.h"

#include "scanner/protocol/protocol.h"

#include <stdlib.h>

struct list {
	struct ask *asks;
	uint32_t n;
};

bool asks_udp(
	const struct scan_plan *plan, uint16_t port, const struct protocol **ret_protocol)
{
	static const enum protocol_risk risks[] = {
		PROTOCOL_SAFE, PROTOCOL_STANDARD, PROTOCOL_THOROUGH};
	const struct protocol *protocol = protocol_expected(TRANSPORT_UDP, port);

	*ret_protocol = protocol;
	if (protocol)
		return protocol->request && protocol->risk <= risks[plan->profile];
	return plan->profile == SCAN_THOROUGH && !protocol_port_is_industrial(port);
}

size_t scan_asked_udp_ports(const struct scan_plan *plan, uint16_t *out)
{
	const struct protocol *protocol;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_udp_ports; i++) {
		if (!asks_udp(plan, plan->udp_ports[i], &protocol))
			continue;
		if (out)
			out[n] = plan->udp_ports[i];
		n++;
	}
	return n;
}

bool asks_life_first(const struct scan_plan *plan)
{
	return plan->profile != SCAN_THOROUGH &&
	       plan->n_tcp_ports + plan->n_sctp_ports > CAMPAIGN_DIRECT_PORTS;
}

uint16_t asks_from(uint64_t seed)
{
	return (uint16_t)(CAMPAIGN_PORT_FIRST + (seed >> 32) % CAMPAIGN_PORT_N);
}

static void add(struct list *list, enum template_kind kind, const uint16_t *ports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list->asks[list->n++] = (struct ask){kind, ports[i]};
}

static void add_udp(struct list *list, const struct run *run)
{
	const struct scan_plan *plan = run->plan;
	const struct protocol *protocol;

	for (size_t i = 0; i < plan->n_udp_ports; i++)
		if (asks_udp(plan, plan->udp_ports[i], &protocol))
			add(list, TEMPLATE_UDP, &plan->udp_ports[i], 1);
}

int asks_of(const struct run *run, unsigned int what, struct ask **ret_asks, uint32_t *ret_n,
	struct error *reterr)
{
	const struct scan_plan *plan = run->plan;
	size_t max = plan->n_tcp_ports + plan->n_udp_ports + plan->n_sctp_ports +
		     plan->n_ip_protocols;
	struct list list = {calloc(max + 1, sizeof(*list.asks)), 0};

	if (!list.asks)
		return error_set(reterr, ERROR_SYSTEM, "no memory for a list of questions");
	if (what & ASK_TCP)
		add(&list, TEMPLATE_SYN, plan->tcp_ports, plan->n_tcp_ports);
	if (what & ASK_UDP)
		add_udp(&list, run);
	if (what & ASK_SCTP)
		add(&list, TEMPLATE_INIT, plan->sctp_ports, plan->n_sctp_ports);
	if (what & ASK_PROTOCOLS)
		add(&list, TEMPLATE_BARE, plan->ip_protocols, plan->n_ip_protocols);
	*ret_asks = list.asks;
	*ret_n = list.n;
	return 0;
}
