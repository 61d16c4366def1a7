/* SPDX-License-Identifier: Apache-2.0 */
#include "core/language/diagnostics.h"

#include <string.h>

static const struct diagnostic_info diagnostics[] = {
	{"E0001", "the command failed",
	 "What went wrong is in the summary; --format json gives it the shape of a finding."},
	{"E0101", "file cannot be read", "The operating system refused to open or read it."},
	{"E0102", "not a regular file",
	 "Below a folder nothing is followed: a link, FIFO, socket or device with a "
	 "manifest's ending, and a link to a folder, is refused unopened, so that "
	 "a checkout cannot lead the program out of itself."},
	{"E0103", "file too large or not readable as a manifest", "A file holds at most 64 MiB."},
	{"E0104", "too many bytes", "A run reads at most 2 GiB of manifests."},
	{"E0106", "value too long", "A value holds at most 4096 bytes."},
	{"E0107", "nested too deep", "At most 32 levels; the language needs six."},
	{"E0108", "merge conflict",
	 "A line of a merge that is not done stands in the file. Resolve the conflict; until then "
	 "nobody knows what the file says."},
	{"E0109", "pointer of git LFS",
	 "The file is a pointer: git lfs did not fetch what it stands for. Fetch it, for example "
	 "with `git lfs pull`, or leave manifests out of LFS."},
	{"E0110", "a manifest no more",
	 "The last apply read the file as a manifest. Left out, it would drop what it said without "
	 "a "
	 "word. Only a commit that the apply was of can tell it."},
	{"E0201", "byte-order mark", "Manifests are UTF-8 without one."},
	{"E0202", "not UTF-8", "A byte here does not belong to UTF-8 text."},
	{"E0203", "control character",
	 "Only line feed, CR LF and, between tokens, tab are allowed."},
	{"E0204", "invisible character",
	 "Bidi controls, zero-width and other ignorable characters make a reviewer see "
	 "something else than the program reads; comments are no exception."},
	{"E0205", "noncharacter", "This code point never stands for text."},
	{"E0206", "not in normal form C",
	 "The same letters would be two different names. Write the composed form."},
	{"E0207", "tab in a value", "Names and texts hold no tab."},
	{"E0208", "line break in a value", "Values are one line; \">-\" folds several into one."},
	{"E0209", "tab in the indentation", "YAML indents with spaces."},
	{"E0301", "YAML syntax",
	 "The YAML parser could not go on; the rest of this document was not read. Mostly a value "
	 "with a colon and a blank in it lacks quotes, as in `reason: moved: see OPS-1`, which is "
	 "`reason: \"moved: see OPS-1\"`; or a line is not indented as its neighbours are. The "
	 "parser's own words stand in parentheses."},
	{"E0302", "anchor",
	 "Anchors hide what a line grants. Use an AccessBundle for what repeats."},
	{"E0303", "tag", "The schema gives every value its type."},
	{"E0304", "alias",
	 "Aliases hide what a line grants. Use an AccessBundle for what repeats."},
	{"E0305", "collection as a key", "Keys are plain words."},
	{"E0306", "merge key", "Use an AccessBundle for what repeats."},
	{"E0307", "empty key", "A key is due."},
	{"E0308", "duplicate key",
	 "A reader that takes the first and one that takes the last would disagree."},
	{"E0309", "document is no mapping", "A document has apiVersion, kind, metadata and spec."},
	{"E0310", "second document in a JSON file", "A JSON file holds one document."},
	{"E0311", "directive", "%YAML and %TAG are not needed."},
	{"E0401", "unknown key", "A key that nobody reads would be a rule that nobody keeps."},
	{"E0402", "missing key", "The mapping lacks a key that is required."},
	{"E0403", "wrong shape", "A list, mapping or single value stands where another is due."},
	{"E0404", "no value", "A key or item without a value is never taken for null or empty."},
	{"E0405", "bad name", "a-z, 0-9 and \"-\" inside, at most 63 characters."},
	{"E0406", "bad e-mail address", "ASCII local@domain.tld, at most 250 characters."},
	{"E0407", "bad date", "A day such as 2027-03-31 that exists."},
	{"E0408", "bad truth value", "true or false, without quotes."},
	{"E0409", "bad number",
	 "A whole number from 0 to 2147483647, without quotes or leading zeros."},
	{"E0410", "bad percentage", "0% to 100%, without blanks."},
	{"E0411", "unknown word", "The value is one of a fixed list."},
	{"E0412", "empty value", "A name or text is due."},
	{"E0413", "name begins with an underscore",
	 "Services keep such names for admin roles; as a product or group it could smuggle one in, "
	 "also behind blanks and strokes that a reader does not see as letters. Roles belong in "
	 "adminRoles, for example {role: product-administrator, product: Fonts}."},
	{"E0415", "name too long", "At most 250 characters."},
	{"E0416", "scope is missing", "The role is held for a product, profile or group; name it."},
	{"E0417", "scope is not taken",
	 "The role is held for the whole organisation or another scope."},
	{"E0418", "member without one principal", "Exactly one of account, user and group."},
	{"E0419", "unknown kind",
	 "Organization, AccessBundle, TechnicalAccount, AdminRole or ProductAssignment."},
	{"E0420", "type without a user",
	 "Only a user's address can stand for several entries. Leave \"type\" out of accounts and "
	 "groups."},
	{"E0422", "orgId is missing", "provider adobe needs the organisation's id."},
	{"E0423", "saved plan among manifests",
	 "A plan is carried out as it is, with `writ apply --plan FILE`. Save plans outside of the "
	 "folders of manifests."},
	{"E0430", "rule about several sorts of grants, or none",
	 "Each item of `rules` says which grants it is about by one of role, product, api or any."},
	{"E0431", "rule that asks for nothing",
	 "A rule needs something to ask for, and at least two grants to keep apart; a list has at "
	 "most 100 rules."},
	{"E0432", "not the id of a warning",
	 "`levels` says what a warning counts as. An error is one always."},
	{"E0501", "name stands twice", "Names are unique in their kind."},
	{"E0502", "unknown bundle", "No AccessBundle of the set has this name."},
	{"E0503", "unknown account", "No TechnicalAccount of the set has this name."},
	{"E0504", "one address in two spellings",
	 "E-mail addresses are equal after folding ASCII case."},
	{"E0505", "absent account with grants",
	 "state: absent deletes the account; it can hold nothing."},
	{"E0506", "absent account is protected",
	 "protect and state: absent contradict each other."},
	{"E0507", "absent account as a member",
	 "state: absent deletes the account; it can hold nothing."},
	{"E0508", "earlier name is declared",
	 "previously names accounts that are gone from the manifests, or that have moved on to "
	 "another name by a previously of their own."},
	{"E0509", "earlier name is claimed twice", "One account can become one other."},
	{"E0510", "earlier name is the own name",
	 "previously names other names than the present one."},
	{"E0511", "credential stands twice", "Two accounts cannot share a project's credential."},
	{"E0512", "no Organization",
	 "A set describes an organisation, which one document of this kind names."},
	{"E0513", "second Organization",
	 "One document describes an organisation. A set may have several of them under names of "
	 "their own; a snapshot, and what is live, has one."},
	{"E0514", "stands twice in a list",
	 "The same bundle, API, grant or member twice in one list says nothing more, and a change "
	 "of one of them would do nothing. Remove one."},
	{"E0515", "too many grants",
	 "Bundles are expanded, one grant for each account and entry: a run holds at most "
	 "8,000,000. "
	 "The bundle that brings most of them is named. Split the set, or give the entries to a "
	 "group."},
	{"E0516", "unknown organisation",
	 "metadata.organization names an Organization of the same set."},
	{"E0517", "no organisation named",
	 "Where a set has several Organizations, each of its other documents says with "
	 "metadata.organization which one it is of: nothing is guessed."},
	{"E0518", "one orgId for two organisations",
	 "Two Organizations with one orgId would be one organisation with two sets of wishes, each "
	 "of which undoes the other."},
	{"E0601", "another organisation", "Manifests and live must have the same name and orgId."},
	{"E0603", "the service refuses the name",
	 "The provider's own rules for names, checked without the service too."},
	{"E0604", "no way to grant",
	 "Neither an API of the service nor a person at its console can make this grant, or it is "
	 "the same as one beside it."},
	{"E0605", "drift that cannot be accepted",
	 "The manifests cannot say it by a change of these lines alone. What to write by hand "
	 "stands behind it."},
	{"E0606", "names that cannot move",
	 "Accounts that change places have the same names before and afterwards: their credentials "
	 "tell whether it has been done. With --target a name must be free."},
	{"E0801", "bad URL",
	 "Requests go to https, or to http on this machine, and to nothing that carries "
	 "credentials or a query in its address."},
	{"E0802", "local endpoint", "Plain http is for tests: allowLocalEndpoints says so."},
	{"E0803", "not one of several", "Exactly one of the keys says where it is or goes."},
	{"E0804", "bad command",
	 "A command is a list of words that no shell sees; its program is named by an absolute "
	 "path, so that no folder of a checkout can stand in for it."},
	{"E0805", "not one document", "A configuration is one document of kind Configuration."},
	{"E0806", "stands twice", "Two entries would disagree about one organisation or account."},
	{"E0807", "configuration that cannot be trusted",
	 "It says where credentials go. It is a regular file that belongs to you or to root, and "
	 "nobody else may write it."},
	{"E0808", "bad pin",
	 "A pinned key is the SHA-256 of a certificate's public key (SubjectPublicKeyInfo) in "
	 "base64, after sha256//. List the keys of all endpoints, and the next one before a "
	 "service changes its key."},
	{"E0901", "plan without a signature",
	 "The operator lists who may sign plans: only a saved plan is applied that has a signature "
	 "of one of them beside it, FILE.sig (namespace writ-plan)."},
	{"E0902", "signature that does not hold",
	 "It is of other bytes, of another namespace, or no SSH signature at all. The plan was "
	 "changed after it was signed, or the file belongs to another plan."},
	{"E0903", "signer who may not sign",
	 "The signature holds, but the file of allowed signers does not list its key for this "
	 "namespace and time, or the key is revoked."},
	{"E0904", "signers that cannot be used",
	 "The file of allowed signers, or that of revoked keys, is not to be trusted or not there. "
	 "Nothing is taken for signed then."},
	{"E0905", "signatures cannot be verified",
	 "OpenSSH verifies signatures: ssh-keygen is not in PATH, or could not be run. Nothing is "
	 "taken for signed then."},
	{"W0701", "storage administrator without Enterprise Storage",
	 "The role administers storage that no licence of "
	 "the account opens."},
	{"W0702", "Enterprise Storage without storage administrator",
	 "The licence is there, the role is not."},
	{"W0703", "first API does not bring Enterprise Storage",
	 "A credential whose first API is not the storage API "
	 "gets no licence by itself."},
	{"W0704", "system administrator",
	 "It can do everything; storage administrator may be enough."},
	{"W0705", "no owner", "Nobody answers for the account."},
	{"W0706", "no reason", "An admin role should say why it is held."},
	{"W0707", "expires within 30 days", "Extend it or let it go."},
	{"W0708", "said twice", "The same grant by two paths; removing one will not take it away."},
	{"W0709", "look-alike names",
	 "Two names of one kind that a reader can take for one another, such as \"Designers\" and "
	 "one with a Cyrillic letter in it: a grant to the wrong one would pass a review. Choose "
	 "names "
	 "that differ to the eye, or remove the one that nobody means."},
	{"W0714", "name with outer white space, or not in normal form C",
	 "The service has such a name, for example \"Design \" with a blank at its end, so it may "
	 "be "
	 "said, in quotes and exactly so. It cannot be told from the name without. Rename it in "
	 "the "
	 "service, then here."},
	{"W0715", "end that is past already",
	 "The last day is over, for example expires: 2026-05-31 on 2026-06-01: the entry grants "
	 "nothing and asks for a removal. Where the end was past when it was first written, that "
	 "removal needs --allow-remove like any other. Remove the line, or write a later day."},
	{"W0716", "project under another name",
	 "The project that an account is in was renamed in the service since the last snapshot. "
	 "The "
	 "plan goes on with the account as it is."},
	{"W0717", "letters of several scripts, or none to see",
	 "A name mixes scripts, such as Latin with one Cyrillic letter, or has a character that is "
	 "drawn as a blank, such as U+2800: a reviewer sees another name. Write it in one script "
	 "with "
	 "plain spaces; where the service has it so, rename it there."},
	{"W0721", "what a rule asks for is missing",
	 "`rules.require` of the Organization or of the operator's configuration asks for a "
	 "reason, "
	 "a ticket, an owner or an end of such grants, for example `{any: role, reason: true}`. "
	 "Add "
	 "it to the line, or take the grant out. The rule says whether this is an error."},
	{"W0722", "grants that a rule keeps apart",
	 "`rules.apart` of the Organization or of the operator's configuration names grants of "
	 "which one principal may hold one, for example who pays and who approves. Give one of "
	 "them to somebody else; where one of them is live and no manifest lists it, take it away "
	 "there first. The rule says whether this is an error."},
	{"W0901", "snapshot edited by hand",
	 "A snapshot says what was live when it was written; its files are no longer as they were "
	 "written. Take them from its last commit."},
};

const struct diagnostic_info *diagnostics_find(const char *id)
{
	for (size_t i = 0; i < sizeof(diagnostics) / sizeof(*diagnostics); i++) {
		if (!strcmp(diagnostics[i].id, id))
			return &diagnostics[i];
	}
	return NULL;
}

const struct diagnostic_info *diagnostics_all(size_t *count)
{
	*count = sizeof(diagnostics) / sizeof(*diagnostics);
	return diagnostics;
}
