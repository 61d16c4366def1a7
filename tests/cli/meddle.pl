# SPDX-License-Identifier: Apache-2.0
# meddle.pl, with MOVE in the environment: one change that somebody makes to the live organisation
# of accept.bats, whose file perl -p hands over whole.
use strict;
use warnings;

my $document = "apiVersion: writ/v1\nkind: ";
my $default = "{product: Express, profile: Default}";
my $templates = "{product: Express, profile: Templates}";
my %moves = (
	rename => sub {
		s/name: archiver\n/name: asset-archiver\n/;
		s/spec:\n(?=  description)/spec:\n  credential: archiver\n/;
	},
	describe => sub {
		s/Moves files/Moves all files: "now"/;
		s/description: (Moves all.*)/description: '$1'/;
	},
	label => sub { s/team: media/team: brand\n    tier: "1"/ },
	owner => sub { s/  owner: media\@example.com\n// },
	"take-product" => sub {
		s/    - \Q$default\E\n(?=    - \Q$templates\E\nstatus:\n  id)//;
	},
	"give-product" => sub {
		my $stock = "    - {product: Stock, profile: \"A, B\"}\n";
		s/(profile: Templates\}\n)(?=status:\n  id: "68)/$1$stock/;
	},
	leave => sub { s/\Q$document\ETechnicalAccount\nmetadata:\n  name: leaver\n.*?---\n//s },
	role => sub { s/    - support-administrator\n/    - deployment-administrator\n/ },
	"more-roles" => sub {
		my $role = "    - {role: product-administrator, product: Express}\n";
		s/(name: reader.*?)  products: \[\]/$1$role  products: [$default]/s;
	},
	admin => sub { s/(  role: system-administrator\n  members:\n.*?)jane/$1omar/s },
	member => sub {
		s/(kind: ProductAssignment.*?)\{user: jane\@example.com\}/$1\{group: Designers}/s;
	},
	newcomer => sub {
		$_ .= "---\n${document}TechnicalAccount\nmetadata: {name: newcomer}\n"
			. "spec: {owner: \"x: y\", adminRoles: [storage-administrator],"
			. " products: [$templates]}\n";
	},
	stock => sub {
		$_ .= "---\n${document}ProductAssignment\nmetadata: {name: stock}\n"
			. "spec: {product: Stock, profile: \"A, B\","
			. " members: [{user: omar\@example.com}, {group: Ops}]}\n";
	},
);
$moves{$ENV{MOVE}}->();
