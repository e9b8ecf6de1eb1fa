/* SPDX-License-Identifier: Apache-2.0 */
/* MAC vendors: three registries, the longest prefix, addresses that have no vendor. */
#include "tests/unit/scanner/fingerprint/folder.h"

#include "common/text.h"
#include "scanner/fingerprint/fingerprint.h"

static const char oui[] = "OUI/MA-L       Organization\n\n"
	"00-00-0C   (hex)\t\tCisco Systems, Inc\n00000C     (base 16)\t\tCisco Systems, Inc\n"
	"\t\t\t\t170 WEST TASMAN DRIVE\n\n"
	"70-B3-D5   (hex)\t\tIEEE Registration Authority\r\n70B3D5     (base 16)\t\tIEEE\r\n"
	"00-30-A7   (hex)\t\tSCHWEITZER \x1b[31mENGINEERING\n"
	"00-30-A8   (hex)\t\t\nZZ-00-00   (hex)\t\tNobody\n";
static const char mam[] =
	"74-1A-E0   (hex)\t\tPrivate\n900000-9FFFFF     (base 16)\t\tOf MAM\n";
static const char oui36[] = "70-B3-D5   (hex)\t\tTELEPLATFORMS\n"
	"F2F000-F2FFFF     (base 16)\t\tTELEPLATFORMS\n";

static const char *vendor(const struct mac_vendors *vendors, const char *text)
{
	struct mac mac;

	assert_int_equal(mac_parse(text, &mac, NULL), 0);
	return mac_vendor(vendors, mac);
}

static void longest_prefix(void **state)
{
	_cleanup_(mac_vendors_freep) struct mac_vendors *vendors = NULL;
	struct error err = {0};
	struct folder folder;
	char path[128];

	(void)state;
	folder_make(&folder);
	folder_file(&folder, "oui.txt", oui, path, sizeof(path));
	folder_file(&folder, "mam.txt", mam, path, sizeof(path));
	folder_file(&folder, "oui36.txt", oui36, path, sizeof(path));
	assert_int_equal(mac_vendors_load(folder.path, &vendors, &err), 0);
	folder_remove(folder.path);
	assert_string_equal(vendor(vendors, "00:00:0c:11:22:33"), "Cisco Systems, Inc");
	assert_string_equal(vendor(vendors, "70:b3:d5:f2:f1:23"), "TELEPLATFORMS");
	assert_string_equal(
		vendor(vendors, "70:b3:d5:f3:01:23"), "IEEE Registration Authority");
	assert_string_equal(vendor(vendors, "74:1a:e0:91:22:33"), "Of MAM");
	assert_null(vendor(vendors, "74:1a:e0:a1:22:33"));
	assert_null(vendor(vendors, "00:30:a8:00:00:01")); /* an entry without a name */
	assert_true(text_is_clean(vendor(vendors, "00:30:a7:00:00:01"),
		strlen(vendor(vendors, "00:30:a7:00:00:01"))));
}

static void no_vendor(void **state)
{
	_cleanup_(mac_vendors_freep) struct mac_vendors *vendors = NULL;
	struct error err = {0};

	(void)state;
	assert_int_equal(mac_vendors_load("/nonexistent", &vendors, &err), 0);
	assert_null(vendor(vendors, "00:00:0c:11:22:33"));
	assert_null(vendor(vendors, "02:00:0c:11:22:33")); /* locally administered */
	assert_null(vendor(vendors, "01:00:5e:00:00:01")); /* a group */
	assert_null(vendor(vendors, "00:00:00:00:00:00"));
}

/* Debian's own registries, where they are installed. */
static void ieee_data(void **state)
{
	_cleanup_(mac_vendors_freep) struct mac_vendors *vendors = NULL;
	struct error err = {0};

	(void)state;
	if (access("/usr/share/ieee-data/oui.txt", R_OK) < 0)
		skip();
	assert_int_equal(mac_vendors_load("/usr/share/ieee-data", &vendors, &err), 0);
	assert_non_null(strstr(vendor(vendors, "00:00:0c:01:02:03"), "Cisco"));
	assert_non_null(strstr(vendor(vendors, "00:80:f4:01:02:03"), "TELEMECANIQUE"));
	assert_non_null(strstr(vendor(vendors, "00:1b:1b:01:02:03"), "Siemens"));
	assert_non_null(vendor(vendors, "70:b3:d5:f2:f1:23"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(longest_prefix),
		cmocka_unit_test(no_vendor), cmocka_unit_test(ieee_data)};

	return RUN(tests);
}
