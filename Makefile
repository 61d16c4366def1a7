# SPDX-License-Identifier: Apache-2.0
# writ: the whole build.  `make` builds the program, `make test` runs every test with what is there,
# `make check` installs what is missing first. No other target but deps and quickstart installs
# anything.
# CC CFLAGS CPPFLAGS LDFLAGS PREFIX DESTDIR belong to the caller.

MAKEFLAGS += --no-print-directory --no-builtin-rules
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := all

B       ?= build
CFLAGS  ?= -O2 -g
PREFIX  ?= /usr/local
DESTDIR ?=
ifeq ($(origin CC),default)
CC := gcc
endif
FUZZ_CC      ?= clang
FUZZ_SECONDS ?= 60
FUZZERS      ?= $(FUZZ_SRC:tests/fuzz/fuzz_%.c=%)
WERROR ?=
SAN    ?=
COVER  ?=
V      ?=

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s %s\n'
endif

# ---- what is built ---------------------------------------------------------

LIB_SRC   := $(sort $(wildcard core/*/*.c core/ledger/stores/*.c \
	providers/*.c providers/*/*.c providers/*/*/*.c))
CMD_SRC   := $(sort $(wildcard cmd/writ/*.c))
EMU_SRC   := $(sort $(wildcard cmd/adobe-emulator/*.c cmd/adobe-emulator/*/*.c))
UNIT_SRC  := $(sort $(shell find tests/unit -name "test_*.c"))
CONF_SRC  := $(sort $(wildcard tests/conformance/*.c))
SHIM_SRC  := tests/fault/shim.c tests/fault/alloc.c tests/fault/power_log.c
# Programs that tests of faults call, and no tests themselves.
TOOL_SRC  := tests/fault/power_cut.c
FAULT_SRC := $(filter-out $(SHIM_SRC) $(TOOL_SRC),$(sort $(wildcard tests/fault/*.c)))
FUZZ_SRC  := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH_SRC := $(sort $(wildcard tests/bench/*.c))
MAN_SRC   := $(sort $(wildcard cmd/man/*.scd))
HEADERS    = $(sort $(shell find cmd core providers -name "*.h"))

LIB_OBJ   := $(LIB_SRC:%.c=$(B)/obj/%.o)
CMD_OBJ   := $(CMD_SRC:%.c=$(B)/obj/%.o)
EMU_OBJ   := $(EMU_SRC:%.c=$(B)/obj/%.o)
FAIL_OBJ  := $(LIB_SRC:%.c=$(B)/failpoint/obj/%.o) $(CMD_SRC:%.c=$(B)/failpoint/obj/%.o)
FLIB_OBJ  := $(LIB_SRC:%.c=$(B)/fuzz/obj/%.o)
TEST_OBJ  := $(UNIT_SRC:%.c=$(B)/obj/%.o) $(CONF_SRC:%.c=$(B)/obj/%.o) \
	$(BENCH_SRC:%.c=$(B)/obj/%.o) $(FAULT_SRC:%.c=$(B)/obj/%.o) $(TOOL_SRC:%.c=$(B)/obj/%.o)
FUZZ_OBJ  := $(FUZZ_SRC:%.c=$(B)/fuzz/obj/%.o)
UNIT_BIN  := $(UNIT_SRC:tests/unit/%.c=$(B)/unit/%)
CONF_BIN  := $(CONF_SRC:tests/conformance/%.c=$(B)/conformance/%)
FAULT_BIN := $(FAULT_SRC:tests/fault/%.c=$(B)/fault/%)
TOOL_BIN  := $(TOOL_SRC:tests/fault/%.c=$(B)/fault/%)
BENCH_BIN := $(BENCH_SRC:tests/bench/%.c=$(B)/bench/%)
FUZZ_BIN  := $(FUZZERS:%=$(B)/fuzz/%)
MAN       := $(MAN_SRC:cmd/man/%.scd=$(B)/man/%)

CLI_BATS   := $(sort $(wildcard tests/cli/*.bats))
FAULT_BATS := $(sort $(wildcard tests/fault/*.bats tests/fault/*.sh)) $(FAULT_BIN)
EMU_BATS   := $(sort $(wildcard tests/emulator/*.bats))
NPM_DIR    := tests/conformance/npm
NPM_TESTS  := $(sort $(wildcard $(NPM_DIR)/*.test.mjs))
NPM_STAMP  := $(if $(NPM_TESTS),$(NPM_DIR)/node_modules/.stamp)

# ---- flags -----------------------------------------------------------------

PKGS := yaml-0.1 libutf8proc libcjson libcrypto libgit2 libcurl libpq
# Asked once, at first use, so that `make deps` works before pkg-config exists.
PKG_CFLAGS  = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PKGS)))$(PKG_CFLAGS)
PKG_LIBS    = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PKGS)))$(PKG_LIBS)
EMU_LIBS    = $(eval EMU_LIBS := $$(shell pkg-config --libs libmicrohttpd))$(EMU_LIBS)
TEST_LIBS = $(eval TEST_LIBS := $$(shell pkg-config --libs cmocka))$(TEST_LIBS)

# $(call supported,COMPILER,FLAGS): those of FLAGS the compiler takes silently.
supported = $(foreach f,$(2),$(shell \
	$(1) -Werror $(f) -x c -c -o /dev/null /dev/null 2>/dev/null && echo '$(f)'))

WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual \
	-Wwrite-strings -Wvla -Wformat=2 -Wundef -Wno-missing-field-initializers \
	$(if $(filter 1,$(WERROR)),-Werror)
BASE := -std=c11 -D_GNU_SOURCE -I. -I$(B)/gen -pthread -fPIE -ffile-prefix-map=$(CURDIR)=.
PROBED := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	-ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr
HARD  = $(eval HARD := $$(call supported,$(CC),$(PROBED)))$(HARD)
FORTIFY  := -U_FORTIFY_SOURCE $(if $(SAN),,-D_FORTIFY_SOURCE=3)
STEADY   := -fno-delete-null-pointer-checks -fno-strict-overflow
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer) \
	$(if $(COVER),--coverage -fprofile-update=atomic -include tests/cover.h)

WRIT_CFLAGS  = $(BASE) $(WARN) $(HARD) $(FORTIFY) $(STEADY) $(SANFLAGS) $(PKG_CFLAGS)
WRIT_LDFLAGS = -pie -pthread -Wl,-z,relro,-z,now,-z,noexecstack,-z,nodlopen -Wl,--as-needed \
	$(SANFLAGS)
FUZZ_SAN     = -fno-sanitize-recover=all -fno-omit-frame-pointer
FUZZ_CFLAGS  = $(BASE) $(WARN) $(STEADY) -U_FORTIFY_SOURCE -O1 -g $(FUZZ_SAN) \
	-fsanitize=fuzzer-no-link,address,undefined $(PKG_CFLAGS)

COMPILE = $(CC) $(WRIT_CFLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP
LINK    = $(CC) $(CFLAGS) $(WRIT_LDFLAGS) $(LDFLAGS)

# ---- building --------------------------------------------------------------

.PHONY: all unit conformance faults failpoint fuzz-programs man FORCE
all: $(B)/writ $(B)/adobe-emulator
unit: $(UNIT_BIN)
conformance: $(CONF_BIN)
faults: $(FAULT_BIN) $(TOOL_BIN) $(SHIM_SRC:tests/fault/%.c=$(B)/fault/%.so)
failpoint: $(B)/failpoint/writ
fuzz-programs: $(FUZZ_BIN)
man: $(MAN)

# Objects are rebuilt when the compiler or a flag changes, and the programs
# are linked again when the set of sources changes.
$(B)/.flags: FORCE
	@mkdir -p $(B)
	@printf '%s\n' '$(subst ','\'',$(COMPILE) | $(LINK))' >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi
$(B)/.sources: FORCE
	@mkdir -p $(B)
	@printf '%s\n' $(LIB_SRC) $(CMD_SRC) $(EMU_SRC) >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi
FORCE:

# $(call objects_of,SOURCE): what a source becomes, in each of its builds.
objects_of = $(addsuffix /$(1).o,$(B)/obj $(B)/failpoint/obj $(B)/fuzz/obj)

# What looks like what, as ICU knows it; a program of the machine that builds.
HOSTCC ?= $(CC)
$(B)/gen/confusable_tables: core/util/tables/confusable_tables.c
	@mkdir -p $(@D)
	$(say) HOSTCC $<
	$(Q)$(HOSTCC) -O1 -o $@ $< $$(pkg-config --cflags --libs icu-i18n icu-uc)
$(B)/gen/confusable_tables.h: $(B)/gen/confusable_tables
	$(say) GEN $@
	$(Q)$< >$@.new && mv -f $@.new $@
$(call objects_of,core/util/confusables): $(B)/gen/confusable_tables.h

# A page's style and script, as text in the program.
TABLE_STYLE  := core/render/table.css core/past/changes.css
PAGE_STYLE   := $(TABLE_STYLE) core/report/page.css core/report/page_narrow.css \
	core/report/page_print.css
TABLE_SCRIPT := core/render/table.js
PAGE_SCRIPT  := $(TABLE_SCRIPT) core/report/page.js core/report/page_ways.js \
	core/report/page_table.js
as_text = { printf 'static const char $(1)[] =\n'; \
	sed 's/[\\"?]/\\&/g; s/^/\t"/; s/$$/\\n"/' $(2); echo ';'; }
$(B)/gen/report_page.h: $(PAGE_STYLE) $(PAGE_SCRIPT) Makefile
	@mkdir -p $(@D)
	$(say) GEN $@
	$(Q){ $(call as_text,page_style,$(PAGE_STYLE)); \
		$(call as_text,page_script,$(PAGE_SCRIPT)); } >$@.new
	$(Q)mv -f $@.new $@
$(B)/gen/table_page.h: $(TABLE_STYLE) $(TABLE_SCRIPT) Makefile
	@mkdir -p $(@D)
	$(say) GEN $@
	$(Q){ $(call as_text,table_style,$(TABLE_STYLE)); \
		$(call as_text,table_script,$(TABLE_SCRIPT)); } >$@.new
	$(Q)mv -f $@.new $@
$(call objects_of,core/report/matrix_page): $(B)/gen/report_page.h
$(call objects_of,core/past/past_changes_page): $(B)/gen/table_page.h

$(B)/obj/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	$(say) CC $<
	$(Q)$(COMPILE) -c -o $@ $<

$(B)/failpoint/obj/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	$(say) CC '$< (failpoints)'
	$(Q)$(COMPILE) -DWRIT_FAILPOINTS -c -o $@ $<

$(B)/fuzz/obj/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	$(say) FUZZCC $<
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

# Made anew whenever it changes, so that no member of a deleted source stays in it.
$(B)/libwrit.a: $(LIB_OBJ) $(B)/.sources
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(B)/fuzz/libwrit.a: $(FLIB_OBJ) $(B)/.sources
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(B)/writ: $(CMD_OBJ) $(B)/libwrit.a
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(PKG_LIBS)

$(B)/adobe-emulator: $(EMU_OBJ) $(B)/libwrit.a
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(EMU_LIBS) $(PKG_LIBS)

$(B)/failpoint/writ: $(FAIL_OBJ) $(B)/.sources
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o,$^) $(PKG_LIBS)

$(UNIT_BIN): $(B)/unit/%: $(B)/obj/tests/unit/%.o $(B)/libwrit.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(TEST_LIBS) $(PKG_LIBS)

$(FAULT_BIN) $(TOOL_BIN): $(B)/fault/%: $(B)/obj/tests/fault/%.o $(B)/libwrit.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(PKG_LIBS)

# Loaded into the program under test, so without what that is built with for coverage or sanitizers.
$(B)/fault/%.so: tests/fault/%.c $(B)/.flags
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(CC) $(BASE) $(WARN) -fPIC -shared -O2 -o $@ $<

$(CONF_BIN): $(B)/conformance/%: $(B)/obj/tests/conformance/%.o $(B)/libwrit.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(TEST_LIBS) $(PKG_LIBS)

$(BENCH_BIN): $(B)/bench/%: $(B)/obj/tests/bench/%.o $(B)/libwrit.a
	@mkdir -p $(@D)
	$(say) LINK $@
	$(Q)$(LINK) -o $@ $(filter %.o %.a,$^) $(PKG_LIBS)

$(FUZZ_BIN): $(B)/fuzz/%: $(B)/fuzz/obj/tests/fuzz/fuzz_%.o $(B)/fuzz/libwrit.a
	$(say) LINK $@
	$(Q)$(FUZZ_CC) -pthread -pie -fsanitize=fuzzer,address,undefined $(FUZZ_SAN) $(LDFLAGS) \
		-o $@ $(filter %.o %.a,$^) $(PKG_LIBS)

# A line @KIND@ stands for the list of that kind's fields, as the tables have it.
$(MAN): $(B)/man/%: cmd/man/%.scd $(B)/writ
	@mkdir -p $(@D)
	$(say) MAN $@
	$(Q)awk -v list='$(B)/writ schema --manual ' '/^@[A-Za-z]+@$$/ { \
		list_of = list substr($$0, 2, length - 2); \
		while ((list_of | getline line) > 0) print line; \
		if (close(list_of)) exit 1; next } { print }' $< >$@.scd
	$(Q)scdoc <$@.scd >$@

.SECONDARY: $(LIB_OBJ) $(CMD_OBJ) $(EMU_OBJ) $(FAIL_OBJ) $(FLIB_OBJ) $(TEST_OBJ) $(FUZZ_OBJ)
-include $(patsubst %.o,%.d,$(LIB_OBJ) $(CMD_OBJ) $(EMU_OBJ) $(FAIL_OBJ) $(FLIB_OBJ) $(TEST_OBJ) \
	$(FUZZ_OBJ))

# ---- what the build and the tests need (Debian package names) ---------------

DEPS_BUILD := gcc libc6-dev pkg-config libyaml-dev libutf8proc-dev libcjson-dev libssl-dev \
	libicu-dev libcurl4-openssl-dev libmicrohttpd-dev libgit2-dev libpq-dev uthash-dev scdoc
DEPS_TEST  := libcmocka-dev bats perl clang libclang-rt-14-dev clang-format clang-tidy \
	shellcheck valgrind gcovr unicode-data bzip2 git jq curl openssl openssh-client postgresql \
	openssh-server openssh-tests nginx-light fcgiwrap zsh fish dpkg-dev lintian chromium
# command:package pairs; a command from elsewhere is as good as Debian's.
DEPS_CMD   := node:nodejs npm:npm

define install_deps
	@command -v dpkg-query >/dev/null || { \
		echo 'deps: this is not Debian; install the equivalents of: $(1) $(2)'; exit 0; }; \
	have=" $$(dpkg-query -W -f='$${db:Status-Status}=$${Package} ' $(1) 2>/dev/null || :)"; \
	want=; \
	for p in $(1); do \
		case $$have in *" installed=$$p "*) ;; *) want="$$want $$p";; esac; done; \
	for c in $(2); do command -v "$${c%%:*}" >/dev/null || want="$$want $${c#*:}"; done; \
	[ -n "$$want" ] || exit 0; \
	echo "deps: installing$$want"; \
	sudo=; [ "$$(id -u)" -eq 0 ] || sudo=sudo; \
	$$sudo apt-get update -qq && \
	$$sudo env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends $$want
endef

.PHONY: deps deps-build
deps:
	$(call install_deps,$(DEPS_BUILD) $(DEPS_TEST),$(DEPS_CMD))
	+@$(MAKE) npm
deps-build:
	$(call install_deps,$(DEPS_BUILD),)

# ---- tests -----------------------------------------------------------------

TEST_ENV = WRIT='$(CURDIR)/$(B)/writ' ADOBE_EMULATOR='$(CURDIR)/$(B)/adobe-emulator' \
	WRIT_ROOT='$(CURDIR)' WRIT_FAILPOINT_BIN='$(CURDIR)/$(B)/failpoint/writ'
TESTS = tests/layers.sh $(UNIT_BIN) $(CONF_BIN) $(CLI_BATS) $(EMU_BATS) $(FAULT_BATS) $(NPM_TESTS)

.PHONY: quickstart check test npm fault asan valgrind cover bench golden
quickstart: deps-build
	+@$(MAKE) all
	@sh examples/quickstart/tour.sh $(B)/writ

check: deps
	+@$(MAKE) test

# Where the packages of $(NPM_DIR) are not there, its tests say that they are skipped.
test: all unit conformance faults failpoint man
	@$(TEST_ENV) prove --timer -j3 -e tests/tap $(TESTS)

# A ledger in an object store: rounds of eight runners, the suite of all stores, and races, beside
# Ceph's gateway. Its packages are a few hundred megabytes, so it is no part of `make check`.
DEPS_S3 := ceph-mon ceph-osd ceph-common radosgw
.PHONY: check-s3
check-s3:
	$(call install_deps,$(DEPS_BUILD) libcmocka-dev bats jq perl curl $(DEPS_S3),)
	+@$(MAKE) all $(B)/conformance/s3
	@$(TEST_ENV) ROUNDS=$${ROUNDS:-8} \
		tests/conformance/ceph.sh bats -f 'an object store' tests/fault/crowd.bats
	@CMOCKA_MESSAGE_OUTPUT=TAP WRIT_S3_ROUNDS=200 \
		prove --timer -e tests/conformance/ceph.sh $(B)/conformance/s3

# Worlds of processes that share a ledger, each from a seed: a core tries a hundred in a second.
.PHONY: simulate
simulate: unit
	@$(TEST_ENV) SEEDS=$${SEEDS:-20000} WORKERS=$$(nproc) \
		prove --timer -e tests/tap $(B)/unit/several/test_simulation

# The long form of what `make test` samples: every system call fails once, not every fifth or
# twenty-third, an apply is killed in front of every one, not every twenty-third, and at every
# failpoint; each subset of a request fails, not every thirty-seventh; the power is cut three
# hundred times, not twenty; two hundred rounds of two runners and of eight on each store, a million
# worlds, two thousand lives of an organisation, a hundred thousand plans under their guards, ten
# thousand files in their canonical form, and the mutants. This takes hours.
fault: all unit faults failpoint
	+@SEEDS=1000000 $(MAKE) simulate
	@$(TEST_ENV) CANONICAL_FILES=10000 GUARD_RUNS=100000 DAMAGE_STEP=1 prove -e tests/tap \
		$(addprefix $(B)/unit/,core/edit/test_canonical core/apply/test_apply_guards \
		several/test_ledger_damage)
	@$(TEST_ENV) FAULT_STEP=1 KILL_STEP=1 CALL_STEP=1 ALLOC_STEP=1 POWER_CUTS=300 LIVES=2000 \
		NAMES_LIVES=200 PASTS=500 ROUNDS=200 SUBSET_STEP=1 SIGNALS=500 CANARY_STEP=1 \
		SOAK=10000 \
		prove --timer -j3 -e tests/tap $(FAULT_BATS) \
		tests/emulator/life.bats tests/emulator/names.bats tests/emulator/past.bats \
		tests/cli/ledger.bats
	+@KILLED=60 $(MAKE) mutants

# Mistakes put into guards, apply, classifier, ledger and escaper: how many the tests find; 95 of a
# hundred is the goal.
.PHONY: mutants
mutants: all unit failpoint
	@$(TEST_ENV) B='$(B)' COMPILE='$(COMPILE)' LINK='$(LINK)' AR='$(AR)' \
		LIBS='$(TEST_LIBS) $(PKG_LIBS)' tests/mutants/run.sh

npm: $(NPM_STAMP)
$(NPM_DIR)/node_modules/.stamp: $(NPM_DIR)/package-lock.json
	$(say) NPM $(NPM_DIR)
	$(Q)cd $(NPM_DIR) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Without what starts other programs a thousand times, limits memory or files, or packs: the plain
# build runs those.
NOT_ASAN  = rotate verify hygiene package ledger-git
ASAN_BATS = $(filter-out $(NOT_ASAN:%=tests/cli/%.bats),$(CLI_BATS)) tests/emulator/provider.bats
asan:
	+@LSAN_OPTIONS='suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0' \
		$(MAKE) B=build-asan SAN=address,undefined test \
		TESTS='$$(UNIT_BIN) $$(CONF_BIN) $$(ASAN_BATS)'

# Left out: what sets descriptor limits that valgrind itself needs, a walk over all of Unicode, what
# forks with an arena in hand or counts descriptors, what opens folders with openat2(), which it
# does not know, and thousands of random runs.
NOT_VALGRIND = file manifest_walk snapshot_store simulation apply_guards secret unicode intern \
	role_command beneath child
VALGRIND_BIN = $(filter-out $(addprefix %/test_,$(NOT_VALGRIND)),$(UNIT_BIN)) $(CONF_BIN)
valgrind: all unit conformance
	@printf '%s\n' $(VALGRIND_BIN) | $(TEST_ENV) CMOCKA_MESSAGE_OUTPUT=TAP xargs -P 2 -I{} \
		sh -c 'printf "  %-8s %s\n" VALGRIND {}; \
			valgrind -q --error-exitcode=99 --leak-check=full \
				--suppressions=tests/valgrind.supp --child-silent-after-fork=yes \
				--errors-for-leak-kinds=definite,indirect \
				{} >{}.valgrind 2>&1 || { cat {}.valgrind; exit 255; }'

# Without what only a programmer's mistake can take: asserts, and the cleanup that the compiler puts
# on a closing brace.
COVERED = --root . --exclude-unreachable-branches \
	--filter 'cmd/' --filter 'core/' --filter 'providers/'
cover:
	@find build-cover -name '*.gcda' -delete 2>/dev/null || :
	+@$(MAKE) B=build-cover COVER=1 CFLAGS='-O0 -g -DNDEBUG' FORTIFY=-U_FORTIFY_SOURCE \
		FAULT_STEP=2 test
	@gcovr $(COVERED) --branches --print-summary build-cover

bench: all $(BENCH_BIN)
	@$(TEST_ENV) sh tests/bench/run.sh

golden: all failpoint
	@$(TEST_ENV) GOLDEN=1 bats $(CLI_BATS)

.PHONY: fuzz
# Each fuzzer runs on a scratch copy, so the corpus in the tree never changes.
fuzz: $(FUZZ_BIN)
	@printf '%s\n' $(FUZZ_BIN) | $(TEST_ENV) xargs -P 2 -I{} \
		sh tests/fuzz/run.sh {} $(B)/fuzz/work $(FUZZ_SECONDS)

# ---- style -----------------------------------------------------------------

ALL_C = $(LIB_SRC) $(CMD_SRC) $(EMU_SRC) $(UNIT_SRC) $(CONF_SRC) $(FAULT_SRC) $(TOOL_SRC) \
	$(SHIM_SRC) $(FUZZ_SRC) $(BENCH_SRC)
SHELL_FILES = .ci/run .package/deb.sh \
	$(sort $(shell find tests examples -name node_modules -prune -o \
		\( -name '*.sh' -o -name '*.bats' -o -name '*.bash' \) -print 2>/dev/null)) \
	tests/tap tests/cli/ci_site examples/ci/pre-commit

.PHONY: tidy
tidy: $(B)/gen/confusable_tables.h $(B)/gen/report_page.h $(B)/gen/table_page.h
	$(say) FORMAT
	$(Q)clang-format --dry-run --Werror $(ALL_C) $(HEADERS) $(sort $(wildcard tests/*/*.h))
	$(say) TIDY
	$(Q)printf '%s\n' $(LIB_SRC) $(CMD_SRC) $(EMU_SRC) | xargs -P 2 -I{} \
		clang-tidy --quiet {} -- $(BASE) $(PKG_CFLAGS) 2>/dev/null
	$(say) SHELL
	$(Q)shellcheck $(SHELL_FILES)

