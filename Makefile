# SPDX-License-Identifier: GPL-2.0-only
RELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(RELEASE)/build

all: modules

modules:
	@[ -d "$(KDIR)" ] || { echo "ntdvd: no kernel headers at $(KDIR): install linux-headers-$(RELEASE), or give KDIR=..." >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

clean:
	rm -rf build
	[ ! -d "$(KDIR)" ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean

# ntdvdctl, and what make install and the packages put where
include tools/install.mk

demo test test-packages:
	@tests/run $@

help:
	@echo 'make          build ntdvd.ko for the running kernel, or for KDIR=...'
	@echo 'make demo     a whole handshake through /dev/ntdvd0 in a virtual machine, step by step'
	@echo 'make test     every test, in virtual machines'
	@echo 'make test-packages  install, upgrade and remove the packages in a virtual machine'
	@echo 'make tools    build ntdvdctl'
	@echo 'make doc      HTML and manual pages, in build/html and build/man'
	@echo 'make deb      Debian packages, in build/'
	@echo 'make install  install module, ntdvdctl, manual pages, udev rule and header; DESTDIR='
	@echo 'make uninstall  remove them again'
	@echo 'make clean    remove what make has built'
	@echo
	@echo 'demo and test install the Debian packages that they need (with sudo, if you are'
	@echo 'not root) and keep kernels in $${XDG_CACHE_HOME:-~/.cache}/ntdvd, or NTDVD_CACHE.'

.PHONY: all modules clean demo test test-packages help tools doc deb install install-tools \
	install-header uninstall
