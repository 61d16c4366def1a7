/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "providers/adobe/users/directory.h"
#include "tests/unit/check.h"

/* JSON with ' for ". */
static const char groups[] =
	"[{'groupId':1,'groupName':'Administrators','type':'SYSADMIN_GROUP'},"
	"{'groupId':2,'groupName':'_deployment_admin','type':'DEPLOYMENT_ADMIN_GROUP'},"
	"{'groupId':3,'groupName':'Designers','type':'USER_GROUP'},"
	"{'groupId':4,'groupName':'_ADMIN_DESIGNERS','type':'USER_ADMIN_GROUP',"
	"'userGroupName':'DESIGNERS'},"
	"{'groupId':5,'groupName':'Default','type':'PRODUCT_PROFILE','productName':'Adobe "
	"Express'},"
	"{'groupId':6,'groupName':'_product_admin_Adobe Express','type':'PRODUCT_ADMIN_GROUP'},"
	"{'groupId':7,'groupName':'_admin_Default','type':'PROFILE_ADMIN_GROUP',"
	"'productProfileName':'Default'},"
	"{'groupId':8,'groupName':'_developer_Default','type':'DEVELOPER_GROUP',"
	"'productName':'x','profileGroupName':'Default'},"
	"{'groupId':9,'groupName':'All','type':'PRODUCT_PROFILE','productName':'Fonts'},"
	"{'groupId':'10','groupName':'All','type':'PRODUCT_PROFILE','productName':'Stock'},"
	"{'groupId':11,'groupName':'AB_CONTRACT_GROUP','type':'CONTRACT_ADMIN_GROUP'},"
	"{'groupId':12,'groupName':' padded','type':'USER_GROUP'},"
	"{'groupId':13,'groupName':'No type'},"
	"{'groupId':14,'type':'USER_GROUP'},"
	"{'groupId':3,'groupName':'Designers','type':'USER_GROUP'},"
	"{'groupId':15,'groupName':'Ünï','type':'USER_GROUP'}]";

static const char users[] =
	"[{'email':'Joe@Example.com','type':'federatedID','domain':'example.com','username':'JOE',"
	"'groups':['default','_org_admin','Designers','_admin_default','_PRODUCT_ADMIN_ADOBE "
	"EXPRESS',"
	"'_admin_designers','_admin_Ünï','_developer_Default','_support_admin','nothing known']},"
	"{'email':'ann@example.com','type':'adobeID','groups':['All']},"
	"{'username':'kim@example.com','type':'enterpriseID','domain':'example.com'},"
	"{'email':'joe@example.com','type':'adobeID','domain':'example.com',"
	"'username':'joe@example.com','groups':['_deployment_admin']},"
	"{'email':'7f3b@techacct.adobe.com','groups':['Default']},"
	"{'email':'not an address'},{'email':'jürgen@example.com'},{},"
	"{'email':'joe@intranet'},{'email':'joe..x@example.com'},{'email':'joe@example.com@x.org'},"
	"{'email':'ann@example.com','type':'adobeID','groups':['Default']}]";

