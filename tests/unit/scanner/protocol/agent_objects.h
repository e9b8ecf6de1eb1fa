/* SPDX-License-Identifier: Apache-2.0 */
/* What an agent in memory has to tell: a switch with its chassis, whose tables hold what counts
 * and what must be passed over (RFC 3418, RFC 6933, RFC 2863, RFC 4293, RFC 4188, RFC 4363,
 * LLDP-MIB, CISCO-CDP-MIB). */
#ifndef TESTS_UNIT_SCANNER_PROTOCOL_AGENT_OBJECTS_H
#define TESTS_UNIT_SCANNER_PROTOCOL_AGENT_OBJECTS_H

#include "tests/unit/scanner/protocol/agent.h"

#include <stdio.h>

static inline void agent_system_group(struct agent *agent)
{
	static const uint8_t cisco[] = {0x2b, 6, 1, 4, 1, 9, 1, 0x82, 0x2d};

	agent_text(agent, "1.3.6.1.2.1.1.1.0",
		"Cisco IOS Software, C2960 Software, Version 12.2(55)SE");
	agent_add(agent, "1.3.6.1.2.1.1.2.0", BER_OBJECT, cisco, sizeof(cisco));
	agent_text(agent, "1.3.6.1.2.1.1.4.0", "somebody");
	agent_text(agent, "1.3.6.1.2.1.1.5.0", "Sw1.plant.example");
	agent_text(agent, "1.3.6.1.2.1.1.6.0", "Hall 3");
	agent_number(agent, "1.3.6.1.2.1.2.1.0", 3);
}

#define ENTITY "1.3.6.1.2.1.47.1.1.1.1."

/* A stack with its chassis, whose columns have gaps. */
static inline void agent_entities(struct agent *agent)
{
	agent_number(agent, ENTITY "5.1", 11);
	agent_text(agent, ENTITY "2.1", "stack");
	agent_number(agent, ENTITY "5.1001", 3);
	agent_text(agent, ENTITY "2.1001", "WS-C2960-24TC-L");
	agent_text(agent, ENTITY "8.1001", "V02");
	agent_text(agent, ENTITY "10.1001", "12.2(55)SE");
	agent_text(agent, ENTITY "11.1001", "FOC1234X0AB ");
	agent_text(agent, ENTITY "12.1001", "Cisco Systems, Inc.");
	agent_text(agent, ENTITY "13.1001", "WS-C2960-24TC-L");
	for (int i = 1002; i < 1040; i++) {
		char oid[64];

		snprintf(oid, sizeof(oid), ENTITY "5.%d", i);
		agent_number(agent, oid, 10);
	}
	agent_number(agent, ENTITY "5.2001", 3);
	agent_text(agent, ENTITY "11.2001", "FOC9999X0ZZ");
}

#define IP "1.3.6.1.2.1.4."
#define BRIDGE "1.3.6.1.2.1.17."
#define LLDP "1.0.8802.1.1.2.1."
#define LLDP_V2 "1.3.111.2.802.1.1.13.1.4."
#define CDP "1.3.6.1.4.1.9.9.23.1.2.1.1."
#define SIX "32.1.13.184.0.0.0.0.0.0.0.0.0.0.0"

static inline void agent_interfaces(struct agent *agent)
{
	agent_text(agent, "1.3.6.1.2.1.2.2.1.2.1", "GigabitEthernet0/1");
	agent_text(agent, "1.3.6.1.2.1.2.2.1.2.2", "GigabitEthernet0/2");
	agent_text(agent, "1.3.6.1.2.1.2.2.1.2.10", "Vlan\001 10");
	agent_add(agent, "1.3.6.1.2.1.2.2.1.6.1", BER_OCTETS, "\x02\x00\x5e\x10\x00\x01", 6);
	agent_add(agent, "1.3.6.1.2.1.2.2.1.6.2", BER_OCTETS, "\0\0\0\0\0\0", 6);
	agent_add(agent, "1.3.6.1.2.1.2.2.1.6.10", BER_OCTETS, "\x02\x00\x5e", 3);
	agent_text(agent, "1.3.6.1.2.1.31.1.1.1.1.1", "Gi0/1");
	agent_text(agent, "1.3.6.1.2.1.31.1.1.1.1.2", " Gi0/2 ");
}

