/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/config_table.h"

#include "core/language/rules_table.h"

#define ONE_OF(a, b) "\"oneOf\": [{\"required\": [\"" a "\"]}, {\"required\": [\"" b "\"]}]"

static const struct field source_fields[] = {
	{"file", FIELD_PATH, AT(struct secret_source, name),
	 .help = "a file of yours with mode 0600 or 0400"},
	{"env", FIELD_TITLE, AT(struct secret_source, name),
	 .help = "an environment variable; it is wiped once read"},
	{"command", FIELD_ARGUMENTS, AT(struct secret_source, argv),
	 .help = "a command that prints it: words that no shell sees, an absolute path first"},
	{"fd", FIELD_COUNT, AT(struct secret_source, fd), .least = 3, .most = 1023,
	 .help = "an open descriptor"},
	{0},
};
static const struct table source = {
	.help = "Where a secret comes from.",
	.fields = source_fields,
	.check = config_check_source,
	.conditions = "\"oneOf\": [{\"required\": [\"file\"]}, {\"required\": [\"env\"]}, "
		      "{\"required\": [\"command\"]}, {\"required\": [\"fd\"]}]"};

static const struct field endpoint_fields[] = {
	{"ims", FIELD_URL, AT(struct endpoints, ims),
	 .help = "where tokens come from; default: https://ims-na1.adobelogin.com"},
	{"console", FIELD_URL, AT(struct endpoints, console),
	 .help = "the Developer Console's service; default: https://developers.adobe.io"},
	{"userManagement", FIELD_URL, AT(struct endpoints, user_management),
	 .help = "the User Management API; default: "
		 "https://usermanagement.adobe.io/v2/usermanagement"},
	{"storage", FIELD_URL, AT(struct endpoints, storage),
	 .help = "the storage administration API; default: https://cloudstorage.adobe.io/v1"},
	{0},
};
static const struct table endpoints = {.help = "Where requests go.", .fields = endpoint_fields};

static const struct field server_fields[] = {
	{"clientId", FIELD_TITLE, true, AT(struct server_credential, client_id),
	 .help = "of an OAuth server-to-server credential"},
	{"clientSecret", FIELD_OBJECT, true, AT(struct server_credential, secret), .table = &source,
	 .help = "a source of its secret"},
	{"scopes", FIELD_TITLE, AT(struct server_credential, scopes),
	 .help = "the scopes to ask for, with commas; default: what the calls need"},
	{0},
};
static const struct table server = {.help = "Who calls.", .fields = server_fields};

static const struct field user_fields[] = {
	{"clientId", FIELD_TITLE, true, AT(struct user_credential, client_id),
	 .help = "of the program that the token was issued to"},
	{"token", FIELD_OBJECT, true, AT(struct user_credential, token), .table = &source,
	 .help = "a source of a person's access token"},
	{0},
};
static const struct table user = {.help = "A person's session.", .fields = user_fields};

static const struct field account_fields[] = {
	{"name", FIELD_NAME, true, AT(struct account_credential, name),
	 .help = "the name of a TechnicalAccount", .example = "\"asset-archiver\""},
	{"clientId", FIELD_TITLE, true, AT(struct account_credential, client_id),
	 .help = "of its credential"},
	{"clientSecret", FIELD_OBJECT, true, AT(struct account_credential, secret),
	 .table = &source, .help = "a source of its secret"},
	{0},
};
static const struct table account = {.help = "A technical account whose secret is at hand.",
				     .fields = account_fields,
				     .size = sizeof(struct account_credential),
				     .at = offsetof(struct account_credential, at)};

#define SINK(member) AT(struct organization_config, member)
static const struct field sink_fields[] = {
	{"directory", FIELD_PATH, SINK(sink_directory),
	 .help = "a folder that gets a file with mode 0600 for each"},
	{"command", FIELD_ARGUMENTS, SINK(sink_command),
	 .help = "a command that gets each on standard input"},
	{0},
};
static const struct table sink = {.help = "Where secrets of new credentials go.",
				  .fields = sink_fields,
				  .check = config_check_sink,
				  .conditions = ONE_OF("directory", "command")};

static const struct field writer_fields[] = {
	{"command", FIELD_ARGUMENTS, true, SINK(role_writer),
	 .help = "a command that makes changes of admin roles"},
	{0},
};
static const struct table writer = {.help = "Who makes what no API does.", .fields = writer_fields};

static const struct field principal_fields[] = {
	{"account", FIELD_NAME, AT(struct required_holder, account),
	 .help = "name of a TechnicalAccount"},
	{"user", FIELD_EMAIL, AT(struct required_holder, user), .help = "e-mail address of a user"},
	{"group", FIELD_OBJECT_NAME, AT(struct required_holder, user_group),
	 .help = "name of a user group"},
	{0},
};
static const struct table principal = {
	.help = "One principal.",
	.fields = principal_fields,
	.check = config_check_principal,
	.conditions = "\"oneOf\": [{\"required\": [\"account\"]}, {\"required\": [\"user\"]}, "
		      "{\"required\": [\"group\"]}]"};

