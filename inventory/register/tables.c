/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of the register, described once: what XML, CSV, the database and people call each
 * column, and what may stand in it. The forms follow the filing form of 2025
 * (docs/register.md); schema/xml/register.xsd says the same of XML.
 */
#include "inventory/register/register.h"

#include <string.h>
#include <strings.h>

#define KEY REGISTER_KEY
#define REQUIRED REGISTER_REQUIRED
#define OWNER (REGISTER_KEY | REGISTER_REQUIRED | REGISTER_OWNER | REGISTER_REFERENCE)
#define OPTIONAL REGISTER_NULL
#define REFERENCE REGISTER_REFERENCE
#define OWN REGISTER_OWN_ONLY

/* ---- code lists -------------------------------------------------------------------------- */

static const char *const role_codes[] = {
	"operator", "owner", "competent-department", "protection-department",
	"public-security", "supplier", "telecom-carrier", "assessment-body", NULL};
static const char *const contact_codes[] = {
	"head", "cybersecurity", "data-security", "duty", "filing", NULL};
static const char *const event_codes[] = {"merge", "split", "dissolve", "rename", NULL};
static const char *const facility_codes[] = {
	"machine-room", "site", "substation", "control-centre", "other", NULL};
static const char *const importance_codes[] = {"key", "important", "general", NULL};
static const char *const purdue_codes[] = {"0", "1", "2", "3", "3.5", "4", "5", NULL};
static const char *const protects_codes[] = {
	"management-centre", "communication-network", "area-boundary",
	"computing-environment", NULL};
static const char *const class_codes[] = {
	"basic-network", "special-network", "core-business", "cloud-platform",
	"big-data-platform", "internet-of-things", "industrial-control",
	"smart-manufacturing", "new-internet", "novel-telecom", "general", NULL};
static const char *const kind_codes[] = {
	"information-system", "network-facility", "data-resource", NULL};
static const char *const scope_codes[] = {
	"national", "cross-province", "province", "cross-prefecture", "prefecture", "other",
	NULL};
static const char *const counterpart_codes[] = {"internal", "public", "both", "other", NULL};
static const char *const lifecycle_codes[] = {"planned", "in-service", "retired", NULL};
static const char *const business_type_codes[] = {
	"production", "dispatch", "office", "public-service", "other", NULL};
static const char *const technology_codes[] = {
	"cloud", "mobile", "internet-of-things", "industrial-control", "big-data",
	"new-internet", "smart-manufacturing", "artificial-intelligence", "other", NULL};
static const char *const deployment_codes[] = {"lan", "man", "wan", "other", NULL};
static const char *const nature_codes[] = {"business-private", "internet", "other", NULL};
static const char *const list_codes[] = {"supports", "controls", "dependants", NULL};
static const char *const strength_codes[] = {"essential", "important", "supporting", NULL};
static const char *const scenario_codes[] = {
	"cloud", "mobile", "internet-of-things", "industrial-control", "big-data", NULL};
static const char *const scenario_role_codes[] = {"provider", "customer", NULL};
static const char *const service_model_codes[] = {"iaas", "paas", "saas", "other", NULL};
static const char *const cloud_codes[] = {"private", "public", "hybrid", "community", NULL};
static const char *const rule_codes[] = {
	"asset", "address", "name", "tag", "vlan", "prefix", NULL};
static const char *const subject_codes[] = {
	"system", "subnet", "asset", "address", "name", "tag", "vlan", "prefix", NULL};
static const char *const duty_codes[] = {"manages", "operates", "owns", "uses", NULL};
static const char *const circuit_codes[] = {
	"internet", "private-line", "vpn", "wireless", "other", NULL};
static const char *const service_codes[] = {
	"design", "construction", "operation-maintenance", "technical-service",
	"security-service", "cloud", "product-supply", "telecom", NULL};
static const char *const level_codes[] = {"general", "important", "core", NULL};
static const char *const personal_codes[] = {"none", "general", "sensitive", NULL};
static const char *const aspect_codes[] = {"s", "a", NULL};
static const char *const object_codes[] = {"rights", "order", "security", NULL};
static const char *const degree_codes[] = {
	"none", "general", "serious", "particularly-serious", NULL};
