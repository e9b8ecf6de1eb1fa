/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One asset is two. Either some of its addresses and keys go to a new asset, with all that was
 * filed there; or it is said that two assets are two, which moves nothing and which the program
 * heeds. Taking an old merge apart is undo.c.
 */
#include "inventory/decisions/act.h"

#include "common/model/place.h"

#include "inventory/identity/identity.h"
#include "inventory/store/queries.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what goes ------------------------------------------------------------------------ */

static bool names_address(const struct act *act, const char *address)
{
	size_t n = strlen(address);

	for (const char *at = act->addresses.data; *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");

		if (length == n && memcmp(at, address, n) == 0)
			return true;
		at += length;
	}
	return false;
}

static void add_address(struct act *act, const char *address)
{
	if (!names_address(act, address))
		str_addf(&act->addresses, "%s%s", act->addresses.len ? " " : "", address);
}

/* A MAC by which it was met without an address: what stands for it goes the way of
 * addresses. */
static int take_station(struct act *act, const struct mac *mac)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char text[MAC_TEXT_MAX], stands[ADDR_TEXT_MAX];
	struct addr place = place_of_mac(mac);
	int r = db_run(act->inv->db, &query_decision_key_addresses,
		DB_VALUES(
			db_int(act->asset), db_text("station"), db_text(mac_format(mac, text))),
		&rows, act->reterr);

	if (r < 0)
		return r;
	if (!db_get_bool(rows, 0, 0))
		return error_set(act->reterr, ERROR_INPUT,
			"asset %" PRId64
			" was not met at %s without an address; `cadastre asset show %" PRId64
			"` shows where it was",
			act->asset, text, act->asset);
	add_address(act, addr_format(&place, stands));
	return 0;
}

static int take_address(struct act *act, const char *text)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	char canonical[ADDR_TEXT_MAX];
	struct addr addr;
	struct mac mac;
	int r;

	if (mac_parse(text, &mac, NULL) == 0)
		return take_station(act, &mac);
	r = addr_parse(text, &addr, act->reterr);
	if (r < 0)
		return error_wrap(act->reterr, r, "--address");
	r = db_run(act->inv->db, &query_decision_has_address,
		DB_VALUES(db_int(act->asset), db_addr(&addr)), &rows, act->reterr);
	if (r < 0)
		return r;
	addr_format(&addr, canonical);
	if (!db_get_bool(rows, 0, 1))
		return error_set(act->reterr, ERROR_INPUT,
			"%s is no address of asset %" PRId64 "; `cadastre asset show %" PRId64
			"` shows those it has", canonical, act->asset, act->asset);
	add_address(act, canonical);
	return 0;
}

/* TYPE=VALUE; types have no equals sign. */
static int take_key(struct act *act, const char *text)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	_cleanup_(str_done) struct str type = STR_INIT(DECISION_LIST_MAX);
	const char *value = strchr(text, '=');
	const char *addresses;
	struct mac mac;
	int r;

	if (!value || value == text || !value[1])
		return error_set(act->reterr, ERROR_USAGE,
			"--key \"%.64s\" is not TYPE=VALUE, such as serial=A1", text);
	str_add(&type, text, (size_t)(value - text));
	if (strcmp(type.data, "station") == 0 && mac_parse(value + 1, &mac, NULL) == 0)
		return take_station(act, &mac);
	r = db_run(act->inv->db, &query_decision_key_addresses,
		DB_VALUES(db_int(act->asset), db_text(type.data), db_text(value + 1)), &rows,
		act->reterr);
	if (r < 0)
		return r;
	if (!db_get_bool(rows, 0, 0))
		return error_set(act->reterr, ERROR_INPUT,
			"asset %" PRId64 " has no key %.64s; `cadastre asset show %" PRId64
			"` shows those it has", act->asset, text, act->asset);
	addresses = db_get_text(rows, 0, 1);
	if (!*addresses && act->addresses.len == 0)
		return error_set(act->reterr, ERROR_INPUT,
			"no address of asset %" PRId64
			" is known to show %.64s; name those that go with it with --address",
			act->asset, text);
	for (size_t n; *addresses; addresses += n + (addresses[n] == ' ')) {
		char one[ADDR_TEXT_MAX];

		n = strcspn(addresses, " ");
		snprintf(one, sizeof(one), "%.*s", (int)n, addresses);
		add_address(act, one);
	}
	str_addf(&act->keys, "%s%s %s", act->keys.len ? "; " : "", type.data, value + 1);
	return 0;
}

/* Something must remain, be it a MAC by which it was met without an address: an asset that
 * loses all is not split but another one. */
static int check_rest(struct act *act)
{
	_cleanup_(db_result_freep) struct db_result *rows = NULL;
	struct addr none = {0};
	size_t n = 1;
	int r = db_run(act->inv->db, &query_decision_has_address,
		DB_VALUES(db_int(act->asset), db_addr(&none)), &rows, act->reterr);

	if (r < 0)
		return r;
	for (const char *at = act->addresses.data; *at; at++)
		n += *at == ' ';
	if (db_get_int(rows, 0, 0) + db_get_int(rows, 0, 2) > (int64_t)n)
		return 0;
	return error_set(act->reterr, ERROR_INPUT,
		"that is every address of asset %" PRId64
		" and every MAC that it was met at without one: nothing "
		"would remain of it; name those that go, or retire it",
		act->asset);
}