# For editors and clang's tools; made anew each time, which takes a moment. Without $(HARD): some of
# what gcc took when it was asked there is not known to clang-tidy.
.PHONY: compile_commands.json
compile_commands.json:
	$(say) WRITE $@
	$(Q){ comma='['; for f in $(ALL_C); do \
		printf '%s\n{"directory": "%s", "file": "%s", "command": "%s -c %s"}' \
			"$$comma" '$(CURDIR)' "$$f" \
			'$(CC) $(filter-out $(HARD),$(WRIT_CFLAGS)) $(CPPFLAGS) $(CFLAGS)' "$$f"; \
		comma=,; \
	done; printf '\n]\n'; } >$@

# ---- installing ------------------------------------------------------------

.PHONY: schemas install uninstall clean
schemas: all
	@mkdir -p schemas
	@set -e; kinds=$$($(B)/writ schema --list); for k in $$kinds; do \
		$(B)/writ schema "$$k" >$(B)/schema.tmp; \
		mv -f $(B)/schema.tmp "schemas/$$k.schema.json"; \
		printf '  %-8s %s\n' SCHEMA "schemas/$$k.schema.json"; done

# Where the shells look, below share/.
COMPLETIONS := bash-completion/completions/writ zsh/site-functions/_writ \
	fish/vendor_completions.d/writ.fish