static const char *const filing_codes[] = {"filed", "returned", NULL};
static const char *const assessment_codes[] = {
	"tier", "crypto", "cii-annual", "risk", "review", NULL};
static const char *const result_codes[] = {"conform", "basically-conform", "not-conform", NULL};
static const char *const selector_codes[] = {
	"asset", "address", "name", "mac", "serial", NULL};

/* ---- columns ----------------------------------------------------------------------------- */

static const struct register_column organisation_columns[] = {
	{"id", "id", "单位编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "单位名称", REGISTER_LINE, REQUIRED},
	{"sector", "sector", "行业领域", REGISTER_SECTOR, REQUIRED},
	{"credit_code", "credit-code", "统一社会信用代码", REGISTER_LINE, REGISTER_CREDIT},
	{"unit_type", "unit-type", "单位类型", REGISTER_CODE, 0},
	{"affiliation", "affiliation", "隶属关系", REGISTER_CODE, 0},
	{"division", "division", "行政区划代码", REGISTER_LINE, 0},
	{"parent", "parent", "上级单位", REGISTER_ID, OPTIONAL | REFERENCE | REGISTER_TREE,
		.target = REGISTER_ORGANISATION},
	{"address", "address", "单位地址", REGISTER_LINE, 0},
	{"postcode", "postcode", "邮政编码", REGISTER_LINE, 0},
	{"industry", "industry", "行业类别代码", REGISTER_CODE, 0},
	{"countries", "countries", "提供服务的国家", REGISTER_CODES, 0},
	{0}};

static const struct register_column org_role_columns[] = {
	{"organisation", "organisation", "单位", REGISTER_ID, OWNER,
		.target = REGISTER_ORGANISATION},
	{"code", "code", "角色", REGISTER_ENUM, KEY | REQUIRED, .codes = role_codes},
	{"scope", "scope", "范围", REGISTER_LINE, KEY},
	{"valid_from", "valid-from", "有效期起", REGISTER_DAY, KEY, .missing = "-infinity"},
	{"valid_until", "valid-until", "有效期止", REGISTER_DAY, OPTIONAL},
	{0}};

static const struct register_column org_contact_columns[] = {
	{"organisation", "organisation", "单位", REGISTER_ID, OWNER,
		.target = REGISTER_ORGANISATION},
	{"role", "role", "联系人职责", REGISTER_ENUM, KEY | REQUIRED, .codes = contact_codes},
	{"department", "department", "责任部门", REGISTER_LINE, 0},
	{"title", "title", "职务", REGISTER_LINE, 0},
	{"phone", "phone", "办公电话", REGISTER_LINE, 0},
	{"email", "email", "电子邮件", REGISTER_LINE, 0},
	{0}};

static const struct register_column org_event_columns[] = {
	{"organisation", "organisation", "单位", REGISTER_ID, OWNER,
		.target = REGISTER_ORGANISATION},
	{"event", "kind", "变更类型", REGISTER_ENUM, KEY | REQUIRED, .codes = event_codes},
	{"day", "on", "变更日期", REGISTER_PAST_DAY, KEY | REQUIRED},
	{"other", "with", "相关单位", REGISTER_ID, KEY | REFERENCE | REGISTER_TREE,
		.target = REGISTER_ORGANISATION},
	{"note", "note", "说明", REGISTER_PROSE, 0},
	{0}};

static const struct register_column org_metric_columns[] = {
	{"organisation", "organisation", "单位", REGISTER_ID, OWNER,
		.target = REGISTER_ORGANISATION},
	{"name", "name", "指标名称", REGISTER_CODE, KEY | REQUIRED},
	{"unit", "unit", "计量单位", REGISTER_LINE, KEY | REQUIRED},
	{"value", "value", "数值", REGISTER_NUMBER, REQUIRED},
	{0}};

static const struct register_column org_answer_columns[] = {
	{"organisation", "organisation", "单位", REGISTER_ID, OWNER,
		.target = REGISTER_ORGANISATION},
	{"pack", "pack", "规则包", REGISTER_LINE, KEY | REQUIRED},
	{"criterion", "criterion", "准则", REGISTER_ID, KEY | REQUIRED},
	{"met", "met", "是否满足", REGISTER_YES_NO, REQUIRED},
	{"official", "official", "判断人", REGISTER_LINE, REQUIRED},
	{0}};

static const struct register_column facility_columns[] = {
	{"id", "id", "设施编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "设施名称", REGISTER_LINE, REQUIRED},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"kind", "kind", "设施类型", REGISTER_ENUM, REQUIRED, .codes = facility_codes},
	{"address", "address", "设施地址", REGISTER_LINE, 0},
	{"division", "division", "行政区划代码", REGISTER_LINE, 0},
	{"importance", "importance", "重要程度", REGISTER_ENUM, 0, .codes = importance_codes},
	{0}};

static const struct register_column zone_columns[] = {
	{"id", "id", "安全域编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "安全域名称", REGISTER_LINE, REQUIRED},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"parent", "parent", "上级安全域", REGISTER_ID, OPTIONAL | REFERENCE | REGISTER_TREE,
		.target = REGISTER_ZONE},
	{"purdue_level", "purdue-level", "层级", REGISTER_ENUM, 0, .codes = purdue_codes},
	{"sl_t", "sl-t", "目标安全级别", REGISTER_WHOLE, OPTIONAL, .low = 0, .high = 4},
	{"protects", "protects", "防护类别", REGISTER_ENUM, 0, .codes = protects_codes},
	{"importance", "importance", "重要程度", REGISTER_ENUM, 0, .codes = importance_codes},
	{"function", "function", "功能", REGISTER_LINE, 0},
	{0}};

static const struct register_column conduit_columns[] = {
	{"id", "id", "通道编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "通道名称", REGISTER_LINE, REQUIRED},
	{"zones", "zones", "连接的安全域", REGISTER_IDS, REQUIRED | REFERENCE,
		.target = REGISTER_ZONE},
	{"protocols", "protocols", "允许的协议", REGISTER_CODES, 0},
	{"boundary_device", "boundary-device", "边界设备", REGISTER_LINE, 0},
	{0}};

static const struct register_column subnet_columns[] = {
	{"prefix", "prefix", "地址段", REGISTER_PREFIX, KEY | REQUIRED},
	{"name", "name", "网段名称", REGISTER_LINE, REQUIRED},
	{"zone", "zone", "所属安全域", REGISTER_LINE, 0},
	{"vlan", "vlan", "VLAN", REGISTER_WHOLE, OPTIONAL, .low = 1, .high = 4094},
	{"facility", "facility", "所在设施", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_FACILITY},
	{"function", "function", "功能", REGISTER_LINE, 0},
	{"importance", "importance", "重要程度", REGISTER_ENUM, 0, .codes = importance_codes},
	{0}};

static const struct register_column business_columns[] = {
	{"id", "id", "业务编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "业务名称", REGISTER_LINE, REQUIRED},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"sector", "sector", "行业领域", REGISTER_SECTOR, REQUIRED},
	{"function", "function", "业务类别", REGISTER_CODE, REQUIRED},
	{"is_key", "key", "是否关键业务", REGISTER_YES_NO, REQUIRED},
	{"rto_hours", "rto-hours", "恢复时间目标（小时）", REGISTER_AMOUNT, OPTIONAL},
	{"rpo_hours", "rpo-hours", "恢复点目标（小时）", REGISTER_AMOUNT, OPTIONAL},
	{"fallback_hours", "fallback-hours", "人工替代时间（小时）", REGISTER_AMOUNT, OPTIONAL},
	{0}};

static const struct register_column system_columns[] = {
	{"id", "id", "系统编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "系统名称", REGISTER_LINE, REQUIRED},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"sector", "sector", "行业领域", REGISTER_SECTOR, REQUIRED},
	{"external", "external", "是否外部系统", REGISTER_YES_NO, REGISTER_ELEMENT,
		.missing = "no"},
	{"class", "class", "系统类别", REGISTER_ENUM, REQUIRED | OWN, .codes = class_codes},
	{"kind", "kind", "定级对象类型", REGISTER_ENUM, REQUIRED | OWN, .codes = kind_codes},
	{"function", "function", "系统功能", REGISTER_LINE, REQUIRED | OWN},
	{"service_scope", "service-scope", "服务范围", REGISTER_ENUM, REQUIRED | OWN,
		.codes = scope_codes},
	{"counterparts", "counterparts", "服务对象", REGISTER_ENUM, REQUIRED | OWN,
		.codes = counterpart_codes},
	{"lifecycle", "lifecycle", "生命周期状态", REGISTER_ENUM, OWN, .codes = lifecycle_codes,
		.missing = "in-service"},
	{"object_no", "object-no", "定级对象编号", REGISTER_LINE, OWN},
	{"business_type", "business-type", "业务类型", REGISTER_ENUM, OWN,
		.codes = business_type_codes},
	{"description", "description", "业务描述", REGISTER_PROSE, OWN},
	{"technology", "technology", "新技术类型", REGISTER_CODES, OWN,
		.codes = technology_codes},
	{"data_handled", "data-handled", "处理的数据", REGISTER_LINE, OWN},
	{"deployment", "deployment", "部署范围", REGISTER_ENUM, OWN, .codes = deployment_codes},
	{"network_nature", "network-nature", "网络性质", REGISTER_ENUM, OWN,
		.codes = nature_codes},
	{"interconnection", "interconnection", "互联情况", REGISTER_LINE, OWN},
	{"in_service", "in-service", "投入运行日期", REGISTER_PAST_DAY, OPTIONAL | OWN},
	{"parent", "parent", "所属系统", REGISTER_ID, OPTIONAL | OWN | REFERENCE |
		REGISTER_TREE, .target = REGISTER_SYSTEM},
	{"carried_by", "carried-by", "承载平台", REGISTER_ID, OPTIONAL | OWN | REFERENCE |
		REGISTER_TREE, .target = REGISTER_SYSTEM},
	{0}};

static const struct register_column system_tier_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"s", "s", "业务信息安全等级", REGISTER_WHOLE, REQUIRED, .low = 1, .high = 5},
	{"a", "a", "系统服务安全等级", REGISTER_WHOLE, REQUIRED, .low = 1, .high = 5},
	{"determined", "determined", "定级日期", REGISTER_PAST_DAY, OPTIONAL},
	{0}};

static const struct register_column damage_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"aspect", "aspect", "受侵害方面", REGISTER_ENUM, KEY | REQUIRED, .codes = aspect_codes},
	{"object", "object", "受侵害客体", REGISTER_ENUM, KEY | REQUIRED, .codes = object_codes},
	{"degree", "degree", "侵害程度", REGISTER_ENUM, REQUIRED, .codes = degree_codes},
	{0}};

static const struct register_column filing_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"status", "status", "备案状态", REGISTER_ENUM, REQUIRED, .codes = filing_codes},
	{"form_no", "form-no", "备案表编号", REGISTER_DIGITS, 0, .high = 11},
	{"certificate_no", "certificate-no", "备案证明编号", REGISTER_LINE, 0},
	{"body", "body", "受理公安机关", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"received", "received", "受理日期", REGISTER_PAST_DAY, OPTIONAL},
	{"issued", "issued", "发证日期", REGISTER_PAST_DAY, OPTIONAL},
	{"valid_until", "valid-until", "有效期止", REGISTER_DAY, OPTIONAL},
	{0}};