static inline void agent_addresses(struct agent *agent)
{
	agent_number(
		agent, IP "20.1.2.198.18.0.9", 10); /* is not asked for, as the other told it */
	agent_number(agent, IP "34.1.3.1.4.198.18.0.1", 10);
	agent_number(agent, IP "34.1.4.1.4.198.18.0.1", 1);
	agent_number(agent, IP "34.1.3.1.4.198.18.255.255", 10);
	agent_number(agent, IP "34.1.4.1.4.198.18.255.255", 3); /* broadcast */
	agent_number(agent, IP "34.1.3.1.4.127.0.0.1", 1);
	agent_number(agent, IP "34.1.3.2.16." SIX ".1", 10);
	agent_number(agent, IP "34.1.4.2.16." SIX ".1", 1);
	agent_number(agent, IP "34.1.3.4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.10", 10);
	agent_number(agent, IP "34.1.3.1.4.198.18.0.400", 10);
	agent_number(agent, IP "34.1.3.1.5.198.18.0.4.1", 10);
}

static inline void agent_neighbours_by_address(struct agent *agent)
{
	agent_add(agent, IP "35.1.4.10.1.4.198.18.0.7", BER_OCTETS, "\x02\0\0\0\0\7", 6);
	agent_number(agent, IP "35.1.6.10.1.4.198.18.0.7", 3);
	agent_number(agent, IP "35.1.7.10.1.4.198.18.0.7", 1);
	agent_add(agent, IP "35.1.4.10.1.4.198.18.0.8", BER_OCTETS, "\x02\0\0\0\0\x08", 6);
	agent_number(agent, IP "35.1.6.10.1.4.198.18.0.8", 2); /* invalid */
	agent_add(agent, IP "35.1.4.10.2.16." SIX ".7", BER_OCTETS, "\x02\0\0\0\0\7", 6);
	agent_number(agent, IP "35.1.6.10.2.16." SIX ".7", 3);
	agent_number(agent, IP "35.1.7.10.2.16." SIX ".7", 7); /* incomplete */
	agent_add(agent, IP "35.1.4.10.2.16." SIX ".8", BER_OCTETS, "\x02\0\0\0\0\x09", 6);
	agent_number(agent, IP "35.1.6.10.2.16." SIX ".8", 3);
	agent_add(agent, IP "22.1.2.10.198.18.0.9", BER_OCTETS, "\x02\0\0\0\0\x09", 6);
}

static inline void agent_forwarding(struct agent *agent)
{
	agent_number(agent, BRIDGE "1.4.1.2.101", 1);
	agent_number(agent, BRIDGE "1.4.1.2.102", 2);
	agent_number(agent, BRIDGE "7.1.2.2.1.2.10.2.0.0.0.0.7", 101);
	agent_number(agent, BRIDGE "7.1.2.2.1.3.10.2.0.0.0.0.7", 3);
	agent_number(agent, BRIDGE "7.1.2.2.1.2.10.2.0.0.0.0.8", 101);
	agent_number(agent, BRIDGE "7.1.2.2.1.3.10.2.0.0.0.0.8", 4); /* its own */
	agent_number(agent, BRIDGE "7.1.2.2.1.2.20.2.0.0.0.0.9", 77);
	agent_number(agent, BRIDGE "7.1.2.2.1.3.20.2.0.0.0.0.9", 3);
	/* Without VLANs: one of those, elsewhere, and one that is not among them. */
	agent_number(agent, BRIDGE "4.3.1.2.2.0.0.0.0.7", 102);
	agent_number(agent, BRIDGE "4.3.1.3.2.0.0.0.0.7", 3);
	agent_number(agent, BRIDGE "4.3.1.2.2.0.0.0.0.10", 101);
	agent_number(agent, BRIDGE "4.3.1.3.2.0.0.0.0.10", 3);
}

