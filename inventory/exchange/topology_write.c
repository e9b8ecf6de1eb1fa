/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Networks and links in the data model of RFC 8345 (ietf-network, ietf-network-topology) with
 * the augmentations of RFC 8944 (layer 2) and RFC 8346 (layer 3), as JSON of RFC 7951. Layer 3
 * stands on layer 2: each node and each link of it names those that support it. A link of the
 * model has one direction, so each connection is two. Only what holds.
 */
#include "inventory/exchange/export.h"
#include "inventory/exchange/json_out.h"

#include <inttypes.h>
#include <string.h>

struct topology {
	struct json_out out;
	bool three; /* the layer at hand is 3, else 2 */
};

static const char *const names[] = {"layer2", "layer3"};

static void node_id(char out[32], int64_t id)
{
	snprintf(out, 32, "asset-%" PRId64, id);
}

/* Of an asset without addresses the MACs by which it was met: they stand between spaces. */
static void mac_points(struct json_out *out, const char *macs)
{
	for (size_t n; *macs; macs += n + (macs[n] == ' ')) {
		char mac[MAC_TEXT_MAX];

		n = strcspn(macs, " ");
		snprintf(mac, sizeof(mac), "%.*s", (int)n, macs);
		json_open(out, NULL, '{');
		json_text(out, "tp-id", mac);
		json_open(out, "ietf-l2-topology:l2-termination-point-attributes", '{');
		json_text(out, "mac-address", mac);
		json_close(out, '}');
		json_close(out, '}');
	}
}

static void termination_points(struct topology *t, const struct export_asset *a)
{
	const struct db_result *rows = a->rows[PART_ADDRESSES];
	struct json_out *out = &t->out;

	json_open(out, "ietf-network-topology:termination-point", '[');
	for (size_t i = a->span[PART_ADDRESSES].from; i < a->span[PART_ADDRESSES].to; i++) {
		const char *address = db_get_text(rows, i, ADDRESS_TEXT),
			   *mac = db_get_text(rows, i, ADDRESS_MAC);

		if (db_get_int(rows, i, ADDRESS_UNTIL))
			continue;
		json_open(out, NULL, '{');
		json_text(out, "tp-id", address);
		if (t->three) {
			json_open(out,
				"ietf-l3-unicast-topology:l3-termination-point-attributes",
				'{');
			json_open(out, "ip-address", '[');
			json_text(out, NULL, address);
			json_close(out, ']');
			json_close(out, '}');
		} else if (*mac) {
			json_open(out, "ietf-l2-topology:l2-termination-point-attributes", '{');
			json_text(out, "mac-address", mac);
			json_close(out, '}');
		}
		json_close(out, '}');
	}
	if (!t->three)
		mac_points(out, asset_text(a, ASSET_MACS));
	json_close(out, ']');
}

static int node(
	struct export *e, const struct export_asset *a, void *context, struct error *reterr)
{
	struct topology *t = context;
	struct json_out *out = &t->out;
	char id[32];

	(void)reterr;
	node_id(id, a->id);
	json_open(out, NULL, '{');
	json_text(out, "node-id", id);
	if (t->three) {
		json_open(out, "supporting-node", '[');
		json_open(out, NULL, '{');
		json_text(out, "network-ref", names[0]);
		json_text(out, "node-ref", id);
		json_close(out, '}');
		json_close(out, ']');
		json_open(out, "ietf-l3-unicast-topology:l3-node-attributes", '{');
		json_text(out, "name", asset_text(a, ASSET_NAME));
		json_close(out, '}');
	} else {
		json_open(out, "ietf-l2-topology:l2-node-attributes", '{');
		json_text(out, "name", asset_text(a, ASSET_NAME));
		json_close(out, '}');
	}
	termination_points(t, a);
	json_close(out, '}');
	json_line(out);
	e->result.assets += !t->three;
	return e->stream.failed;
}

static void link_id(char out[80], const char *layer, int64_t from, int64_t to)
{
	snprintf(out, 80, "%.8s-%" PRId64 "-%" PRId64, layer, from, to);
}

