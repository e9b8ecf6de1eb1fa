/* SPDX-License-Identifier: Apache-2.0 */
/* What XDP an interface can do, as the kernel says it. Private to scanner/link. */
#ifndef SCANNER_LINK_NETDEV_H
#define SCANNER_LINK_NETDEV_H

#include "common/error.h"

#include <stdint.h>

#define NETDEV_XDP_TRANSMIT 4 /* NETDEV_XDP_ACT_NDO_XMIT: sends frames that XDP redirects */

/* Asks the generic netlink family "netdev" (Linux 6.3). ERROR_NETWORK if the kernel has none,
 * or says nothing of this interface. */
int netdev_xdp_features(unsigned int ifindex, uint64_t *ret_features, struct error *reterr);

#endif