static const struct register_column assessment_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"kind", "kind", "测评类型", REGISTER_ENUM, KEY | REQUIRED, .codes = assessment_codes},
	{"day", "on", "测评日期", REGISTER_PAST_DAY, KEY | REQUIRED},
	{"body", "body", "测评机构", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"report_no", "report-no", "报告编号", REGISTER_LINE, 0},
	{"result", "result", "测评结论", REGISTER_ENUM, 0, .codes = result_codes},
	{"score", "score", "符合率得分", REGISTER_AMOUNT, OPTIONAL},
	{0}};

static const struct register_column metric_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"name", "name", "指标名称", REGISTER_CODE, KEY | REQUIRED},
	{"unit", "unit", "计量单位", REGISTER_LINE, KEY | REQUIRED},
	{"value", "value", "数值", REGISTER_NUMBER, REQUIRED},
	{0}};

static const struct register_column system_list_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"list", "list", "清单", REGISTER_ENUM, KEY | REQUIRED | REGISTER_ELEMENT,
		.codes = list_codes},
	{"complete", "complete", "是否完整", REGISTER_YES_NO, REQUIRED},
	{"hops", "hops", "层数", REGISTER_WHOLE, OPTIONAL, .low = 1, .high = 16},
	{0}};

static const struct register_column business_support_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"business", "business", "业务", REGISTER_ID, KEY | REQUIRED | REFERENCE,
		.target = REGISTER_BUSINESS},
	{"strength", "strength", "支撑程度", REGISTER_ENUM, REQUIRED, .codes = strength_codes},
	{0}};