static int gather(struct act *act, const struct split_request *request)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < request->n_addresses; i++)
		r = take_address(act, request->addresses[i]);
	for (size_t i = 0; r == 0 && i < request->n_keys; i++)
		r = take_key(act, request->keys[i]);
	if (r == 0 && (act->addresses.failed || act->keys.failed))
		r = error_set(act->reterr, ERROR_USAGE,
			"the keys are longer than %d bytes; split in several steps",
			DECISION_LIST_MAX);
	return r < 0 ? r : check_rest(act);
}

/* ---- the split ------------------------------------------------------------------------ */

/* The number of a new asset, by its first address. */
static int new_number(struct act *act)
{
	_cleanup_(db_result_freep) struct db_result *last = NULL;
	char first[ADDR_TEXT_MAX];
	struct addr addr;
	int64_t counter;
	int r = db_run(act->inv->db, &query_intake_counter, DB_NO_VALUES, &last, act->reterr);

	if (r < 0)
		return r;
	if (db_rows(last) != 1)
		return error_set(act->reterr, ERROR_DATABASE, "the asset counter is missing");
	counter = db_get_int(last, 0, 0);
	snprintf(first, sizeof(first), "%.*s", (int)strcspn(act->addresses.data, " "),
		act->addresses.data);
	r = addr_parse(first, &addr, act->reterr);
	if (r < 0)
		return r;
	act->other = identity_new_id(&addr, &counter);
	return db_run(act->inv->db, &query_intake_counter_set, DB_VALUES(db_int(counter)), NULL,
		act->reterr);
}

static int move_keys(struct act *act, const struct split_request *request)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < request->n_keys; i++) {
		_cleanup_(str_done) struct str type = STR_INIT(DECISION_LIST_MAX);
		const char *value = strchr(request->keys[i], '=');

		str_add(&type, request->keys[i], (size_t)(value - request->keys[i]));
		r = db_run(act->inv->db, &query_decision_move_one_key,
			DB_VALUES(db_int(act->from), db_int(act->to), db_int(act->run),
				db_text(type.data), db_text(value + 1)),
			NULL, act->reterr);
	}
	return r;
}

static int split_off(struct act *act, const struct split_request *request)
{
	static const struct act_step steps[] = {
		{&query_decision_new_asset, "tfr"},
		{&query_decision_new_state, "tfr"},
		{&query_decision_state, "t"},
		{&query_decision_move_key, "ftras"},
		{&query_decision_move_address, "ftra"},
		{&query_decision_move_name, "ftra"},
		{&query_decision_move_key_sighting, "ftra"},
		{&query_decision_move_service, "ftra"},
		{&query_decision_move_fact, "ftra"},
		{&query_decision_move_hop, "ftra"},
		{&query_decision_split_link, "ftra"},
		{&query_decision_path_ended, "ftrm"},
		{&query_decision_path_add, "ftrm"},
	};
	int r = new_number(act);

	if (r == 0)
		r = act_open(act, true);
	act->from = act->asset;
	act->to = act->other;
	act->some = true;
	if (r == 0)
		r = act_steps(act, steps, ARRAY_SIZE(steps));
	return r < 0 ? r : move_keys(act, request);
}

/* They were two and are to stay two: a proposal is refused by that. */
static int tell_apart(struct act *act, const char *which)
{
	_cleanup_(party_done) struct party other = {0};
	char why[64];
	int r = act_find(act, which, &other);

	if (r < 0)
		return r;
	if (other.id == act->asset)
		return error_set(act->reterr, ERROR_INPUT,
			"both names lead to asset %" PRId64
			"; name what leaves it with --address, --key or --undo-of",
			other.id);
	if (other.realm != act->realm)
		return error_set(act->reterr, ERROR_INPUT,
			"asset %" PRId64
			" is of another realm: the two are never taken for one",
			other.id);
	act->other = other.id;
	r = act_open(act, false);
	snprintf(why, sizeof(why), "answered by decision %" PRId64, act->id);
	return r < 0 ? r
		     : db_run(act->inv->db, &query_decision_settle,
			       DB_VALUES(db_int(act->asset), db_int(act->other),
				       db_time(act->now_us), db_text(act->by.data),
				       db_text(why)),
			       NULL, act->reterr);
}

static int check_request(const struct split_request *request, struct error *reterr)
{
	int ways = (request->n_addresses || request->n_keys) + (request->apart_from != NULL);

	if (ways == 1)
		return 0;
	return error_set(reterr, ERROR_USAGE,
		"say what leaves the asset: addresses, keys, one of its aliases, or another "
		"asset that it is not; one of these");
}

int inventory_asset_split(struct inventory *inv, const char *asset,
	const struct split_request *request, const struct decision_words *words,
	int (*row)(void *context, const struct decision_part *part), void *context,
	struct decision_result *ret_result, struct error *reterr)
{
	_cleanup_(act_done) struct act act = {0};
	_cleanup_(party_done) struct party party = {0};
	int r = check_request(request, reterr);

	if (r == 0)
		r = act_begin(&act, inv, words, "split", reterr);
	if (r == 0)
		r = act_find(&act, asset, &party);
	if (r < 0)
		return r;
	act.realm = party.realm;
	act.asset = party.id;
	if (request->apart_from) {
		r = tell_apart(&act, request->apart_from);
	} else {
		r = gather(&act, request);
		if (r == 0)
			r = db_run(inv->db, &query_decision_against_split,
				DB_VALUES(db_int(act.asset), db_text(act.addresses.data)),
				&act.against, reterr);
		if (r == 0)
			r = split_off(&act, request);
	}
	return r < 0 ? r : act_finish(&act, row, context, ret_result);
}
