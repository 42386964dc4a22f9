/* SPDX-License-Identifier: MIT */
/*
 * spectrum_command - `hnlmon-fwsim spectrum`: numbers of the event source for comparison with other programs, no
 * daemon involved. The same options print the same bytes.
 */
#ifndef FIRMWARE_SIM_SPECTRUM_COMMAND_H
#define FIRMWARE_SIM_SPECTRUM_COMMAND_H

/* argv[0] is the name of the program, the options follow. Returns the exit status: 0 done, 2 usage. */
int spectrum_command(int argc, char **argv);

#endif
