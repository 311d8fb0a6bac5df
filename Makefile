# SPDX-License-Identifier: GPL-2.0-only
KDIR ?= /lib/modules/$(shell uname -r)/build

all: modules

modules:
	@[ -d "$(KDIR)" ] || { echo "ntdvd: no kernel headers at $(KDIR): install linux-headers-$$(uname -r), or give KDIR=..." >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

lint matrix:
	@tests/$@

demo test stress:
	@ONLY="$(ONLY)" SEED="$(SEED)" tests/run $@

bench:
	@tests/bench/run $(if $(COUNTS),--counts) $(if $(BASELINE),--renew)

test-wine:
	@wine/run

help:
	@echo 'make          build ntdvd.ko for the running kernel, or for KDIR=...'
	@echo 'make demo     a whole handshake through /dev/ntdvd0 in a virtual machine, step by step'
	@echo 'make test     every test, in virtual machines'
	@echo 'make stress   faults, kills, unplugging and random requests by the million, 20 minutes;'
	@echo '              ONLY=fuzz SEED=... repeats a run of random requests'
	@echo 'make bench    what a request costs, against the other ways to a drive; COUNTS=1: only'
	@echo '              the counts of instructions; BASELINE=1: compare with these from now on'
	@echo 'make matrix   builds and tests on every supported kernel, up to an hour at first'
	@echo 'make test-wine  Debian'\''s Wine as it is and with ntdvd, request by request'
	@echo 'make lint     style and static analysis'
	@echo 'make clean    remove what make has built'
	@echo
	@echo 'These install the Debian packages that they need (with sudo, if you are'
	@echo 'not root) and keep kernels in $${XDG_CACHE_HOME:-~/.cache}/ntdvd, or NTDVD_CACHE.'

.PHONY: all modules bench clean demo lint matrix test test-wine stress help