static struct reply *parse(struct arena *a, const char *text)
{
	const char *why = NULL;
	char *copy = arena_strdup(a, text);
	for (char *at = copy; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	struct reply *json = reply_parse(copy, strlen(copy), &why);
	assert_non_null(json);
	return json;
}

static void load(struct directory *d, struct arena *a, struct intern *strings)
{
	*d = (struct directory){
		.strings = strings, .arena = a, .has_groups = true, .has_direct = true};
	struct reply *g = parse(a, groups), *u = parse(a, users);
	directory_add_groups(d, g);
	directory_add_users(d, &d->direct, u);
	reply_free(g);
	reply_free(u);
	directory_finish(d);
}

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static void groups_stand_for_what_their_row_or_name_says(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum directory_kind kind;
		enum role role;
		const char *product, *profile, *group;
		bool ambiguous;
	} rows[] = {
		{"Administrators", DIRECTORY_ROLE, ROLE_SYSTEM_ADMINISTRATOR, "-", "-", "-", 0},
		{"_org_admin", DIRECTORY_ROLE, ROLE_SYSTEM_ADMINISTRATOR, "-", "-", "-", 0},
		{"_DEPLOYMENT_ADMIN", DIRECTORY_ROLE, ROLE_DEPLOYMENT_ADMINISTRATOR, "-", "-", "-",
		 0},
		{"_support_admin", DIRECTORY_ROLE, ROLE_SUPPORT_ADMINISTRATOR, "-", "-", "-", 0},
		{"designers", DIRECTORY_USER_GROUP, ROLE_NONE, "-", "-", "-", 0},
		{"_admin_designers", DIRECTORY_ROLE, ROLE_USER_GROUP_ADMINISTRATOR, "-", "-",
		 "Designers", 0},
		{"_admin_üNÏ", DIRECTORY_ROLE, ROLE_USER_GROUP_ADMINISTRATOR, "-", "-", "Ünï", 0},
		{"DEFAULT", DIRECTORY_PROFILE, ROLE_NONE, "Adobe Express", "Default", "-", 0},
		{"_product_admin_adobe express", DIRECTORY_ROLE, ROLE_PRODUCT_ADMINISTRATOR,
		 "Adobe Express", "-", "-", 0},
		{"_product_admin_New", DIRECTORY_ROLE, ROLE_PRODUCT_ADMINISTRATOR, "New", "-", "-",
		 0},
		{"_admin_Default", DIRECTORY_ROLE, ROLE_PRODUCT_PROFILE_ADMINISTRATOR,
		 "Adobe Express", "Default", "-", 0},
		{"_developer_Default", DIRECTORY_ROLE, ROLE_DEVELOPER, "Adobe Express", "Default",
		 "-", 0},
		{"All", DIRECTORY_PROFILE, ROLE_NONE, NULL, "All", "-", 1},
		{"_developer_All", DIRECTORY_ROLE, ROLE_DEVELOPER, NULL, "All", "-", 1},
		{"AB_CONTRACT_GROUP", DIRECTORY_OTHER, ROLE_NONE, "-", "-", "-", 0},
		{"_admin_nobody", DIRECTORY_OTHER, ROLE_NONE, NULL, NULL, NULL, 0},
		{"_compartment_admin", DIRECTORY_OTHER, ROLE_NONE, "-", "-", "-", 0},
		{"no type", DIRECTORY_USER_GROUP, ROLE_NONE, "-", "-", "-", 0},
	};
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct directory d;
	load(&d, &a, strings);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct directory_group *g = directory_find(&d, rows[i].name);
		assert_non_null(g);
		assert_int_equal(g->kind, rows[i].kind);
		assert_int_equal(g->ambiguous, rows[i].ambiguous);
		if (g->kind == DIRECTORY_OTHER)
			continue;
		assert_int_equal(g->grants.role, rows[i].role);
		if (rows[i].product)
			assert_string_equal(or_dash(g->grants.product), rows[i].product);
		assert_string_equal(or_dash(g->grants.profile), rows[i].profile);
		assert_string_equal(or_dash(g->grants.group), rows[i].group);
	}
	assert_null(directory_find(&d, "nothing known"));
	intern_free(strings);
}

static const char *grants_of(struct directory *d, struct arena *a)
{
	struct str out = STR(a);
	struct pair_vec pairs = {0};
	struct universe *u = universe_new(d->strings);
	directory_grants(d, u, a, &pairs);
	universe_rank(u);
	for (size_t i = 0; i < pairs.len; i++) {
		const struct principal *p =
			universe_principal_at(u, universe_principal_rank(u, pairs.at[i].principal));
		const struct entitlement *e = universe_entitlement_at(
			u, universe_entitlement_rank(u, pairs.at[i].entitlement));
		str_printf(&out, "%s:%s:%s%s%s%s\n", p->name, role_table[e->role].name,
			   e->product ? e->product : "", e->profile ? "/" : "",
			   e->profile ? e->profile : "", e->group ? e->group : "");
	}
	universe_free(u);
	return str_text(&out);
}

