# SPDX-License-Identifier: GPL-2.0-only
# ntdvdctl and the documentation, and where they are installed.

VERSION := $(shell sed -n 's/^NTDVD_VERSION := //p' Kbuild)
prefix ?= /usr/local
mandir ?= $(prefix)/share/man
udevdir ?= $(prefix)/lib/udev
# that has the distribution's CD and DVD drives
opticalgroup ?= cdrom
completiondir ?= $(prefix)/share/bash-completion/completions
fishdir ?= $(prefix)/share/fish/vendor_completions.d
zshdir ?= $(prefix)/share/zsh/vendor-completions
moduledir = $(DESTDIR)/lib/modules/$(RELEASE)/updates
CFLAGS ?= -O2 -Wall

tools: build/ntdvdctl

build/ntdvdctl: $(wildcard tools/ntdvdctl/*.[ch]) include/uapi/linux/ntdvd.h Kbuild
	@mkdir -p build
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
		-Iinclude/uapi -o $@ $(filter %.c,$^)

doc:
	Documentation/build

deb:
	debian/build

MAN = build/man/ntdvdctl.1 build/man/ntdvd.4

$(MAN) &: $(wildcard Documentation/man/*.rst) Kbuild
	@if command -v sphinx-build >/dev/null; then Documentation/build man; \
	else echo "ntdvd: no manual pages: install python3-sphinx for them" >&2; fi

install-tools: tools $(MAN)
	install -D -m 755 build/ntdvdctl $(DESTDIR)$(prefix)/bin/ntdvdctl
	install -d $(DESTDIR)$(udevdir)/rules.d
	sed 's/"cdrom"/"$(opticalgroup)"/; s/group cdrom/group $(opticalgroup)/' udev/60-ntdvd.rules \
		>$(DESTDIR)$(udevdir)/rules.d/60-ntdvd.rules
	chmod 644 $(DESTDIR)$(udevdir)/rules.d/60-ntdvd.rules
	install -D -m 644 tools/ntdvdctl/completion.bash $(DESTDIR)$(completiondir)/ntdvdctl
	install -D -m 644 tools/ntdvdctl/completion.fish $(DESTDIR)$(fishdir)/ntdvdctl.fish
	install -D -m 644 tools/ntdvdctl/completion.zsh $(DESTDIR)$(zshdir)/_ntdvdctl
	install -D -m 644 tools/ntdvdctl/schema.json $(DESTDIR)$(prefix)/share/ntdvdctl/schema.json
	install -D -m 644 tools/ntdvd.metainfo.xml \
		$(DESTDIR)$(prefix)/share/metainfo/ntdvd.tools.metainfo.xml
	@for page in $(wildcard $(MAN)); do \
		install -v -D -m 644 $$page $(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/}; \
	done

install-header:
	install -D -m 644 include/uapi/linux/ntdvd.h $(DESTDIR)$(prefix)/include/linux/ntdvd.h

# For Secure Boot, before make install: with the key that dkms makes, or that of
# Ubuntu's shim-signed, unless another is given.
MOK_KEY ?= $(firstword $(wildcard /var/lib/dkms/mok.key /var/lib/shim-signed/mok/MOK.priv))
MOK_CERT ?= $(firstword $(wildcard /var/lib/dkms/mok.pub /var/lib/shim-signed/mok/MOK.der))

sign: modules
	@[ -f "$(MOK_KEY)" ] && [ -f "$(MOK_CERT)" ] || { echo "ntdvd: no key to sign with: give MOK_KEY=... and MOK_CERT=..." >&2; exit 1; }
	$(KDIR)/scripts/sign-file sha256 $(MOK_KEY) $(MOK_CERT) ntdvd.ko

# What is on this machine is brought up to date, unless it is for a packager. Of two
# modules of that name depmod would take either.
install: modules install-tools install-header
ifeq ($(DESTDIR),)
	@[ -z "$(wildcard $(moduledir)/dkms/ntdvd.ko*)" ] || { echo "ntdvd: this kernel has the module from dkms already: remove the package ntdvd-dkms first" >&2; exit 1; }
endif
	install -D -m 644 ntdvd.ko $(moduledir)/ntdvd.ko
ifeq ($(DESTDIR),)
	depmod $(RELEASE)
	-[ ! -d /sys/module/ntdvd ] || rmmod ntdvd
	-[ ! -S /run/udev/control ] || { udevadm control --reload && \
		udevadm trigger --action=change --subsystem-match=scsi --attr-match=type=5; }
endif

uninstall:
ifeq ($(DESTDIR),)
	-[ ! -d /sys/module/ntdvd ] || rmmod ntdvd
endif
	rm -f $(moduledir)/ntdvd.ko $(DESTDIR)$(prefix)/bin/ntdvdctl \
		$(DESTDIR)$(udevdir)/rules.d/60-ntdvd.rules \
		$(DESTDIR)$(completiondir)/ntdvdctl $(DESTDIR)$(fishdir)/ntdvdctl.fish \
		$(DESTDIR)$(zshdir)/_ntdvdctl $(DESTDIR)$(prefix)/share/ntdvdctl/schema.json \
		$(DESTDIR)$(prefix)/share/metainfo/ntdvd.tools.metainfo.xml \
		$(DESTDIR)$(mandir)/man1/ntdvdctl.1 $(DESTDIR)$(mandir)/man4/ntdvd.4 \
		$(DESTDIR)$(prefix)/include/linux/ntdvd.h
	[ ! -d $(DESTDIR)$(prefix)/share/ntdvdctl ] || \
		rmdir --ignore-fail-on-non-empty $(DESTDIR)$(prefix)/share/ntdvdctl
ifeq ($(DESTDIR),)
	[ ! -d /lib/modules/$(RELEASE) ] || depmod $(RELEASE)
endif