SCHEMAS = $(sort $(wildcard schemas/*.schema.json))
install: all man
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 $(B)/writ $(B)/adobe-emulator '$(DESTDIR)$(PREFIX)/bin'
	@set -e; for m in $(MAN); do d='$(DESTDIR)$(PREFIX)'/share/man/man$${m##*.}; \
		install -d "$$d"; install -m 644 "$$m" "$$d/"; done
	@set -e; for s in $(SCHEMAS); do d='$(DESTDIR)$(PREFIX)/share/writ/schemas'; \
		install -d "$$d"; install -m 644 "$$s" "$$d/"; done
	@set -e; $(foreach c,$(COMPLETIONS),install -d '$(DESTDIR)$(PREFIX)/share/$(dir $(c))'; \
		$(B)/writ completion $(firstword $(subst /, ,$(subst bash-completion,bash,$(c)))) \
			>$(B)/completion.tmp; \
		install -m 644 $(B)/completion.tmp '$(DESTDIR)$(PREFIX)/share/$(c)';)

uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/bin/writ' '$(DESTDIR)$(PREFIX)/bin/adobe-emulator'
	@for m in $(notdir $(MAN)); do \
		rm -f '$(DESTDIR)$(PREFIX)'/share/man/man$${m##*.}/"$$m"; done
	@$(foreach c,$(COMPLETIONS),rm -f '$(DESTDIR)$(PREFIX)/share/$(c)';)
	rm -rf '$(DESTDIR)$(PREFIX)/share/writ'

# ---- packages --------------------------------------------------------------

# Packages have the time of the last commit, so that the same sources make the same bytes; an
# archive's files have it as theirs.
VERSION = $(shell sed -n 's/^\#define WRIT_VERSION "\(.*\)"/\1/p' core/model/version.h)
SINCE   = $(or $(SOURCE_DATE_EPOCH),\
	    $(shell git log -1 --format=%ct 2>/dev/null || stat -c %Y README.md))
DEB    ?= $(B)/writ_$(VERSION).deb
DIST   ?= $(B)/writ-$(VERSION).tar.gz

.PHONY: deb dist
deb: all man
	@rm -rf $(B)/deb
	+@$(MAKE) install DESTDIR='$(abspath $(B))/deb' PREFIX=/usr
	$(say) DEB $(DEB)
	$(Q).package/deb.sh '$(B)/deb' '$(DEB)' '$(VERSION)' '$(SINCE)'

# What is committed, and nothing else.
dist:
	$(say) DIST $(DIST)
	@mkdir -p $(B)
	$(Q)git archive --format=tar --prefix='writ-$(VERSION)/' HEAD | gzip -9n >'$(DIST).new'
	$(Q)mv -f '$(DIST).new' '$(DIST)'

clean:
	rm -rf $(B) build-asan build-clang build-cover
