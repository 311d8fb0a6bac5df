// SPDX-License-Identifier: GPL-2.0-only
/* Faults made on purpose, to see each of them reported: insmod fault.ko kind=... */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

static char *kind = "";
module_param(kind, charp, 0);

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

static void fault_oops(void)
{
	*(volatile int *)8 = 0;
}

static void fault_warning(void)
{
	WARN(1, "made on purpose\n");
}

static void fault_kasan(void)
{
	volatile char *freed = kmalloc(8, GFP_KERNEL);

	kfree((void *)freed);
	freed[0] = 1;
}

static void fault_lockdep(void)
{
	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
}

static void fault_ubsan(void)
{
	volatile int one = 1, bits = 40;

	one <<= bits;
}

/* Many, as an old stack that still names one would keep it from being reported. */
static void fault_leak(void)
{
	int i;

	for (i = 0; i < 16; i++)
		WARN_ON_ONCE(!kmalloc(64, GFP_KERNEL));
}

static const struct {
	const char *kind;
	void (*make)(void);
} faults[] = {
	{ "oops", fault_oops },
	{ "warning", fault_warning },
	{ "kasan", fault_kasan },
	{ "lockdep", fault_lockdep },
	{ "ubsan", fault_ubsan },
	{ "leak", fault_leak },
};

static int __init fault_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(faults[i].kind, kind)) {
			faults[i].make();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit fault_exit(void)
{
}

module_init(fault_init);
module_exit(fault_exit);
MODULE_DESCRIPTION("Faults made on purpose");
MODULE_LICENSE("GPL");
