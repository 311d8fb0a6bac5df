# SPDX-License-Identifier: GPL-2.0-only
# ntdvdctl and the documentation, and where they are installed.

VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
RELEASE ?= $(shell uname -r)
prefix ?= /usr/local
mandir ?= $(prefix)/share/man
udevdir ?= /usr/lib/udev
completiondir ?= $(prefix)/share/bash-completion/completions
moduledir = $(DESTDIR)/lib/modules/$(RELEASE)/updates
CFLAGS ?= -O2 -Wall

tools: build/ntdvdctl

build/ntdvdctl: $(wildcard tools/ntdvdctl/*.[ch]) include/uapi/linux/ntdvd.h debian/changelog
	@mkdir -p build
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -D_GNU_SOURCE -DVERSION='"$(VERSION)"' \
		-Iinclude/uapi -o $@ $(filter %.c,$^)

doc:
	Documentation/build

deb:
	debian/build

install-tools: tools
	install -D -m 755 build/ntdvdctl $(DESTDIR)$(prefix)/bin/ntdvdctl
	install -D -m 644 udev/60-ntdvd.rules $(DESTDIR)$(udevdir)/rules.d/60-ntdvd.rules
	install -D -m 644 tools/ntdvdctl/completion.bash $(DESTDIR)$(completiondir)/ntdvdctl
	install -D -m 644 tools/ntdvd.metainfo.xml $(DESTDIR)$(prefix)/share/metainfo/example.ntdvd.tools.metainfo.xml
	install -D -m 644 build/man/ntdvdctl.1 $(DESTDIR)$(mandir)/man1/ntdvdctl.1
	install -D -m 644 build/man/ntdvd.4 $(DESTDIR)$(mandir)/man4/ntdvd.4

install-header:
	install -D -m 644 include/uapi/linux/ntdvd.h $(DESTDIR)$(prefix)/include/linux/ntdvd.h
