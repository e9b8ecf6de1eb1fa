/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sheet says about an asset or a system, in as few words as a map has room for. Memory
 * of the model's arena; "" where there is nothing to say, or no memory.
 */
#ifndef MAPPER_SHEET_WORDS_H
#define MAPPER_SHEET_WORDS_H

#include "mapper/sheet/model.h"

/* The address, "" for family 0 and where the name says it already. */
const char *words_address(
	const struct model *model, uint32_t asset, const struct addr *addr);
/* "exposed: 53, 53/udp, 443", or with "open: " of all services: each port once whatever
 * addresses it answers at, TCP unnamed, at most `most` of them and the number of the others. */
const char *words_ports(
	const struct model *model, uint32_t asset, bool exposed, unsigned int most);
/* "Schneider Electric SAGE 2400", else the operating system, else the first named product. */
const char *words_product(const struct model *model, uint32_t asset);
/* "also 198.18.60.13": an address outside this network that the name does not say. */
const char *words_also(const struct model *model, uint32_t asset, uint32_t network);
/* "CII LH-2026-001"; a number that begins with CII stands alone. Fitted to the width. */
const char *words_designation(
	const struct model *model, const struct estate_system *system, double pt, double width);
/* "Distribution dispatch SCADA (CII-2026-001); ...": the systems on the list, at most `most` of
 * them and the number of the others. */
const char *words_designated(const struct model *model, uint32_t most);
/* "CII 3", for a badge; "" for none. */
const char *words_cii(const struct model *model, uint32_t n);
/* "+ 3 more": what is not told one by one. */
const char *words_more(const struct model *model, uint32_t n);
/* At most so many bytes of a text, whole characters only: for a precision of printf. */
int words_whole(const char *text, size_t most);
/* "2026-11-25 20:51:56 UTC" */
const char *words_time(struct arena *arena, int64_t wall_us);
/* The English label, followed by the Chinese one where the fonts can show it. */
const char *words_both(struct arena *arena, const char *english, const char *chinese);

#endif
