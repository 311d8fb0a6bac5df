// SPDX-License-Identifier: GPL-2.0-only
/* ntdvdctl region: the drive's region and the changes left. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/ntdvd.h>

#include "ntdvdctl.h"

#define RPC_PHASE_2	1

static struct answer read_rpc(int fd, struct ntdvd_rpc_key *rpc)
{
	uint8_t data[sizeof(*rpc)] = { 0 };
	struct answer answer;

	answer = key_request(fd, NTDVD_IOCTL_READ_KEY, 0, NTDVD_KEY_GET_RPC, data,
			     sizeof(data));
	memcpy(rpc, data, sizeof(*rpc));
	return answer;
}

static uint8_t rpc_regions(const struct ntdvd_rpc_key *rpc)
{
	return rpc->state >> 6 ? ~rpc->region_mask : 0;
}

static void print_rpc(const struct ntdvd_rpc_key *rpc)
{
	uint8_t set = rpc_regions(rpc);
	int region;

	print_open("region");
	print_regions("drive", "region", set);
	print_open_array("names");
	for (region = 1; region <= 8; region++)
		if (set & 1 << (region - 1))
			print_string(NULL, NULL, "%s", word(WORDS_REGION, region));
	print_close();
	print_number("user_changes", "changes left", rpc->state & 7);
	print_number("vendor_resets", "vendor resets", rpc->state >> 3 & 7);
	print_close();
}

/* The region of a drive, if it has one; false if not, and the outcome */
bool print_region(int fd, struct answer *answer)
{
	struct ntdvd_rpc_key rpc;

	*answer = read_rpc(fd, &rpc);
	if (answer->error || answer->status || rpc.scheme != RPC_PHASE_2)
		return false;
	print_rpc(&rpc);
	return true;
}

static enum result get_rpc(int fd, struct drive *drive, struct ntdvd_rpc_key *rpc)
{
	struct answer answer = read_rpc(fd, rpc);

	if (answer.error || answer.status)
		return explain_refusal(drive, answer, "cannot read the region");
	if (rpc->scheme != RPC_PHASE_2)
		return fail(RESULT_REFUSED, "no-region", 0,
			    "Such a drive plays discs of every region.",
			    "/dev/sr%u has no region", drive->number);
	return RESULT_OK;
}

static enum result region_get(int fd, struct drive *drive)
{
	static uint8_t output[STRUCTURE_MAX];
	struct ntdvd_rpc_key rpc;
	struct answer answer;
	enum result result;

	result = get_rpc(fd, drive, &rpc);
	if (result)
		return result;
	answer = read_structure(fd, 0x01, 0, output);
	print_open(NULL);
	print_string("node", NULL, "/dev/ntdvd%u", drive->number);
	print_rpc(&rpc);
	if (!answer.error && !answer.status && answer.information >= 6)
		print_regions("disc_regions", "disc plays in", ~output[5]);
	else
		print_null("disc_regions", "disc plays in", "unknown: no disc, or it does not say");
	print_close();
	return RESULT_OK;
}

static enum result region_set(int fd, struct drive *drive, unsigned int region)
{
	const uint8_t wanted = 1 << (region - 1);
	struct ntdvd_set_rpc_key set = { .region_mask = ~wanted };
	char question[384], from[128];
	struct ntdvd_rpc_key rpc;
	struct answer answer;
	enum result result;

	result = get_rpc(fd, drive, &rpc);
	if (result)
		return result;
	/* Setting the region that it has would use up a change all the same. */
	if (rpc_regions(&rpc) != wanted) {
		snprintf(question, sizeof(question),
			 "The drive's region is %s. It can be changed %u more times, then never again. Change it to %u (%s)?",
			 region_text(rpc_regions(&rpc), from, sizeof(from)),
			 rpc.state & 7, region, word(WORDS_REGION, region));
		result = confirm(question);
		if (result)
			return result;
		answer = key_request(fd, NTDVD_IOCTL_SEND_KEY2, 0, NTDVD_KEY_SET_RPC,
				     (uint8_t *)&set, sizeof(set));
		if (answer.error || answer.status)
			return explain_refusal(drive, answer, "cannot change the region");
		result = get_rpc(fd, drive, &rpc);
		if (result)
			return result;
	}
	print_open(NULL);
	print_string("node", NULL, "/dev/ntdvd%u", drive->number);
	print_rpc(&rpc);
	print_close();
	return RESULT_OK;
}

enum result command_region(int argc, char **argv)
{
	bool set = !strcmp(argv[0], "set");
	unsigned int region = 0;
	struct drive drive;
	enum result result;
	char end;
	int fd;

	if (!set && strcmp(argv[0], "get"))
		return usage("Use \"region get\" or \"region set\".",
			     "region %s: no such command", argv[0]);
	if (argc != (set ? 3 : 2))
		return usage("Use \"region get NODE\" or \"region set NODE REGION\".",
			     "wrong number of arguments");
	if (set && (sscanf(argv[2], "%u%c", &region, &end) != 1 || region < 1 ||
		    region > 8))
		return usage("Regions are 1 to 8.", "%s is not a region", argv[2]);
	result = node_open(argv[1], set, &fd, &drive);
	if (result)
		return result;
	result = set ? region_set(fd, &drive, region) : region_get(fd, &drive);
	close(fd);
	return result;
}