static void users_hold_what_their_groups_say(void **state)
{
	(void)state;
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct directory d;
	load(&d, &a, strings);
	assert_string_equal(grants_of(&d, &a),
			    "ann@example.com::Adobe Express/Default\n"
			    "adobeID:joe@example.com:deployment-administrator:\n"
			    "Joe@Example.com::Adobe Express/Default\n"
			    "Joe@Example.com:system-administrator:\n"
			    "Joe@Example.com:product-profile-administrator:Adobe Express/Default\n"
			    "Joe@Example.com:product-administrator:Adobe Express\n"
			    "Joe@Example.com:user-group-administrator:Designers\n"
			    "Joe@Example.com:user-group-administrator:Ünï\n"
			    "Joe@Example.com:developer:Adobe Express/Default\n"
			    "Joe@Example.com:support-administrator:\n");
	intern_free(strings);
}

static void the_catalogue_has_what_can_be_named(void **state)
{
	(void)state;
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct directory d;
	struct catalogue c = {0};
	load(&d, &a, strings);
	directory_catalogue(&d, &a, &c);
	assert_true(c.has_users && c.has_groups && c.has_products);
	assert_int_equal(c.users.len, 3);
	assert_string_equal(c.users.at[0].text, "ann@example.com");
	assert_string_equal(c.users.at[2].text, "kim@example.com");
	assert_int_equal(c.groups.len, 4); /* one begins with a blank */
	assert_string_equal(c.groups.at[0].text, " padded");
	assert_string_equal(c.groups.at[1].text, "Designers");
	assert_int_equal(c.products.len, 3);
	intern_free(strings);
}

static void users_are_found_folded_and_replaced(void **state)
{
	(void)state;
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct directory d;
	load(&d, &a, strings);
	assert_string_equal(directory_find_user(&d, "JOE@example.com")->type, "federatedID");
	assert_string_equal(directory_find_user(&d, "ANN@EXAMPLE.com")->type, "adobeID");
	assert_null(directory_find_user(&d, "nobody@example.com"));
	struct reply *user = parse(&a, "{'email':'ann@example.com','type':'adobeID',"
				       "'groups':['_support_admin']}");
	directory_add_user(&d, &d.direct, user);
	directory_finish(&d);
	reply_free(user);
	const struct entitlement support = {.role = ROLE_SUPPORT_ADMINISTRATOR},
				 express = {.product = "adobe EXPRESS", .profile = "Default"};
	assert_true(directory_holds(&d, directory_find_user(&d, "ann@example.com"), &support));
	assert_false(directory_holds(&d, directory_find_user(&d, "ann@example.com"), &express));
	assert_true(directory_holds(&d, directory_find_user(&d, "joe@example.com"), &express));
	directory_drop_user(&d, "Ann@example.com");
	assert_null(directory_find_user(&d, "ann@example.com"));
	intern_free(strings);
}

