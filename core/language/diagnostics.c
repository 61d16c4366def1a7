/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/diagnostics.h"

#include <string.h>

#include "core/util/nearest.h"

static const struct diagnostic_info diagnostics[] = {
	{"E0001", "the command failed",
	 "What went wrong is in the summary. With --format json, or a format for reviewers, it has "
	 "the shape of a finding so that a program finds it where it looks for all others.",
	 "writ plan --live gone.yaml manifests",
	 "Do what the summary says. The exit status tells whether something was changed (writ(1), "
	 "\"EXIT STATUS\")."},
	{"E0101", "file cannot be read", "The operating system refused to open or read the file.",
	 "-rw------- 1 root root 412 team.yaml, read as another user",
	 "Give the user who runs writ the right to read it, or leave it out of the paths."},
	{"E0102", "not a regular file",
	 "Below a folder nothing is followed: a link, FIFO, socket or device with a manifest's "
	 "ending, and a link to a folder, is refused unopened, so that a checkout cannot lead the "
	 "program out of itself.",
	 "manifests/team.yaml -> /etc/passwd",
	 "Put the file itself there, or name the link's target as a path of its own."},
	{"E0103", "file too large or not readable as a manifest", "A file holds at most 64 MiB.",
	 "one file with 300,000 accounts", "Split the file; a set is all files together."},
	{"E0104", "too many bytes", "A run reads at most 2 GiB of manifests.",
	 "a folder that holds several organisations' exports",
	 "Name only the folders that describe the organisation."},
	{"E0106", "value too long", "A value holds at most 4096 bytes.",
	 "description: a whole page of text",
	 "Say it in a sentence, and the rest where the ticket is."},
	{"E0107", "nested too deep", "Manifests have at most 32 levels; the language needs eight.",
	 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
	 "Take out what is not of the language."},
	{"E0108", "merge conflict",
	 "A line of a merge that is not done stands in the file: until it is, nobody knows what "
	 "the file says.",
	 "<<<<<<< HEAD", "Decide between the two sides, take the marks out, and commit."},
	{"E0109", "pointer of git LFS",
	 "The file is a pointer: git lfs did not fetch what it stands for.",
	 "version https://git-lfs.github.com/spec/v1",
	 "Fetch it with `git lfs pull`, or leave manifests out of LFS."},
	{"E0110", "a manifest no more",
	 "The last apply read the file as a manifest. Left out, it would drop what it said without "
	 "a word. Only a commit that the apply was of can tell it.",
	 "team.yaml, whose first lines were cut off so that no kind is left",
	 "Restore the file, or delete it in a change of its own, so that somebody looks at what "
	 "goes with it."},
	{"E0201", "byte-order mark", "Manifests are UTF-8 without such a mark in front.",
	 "the bytes EF BB BF at the beginning, as some editors write them",
	 "Save the file as \"UTF-8\" and not as \"UTF-8 with BOM\"."},
	{"E0202", "not UTF-8", "A byte here does not belong to UTF-8 text.",
	 "description: Caf\\xE9, as Latin-1 has it", "Save the file as UTF-8."},
	{"E0203", "control character",
	 "Only line feed, CR LF and, between tokens, tab are allowed.",
	 "a backspace in a comment, which a terminal hides",
	 "Take it out; cat -v shows where it is."},
	{"E0204", "invisible character",
	 "Bidi controls, zero-width and other ignorable characters make a reviewer see something "
	 "else than the program reads; comments are no exception.",
	 "U+200B between two letters of a name", "Take it out; the column tells where it is."},
	{"E0205", "noncharacter", "This code point never stands for text.",
	 "U+FFFE in a description", "Take it out."},
	{"E0206", "not in normal form C", "The same letters in another form would be another name.",
	 "\"e\" and U+0301 where U+00E9 is one character",
	 "Write the composed character. Only a name that the service itself has so may stay "
	 "(W0714)."},
	{"E0207", "tab in a value",
	 "Names and texts hold no tab, which a reader cannot tell from blanks.",
	 "reason: \"night\tdesk\"", "Write a blank."},
	{"E0208", "line break in a value", "A value is one line.",
	 "reason: | with two lines below it",
	 "Write it in one line; \">-\" folds several into one."},
	{"E0209", "tab in the indentation", "YAML indents with spaces alone.",
	 "a line that begins with a tab",
	 "Indent as the lines above do; `writ fmt` shows the form once the file can be read."},
	{"E0301", "YAML syntax",
	 "The YAML parser could not go on; the rest of this document was not read. Mostly a value "
	 "with a colon and a blank in it lacks quotes, or a line is not indented as its neighbours "
	 "are. The parser's own words stand in parentheses.",
	 "reason: moved: see OPS-1",
	 "Put such a value in quotes, as in reason: \"moved: see OPS-1\", and begin each line "
	 "below its neighbours."},
	{"E0302", "anchor",
	 "An anchor lets one line grant what another says, and hides it from who reviews that "
	 "line.",
	 "adminRoles: &admins [support-administrator]", "Use an AccessBundle for what repeats."},
	{"E0303", "tag", "The schema gives every value its type; a tag would say another.",
	 "expires: !!str 2027-03-31", "Leave the tag out."},
	{"E0304", "alias", "An alias hides what its line grants.", "adminRoles: *admins",
	 "Use an AccessBundle for what repeats."},
	{"E0305", "collection as a key", "Keys are plain words.", "? [role, product]",
	 "Write the key as a word."},
	{"E0306", "merge key", "A merge key hides what its line grants.", "<<: *defaults",
	 "Use an AccessBundle for what repeats."},
	{"E0307", "empty key", "A key stands before each \":\".", "\": media@example.com\"",
	 "Write the key, such as owner."},
	{"E0308", "duplicate key",
	 "A reader that takes the first and one that takes the last would disagree.",
	 "owner: a@example.com, and owner: b@example.com below it", "Keep one of them."},
	{"E0309", "document is no mapping", "A document has apiVersion, kind, metadata and spec.",
	 "- asset-archiver", "Begin with apiVersion: writ/v1; `writ init` writes an example."},
	{"E0310", "second document in a JSON file",
	 "A file whose name ends in .json holds one document.",
	 "{\"kind\": \"AccessBundle\"} {\"kind\": \"AdminRole\"}",
	 "Use one file a document, or YAML."},
	{"E0311", "directive", "%YAML and %TAG are not needed, and nothing follows them.",
	 "%YAML 1.1", "Take the line out."},
	{"E0401", "unknown key", "A key that nobody reads would be a rule that nobody keeps.",
	 "admin_roles: [support-administrator]",
	 "Write the key that the message names; `writ schema TechnicalAccount` has all of a kind."},
	{"E0402", "missing key", "The mapping lacks a key that is required.",
	 "products: [{product: Adobe Express}], without its profile",
	 "Add the key; the message says what it looks like."},
	{"E0403", "wrong shape", "A list, a mapping or a single value stands where another is due.",
	 "adminRoles: support-administrator",
	 "Write the form that the message names, such as adminRoles: [support-administrator]."},
	{"E0404", "no value",
	 "A key or item without a value, null or ~ is never taken for empty: it may be a line that "
	 "somebody did not finish.",
	 "adminRoles:", "Write what is meant; [] is an empty list, \"\" an empty text."},
	{"E0405", "bad name",
	 "Names of documents are a-z, 0-9 and \"-\" inside, at most 63 characters, so that they "
	 "can stand in addresses and file names.",
	 "name: Asset_Archiver",
	 "Write asset-archiver; what the service calls it goes into credential or project."},
	{"E0406", "bad e-mail address",
	 "An address is ASCII local@domain.tld, at most 250 characters.", "user: jane@intranet",
	 "Write the address under which the service knows the person."},
	{"E0407", "bad date", "A date is a day that exists, as YYYY-MM-DD.", "expires: 31.03.2027",
	 "Write 2027-03-31."},
	{"E0408", "bad truth value",
	 "true or false, without quotes; YAML's yes and no are texts here.", "protect: yes",
	 "Write protect: true."},
	{"E0409", "bad number",
	 "A whole number in the range that the message names, without quotes or leading zeros.",
	 "maxRemovals: \"5\"", "Write maxRemovals: 5."},
	{"E0410", "bad percentage", "0% to 100%, without blanks.", "maxRemovalDelta: 0.25",
	 "Write maxRemovalDelta: 25%."},
	{"E0411", "unknown word", "The value is one of a fixed list.", "unlisted: delete",
	 "Write one of those that the message names, such as unlisted: remove."},
	{"E0412", "empty value", "A name or text is due.", "owner: \"\"",
	 "Write one, or leave the key out."},
	{"E0413", "name begins with an underscore",
	 "Services keep such names for admin roles; as a product or group it could smuggle one in, "
	 "also behind blanks and strokes that a reader does not see as letters.",
	 "profile: _org_admin",
	 "Roles belong in adminRoles, for example {role: product-administrator, product: Fonts}."},
	{"E0415", "text too long",
	 "Names hold at most 250 characters, patterns of tickets 64 bytes.",
	 "profile: three hundred letters", "Shorten it; a service has no longer ones."},
	{"E0416", "scope is missing", "The role is held for a product, a profile or a user group.",
	 "adminRoles: [product-administrator]",
	 "Name it: {role: product-administrator, product: Adobe Express}."},
	{"E0417", "scope is not taken",
	 "The role is held for the whole organisation, or for a scope of another sort.",
	 "{role: support-administrator, product: Adobe Express}",
	 "Leave the key out, or grant the role that has this scope."},
	{"E0418", "member without one principal",
	 "A member is exactly one of account, user and group.",
	 "{user: jane@example.com, group: Designers}", "Write one item for each of them."},
	{"E0419", "unknown kind",
	 "A document is an Organization, AccessBundle, TechnicalAccount, AdminRole or "
	 "ProductAssignment.",
	 "kind: Account", "Write kind: TechnicalAccount."},
	{"E0420", "type without a user", "Only a user's address can stand for several entries.",
	 "{group: Designers, type: adobeID}", "Leave type out of accounts and groups."},
	{"E0422", "orgId is missing",
	 "Provider adobe needs the organisation's id, which no name can stand in for.",
	 "spec: {provider: adobe}",
	 "Write orgId: 0123456789ABCDEF01234567@AdobeOrg; the Admin Console's address shows it."},
	{"E0423", "saved plan among manifests",
	 "A plan is carried out as it is; its lines are no wishes.",
	 "writ plan --out manifests/plan.json manifests",
	 "Carry it out with `writ apply --plan FILE`, and save plans outside of the folders of "
	 "manifests."},
	{"E0424", "configuration among manifests",
	 "It says where credentials go, so nobody who may change manifests should be able to "
	 "change "
	 "it.",
	 "kind: Configuration",
	 "Move it out of the folders of manifests, to where only operators may write, and name it "
	 "with --config FILE or WRIT_CONFIG."},
	{"E0430", "rule about several sorts of grants, or none",
	 "Each item of rules says which grants it is about by one of role, product, api or any.",
	 "{role: support-administrator, api: User Management API, reason: true}",
	 "Write one rule for each sort."},
	{"E0431", "rule that asks for nothing, or too much",
	 "A rule needs something to ask for, or at least two grants to keep apart; a list has at "
	 "most 32 rules.",
	 "require: [{any: role}]",
	 "Say what such grants need, for example {any: role, reason: true}."},
	{"E0432", "not the id of a warning",
	 "levels says what a warning counts as; an error is one always.",
	 "levels: [{id: E0401, level: error}]",
	 "Name a warning, such as W0705; `writ validate --explain` lists them."},
	{"E0501", "name stands twice", "Names are unique in their kind.",
	 "two TechnicalAccounts named asset-archiver", "Rename one, or make one document of both."},
	{"E0502", "unknown bundle", "No AccessBundle of the set has this name.",
	 "bundles: [storge-access]",
	 "Write the name that the message finds nearest, or add the bundle's file to the paths."},
	{"E0503", "unknown account", "No TechnicalAccount of the set has this name.",
	 "members: [asset-archver]",
	 "Write the name that the message finds nearest, or declare the account; {user: E-MAIL} is "
	 "a person."},
	{"E0504", "one address in two spellings",
	 "E-mail addresses are equal after folding ASCII case: two spellings would look like two "
	 "people.",
	 "jane@example.com here, Jane@Example.com there", "Write it in one spelling."},
	{"E0505", "absent account with grants",
	 "state: absent deletes the account; it can hold nothing.",
	 "state: absent beside adminRoles: [support-administrator]",
	 "Empty the lists, or leave state out."},
	{"E0506", "absent account is protected", "protect and state: absent contradict each other.",
	 "protect: true beside state: absent",
	 "Take protect away in a change of its own, so that somebody looks at it."},
	{"E0507", "absent account as a member",
	 "state: absent deletes the account; it can hold nothing.",
	 "members: [old-robot], which is absent", "Take it out of the members."},
	{"E0508", "earlier name is declared",
	 "previously names accounts that are gone from the manifests, or that have moved on to "
	 "another name by a previously of their own.",
	 "previously: [archiver], while an account archiver is declared",
	 "Take the name out of previously, or rename the other account too."},
	{"E0509", "earlier name is claimed twice", "One account can become one other.",
	 "previously: [archiver] in two accounts",
	 "Keep it in the account that is to be the old one."},
	{"E0510", "earlier name is the own name",
	 "previously names other names than the present one.",
	 "name: archiver with previously: [archiver]", "Take it out of previously."},
	{"E0511", "credential stands twice", "Two accounts cannot share a project's credential.",
	 "credential: archiver in two accounts of one project",
	 "Give one of them a credential of its own, or make one document of both."},
	{"E0512", "no Organization",
	 "A set describes an organisation, which one document of this kind names.",
	 "writ plan accounts/, while organization.yaml stands beside that folder",
	 "Name the folder above, or write the document; `writ init` makes an example."},
	{"E0513", "second Organization",
	 "One document describes an organisation. A set may have several of them under names of "
	 "their own; a snapshot, and what is live, has one.",
	 "two Organizations named acme, as below a PATH that has a snapshot beside the manifests",
	 "Keep one, or give the other its own name; of a snapshot or a live file, name only the "
	 "manifests' own folder."},
	{"E0514", "stands twice in a list",
	 "The same bundle, API, grant or member twice in one list says nothing more, and a change "
	 "of one of them would do nothing.",
	 "adminRoles: [support-administrator, support-administrator]", "Remove one."},
	{"E0515", "too many grants",
	 "Bundles are expanded, one grant for each account and entry: those of a set bring at most "
	 "1,000,000, for a few lines can mean more than the memory of a machine. The bundle that "
	 "brings most of them is named. With lines of their own, a set has at most 4,000,000.",
	 "a bundle of 1,001 entries in 1,000 accounts",
	 "Split the set, or give the entries to a user group."},
	{"E0516", "unknown organisation",
	 "metadata.organization names an Organization of the same set.",
	 "metadata: {name: archiver, organization: acm}",
	 "Write the name that the message finds nearest, or add that organisation's file to the "
	 "paths."},
	{"E0517", "no organisation named",
	 "Where a set has several Organizations, each of its other documents says which one it is "
	 "of: nothing is guessed.",
	 "metadata: {name: archiver} beside two Organizations",
	 "Add metadata.organization, or name the paths of one organisation alone."},
	{"E0518", "one orgId for two organisations",
	 "Two Organizations with one orgId would be one organisation with two sets of wishes, each "
	 "of which undoes the other.",
	 "acme and acme-test with the same orgId",
	 "Give each its own orgId, or make one document of both."},
	{"E0519", "too many organisations",
	 "Each organisation of a set is planned by itself, with a session of its own: a set has at "
	 "most 1,000.",
	 "a folder of 1,001 documents of kind Organization",
	 "Split the set, and name the paths of one part at a time."},
	{"E0520", "one id for two accounts",
	 "An account is one with the id that the service gave it. Two documents of a live file "
	 "say the same one.",
	 "a document that was copied to make another account, with its status",
	 "Delete the document of the account that is not there, or its status."},
	{"E0601", "another organisation", "Manifests and live must have the same name and orgId.",
	 "manifests of acme, a live file of acme-test",
	 "Plan against the organisation that the manifests describe."},
	{"E0603", "the service refuses the name",
	 "The provider's own rules for names, checked without the service too; the message tells "
	 "which.",
	 "credential: ab, where 6 to 25 characters are due",
	 "Choose a name that the service takes; metadata.name may stay as it is."},
	{"E0604", "no way to grant",
	 "Neither an API of the service nor a person at its console can make this grant, or it is "
	 "the same as one beside it.",
	 "a user group as system administrator",
	 "Grant it to a principal that can hold it, or take the line out."},
	{"E0605", "drift that cannot be accepted",
	 "The manifests cannot say it by a change of these lines alone.",
	 "a grant that a bundle takes away for all of its accounts",
	 "Write by hand what stands behind the message, or revert the drift."},
	{"E0606", "names that cannot move",
	 "Accounts that change places have the same names before and afterwards: their credentials "
	 "tell whether it has been done. With --target a name must be free.",
	 "two accounts that take each other's names, without credential",
	 "Say credential in both, and plan them together."},
	{"E0607", "more than one plan adds",
	 "One plan adds at most 500,000 grants, with 32 MiB of names and words: a service that "
	 "takes "
	 "a hundred changes a minute takes three days for that, and a plan lives for one. A few "
	 "lines of bundles can mean more than the memory of a machine.",
	 "a bundle of 1,000 entries, new in 1,000 accounts",
	 "Add the accounts by and by, or give the entries to a user group."},
	{"E0801", "bad URL",
	 "Requests go to https, or to http on this machine, and to nothing that carries "
	 "credentials or a query in its address.",
	 "https://user:word@example.com/v2?x=1",
	 "Write the address alone; credentials have keys of their own."},
	{"E0802", "local endpoint", "Plain http is for tests.", "console: http://127.0.0.1:8080",
	 "Write https, or allowLocalEndpoints: true in a test."},
	{"E0803", "not one of several", "Exactly one of the keys says where it is or goes.",
	 "clientSecret: {file: a, env: B}", "Keep one of them."},
	{"E0804", "bad command",
	 "A command is a list of words that no shell sees; its program is named by an absolute "
	 "path, so that no folder of a checkout can stand in for it.",
	 "command: [pass, show, writ]", "Write command: [/usr/bin/pass, show, writ]."},
	{"E0805", "not one document", "A configuration is one document of kind Configuration.",
	 "two documents with \"---\" between", "List both organisations in one document."},
	{"E0806", "stands twice", "Two entries would disagree about one organisation or account.",
	 "two entries with name: acme", "Keep one."},
	{"E0807", "configuration that cannot be trusted",
	 "It says where credentials go. It is a regular file that belongs to you or to root, and "
	 "nobody else may write it.",
	 "-rw-rw-r-- 1 you staff config.yaml",
	 "Own the file, and take others' rights with chmod 600."},
	{"E0808", "bad pin",
	 "A pinned key is the SHA-256 of a certificate's public key (SubjectPublicKeyInfo) in "
	 "base64, after sha256//.",
	 "pinnedPublicKey: certificate.pem",
	 "List the keys of all endpoints, and the next one before a service changes its key."},
	{"E0809", "not filled in",
	 "`writ init --adobe` leaves zeros where it cannot know your organisation and your "
	 "credential.",
	 "orgId: \"000000000000000000000000@AdobeOrg\"",
	 "The Developer Console shows both beside the OAuth server-to-server credential that writ "
	 "is to use: its client id, and the organisation's id."},
	{"E0901", "plan without a signature",
	 "The operator lists who may sign plans: only a saved plan is applied that has a signature "
	 "of one of them beside it.",
	 "writ apply --plan plan.json without plan.json.sig",
	 "Sign it: writ plan --sign KEY --out plan.json, or ssh-keygen -Y sign -n writ-plan -f KEY "
	 "plan.json."},
	{"E0902", "signature that does not hold",
	 "It is of other bytes, of another namespace, or no SSH signature at all. The plan was "
	 "changed after it was signed, or the file belongs to another plan.",
	 "plan.json.sig of yesterday's plan",
	 "Look at what changed, make the plan again, and sign that one."},
	{"E0903", "signer who may not sign",
	 "The signature holds, but the file of allowed signers does not list its key for this "
	 "namespace and time, or the key is revoked.",
	 "a key that stands in signers with namespaces=\"git\" alone",
	 "Have somebody who is listed sign it, or have the operator list the key."},
	{"E0904", "signers that cannot be used",
	 "The file of allowed signers, or that of revoked keys, is not to be trusted or not there. "
	 "Nothing is taken for signed then.",
	 "signers: a file that others may write",
	 "Take others' rights with chmod 600, or correct the path in the configuration."},
	{"E0905", "signatures cannot be verified",
	 "OpenSSH verifies signatures: ssh-keygen is not in PATH, or could not be run. Nothing is "
	 "taken for signed then.",
	 "an image without openssh-client", "Install OpenSSH's client."},
	{"W0701", "storage administrator without Enterprise Storage",
	 "The role administers storage that no licence of the account opens.",
	 "adminRoles: [storage-administrator] with products: []",
	 "Assign a profile of a product that enterpriseStorage of the Organization lists."},
	{"W0702", "Enterprise Storage without storage administrator",
	 "The licence is there, the role is not: the account opens storage that it cannot "
	 "administer.",
	 "products: [{product: Creative Cloud Enterprise, profile: Storage}] alone",
	 "Grant storage-administrator, or assign another profile."},
	{"W0703", "first API does not bring Enterprise Storage",
	 "A credential whose first API is not the storage API gets no licence by itself.",
	 "apis: [User Management API, Adobe Cloud Storage and Collaboration API]",
	 "List the storage API first."},
	{"W0704", "system administrator",
	 "It can do everything, and hand all of it out; storage administrator may be enough.",
	 "adminRoles: [system-administrator]", "Grant the least role that does the work."},
	{"W0705", "no owner",
	 "Nobody answers for the account when it is asked whether it is still needed.",
	 "spec: {credential: archiver}",
	 "Name a person or team: owner: media-platform@example.com."},
	{"W0706", "no reason",
	 "Who reviews an admin role next year cannot tell whether it is still needed.",
	 "adminRoles: [support-administrator]",
	 "Say why: {role: support-administrator, reason: night desk, ticket: OPS-1182}."},
	{"W0707", "expires within 30 days", "The grant goes by itself after that day.",
	 "expires: 2027-03-31, on 2027-03-05", "Extend it with `writ edit extend`, or let it go."},
	{"W0708", "said twice",
	 "The same grant by two paths: removing one of them will not take it away.",
	 "a role in the account's own list and in its bundle", "Keep one of them."},
	{"W0709", "look-alike names",
	 "Two names of one kind that a reader can take for one another: a grant to the wrong one "
	 "would pass a review.",
	 "\"Designers\", and one with a Cyrillic letter in it",
	 "Choose names that differ to the eye, or remove the one that nobody means."},
	{"W0714", "name with outer white space, or not in normal form C",
	 "The service has such a name, so it may be said, in quotes and exactly so. It cannot be "
	 "told from the name without.",
	 "profile: \"Design \"", "Rename it in the service, then here."},
	{"W0715", "end that is past already",
	 "The last day is over: the entry grants nothing and asks for a removal. Where the end was "
	 "past when it was first written, that removal needs --allow-remove like any other.",
	 "expires: 2026-05-31, on 2026-06-01", "Remove the line, or write a later day."},
	{"W0716", "project under another name",
	 "The project that an account is in was renamed in the service since the last snapshot. "
	 "The plan goes on with the account as it is.",
	 "project: Asset Archiver, which is \"Archive\" in the console now",
	 "Write the new title, or rename it back."},
	{"W0717", "letters of several scripts, or none to see",
	 "A name mixes scripts, such as Latin with one Cyrillic letter, or has a character that is "
	 "drawn as a blank, over other letters or as an underscore: a reviewer sees another "
	 "name.",
	 "U+2800 between two words",
	 "Write it in one script with plain spaces; where the service has it so, rename it there."},
	{"W0718", "what was asked before is not known",
	 "A proposal may loosen the guards or drop the rules that would stop it. A plan tells that "
	 "by the branch that it goes back to, or by the last apply, and the clone has neither.",
	 "a checkout of a proposal with a depth of 1",
	 "Fetch the history too: fetch-depth: 0, GIT_DEPTH: 0, or git fetch --unshallow."},
	{"W0719", "account under another name",
	 "The account was renamed in the service since the last snapshot, which its id tells. The "
	 "plan goes on with it under the name that it has; the name is drift until somebody "
	 "decides.",
	 "metadata: {name: archiver}, which is asset-archiver in the service now",
	 "Take the new name over with `writ drift accept`, or give back the old one with `writ "
	 "drift "
	 "revert`."},
	{"W0721", "what a rule asks for is missing",
	 "rules.require of the Organization or of the operator's configuration asks for a reason, "
	 "a ticket, an owner or an end of such grants. The rule says whether this is an error.",
	 "{any: role, reason: true} and a role without a reason",
	 "Add it to the line, or take the grant out."},
	{"W0722", "grants that a rule keeps apart",
	 "rules.apart of the Organization or of the operator's configuration names grants of which "
	 "one principal may hold one. The rule says whether this is an error.",
	 "who pays and who approves, in one account",
	 "Give one of them to somebody else; where one of them is live and no manifest lists it, "
	 "take it away there first."},
	{"W0723", "credential that only the ledger explains",
	 "A credential that no manifest says stays what it is when its account gets another name, "
	 "and one that has an earlier name of the account is taken for said. This one has a name "
	 "that the manifest does not list, so that only the ledger knows that it was one.",
	 "alpha became beta and then gamma, and `previously` has beta alone",
	 "Add `credential: alpha`, or alpha to `previously`."},
	{"W0901", "snapshot edited by hand, or mixed by a merge",
	 "A snapshot says what was live when it was written; its files are no longer as they were "
	 "written, or not of one snapshot.",
	 "a line taken out of snapshots/acme/roles.yaml; a merge of two recordings with files of "
	 "both",
	 "Take the files from one commit, or write a new snapshot."},
	{"W0906", "manifests older than those applied last",
	 "The ledger knows which commit of the manifests was applied last, and this one comes "
	 "before "
	 "it. Applied, it would take back what was decided since; so apply refuses it.",
	 "a pull request whose branch is behind, or an old pipeline that is started again",
	 "Take the newer manifests in, and plan again. Where going back is meant, apply takes "
	 "--allow-older."},
	{"W0907", "cannot tell whether newer manifests were applied",
	 "The clone lacks the commit that was applied last, or ends before the two meet. Apply "
	 "stops "
	 "until it can be told.",
	 "a checkout of depth 1", "Run the fetch that the summary names, and plan again."},
	{"W0908", "another ledger than that of the snapshots",
	 "The last commit that a run made in the snapshots' history names a record of its ledger. "
	 "The "
	 "shared ledger that is configured does not have it: it is another one, or it lost "
	 "records, "
	 "and what it does not know of used plans and withheld removals is not known at all.",
	 "a ledger's branch that was deleted, so that the next run began it anew",
	 "Name the ledger that has the record, bring it back, or take the old one along with `writ "
	 "ledger move`. Once the loss is accepted, apply takes --allow-other-ledger."},
	{"W0909", "what drifted is not known",
	 "The configuration names a place of snapshots, and the last one cannot be read there. The "
	 "plan compares manifests with live alone: it does not tell what somebody else changed, "
	 "and that it tells no drift does not mean that there is none.",
	 "a CI job that checks the manifests out, and not the repository of the snapshots",
	 "Bring the repository, or name a snapshot with --base."},
	{"W0910", "left out of what was read",
	 "The service has something that no manifest can say, such as a name with a line break, "
	 "several profiles of one name, or a person without an e-mail address. The plan says "
	 "nothing of it: it is neither compared nor changed.",
	 "two products with a profile of one name",
	 "Give it a name of its own in the service, or leave it to people."},
};

#define COUNT (sizeof(diagnostics) / sizeof(*diagnostics))

const struct diagnostic_info *diagnostics_find(const char *id)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (!strcmp(diagnostics[i].id, id))
			return &diagnostics[i];
	}
	return NULL;
}

const struct diagnostic_info *diagnostics_all(size_t *count)
{
	*count = COUNT;
	return diagnostics;
}

const char *diagnostics_nearest(struct arena *a, const char *id)
{
	const char *ids[COUNT];
	for (size_t i = 0; i < COUNT; i++)
		ids[i] = diagnostics[i].id;
	return nearest_said(a, id, ids, COUNT);
}
