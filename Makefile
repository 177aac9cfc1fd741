# The three things a person wants: make demo, make check, make install. See CONTRIBUTING.md.
.POSIX:

CARGO = cargo
# Such as --locked or --offline, for cargo.
CARGOFLAGS =
DESTDIR =
PREFIX = /usr/local
BINDIR = $(PREFIX)/bin
DATADIR = $(PREFIX)/share
MANDIR = $(DATADIR)/man
# Where cargo puts what it builds.
BUILT = $${CARGO_TARGET_DIR:-target}/release

# A new command is a word here.
COMMANDS = auditloginfo mpathstat tapestat
INSTALLS = $(COMMANDS:%=install-%)
UNINSTALLS = $(COMMANDS:%=uninstall-%)

all: $(COMMANDS)

$(COMMANDS):
	$(CARGO) build $(CARGOFLAGS) --release --package $@

demo:
	@$(CARGO) build $(CARGOFLAGS) --quiet --release --package auditloginfo
	$(BUILT)/auditloginfo --uid 7005 --top 5 testdata/samples/auditloginfo/raw.log

check:
	$(CARGO) test $(CARGOFLAGS) --workspace

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy $(CARGOFLAGS) --workspace --all-targets -- -D warnings
	$(CARGO) xtask tidy

# Manual pages and completions, from the commands' tables of options.
man:
	$(CARGO) xtask man
	$(CARGO) xtask completions

bench:
	$(CARGO) xtask bench

dist:
	$(CARGO) xtask dist

# Builds nothing, so that it can be run as root after make.
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

.PHONY: all $(COMMANDS) demo check lint man bench dist clean \
	install $(INSTALLS) uninstall $(UNINSTALLS)
