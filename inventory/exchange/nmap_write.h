/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The asset files of a realm as Nmap XML, for the tools that read it. What Nmap's document type
 * cannot say is left out: grades, sources, history. It states no <scaninfo>: a register does
 * not say what was scanned and not found.
 */
#ifndef INVENTORY_EXCHANGE_NMAP_WRITE_H
#define INVENTORY_EXCHANGE_NMAP_WRITE_H

#include "inventory/inventory.h"

/* Streams to a descriptor, which stays the caller's; pages of assets by their number, flat
 * memory. The same register gives the same bytes. ERROR_USAGE if there is no such realm;
 * ERROR_SYSTEM if it cannot be written. ret_hosts: elements <host>. */
int exchange_write_nmap(struct inventory *inv, const char *realm, int fd, uint64_t *ret_hosts,
	struct error *reterr);

#endif