static void entitlements_have_names_to_send(void **state)
{
	(void)state;
	static const struct {
		struct entitlement e;
		const char *name;
	} rows[] = {
		{{.role = ROLE_SYSTEM_ADMINISTRATOR}, NULL},
		{{.role = ROLE_STORAGE_ADMINISTRATOR}, NULL},
		{{.role = ROLE_SUPPORT_ADMINISTRATOR}, "_support_admin"},
		{{.role = ROLE_DEPLOYMENT_ADMINISTRATOR}, "_deployment_admin"},
		{{.product = "ADOBE express", .role = ROLE_PRODUCT_ADMINISTRATOR},
		 "_product_admin_Adobe Express"},
		{{.product = "New", .role = ROLE_PRODUCT_ADMINISTRATOR}, "_product_admin_New"},
		{{.group = "designers", .role = ROLE_USER_GROUP_ADMINISTRATOR}, "_ADMIN_DESIGNERS"},
		{{.product = "Adobe Express", .profile = "default"}, "Default"},
		{{.product = "Other", .profile = "Default"}, NULL},
		{{.product = "Adobe Express", .profile = "None"}, NULL},
		{{.product = "Fonts", .profile = "All"}, NULL},
		{{.product = "Adobe Express", .profile = "Default", .role = ROLE_DEVELOPER},
		 "_developer_Default"},
	};
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct directory d;
	load(&d, &a, strings);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *why = "unset", *name = directory_group_of(&d, &rows[i].e, &why);
		assert_int_equal(name == NULL, rows[i].name == NULL);
		assert_int_equal(why == NULL, rows[i].name != NULL);
		if (name)
			assert_string_equal(name, rows[i].name);
	}
	intern_free(strings);
}

static void what_cannot_be_told_is_not_seen(void **state)
{
	(void)state;
	static const struct {
		enum principal_kind kind;
		struct entitlement e;
		bool sees;
	} rows[] = {
		{PRINCIPAL_USER, {.role = ROLE_SYSTEM_ADMINISTRATOR}, true},
		{PRINCIPAL_USER, {.role = ROLE_SUPPORT_ADMINISTRATOR}, true},
		{PRINCIPAL_USER, {.role = ROLE_STORAGE_ADMINISTRATOR}, false},
		{PRINCIPAL_USER, {.product = "Adobe Express", .profile = "Default"}, true},
		{PRINCIPAL_USER, {.product = "Fonts", .profile = "All"}, false},
		{PRINCIPAL_USER,
		 {.group = "Designers", .role = ROLE_USER_GROUP_ADMINISTRATOR},
		 true},
		{PRINCIPAL_GROUP, {.product = "Adobe Express", .profile = "Default"}, false},
		{PRINCIPAL_USER, {.product = "New", .role = ROLE_PRODUCT_ADMINISTRATOR}, true},
		{PRINCIPAL_USER,
		 {.product = "Fonts", .profile = "All", .role = ROLE_DEVELOPER},
		 false},
		{PRINCIPAL_ACCOUNT, {.product = "Adobe Express", .profile = "Default"}, false},
	};
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct directory d;
	load(&d, &a, strings);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct principal p = {"x", rows[i].kind};
		assert_int_equal(directory_sees(&d, &p, &rows[i].e), rows[i].sees);
	}
	intern_free(strings);
}

static void storage_administrators_are_seen_where_a_group_lists_them(void **state)
{
	(void)state;
	static const struct {
		const char *groups;
		bool sees;
	} rows[] = {
		{"[{'groupName':'Keepers','type':'STORAGE_ADMIN_GROUP'}]", true},
		{"[{'groupName':'_storage_admin'}]", true},
		{"[{'groupName':'_storage_admin','type':'USER_GROUP'}]", false},
		{"[{'groupName':'_support_admin'}]", false},
		{"[]", false},
	};
	const struct entitlement storage = {.role = ROLE_STORAGE_ADMINISTRATOR};
	const struct principal ann = {"ann@example.com", PRINCIPAL_USER},
			       account = {"a", PRINCIPAL_ACCOUNT};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct directory d = {.strings = strings, .arena = &a};
		struct reply *g = parse(&a, rows[i].groups);
		directory_add_groups(&d, g);
		reply_free(g);
		directory_finish(&d);
		assert_false(directory_sees(&d, &ann, &storage)); /* users were not read */
		d.has_direct = true;
		assert_int_equal(directory_sees(&d, &ann, &storage), rows[i].sees);
		assert_false(directory_sees(&d, &account, &storage));
		intern_free(strings);
	}
}

/* What a group stands for: "profile P/A", "admin of P", "group", "other"; "?" when it
 * is ambiguous. */
