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
# The folders that cargo builds in.
TARGET = $${CARGO_TARGET_DIR:-target}
BUILT = $(TARGET)/release

# To add a command, add its name here.
COMMANDS = auditloginfo mpathstat tapestat
INSTALLS = $(COMMANDS:%=install-%)
UNINSTALLS = $(COMMANDS:%=uninstall-%)

all: $(COMMANDS)

$(COMMANDS):
	$(CARGO) build $(CARGOFLAGS) --release --package $@

demo:
	@$(CARGO) build $(CARGOFLAGS) --quiet --release --package auditloginfo
	$(BUILT)/auditloginfo --uid 7005 --top 5 testdata/samples/auditloginfo/raw.log

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
	$(CARGO) xtask tidy

# Generates manual pages and completions from the commands' tables of options.
man:
	$(CARGO) xtask man
	$(CARGO) xtask completions

bench:
	$(CARGO) xtask bench

# Boots a virtual machine and checks the commands on real audit logs, multipath devices and tapes.
lab:
	$(CARGO) xtask lab

# What a release needs: the checks of CI that need no download, and the lab.
release-check: lint check lab

dist:
	$(CARGO) xtask dist

# Builds nothing, so that root can run it after make.
install: $(INSTALLS)

$(INSTALLS):
	@command=$@; command=$${command#install-}; \
	to() { install -d "$(DESTDIR)$$3" && install -m "$$1" "$$2" "$(DESTDIR)$$3/$$4" && \
		echo "$(DESTDIR)$$3/$$4"; }; \
	test -x "$(BUILT)/$$command" || { echo "$$command is not built; run make $$command" >&2; exit 1; }; \
	set -e; \
	to 755 "$(BUILT)/$$command" "$(BINDIR)" "$$command"; \
	to 644 "docs/man/$$command.1" "$(MANDIR)/man1" "$$command.1"; \
	to 644 "docs/completions/bash/$$command" "$(DATADIR)/bash-completion/completions" "$$command"; \
	to 644 "docs/completions/zsh/_$$command" "$(DATADIR)/zsh/site-functions" "_$$command"; \
	to 644 "docs/completions/fish/$$command.fish" "$(DATADIR)/fish/vendor_completions.d" "$$command.fish"

uninstall: $(UNINSTALLS)

$(UNINSTALLS):
	@command=$@; command=$${command#uninstall-}; rm -f \
	"$(DESTDIR)$(BINDIR)/$$command" \
	"$(DESTDIR)$(MANDIR)/man1/$$command.1" \
	"$(DESTDIR)$(DATADIR)/bash-completion/completions/$$command" \
	"$(DESTDIR)$(DATADIR)/zsh/site-functions/_$$command" \
	"$(DESTDIR)$(DATADIR)/fish/vendor_completions.d/$$command.fish"

clean:
	$(CARGO) clean
	rm -rf dist

.PHONY: all $(COMMANDS) demo check lint man bench lab release-check dist clean \
	install $(INSTALLS) uninstall $(UNINSTALLS)
