# The usual targets: make demo, make check, make install. See CONTRIBUTING.md.
.POSIX:

CARGO = cargo
# Options for cargo, such as --locked or --offline.
CARGOFLAGS =
DESTDIR =
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
DATADIR = $(PREFIX)/share
MANDIR = $(DATADIR)/man
ZSHDIR = $(DATADIR)/zsh/site-functions
# Put before the names of commands, where another package has a command of the same name.
PROGRAM_PREFIX =
# With COMPAT=1, auditloginfo.py and mpathstat.py are links to the commands that replace them.
COMPAT =
# The folder for units of systemd, such as /usr/lib/systemd/system. By default none are installed.
UNITDIR =
# The folders that cargo builds in.
TARGET = $${CARGO_TARGET_DIR:-target}
BUILT = $(TARGET)/release

# To add a command, add its name here.
COMMANDS = auditloginfo mpathstat tapestat
INSTALLS = $(COMMANDS:%=install-%)
UNINSTALLS = $(COMMANDS:%=uninstall-%)

all: $(COMMANDS)

# The binaries are the same wherever they are built, and whether crates come from a registry or from vendor.
# RUSTFLAGS cannot hold a folder with a blank in its name.
REMAP = for crates in "$${CARGO_HOME:-$$HOME/.cargo}"/registry/src/*; do \
	RUSTFLAGS="$$RUSTFLAGS --remap-path-prefix=$$crates=/crates"; done; \
	RUSTFLAGS="$$RUSTFLAGS --remap-path-prefix=$$PWD=/workspace --remap-path-prefix=$$PWD/vendor=/crates"; \
	RUSTFLAGS="$$RUSTFLAGS --remap-path-prefix=$(TARGET)=/workspace/target"; \
	case $$PWD$(TARGET)$$CARGO_HOME$$HOME in *[[:space:]]*) ;; *) export RUSTFLAGS ;; esac

$(COMMANDS):
	@$(REMAP); $(CARGO) build $(CARGOFLAGS) --release --package $@

# One example of each command on a recording.
demo: $(COMMANDS)
	@PATH="$(BUILT):$$PATH"; show() { printf '$$ %s\n' "$$*"; "$$@"; echo; }; \
	show auditloginfo --uid 7005 --top 2 testdata/samples/auditloginfo/raw.log; \
	show mpathstat -i --columns reads,writes,await --root testdata/samples/mpathstat/arrays data9 1 1; \
	show tapestat -xyz --root testdata/samples/tapestat/backup 5 1

# A test that cannot run here adds the reason to the file SKIPPED_CHECKS, one line per check. Each
# reason is printed once. A caller that names the file, such as .ci/run, may have lines in it already.
check:
	@if test -z "$$SKIPPED_CHECKS"; then mkdir -p "$(TARGET)"; \
	SKIPPED_CHECKS=$$(cd "$(TARGET)" && pwd)/skipped-checks; rm -f "$$SKIPPED_CHECKS"; fi; \
	export SKIPPED_CHECKS; : >> "$$SKIPPED_CHECKS"; \
	status=0; $(CARGO) test $(CARGOFLAGS) --workspace || status=$$?; \
	awk '!seen[$$0]++ { reasons = reasons (NR == 1 ? ": " : "; ") $$0 } \
	END { print NR " checks skipped" reasons }' "$$SKIPPED_CHECKS"; \
	exit $$status

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy $(CARGOFLAGS) --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc $(CARGOFLAGS) --quiet --workspace --no-deps --document-private-items
	$(CARGO) xtask tidy

# Generates manual pages and completions from the commands' tables of options.
man:
	$(CARGO) xtask man
	$(CARGO) xtask completions

# Everything that CI has no time for: hours.
release-check:
	.ci/release-check

bench:
	$(CARGO) xtask bench

# Boots a virtual machine and checks the commands on real audit logs, multipath devices and tapes.
lab:
	$(CARGO) xtask lab

# Mutation testing, as docs/testing.md describes it, with cargo-mutants. It takes about two hours; CARGO_MUTANTS_JOBS=2
# is quicker on idle cores. Status 2 means that some mutants were missed, and 3 that some reached the time limit,
# which is as good as a failed test. All are tried first by the quick tests in a build without optimization, which is
# ready in a fraction of the time; what these miss by all tests, and in auditloginfo then by its fixtures.
# --cargo-arg is for the build too, which without it would compile all tests of the crate.
MUTANTS = CARGO_PROFILE_DEV_DEBUG=0 $(CARGO) mutants --no-shuffle --cargo-arg=--lib --output "$(TARGET)/mutants"
MUTANTS_OUT = "$(TARGET)/mutants/mutants.out"
KEEP_CAUGHT = case $$? in 2 | 3) ;; *) exit 1 ;; esac && cat $(MUTANTS_OUT)/timeout.txt >> $(MUTANTS_OUT)/caught.txt
SLOW_TESTS = bounded_by_bytes by_name chunks fast_path_agrees in_any_order limit linear listing of_a_window \
	one_byte_change prefix_and_every read_to_its_end replayed ten_megabytes whole_window within_the_window
mutants:
	mkdir -p "$(TARGET)/mutants"
	CARGO_PROFILE_DEV_OPT_LEVEL=0 $(MUTANTS) --workspace -- -- $(SLOW_TESTS:%=--skip %) || $(KEEP_CAUGHT)
	$(MUTANTS) --iterate --workspace || $(KEEP_CAUGHT)
	! grep -v '^crates/auditloginfo/' $(MUTANTS_OUT)/missed.txt
	$(MUTANTS) --iterate --package auditloginfo --cargo-arg=--test=fixtures || $(KEEP_CAUGHT)
	! grep . $(MUTANTS_OUT)/missed.txt

dist:
	$(CARGO) xtask dist

# Builds nothing, so that root can run it after make.
install: $(INSTALLS)

# The files of a command: the mode, where it is now, and where it is installed.
FILES = { echo "755|$(BUILT)/$$command|$(BINDIR)/$$name"; \
	echo "644|docs/man/$$command.1|$(MANDIR)/man1/$$name.1"; \
	echo "644|docs/completions/bash/$$command|$(DATADIR)/bash-completion/completions/$$name"; \
	echo "644|docs/completions/zsh/_$$command|$(ZSHDIR)/_$$name"; \
	echo "644|docs/completions/fish/$$command.fish|$(DATADIR)/fish/vendor_completions.d/$$name.fish"; \
	test -z "$(UNITDIR)" || for unit in packaging/systemd/$$command-*; do \
	echo "644|$$unit|$(UNITDIR)/$(PROGRAM_PREFIX)$${unit\#\#*/}"; done; }

