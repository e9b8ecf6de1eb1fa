/* SPDX-License-Identifier: Apache-2.0 */
/* What route.c (answers) and netlink.c (reading the kernel) share. */
#ifndef SCANNER_LINK_ROUTE_INTERNAL_H
#define SCANNER_LINK_ROUTE_INTERNAL_H

#include "scanner/link/route.h"

struct route_table {
	struct route *routes;
	struct route_interface *interfaces;
	struct route_address *addresses;
	struct route_neighbour *neighbours;
	size_t n_routes, n_interfaces, n_addresses, n_neighbours;
	size_t max_routes, max_interfaces, max_addresses, max_neighbours;
};

#endif
