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

lint matrix:
	@tests/$@

demo test stress test-packages:
	@ONLY="$(ONLY)" SEED="$(SEED)" tests/run $@

coverage:
	@tests/coverage/run

bench:
	@tests/bench/run $(if $(COUNTS),--counts) $(if $(BASELINE),--renew)

test-wine:
	@wine/run

# ntdvdctl, and what make install and the packages put where
include tools/install.mk

help:
	@echo 'make          build ntdvd.ko for the running kernel, or for KDIR=...'
	@echo 'make demo     a whole handshake through /dev/ntdvd0 in a virtual machine, step by step'
	@echo 'make test     every test, in virtual machines'
	@echo 'make stress   faults, kills, unplugging and random requests by the million, 20 minutes;'
	@echo '              ONLY=fuzz SEED=... repeats a run of random requests'
	@echo 'make bench    what a request costs, against the other ways to a drive; COUNTS=1: only'
	@echo '              the counts of instructions; BASELINE=1: compare with these from now on'
	@echo 'make matrix   builds and tests on every supported kernel, up to an hour at first'
	@echo 'make coverage lines and branches of drivers/ntdvd/ that the tests run'
	@echo 'make test-wine  Debian'\''s Wine as it is and with ntdvd, request by request'
	@echo 'make lint     style and static analysis'
	@echo 'make test-packages  install, upgrade and remove the packages in a virtual machine'
	@echo 'make tools    build ntdvdctl'
	@echo 'make doc      HTML and manual pages, in build/html and build/man'
	@echo 'make deb      Debian packages, in build/'
	@echo 'make install  install module, ntdvdctl, manual pages, udev rule and header; DESTDIR='
	@echo 'make uninstall  remove them again'
	@echo 'make clean    remove what make has built'
	@echo
	@echo 'These install the Debian packages that they need (with sudo, if you are'
	@echo 'not root) and keep kernels in $${XDG_CACHE_HOME:-~/.cache}/ntdvd, or NTDVD_CACHE.'

.PHONY: all modules bench clean coverage demo lint matrix test test-packages test-wine stress \
	help tools doc deb install install-tools install-header uninstall