# The link with the name of the original, if there is one.
LINK = case "$(COMPAT)$$command" in 1auditloginfo | 1mpathstat) link="$(DESTDIR)$(BINDIR)/$$command.py" ;; \
	*) link= ;; esac

$(INSTALLS):
	@command=$@; command=$${command#install-}; name=$(PROGRAM_PREFIX)$$command; \
	test -x "$(BUILT)/$$command" || { echo "$$command is not built; run make $$command" >&2; exit 1; }; \
	other='\([^_[:alnum:]]\)'; set -e; \
	$(FILES) | while IFS='|' read -r mode from to; do \
		to="$(DESTDIR)$$to"; install -d "$${to%/*}"; install -m "$$mode" "$$from" "$$to"; echo "$$to"; \
		case "$${mode}$(PROGRAM_PREFIX)" in 644?*) sed -e "s/^$$command /$$name /" \
			-e "s/$$other$$command$$other/\1$$name\2/g" -e "s/$$other$$command$$/\1$$name/" "$$from" > "$$to" ;; esac; \
	done; \
	$(LINK); test -z "$$link" || { ln -sf "$$name" "$$link"; echo "$$link"; }

uninstall: $(UNINSTALLS)

$(UNINSTALLS):
	@command=$@; command=$${command#uninstall-}; name=$(PROGRAM_PREFIX)$$command; \
	$(FILES) | while IFS='|' read -r mode from to; do rm -f "$(DESTDIR)$$to"; done; \
	$(LINK); test -z "$$link" || rm -f "$$link"

clean:
	$(CARGO) clean
	rm -rf dist

.PHONY: all $(COMMANDS) demo check lint man bench lab mutants release-check dist clean \
	install $(INSTALLS) uninstall $(UNINSTALLS)