static inline void agent_neighbours_by_name(struct agent *agent)
{
	agent_number(agent, LLDP "3.7.1.2.1", 5);
	agent_text(agent, LLDP "3.7.1.3.1", "Gi0/1");
	agent_number(agent, LLDP "3.7.1.2.2", 7);
	agent_text(agent, LLDP "3.7.1.3.2", "2");
	agent_text(agent, LLDP "3.7.1.4.2", "uplink");
	agent_number(agent, LLDP "4.1.1.4.0.1.5", 4);
	agent_add(agent, LLDP "4.1.1.5.0.1.5", BER_OCTETS, "\x02\0\0\0\0\x07", 6);
	agent_number(agent, LLDP "4.1.1.6.0.1.5", 3);
	agent_add(agent, LLDP "4.1.1.7.0.1.5", BER_OCTETS, "\x02\0\0\0\0\x17", 6);
	agent_text(agent, LLDP "4.1.1.8.0.1.5", "eth0");
	agent_text(agent, LLDP "4.1.1.9.0.1.5", "plc7");
	agent_text(agent, LLDP "4.1.1.10.0.1.5", "Siemens, SIMATIC S7, CPU 1516-3 PN/DP ");
	agent_number(agent, LLDP "4.1.1.4.9.2.6", 7);
	agent_text(agent, LLDP "4.1.1.5.9.2.6", "rack");
	agent_number(agent, LLDP "4.1.1.6.9.2.6", 5);
	agent_text(agent, LLDP "4.1.1.7.9.2.6", "Te1/1");
	agent_number(agent, LLDP "4.2.1.3.0.1.5.2.16." SIX ".7", 2);
	agent_number(agent, LLDP "4.2.1.3.0.1.5.1.4.198.18.0.7", 2);
	agent_number(agent, LLDP "4.2.1.3.0.1.6.1.4.198.18.0.8", 2); /* of nobody */
	agent_number(agent, CDP "3.2.1", 1);
	agent_add(agent, CDP "4.2.1", BER_OCTETS, "\xc6\x12\0\x63", 4);
	agent_text(agent, CDP "6.2.1", "core1");
	agent_text(agent, CDP "7.2.1", "Te1/1");
	agent_text(agent, CDP "5.2.1", "Cisco IOS Software, Version 15.2(7)E3");
	agent_text(agent, CDP "8.2.1", "cisco WS-C2960X-24TS-L");
}

static inline void agent_everything(struct agent *agent)
{
	agent_system_group(agent);
	agent_entities(agent);
	agent_interfaces(agent);
	agent_addresses(agent);
	agent_neighbours_by_address(agent);
	agent_forwarding(agent);
	agent_neighbours_by_name(agent);
	agent_sort(agent);
}

/* A neighbour by LLDP's second MIB, and an address of one that it does not have. */
static inline void agent_lldp_v2(struct agent *agent)
{
	agent_number(agent, LLDP_V2 "1.1.5.0.2.1.7", 4);
	agent_add(agent, LLDP_V2 "1.1.6.0.2.1.7", BER_OCTETS, "\x02\0\0\0\0\x77", 6);
	agent_number(agent, LLDP_V2 "1.1.7.0.2.1.7", 5);
	agent_text(agent, LLDP_V2 "1.1.8.0.2.1.7", "ge-0/0/7");
	agent_text(agent, LLDP_V2 "1.1.10.0.2.1.7", "edge7");
	agent_text(agent, LLDP_V2 "1.1.11.0.2.1.7", "Edge switch 7");
	agent_number(agent, LLDP_V2 "2.1.3.0.2.1.7.1.4.198.18.0.77", 2);
	agent_number(agent, LLDP_V2 "2.1.3.0.2.2.7.1.4.198.18.0.78", 2); /* of no neighbour */
}

#endif