static const struct field holder_fields[] = {
	{"role", FIELD_ROLE, true, AT(struct required_holder, role), .help = "an admin role"},
	{"product", FIELD_OBJECT_NAME, AT(struct required_holder, product), .help = "its product"},
	{"profile", FIELD_OBJECT_NAME, AT(struct required_holder, profile), .help = "its profile"},
	{"group", FIELD_OBJECT_NAME, AT(struct required_holder, group), .help = "its user group"},
	{"member", FIELD_MAPPING, true, NONE, .table = &principal, .help = "who must hold it"},
	{0},
};
static const struct table holder = {.help = "A role that somebody keeps, whatever a plan says.",
				    .fields = holder_fields,
				    .check = config_check_holder,
				    .conditions = schema_scopes,
				    .size = sizeof(struct required_holder),
				    .at = offsetof(struct required_holder, at)};

#define POLICY(member) AT(struct operator_policy, member)
static const struct field policy_fields[] = {
	{"maxRemovals", FIELD_COUNT, POLICY(guards.max_removals),
	 .help = "product grants that a plan may remove without consent", .example = "5"},
	{"maxRemovalDelta", FIELD_PERCENT, POLICY(guards.max_removal_delta),
	 .help = "share of all live product grants that a plan may remove without consent"},
	{"maxAdminGrants", FIELD_COUNT, POLICY(guards.max_admin_grants),
	 .help = "admin roles that a plan may grant without consent"},
	{"minHolders", FIELD_HOLDERS, POLICY(guards.min_holders), .help = MIN_HOLDERS_HELP,
	 .example = "{\"system-administrator\": 3, \"support-administrator\": 1}"},
	{"minPersons", FIELD_COUNT, POLICY(guards.min_persons), .help = MIN_PERSONS_HELP,
	 .example = "1"},
	{"requiredHolders", FIELD_RECORDS, POLICY(required), .table = &holder,
	 .help = "who keeps a role, whatever a plan says"},
	{"maxLiveShrink", FIELD_PERCENT, POLICY(max_live_shrink),
	 .help = "share of the last snapshot's grants that a live read may lack"},
	{"ignoreAdminDrift", FIELD_BOOL, POLICY(ignore_admin_drift),
	 .help = "whether manifests may ignore drift of administrator rights; default: false"},
	{0},
};
static const struct table policy = {
	.help = "Limits; the strictest of these and the organisation's counts.",
	.fields = policy_fields};

static const struct field sign_fields[] = {
	{"key", FIELD_PATH, AT(struct signing, file), .help = "a file with a private SSH key"},
	{"agent", FIELD_TITLE, AT(struct signing, agent),
	 .help = "the public key of one that ssh-agent holds"},
	{0},
};
static const struct table sign = {.help = "What signs.",
				  .fields = sign_fields,
				  .check = config_check_sign,
				  .conditions = ONE_OF("key", "agent")};

#define SNAPSHOT(member) AT(struct snapshot_settings, member)
static const struct field author_fields[] = {
	{"name", FIELD_TITLE, true, SNAPSHOT(author_name), .help = "the author's name"},
	{"email", FIELD_EMAIL, true, SNAPSHOT(author_email), .help = "the author's e-mail"},
	{0},
};
static const struct table author = {.help = "Who commits.", .fields = author_fields};

static const struct field snapshot_fields[] = {
	{"repository", FIELD_PATH, true, SNAPSHOT(repository), .help = "a git work tree"},
	{"folder", FIELD_TITLE, SNAPSHOT(folder), .help = "the folder in it"},
	{"branch", FIELD_TITLE, SNAPSHOT(branch), .help = "the branch that commits go to"},
	{"author", FIELD_MAPPING, NONE, .table = &author, .help = "who commits"},
	{"message", FIELD_TITLE, SNAPSHOT(message), .help = "first line of the commits"},
	{"sign", FIELD_OBJECT, SNAPSHOT(sign), .table = &sign, .help = "what signs the commits"},
	{"push", FIELD_TITLE, SNAPSHOT(push), .help = "a remote that commits are pushed to"},
	{"commit", FIELD_BOOL, SNAPSHOT(commit),
	 .help = "false: the files are written and left to you; default: true"},
	{0},
};
static const struct table snapshot = {.help = "Where the organisation is kept as manifests.",
				      .fields = snapshot_fields};

