/* SPDX-License-Identifier: Apache-2.0 */
/* Header blocks by libnghttp2; see hpack.h. */
#include "scanner/protocol/hpack.h"

#include <nghttp2/nghttp2.h>

#include <stdlib.h>

enum { FIELD_OVERHEAD = 32 };

struct hpack {
	nghttp2_hd_inflater *inflater;
	size_t fields, list;
	bool broken;
};

struct hpack *hpack_new(void)
{
	struct hpack *hpack = calloc(1, sizeof(*hpack));

	if (!hpack || nghttp2_hd_inflate_new(&hpack->inflater) == 0)
		return hpack;
	free(hpack);
	return NULL;
}

void hpack_free(struct hpack *hpack)
{
	if (!hpack)
		return;
	nghttp2_hd_inflate_del(hpack->inflater);
	free(hpack);
}

static bool count(struct hpack *hpack, const nghttp2_nv *nv)
{
	hpack->fields++;
	hpack->list += nv->namelen + nv->valuelen + FIELD_OVERHEAD;
	return hpack->fields <= HPACK_FIELDS_MAX && hpack->list <= HPACK_LIST_MAX;
}

/* As far as the piece goes. */
static bool inflate(
	struct hpack *hpack, struct span piece, bool last, hpack_field *field, void *context)
{
	int flags = 0;

	do {
		nghttp2_nv nv;
		ssize_t n = nghttp2_hd_inflate_hd2(
			hpack->inflater, &nv, &flags, piece.bytes, piece.size, last);

		if (n < 0)
			return false;
		piece.bytes += n;
		piece.size -= (size_t)n;
		if ((flags & NGHTTP2_HD_INFLATE_EMIT) && !count(hpack, &nv))
			return false;
		if (flags & NGHTTP2_HD_INFLATE_EMIT)
			field(context, (struct span){nv.name, nv.namelen},
				(struct span){nv.value, nv.valuelen});
	} while (!(flags & NGHTTP2_HD_INFLATE_FINAL) &&
		 ((flags & NGHTTP2_HD_INFLATE_EMIT) || piece.size > 0));
	if (flags & NGHTTP2_HD_INFLATE_FINAL)
		nghttp2_hd_inflate_end_headers(hpack->inflater);
	return true;
}

bool hpack_take(
	struct hpack *hpack, struct span piece, bool last, hpack_field *field, void *context)
{
	hpack->broken = hpack->broken || !inflate(hpack, piece, last, field, context);
	return !hpack->broken;
}