static const struct register_column controlled_unit_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"id", "id", "对象编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "对象名称", REGISTER_LINE, 0},
	{"mw", "mw", "容量（兆瓦）", REGISTER_NUMBER, OPTIONAL},
	{"kv", "kv", "电压等级（千伏）", REGISTER_AMOUNT, OPTIONAL},
	{"lines", "lines", "线路数", REGISTER_WHOLE, OPTIONAL, .low = 0, .high = 1000},
	{"interconnection", "interconnection", "所属互联电网", REGISTER_CODE, 0},
	{0}};

static const struct register_column answer_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"pack", "pack", "规则包", REGISTER_LINE, KEY | REQUIRED},
	{"criterion", "criterion", "准则", REGISTER_ID, KEY | REQUIRED},
	{"met", "met", "是否满足", REGISTER_YES_NO, REQUIRED},
	{"official", "official", "判断人", REGISTER_LINE, REQUIRED},
	{0}};

static const struct register_column scenario_columns[] = {
	{"system", "system", "系统", REGISTER_ID, OWNER, .target = REGISTER_SYSTEM},
	{"kind", "kind", "场景", REGISTER_ENUM, KEY | REQUIRED, .codes = scenario_codes},
	{"role", "role", "角色", REGISTER_ENUM, 0, .codes = scenario_role_codes},
	{"service_model", "service-model", "服务模式", REGISTER_ENUM, 0,
		.codes = service_model_codes},
	{"deployment", "deployment", "部署模式", REGISTER_ENUM, 0, .codes = cloud_codes},
	{"provider", "provider", "服务商", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"platform", "platform", "平台名称", REGISTER_LINE, 0},
	{"platform_tier", "platform-tier", "平台等级", REGISTER_WHOLE, OPTIONAL, .low = 1, .high
		= 5},
	{"platform_filing_no", "platform-filing-no", "平台备案编号", REGISTER_LINE, 0},
	{"place", "place", "运维地点", REGISTER_LINE, 0},
	{"parts", "parts", "组成", REGISTER_PROSE, 0},
	{"transport", "transport", "传输方式", REGISTER_LINE, 0},
	{"cross_border", "cross-border", "是否出境", REGISTER_YES_NO, OPTIONAL},
	{0}};

