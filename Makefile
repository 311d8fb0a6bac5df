# SPDX-License-Identifier: GPL-2.0-only
RELEASE ?= $(shell uname -r)
KDIR ?= /lib/modules/$(RELEASE)/build

ifneq ($(words $(subst :, ,$(CURDIR))),1)
$(error ntdvd: the kernel's build system supports no blanks and colons in paths: move the tree away from '$(CURDIR)')
endif

# A kernel that clang has built takes modules of clang's.
LLVM ?= $(if $(shell grep -sx CONFIG_CC_IS_CLANG=y $(KDIR)/.config $(KDIR)/include/config/auto.conf),1)
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR) $(if $(LLVM),LLVM=$(LLVM))

all: modules

modules:
	@[ -d "$(KDIR)" ] || { echo "ntdvd: no kernel headers at $(KDIR): install linux-headers-$(RELEASE), or give KDIR=..." >&2; exit 1; }
	@[ -z "$(LLVM)" ] || command -v clang >/dev/null || { echo "ntdvd: the kernel of $(KDIR) was built with clang: install clang, lld and llvm" >&2; exit 1; }
	$(KBUILD) modules

clean:
	rm -rf build
	[ ! -d "$(KDIR)" ] || $(KBUILD) clean

lint matrix:
	@tests/$@

fresh:
	@ONLY="$(ONLY)" tests/fresh $(RELEASES)

demo test stress test-packages test-install:
	@ONLY="$(ONLY)" QUICK="$(QUICK)" SEED="$(SEED)" tests/run $@

kunit:
	@tests/uml/run

mutants:
	@tests/mutants/run $(if $(BASE),--diff "$(BASE)") $(if $(ONLY),--only "$(ONLY)")

coverage:
	@tests/coverage/run

series:
	@LINUX="$(LINUX)" series/make

bench:
	@tests/bench/run $(if $(COUNTS),--counts) $(if $(BASELINE),--renew)

test-wine:
	@wine/run

# ntdvdctl, and what make install and the packages put where
include tools/install.mk

help:
	@echo 'make          build ntdvd.ko for the running kernel, or for KDIR=...'
	@echo 'make demo     a whole handshake through /dev/ntdvd0 in a virtual machine, step by step'
	@echo 'make test     the tests of the module, in virtual machines; QUICK=1: without the debug kernel'
	@echo 'make kunit    the KUnit suites alone, in user-mode Linux: seconds'
	@echo 'make mutants  small changes to drivers/ntdvd/ that the KUnit suites do not notice;'
	@echo '              BASE=commit: only in lines that differ from that; ONLY=regex'
	@echo 'make stress   faults, kills, unplugging and random requests by the million, 20 minutes;'
	@echo '              ONLY=fuzz SEED=... repeats a run of random requests'
	@echo 'make bench    what a request costs, against the other ways to a drive; COUNTS=1: only'
	@echo '              the counts of instructions; BASELINE=1: compare with these from now on'
	@echo 'make matrix   builds and tests on every supported kernel, up to an hour at first'
	@echo 'make coverage lines and branches of drivers/ntdvd/ that the tests run'
	@echo 'make test-wine  Debian'\''s Wine as it is and with ntdvd, request by request'
	@echo 'make series   ntdvd as patches for the kernel, in build/series: for Debian'\''s newest'
	@echo '              source, or LINUX=...'
	@echo 'make lint     style and static analysis'
	@echo 'make test-packages  install, upgrade and remove the packages in a virtual machine'
	@echo 'make test-install  make install and make uninstall in a virtual machine'
	@echo 'make tools    build ntdvdctl'
	@echo 'make doc      HTML and manual pages, in build/html and build/man'
	@echo 'make deb      Debian packages, in build/'
	@echo 'make fresh    demo, test, packages and make install on a bare Debian 12, 13 and unstable,'
	@echo '              as root, with 30 GB of disk; RELEASES="trixie" and ONLY=packages do less'
	@echo 'make install  install module, ntdvdctl, manual pages, udev rule and header; DESTDIR='
	@echo 'make sign     sign ntdvd.ko for Secure Boot, with the key of MOK_KEY= and MOK_CERT='
	@echo 'make uninstall  remove what make install has installed'
	@echo 'make clean    remove what make has built'
	@echo
	@echo 'These install the Debian packages that they need (with sudo, if you are'
	@echo 'not root) and keep kernels in $${XDG_CACHE_HOME:-~/.cache}/ntdvd, or NTDVD_CACHE.'

.PHONY: all modules bench clean coverage demo fresh kunit lint matrix mutants series test test-install test-packages \
	test-wine stress help tools doc deb install install-tools install-header sign uninstall