#define LEDGER(member) AT(struct ledger_settings, member)
static const struct field postgres_fields[] = {
	{"connection", FIELD_OBJECT, true, LEDGER(postgres), .table = &source,
	 .help = "a source of the connection string, as libpq takes it"},
	{0},
};
static const struct table postgres = {.help = "A database of PostgreSQL.",
				      .fields = postgres_fields};

static const struct field ledger_git_fields[] = {
	{"remote", FIELD_TITLE, LEDGER(git_remote),
	 .help = "a remote of the repository, or a URL; default: that of snapshot.push, else "
		 "origin"},
	{"ref", FIELD_TITLE, LEDGER(git_ref),
	 .help = "the reference that records are pushed to; default: refs/heads/writ/ and the "
		 "organisation's key"},
	{"repository", FIELD_PATH, LEDGER(git_repository),
	 .help = "whose configuration has the remote; default: that of snapshot"},
	{0},
};
static const struct table ledger_git = {.help = "A reference of a git repository.",
					.fields = ledger_git_fields};

#define S3(member) LEDGER(s3.member)
static const struct field s3_fields[] = {
	{"endpoint", FIELD_URL, true, S3(endpoint), .help = "where the object store is"},
	{"region", FIELD_TITLE, true, S3(region), .help = "its region, as requests are signed"},
	{"bucket", FIELD_TITLE, true, S3(bucket), .help = "a bucket that is there"},
	{"prefix", FIELD_TITLE, S3(prefix), .help = "what all keys begin with; default: writ"},
	{"caFile", FIELD_PATH, S3(ca_file),
	 .help = "certificates to trust instead of the system's"},
	{"accessKeyId", FIELD_OBJECT, true, S3(key_id), .table = &source,
	 .help = "a source of the access key's id"},
	{"secretAccessKey", FIELD_OBJECT, true, S3(secret), .table = &source,
	 .help = "a source of the access key"},
	{"sessionToken", FIELD_OBJECT, S3(token), .table = &source,
	 .help = "a source of the token that keys for a while come with"},
	{0},
};
static const struct table s3 = {.help = "An object store.", .fields = s3_fields};

static const struct field ledger_fields[] = {
	{"folder", FIELD_PATH, LEDGER(folder),
	 .help = "a folder of yours, on this machine or a shared disk"},
	{"postgres", FIELD_MAPPING, NONE, .table = &postgres,
	 .help = "a database that all machines reach"},
	{"git", FIELD_MAPPING, NONE, .table = &ledger_git,
	 .help = "commits on a reference of a git repository, pushed by the git program"},
	{"s3", FIELD_MAPPING, NONE, .table = &s3, .help = "an object store with the S3 API"},
	{"lease", FIELD_COUNT, LEDGER(lease), .least = 10, .most = 3600,
	 .help = "seconds of silence after which a run may be taken over; default: 120"},
	{0},
};
static const struct table ledger = {.help = "Where runs are remembered.",
				    .fields = ledger_fields,
				    .check = config_check_ledger,
				    .conditions = "\"not\": {\"anyOf\": ["
						  "{\"required\": [\"folder\", \"git\"]}, "
						  "{\"required\": [\"folder\", \"postgres\"]}, "
						  "{\"required\": [\"folder\", \"s3\"]}, "
						  "{\"required\": [\"git\", \"postgres\"]}, "
						  "{\"required\": [\"git\", \"s3\"]}, "
						  "{\"required\": [\"postgres\", \"s3\"]}]}"};