static const struct register_column system_rule_columns[] = {
	{"system", "system", "系统", REGISTER_ID, REQUIRED | REGISTER_OWNER | REFERENCE,
		.target = REGISTER_SYSTEM},
	{"rule", "rule", "规则类型", REGISTER_ENUM, KEY | REQUIRED | REGISTER_ELEMENT,
		.codes = rule_codes},
	{"value", "value", "规则值", REGISTER_SELECTED, KEY | REQUIRED},
	{0}};

static const struct register_column dependency_columns[] = {
	{"from_system", "from", "依赖方系统", REGISTER_ID, KEY | REQUIRED | REFERENCE,
		.target = REGISTER_SYSTEM},
	{"on_system", "on", "被依赖系统", REGISTER_ID, KEY | REQUIRED | REFERENCE,
		.target = REGISTER_SYSTEM},
	{"strength", "strength", "依赖程度", REGISTER_ENUM, REQUIRED, .codes = strength_codes},
	{"redundant", "redundant", "是否有替代", REGISTER_YES_NO, OPTIONAL},
	{0}};

static const struct register_column responsibility_columns[] = {
	{"subject", "subject", "对象类型", REGISTER_ENUM, KEY | REQUIRED,
		.codes = subject_codes},
	{"value", "value", "对象", REGISTER_SELECTED, KEY | REQUIRED},
	{"duty", "duty", "责任", REGISTER_ENUM, KEY | REQUIRED, .codes = duty_codes},
	{"organisation", "organisation", "单位", REGISTER_ID, KEY | REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"valid_from", "valid-from", "有效期起", REGISTER_DAY, KEY, .missing = "-infinity"},
	{"valid_until", "valid-until", "有效期止", REGISTER_DAY, OPTIONAL},
	{0}};