static void one_link(
	struct topology *t, const char *layer, int64_t from, int64_t to, bool supported)
{
	struct json_out *out = &t->out;
	char id[80], end[32];

	link_id(id, layer, from, to);
	json_open(out, NULL, '{');
	json_text(out, "link-id", id);
	json_open(out, "source", '{');
	node_id(end, from);
	json_text(out, "source-node", end);
	json_close(out, '}');
	json_open(out, "destination", '{');
	node_id(end, to);
	json_text(out, "dest-node", end);
	json_close(out, '}');
	if (supported) {
		link_id(id, "l2", from, to);
		json_open(out, "supporting-link", '[');
		json_open(out, NULL, '{');
		json_text(out, "network-ref", names[0]);
		json_text(out, "link-ref", id);
		json_close(out, '}');
		json_close(out, ']');
	}
	json_close(out, '}');
}

static bool is_link(const struct export_asset *a, size_t i, const char *layer)
{
	const struct db_result *rows = a->rows[PART_RELATIONS];

	return db_get_int(rows, i, RELATION_PLACE) == 3 &&
	       strcmp(db_get_text(rows, i, RELATION_A), layer) == 0;
}

static bool has_link(const struct export_asset *a, const char *layer, int64_t peer)
{
	for (size_t i = a->span[PART_RELATIONS].from; i < a->span[PART_RELATIONS].to; i++)
		if (is_link(a, i, layer) &&
			db_get_int(a->rows[PART_RELATIONS], i, RELATION_PEER) == peer)
			return true;
	return false;
}

/* A connection is stored once, with the asset of the lower number. */
static int links(struct export *e, const struct export_asset *a, void *context,
	struct error *reterr)
{
	struct topology *t = context;
	const char *layer = t->three ? "l3" : "l2";

	(void)reterr;
	for (size_t i = a->span[PART_RELATIONS].from; i < a->span[PART_RELATIONS].to; i++) {
		int64_t peer = db_get_int(a->rows[PART_RELATIONS], i, RELATION_PEER);
		bool supported = t->three && has_link(a, "l2", peer);

		if (!is_link(a, i, layer))
			continue;
		one_link(t, layer, a->id, peer, supported);
		one_link(t, layer, peer, a->id, supported);
		json_line(&t->out);
	}
	return e->stream.failed;
}

static int network(struct export *e, struct topology *t, struct error *reterr)
{
	struct json_out *out = &t->out;
	int r;

	json_open(out, NULL, '{');
	json_text(out, "network-id", names[t->three]);
	json_open(out, "network-types", '{');
	json_open(out, t->three ? "ietf-l3-unicast-topology:l3-unicast-topology"
				: "ietf-l2-topology:l2-topology", '{');
	json_close(out, '}');
	json_close(out, '}');
	if (t->three) {
		json_open(out, "supporting-network", '[');
		json_open(out, NULL, '{');
		json_text(out, "network-ref", names[0]);
		json_close(out, '}');
		json_close(out, ']');
	}
	json_open(out, "node", '[');
	r = export_walk(e, PARTS(PART_ASSETS) | PARTS(PART_ADDRESSES), node, t, reterr);
	json_close(out, ']');
	if (r == 0) {
		json_open(out, "ietf-network-topology:link", '[');
		r = export_walk(e, PARTS(PART_RELATIONS), links, t, reterr);
		json_close(out, ']');
		json_close(out, '}');
	}
	return r;
}

int export_rfc8345(struct export *e, struct error *reterr)
{
	struct topology t = {.out = {.stream = &e->stream}};
	int r;

	json_open(&t.out, NULL, '{');
	json_open(&t.out, "ietf-network:networks", '{');
	json_open(&t.out, "network", '[');
	r = network(e, &t, reterr);
	t.three = true;
	if (r == 0)
		r = network(e, &t, reterr);
	json_close(&t.out, ']');
	json_close(&t.out, '}');
	json_close(&t.out, '}');
	json_line(&t.out);
	return r;
}