static const char *meaning(struct directory *d, struct arena *a, const char *name)
{
	static const char *const kinds[] = {"other", "group", "profile", "role"};
	const struct directory_group *g = directory_find(d, name);
	if (!g)
		return "nothing";
	const struct entitlement none = {0}, *e = g->kind == DIRECTORY_OTHER ? &none : &g->grants;
	return arena_printf(a, "%s%s%s%s%s%s%s%s", kinds[g->kind], e->role ? " " : "",
			    e->role ? role_table[e->role].name : "", e->product ? " " : "",
			    e->product ? e->product : "", e->profile || e->group ? "/" : "",
			    e->profile ? e->profile
			    : e->group ? e->group
				       : "",
			    g->ambiguous ? "?" : "");
}

static void rows_of_odd_forms(void **state)
{
	(void)state;
#define A_PROFILE "{'groupName':'A','type':'PRODUCT_PROFILE','productName':'P'}"
	static const struct {
		const char *groups, *name, *meaning;
	} rows[] = {
		/* no type: the product tells a profile */
		{"{'groupName':'A','productName':'P'}", "A", "profile P/A"},
		{"{'groupName':'A','type':'PRODUCT_PROFILE'}", "A", "other"},
		{"{'groupName':'','type':'USER_GROUP'}", "", "nothing"},
		{"{'groupName':'A','type':'PRODUCT_PROFILE','productName':'_org_admin'}", "A",
		 "other"},
		{"{'groupName':'A ','type':'PRODUCT_PROFILE','productName':'P'}", "A ",
		 "profile P/A "},
		{"{'groupName':' ','type':'PRODUCT_PROFILE','productName':'P'}", " ", "other"},
		{"{'groupName':'e\\u0301','type':'PRODUCT_PROFILE','productName':'P'}", "e\xcc\x81",
		 "profile P/e\xcc\x81"},
		{"{'groupName':'A\\u200b','type':'PRODUCT_PROFILE','productName':'P'}",
		 "A\xe2\x80\x8b", "other"},
		{"{'groupName':'A','type':'PRODUCT_PROFILE','productName':'P\\u0007'}", "A",
		 "other"},
		{"{'groupName':'A','type':'PRODUCT_PROFILE','productName':''}", "A", "other"},
		/* the role's own row says what it is about, else its name */
		{"{'groupName':'X','type':'PRODUCT_ADMIN_GROUP','productName':'P'}", "X",
		 "role product-administrator P"},
		{"{'groupName':'X','type':'PRODUCT_ADMIN_GROUP'}", "X", "other"},
		{"{'groupName':'_product_admin_','type':'PRODUCT_ADMIN_GROUP'}", "_product_admin_",
		 "other"},
		{"{'groupName':'X','type':'USER_ADMIN_GROUP'}", "X", "other"},
		{"{'groupName':'X','type':'PROFILE_ADMIN_GROUP'}", "X", "other"},
		{"{'groupName':'X','type':'PROFILE_ADMIN_GROUP','profileGroupName':'A'}," A_PROFILE,
		 "X", "role product-profile-administrator P/A"},
		{"{'groupName':'X','type':'USER_ADMIN_GROUP','userGroupName':'g'},{'groupName':'G',"
		 "'type':"
		 "'USER_GROUP'}",
		 "X", "role user-group-administrator/G"},
		/* a name that is both: nobody can say which */
		{A_PROFILE ",{'groupName':'a','type':'USER_GROUP'},{'groupName':'_admin_A'}",
		 "_admin_a", "role product-profile-administrator P/A?"},
		{"{'groupName':'_admin_A'}," A_PROFILE, "_admin_A",
		 "role product-profile-administrator P/A"},
		{"{'groupName':'_admin_A'},{'groupName':'A','type':'USER_GROUP'}", "_admin_A",
		 "role user-group-administrator/A"},
		{"{'groupId':1,'groupName':'G','type':'USER_GROUP'},{'groupId':2,'groupName':'g','"
		 "type':"
		 "'USER_GROUP'}",
		 "_admin_G", "role user-group-administrator/g?"},
		{"{'groupId':1,'groupName':'G','type':'USER_GROUP'},{'groupId':2,'groupName':'g','"
		 "type':"
		 "'USER_GROUP'}",
		 "G", "group?"},
		{"{'groupName':'G','type':'USER_GROUP'},{'groupName':'G','type':'OTHER'},{'"
		 "groupName':"
		 "'G'}",
		 "G", "group?"},
		/* what it is about cannot be named by a manifest */
		{"{'groupName':'_x','type':'USER_GROUP'},{'groupName':'Y','type':'USER_ADMIN_GROUP'"
		 ","
		 "'userGroupName':'_x'}",
		 "Y", "other"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct directory d = {.strings = strings, .arena = &a};
		struct reply *g = parse(&a, arena_printf(&a, "[%s]", rows[i].groups));
		directory_add_groups(&d, g);
		reply_free(g);
		directory_finish(&d);
		const char *found = meaning(&d, &a, rows[i].name);
		if (strcmp(found, rows[i].meaning) != 0)
			fail_msg("row %zu: \"%s\", not \"%s\"", i, found, rows[i].meaning);
		intern_free(strings);
	}
}

static void users_of_odd_forms(void **state)
{
	(void)state;
	ARENA a = {0};
	struct intern *strings = intern_new();
	struct str address = STR(&a), rows = STR(&a);
	str_fill(&address, 'x', 250);
	str_printf(
		&rows,
		"[{'email':'%s@example.com'},{'email':''},{'email':'','username':'ann@example.com'}"
		","
		"{'email':'a "
		"b@example.com'},{'email':'a\\u007f@example.com'},{'username':'nobody'},3,"
		"{'email':'joe@example.com','type':'federatedID','domain':'b','groups':[1,'A',{}]},"
		"{'email':'joe@example.com','type':'federatedID','domain':'a'},"
		"{'email':'joe@example.com','type':'adobeID'},"
		"{'email':'joe@example.com','type':'federatedID','domain':'a','username':'j'}]",
		str_text(&address));
	struct directory d = {.strings = strings, .arena = &a};
	struct reply *u = parse(&a, str_text(&rows));
	directory_add_users(&d, &d.direct, u);
	reply_free(u);
	directory_finish(&d);
	assert_int_equal(d.direct.len, 5);
	assert_string_equal(d.direct.at[0].email, "ann@example.com");
	assert_string_equal(directory_find_user(&d, "joe@example.com")->type, "federatedID");
	assert_int_equal(d.direct.at[4].groups.len, 1);
	assert_true(directory_is_technical("x@TechAcct.Adobe.com"));
	assert_false(directory_is_technical("techacct.adobe.com"));
	assert_false(directory_is_technical("x@example.com"));
	intern_free(strings);
}

/* "ab:1/12" is a user in user groups a and b who has profile 1 given, and 1 and 2 in all. */
static void load_letters(struct directory *d, struct arena *a, struct intern *strings,
			 const char *const *people)
{
	static const char lists[] =
		"[{'groupId':1,'groupName':'a','type':'USER_GROUP'},"
		"{'groupId':2,'groupName':'b','type':'USER_GROUP'},"
		"{'groupId':3,'groupName':'c','type':'USER_GROUP'},"
		"{'groupId':4,'groupName':'1','type':'PRODUCT_PROFILE','productName':'P'},"
		"{'groupId':5,'groupName':'2','type':'PRODUCT_PROFILE','productName':'P'}]";
	*d = (struct directory){.strings = strings,
				.arena = a,
				.has_groups = true,
				.has_direct = true,
				.has_all = true};
	struct reply *json = parse(a, lists);
	directory_add_groups(d, json);
	reply_free(json);
	for (size_t i = 0; people[i]; i++) {
		const char *own = strchr(people[i], ':') + 1, *all = strchr(own, '/') + 1;
		for (int view = 0; view < 2; view++) {
			struct str text = STR(a);
			str_printf(&text, "{'email':'u%zu@example.com','groups':['x'", i);
			for (const char *at = people[i]; *at != ':'; at++)
				str_printf(&text, ",'%c'", *at);
			for (const char *at = view ? all : own; *at && *at != '/'; at++)
				str_printf(&text, ",'%c'", *at);
			str_add(&text, "]}");
			json = parse(a, str_text(&text));
			directory_add_user(d, view ? &d->all : &d->direct, json);
			reply_free(json);
		}
	}
	directory_finish(d);
}

static void groups_hold_what_members_show(void **state)
{
	(void)state;
	static const struct {
		const char *people[5];
		const char *answers; /* a1 a2 b1 b2 c1 c2: Yes, no, ? */
	} rows[] = {
		{{NULL}, "??????"},
		{{"a:/1", NULL}, "Yn????"},
		{{"a:/1", "a:/1", NULL}, "Yn????"},
		{{"a:1/1", NULL}, "?n????"},	     /* on his own: the group may have it too */
		{{"a:1/1", "a:/", NULL}, "nn????"},  /* the group would give it to both */
		{{"ab:/1", NULL}, "?n?n??"},	     /* one of both, or both */
		{{"ab:/1", "b:/", NULL}, "Ynnn??"},  /* not b */
		{{"ab:/1", "a:/1", NULL}, "Yn?n??"}, /* a, and perhaps b */
		{{"ab:/12", "a:/1", "b:/2", NULL}, "YnnY??"},
		{{"a:/1", "b:/1", "c:2/2", NULL}, "YnYnn?"},
		{{":/1", NULL}, "??????"}, /* by way of nothing that is listed */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ARENA a = {0};
		struct intern *strings = intern_new();
		struct directory d;
		struct pair_vec pairs = {0};
		struct universe *u = universe_new(strings);
		char answers[7] = "";
		struct entry_vec unseen = {0};
		size_t held = 0;
		load_letters(&d, &a, strings, rows[i].people);
		directory_unseen_groups(&d, &a, &unseen);
		for (size_t k = 0; k < 6; k++) {
			const struct directory_group *group =
				directory_find(&d, (const char *[]){"a", "b", "c"}[k / 2]);
			const struct directory_group *profile =
				directory_find(&d, k % 2 ? "2" : "1");
			const struct principal p = {group->name, PRINCIPAL_GROUP};
			enum directory_answer answer = directory_group_holds(&d, group, profile);
			answers[k] = "?nY"[answer];
			held += answer == DIRECTORY_YES;
			assert_int_equal(live_lists_group(&unseen, group->name, &profile->grants),
					 answer == DIRECTORY_UNKNOWN);
			assert_int_equal(directory_sees(&d, &p, &profile->grants),
					 answer != DIRECTORY_UNKNOWN);
		}
		assert_string_equal(answers, rows[i].answers);
		d.direct.len = 0;
		directory_grants(&d, u, &a, &pairs);
		assert_int_equal(pairs.len, held);
		universe_free(u);
		intern_free(strings);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_stand_for_what_their_row_or_name_says),
		cmocka_unit_test(users_hold_what_their_groups_say),
		cmocka_unit_test(the_catalogue_has_what_can_be_named),
		cmocka_unit_test(users_are_found_folded_and_replaced),
		cmocka_unit_test(entitlements_have_names_to_send),
		cmocka_unit_test(what_cannot_be_told_is_not_seen),
		cmocka_unit_test(storage_administrators_are_seen_where_a_group_lists_them),
		cmocka_unit_test(rows_of_odd_forms),
		cmocka_unit_test(users_of_odd_forms),
		cmocka_unit_test(groups_hold_what_members_show),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