static const struct register_column circuit_columns[] = {
	{"id", "id", "线路编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "线路名称", REGISTER_LINE, REQUIRED},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"kind", "kind", "线路类型", REGISTER_ENUM, REQUIRED, .codes = circuit_codes},
	{"carrier", "carrier", "运营商", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"number", "number", "电路号", REGISTER_LINE, 0},
	{"blocks", "blocks", "地址块", REGISTER_PREFIXES, 0},
	{"bandwidth_mbps", "bandwidth-mbps", "带宽（Mbps）", REGISTER_AMOUNT, OPTIONAL},
	{"systems", "systems", "承载系统", REGISTER_IDS, REFERENCE, .target = REGISTER_SYSTEM},
	{"device", "device", "接入设备", REGISTER_LINE, 0},
	{"facility", "facility", "所在设施", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_FACILITY},
	{"counterpart", "counterpart", "对端", REGISTER_LINE, 0},
	{0}};

static const struct register_column contract_columns[] = {
	{"id", "id", "合同编号", REGISTER_ID, KEY | REQUIRED},
	{"supplier", "supplier", "供应商", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"service", "service", "服务类型", REGISTER_ENUM, REQUIRED, .codes = service_codes},
	{"systems", "systems", "涉及系统", REGISTER_IDS, REFERENCE, .target = REGISTER_SYSTEM},
	{"access_path", "access-path", "接入方式", REGISTER_LINE, 0},
	{"secrecy_agreement", "secrecy-agreement", "保密协议编号", REGISTER_LINE, 0},
	{"valid_from", "valid-from", "有效期起", REGISTER_DAY, OPTIONAL},
	{"valid_until", "valid-until", "有效期止", REGISTER_DAY, OPTIONAL},
	{0}};

static const struct register_column remote_maintenance_columns[] = {
	{"id", "id", "远程运维编号", REGISTER_ID, KEY | REQUIRED},
	{"supplier", "supplier", "运维单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"system", "system", "系统", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_SYSTEM},
	{"path", "path", "接入路径", REGISTER_LINE, REQUIRED},
	{"necessity", "necessity", "必要性说明", REGISTER_PROSE, REQUIRED},
	{"assessment", "assessment", "安全评估", REGISTER_PROSE, REQUIRED},
	{"controls", "controls", "管控措施", REGISTER_PROSE, REQUIRED},
	{"valid_until", "valid-until", "有效期止", REGISTER_DAY, REQUIRED},
	{0}};

static const struct register_column position_columns[] = {
	{"id", "id", "岗位编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "岗位名称", REGISTER_LINE, REQUIRED},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"system", "system", "系统", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_SYSTEM},
	{"holder", "holder", "人员代号", REGISTER_OPAQUE, 0},
	{"screened_on", "screened-on", "背景审查日期", REGISTER_PAST_DAY, OPTIONAL},
	{"screening_until", "screening-until", "审查有效期止", REGISTER_DAY, OPTIONAL},
	{"trained_on", "trained-on", "培训日期", REGISTER_PAST_DAY, OPTIONAL},
	{0}};

static const struct register_column data_resource_columns[] = {
	{"id", "id", "数据编号", REGISTER_ID, KEY | REQUIRED},
	{"name", "name", "数据名称", REGISTER_LINE, REQUIRED},
	{"organisation", "organisation", "单位", REGISTER_ID, REQUIRED | REFERENCE,
		.target = REGISTER_ORGANISATION},
	{"system", "system", "系统", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_SYSTEM},
	{"level", "level", "数据级别", REGISTER_ENUM, REQUIRED, .codes = level_codes},
	{"class", "class", "数据类别", REGISTER_LINE, 0},
	{"personal_information", "personal-information", "个人信息类型", REGISTER_ENUM, 0,
		.missing = "none", .codes = personal_codes},
	{"volume_gb", "volume-gb", "数据总量（GB）", REGISTER_AMOUNT, OPTIONAL},
	{"monthly_growth_gb", "monthly-growth-gb", "月增长量（GB）", REGISTER_AMOUNT, OPTIONAL},
	{"records", "records", "记录数", REGISTER_AMOUNT, OPTIONAL},
	{"location", "location", "存储地点", REGISTER_LINE, 0},
	{"cross_border", "cross-border", "是否出境", REGISTER_YES_NO, OPTIONAL},
	{"backup_mode", "backup-mode", "备份方式", REGISTER_LINE, 0},
	{"backup_frequency", "backup-frequency", "备份频率", REGISTER_LINE, 0},
	{"backup_off_site", "backup-off-site", "是否异地备份", REGISTER_YES_NO, OPTIONAL},
	{"department", "department", "责任部门", REGISTER_LINE, 0},
	{"responsible", "responsible", "责任岗位", REGISTER_ID, OPTIONAL | REFERENCE,
		.target = REGISTER_POSITION},
	{0}};

static const struct register_column asset_statement_columns[] = {
	{"selector", "by", "资产标识类型", REGISTER_ENUM, KEY | REQUIRED,
		.codes = selector_codes},
	{"asset", "is", "资产标识", REGISTER_SELECTED, KEY | REQUIRED},
	{"attribute", "attribute", "属性", REGISTER_CODE, KEY | REQUIRED},
	{"item", "item", "项目", REGISTER_DERIVED, KEY},
	{"value", "value", "属性值", REGISTER_LINE, REQUIRED},
	{0}};

const struct register_table register_tables[REGISTER_KIND_N] = {
	[REGISTER_ORGANISATION] = {"organisation", "单位", "organisation", "organisations",
		"organisation", REGISTER_ORGANISATION, organisation_columns},
	[REGISTER_ROLE] = {"org_role", "单位角色", "role", NULL, "role", REGISTER_ORGANISATION,
		org_role_columns},
	[REGISTER_CONTACT] = {"org_contact", "联系方式", "contact", NULL, "contact",
		REGISTER_ORGANISATION, org_contact_columns},
	[REGISTER_EVENT] = {"org_event", "单位变更", "event", NULL, "event",
		REGISTER_ORGANISATION, org_event_columns},
	[REGISTER_FIGURE] = {"org_metric", "单位指标", "organisation metric", NULL, "metric",
		REGISTER_ORGANISATION, org_metric_columns, " in "},
	[REGISTER_JUDGEMENT] = {"org_answer", "单位官方判断", "organisation answer", NULL,
		"answer", REGISTER_ORGANISATION, org_answer_columns},
	[REGISTER_FACILITY] = {"facility", "机房与设施", "facility", "facilities", "facility",
		REGISTER_FACILITY, facility_columns},
	[REGISTER_ZONE] = {"zone", "安全域", "zone", "zones", "zone", REGISTER_ZONE,
		zone_columns},
	[REGISTER_CONDUIT] = {"conduit", "区域间通道", "conduit", "conduits", "conduit",
		REGISTER_CONDUIT, conduit_columns},
	[REGISTER_SUBNET] = {"subnet", "网段", "subnet", "subnets", "subnet", REGISTER_SUBNET,
		subnet_columns},
	[REGISTER_BUSINESS] = {"business", "业务", "business", "businesses", "business",
		REGISTER_BUSINESS, business_columns},
	[REGISTER_SYSTEM] = {"system", "系统", "system", "systems", NULL, REGISTER_SYSTEM,
		system_columns},
	[REGISTER_TIER] = {"system_tier", "等级", "tier", NULL, "tier", REGISTER_SYSTEM,
		system_tier_columns},
	[REGISTER_DAMAGE] = {"damage", "侵害程度判定", "damage", NULL, "damage",
		REGISTER_SYSTEM, damage_columns},
	[REGISTER_FILING] = {"filing", "备案", "filing", NULL, "filing", REGISTER_SYSTEM,
		filing_columns},
	[REGISTER_ASSESSMENT] = {"assessment", "测评", "assessment", NULL, "assessment",
		REGISTER_SYSTEM, assessment_columns, " on "},
	[REGISTER_METRIC] = {"metric", "指标", "metric", NULL, "metric", REGISTER_SYSTEM,
		metric_columns, " in "},
	[REGISTER_LIST] = {"system_list", "清单完整性", "list", NULL, NULL, REGISTER_SYSTEM,
		system_list_columns},
	[REGISTER_SUPPORT] = {"business_support", "业务支撑", "support", "supports", "support",
		REGISTER_SYSTEM, business_support_columns},
	[REGISTER_UNIT] = {"controlled_unit", "受控对象", "unit", "controls", "unit",
		REGISTER_SYSTEM, controlled_unit_columns},
	[REGISTER_ANSWER] = {"answer", "官方判断", "answer", NULL, "answer", REGISTER_SYSTEM,
		answer_columns},
	[REGISTER_SCENARIO] = {"scenario", "应用场景", "scenario", NULL, "scenario",
		REGISTER_SYSTEM, scenario_columns},
	[REGISTER_RULE] = {"system_rule", "资产归属规则", "assets rule", "assets", NULL,
		REGISTER_SYSTEM, system_rule_columns},
	[REGISTER_DEPENDENCY] = {"dependency", "依赖关系", "dependency", "dependencies",
		"dependency", REGISTER_DEPENDENCY, dependency_columns, " on "},
	[REGISTER_RESPONSIBILITY] = {"responsibility", "责任关系", "responsibility",
		"responsibilities", "responsibility", REGISTER_RESPONSIBILITY,
		responsibility_columns},
	[REGISTER_CIRCUIT] = {"circuit", "线路与互联网出口", "circuit", "circuits", "circuit",
		REGISTER_CIRCUIT, circuit_columns},
	[REGISTER_CONTRACT] = {"contract", "供应商合同", "contract", "contracts", "contract",
		REGISTER_CONTRACT, contract_columns},
	[REGISTER_REMOTE] = {"remote_maintenance", "远程运维", "remote maintenance",
		"remote-maintenance", "remote-access", REGISTER_REMOTE,
		remote_maintenance_columns},
	[REGISTER_POSITION] = {"position", "关键岗位", "position", "positions", "position",
		REGISTER_POSITION, position_columns},
	[REGISTER_DATA] = {"data_resource", "数据资源", "data resource", "data-resources",
		"data-resource", REGISTER_DATA, data_resource_columns},
	[REGISTER_STATEMENT] = {"asset_statement", "资产声明", "asset statement",
		"asset-statements", "asset", REGISTER_STATEMENT, asset_statement_columns},
};

/* ---- look-ups ---------------------------------------------------------------------------- */

enum register_kind register_kind_find(const char *name)
{
	int by_element = REGISTER_KIND_N;

	for (int k = REGISTER_KIND_N - 1; k >= 0; k--) {
		const struct register_table *table = &register_tables[k];

		if (strcasecmp(table->name, name) == 0 || strcasecmp(table->label, name) == 0)
			return (enum register_kind)k;
		if (table->element && strcasecmp(table->element, name) == 0)
			by_element = k;
	}
	return (enum register_kind)by_element;
}

const struct register_column *register_column_find(const struct register_table *table,
	const char *name)
{
	for (const struct register_column *c = table->columns; c->name; c++)
		if (strcasecmp(c->name, name) == 0 || strcasecmp(c->attribute, name) == 0 ||
			strcasecmp(c->label, name) == 0)
			return c;
	return NULL;
}

const char *register_rule_attribute(const char *rule)
{
	static const struct {
		const char *rule, *attribute;
	} rows[] = {{"prefix", "cidr"}, {"address", "value"}, {"name", "glob"}, {"tag", "name"},
		{"vlan", "id"}, {"asset", "id"}};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(rows[i].rule, rule) == 0)
			return rows[i].attribute;
	return "value";
}
