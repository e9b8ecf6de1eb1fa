/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LLDP, what a station says of itself on a link (IEEE 802.1AB-2016 clause 8, TIA-1057 for
 * LLDP-MED's inventory). A pure reader: views point into the caller's bytes and are not clean.
 */
#ifndef SCANNER_WIRE_LLDP_H
#define SCANNER_WIRE_LLDP_H

#include "common/addr.h"
#include "common/str.h"
#include "scanner/wire/tlv.h"

#include <stdbool.h>

#define LLDP_ETHERTYPE 0x88cc
#define LLDP_MANAGEMENT_MAX 4

enum lldp_chassis { LLDP_CHASSIS_MAC = 4, LLDP_CHASSIS_ADDRESS = 5 };
enum lldp_port { LLDP_PORT_MAC = 3, LLDP_PORT_ADDRESS = 4 };

struct lldp_id {
	uint8_t subtype;
	struct view value;
};

struct lldp {
	struct lldp_id chassis, port;
	uint16_t ttl; /* seconds; 0: the station takes its leave */
	struct view port_description, system_name, system_description;
	bool has_capabilities;
	uint16_t capabilities, enabled; /* IEEE 802.1AB table 8-4 */
	struct addr management[LLDP_MANAGEMENT_MAX];
	uint8_t n_management;
	uint16_t port_vlan; /* 0 not told */
	/* LLDP-MED inventory */
	struct view hardware, firmware, software, serial, manufacturer, model, asset;
	struct tlv_tally tally;
};

/* The payload of an Ethernet frame with LLDP's ethertype. False if it does not begin with
 * chassis, port and time to live, as it must, or runs past its end. */
bool lldp_read(const uint8_t *bytes, size_t size, struct lldp *ret_lldp);

/* Appends an id as clean text: a MAC or IP address as such, other kinds as they are. `mac` and
 * `address` are the subtype numbers that have this meaning for chassis or port. */
void lldp_id_format(struct str *out, const struct lldp_id *id, uint8_t mac, uint8_t address);

/* The names of the capability bits that are set, by spaces: "bridge router". */
void lldp_capabilities_format(struct str *out, uint16_t bits);

#endif