#define ORG(member) AT(struct organization_config, member)
static const struct field organization_fields[] = {
	{"name", FIELD_NAME, true, ORG(name), .help = "the organisation's name in the manifests",
	 .example = "\"acme\""},
	{"orgId", FIELD_TITLE, ORG(org_id),
	 .help = "the organisation's id in the service; one with `live` may have none",
	 .example = "\"0123456789ABCDEF01234567@AdobeOrg\""},
	{"live", FIELD_PATH, ORG(live),
	 .help = "where an organisation of provider file stands, when --live does not say",
	 .example = "\"lab.yaml\""},
	{"endpoints", FIELD_OBJECT, ORG(endpoints), .table = &endpoints,
	 .help = "where requests go; default: Adobe's hosts"},
	{"allowLocalEndpoints", FIELD_BOOL, ORG(allow_local),
	 .help = "an endpoint may be http to 127.0.0.1 or localhost"},
	{"caFile", FIELD_PATH, ORG(ca_file),
	 .help = "certificates to trust instead of the system's"},
	{"pinnedPublicKey", FIELD_TITLE, ORG(pinned_key),
	 .help = "the only keys that a vouched-for endpoint may have: sha256//BASE64 of each, "
		 "with \";\" between"},
	{"server", FIELD_OBJECT, ORG(server), .table = &server,
	 .help = "the credential that reads and writes"},
	{"user", FIELD_OBJECT, ORG(user), .table = &user,
	 .help = "a person's session, for what no credential may do"},
	{"accounts", FIELD_RECORDS, ORG(accounts), .table = &account,
	 .help = "technical accounts whose secrets are at hand, to see their roles and to verify"},
	{"secretSink", FIELD_MAPPING, NONE, .table = &sink,
	 .help = "where secrets of new credentials go"},
	{"roleWriter", FIELD_MAPPING, NONE, .table = &writer,
	 .help = "who makes changes of roles that no API makes; default: a person, by hand"},
	{"technicalAccountRoles", FIELD_CHOICE, ORG(account_roles),
	 .choices = (const char *const[]){"manual", "userManagement", NULL},
	 .first = ACCOUNT_ROLES_MANUAL,
	 .help = "whether the User Management API takes technical accounts; default: manual"},
	{"connections", FIELD_COUNT, ORG(connections), .least = 1, .most = CONFIG_CONNECTIONS_MAX,
	 .help = "requests at a time; default: 8"},
	{"maxWait", FIELD_COUNT, ORG(max_wait), .least = 1,
	 .help = "seconds in all to wait when the service asks for it"},
	{"patience", FIELD_COUNT, ORG(patience), .most = 86400,
	 .help = "seconds to wait until reads show what the service has accepted; default: 300"},
	{"policy", FIELD_OBJECT, ORG(policy), .table = &policy,
	 .help = "what one plan may do at most"},
	{"rules", FIELD_OBJECT, ORG(rules), .table = &rules_of_operator,
	 .help = "what grants need here, whatever manifests say"},
	{"snapshot", FIELD_OBJECT, ORG(snapshot), .table = &snapshot,
	 .help = "where the organisation is kept as manifests"},
	{"ledger", FIELD_OBJECT, ORG(ledger), .table = &ledger,
	 .help = "where runs are remembered; default: this user's state folder on this machine"},
	{"signPlans", FIELD_OBJECT, ORG(sign_plans), .table = &sign,
	 .help = "what signs the plans that are saved here"},
	{"signers", FIELD_PATH, ORG(signers),
	 .help = "who may sign plans: an allowed_signers file. With it only a saved plan that one "
		 "of "
		 "them signed is applied, and log verify checks the commits' signatures"},
	{"revokedKeys", FIELD_PATH, ORG(revoked_keys),
	 .help = "keys whose signatures hold no more: a list of public keys, or a KRL"},
	{0},
};

const struct organization_config config_initial = {
	.endpoints = {.ims = "https://ims-na1.adobelogin.com",
		      .console = "https://developers.adobe.io",
		      .user_management = "https://usermanagement.adobe.io/v2/usermanagement",
		      .storage = "https://cloudstorage.adobe.io/v1"},
	.connections = CONFIG_CONNECTIONS_MAX,
	.max_wait = -1,
	.patience = -1,
	.policy = {.guards = GUARDS_UNSAID, .max_live_shrink = -1},
	.snapshot = {.commit = true},
	.ledger = {.lease = -1},
};

static const struct table organization = {
	.help = "One organisation.",
	.fields = organization_fields,
	.check = config_check_organization,
	.conditions =
		"\"anyOf\": [{\"required\": [\"orgId\"]}, {\"required\": [\"live\"], "
		"\"properties\": {\"server\": false, \"user\": false}}], "
		"\"allOf\": [{\"properties\": {\"pinnedPublicKey\": {\"pattern\": "
		"\"^sha256//[A-Za-z0-9+/]{43}=(;sha256//[A-Za-z0-9+/]{43}=)*$\"}}}], "
		"\"if\": {\"not\": {\"properties\": {\"allowLocalEndpoints\": {\"const\": true}}, "
		"\"required\": [\"allowLocalEndpoints\"]}}, \"then\": {\"properties\": "
		"{\"endpoints\": {\"additionalProperties\": {\"pattern\": \"^https:\"}}, "
		"\"ledger\": {\"properties\": {\"s3\": {\"properties\": {\"endpoint\": "
		"{\"pattern\": "
		"\"^https:\"}}}}}}}",
	.size = sizeof(struct organization_config),
	.initial = &config_initial,
	.at = offsetof(struct organization_config, at)};

static const struct field document_fields[] = {
	VERSION_FIELD,
	{"kind", FIELD_CHOICE, true, NONE, .choices = (const char *const[]){"Configuration", NULL},
	 .help = "\"Configuration\""},
	{"organizations", FIELD_RECORDS, true, AT(struct config, organizations),
	 .table = &organization, .help = "the organisations that this operator serves"},
	{0},
};
const struct table config_document = {
	.help = "What an operator trusts writ with; never part of a checkout.",
	.fields = document_fields,
	.check = config_check_document};
