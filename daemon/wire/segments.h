/* SPDX-License-Identifier: MIT */
/*
 * segments - a recording that goes on when a disk was full or failed: as many files as it takes, each one an exact and
 * contiguous stretch of frames.
 *
 * The first segment is the path itself, if nothing is there; otherwise, and after every interruption, the next free one
 * of NAME.0001.mcap, NAME.0002.mcap, ... beside NAME.mcap. Nothing that exists is written to. A segment that cannot be
 * written ends as it is, without the block that failed; another one is tried every second.
 */
#ifndef HNLMON_WIRE_SEGMENTS_H
#define HNLMON_WIRE_SEGMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENTS_PATH_SIZE 1024u
#define SEGMENTS_RETRY_NS INT64_C(1000000000)

struct recording;

struct segments {
    char path[SEGMENTS_PATH_SIZE];         /* of the first one */
    char current[SEGMENTS_PATH_SIZE + 16]; /* of the last one that was begun */
    struct recording *recording;           /* NULL: none is open */
    uint32_t next;                         /* number of the next name to try; 0: the path itself */
    uint32_t count;                        /* segments that were begun */
    int64_t retry_ns;                      /* when to try again */
    uint64_t lost_count;                   /* frames that were taken but are in no file: their block failed */
    int error;                             /* errno of the last failure; 0: none yet */
};

/* Begins the first segment; false with errno set when it cannot, or when the path is too long. */
bool segments_open(struct segments *segments, const char *path) __attribute__((warn_unused_result));

/* Records one frame, in a new segment if none is open and it is time to try. False: it is not recorded. t_ns: Unix time
 * of receipt; now_ns: monotonic. */
bool segments_write(struct segments *segments, const unsigned char *bytes, size_t size, uint64_t t_ns, int64_t now_ns)
    __attribute__((warn_unused_result));

/* Frames are missing from here on: the segment ends. */
void segments_break(struct segments *segments, int64_t now_ns);

/* Ends the block and makes it durable. */
void segments_sync(struct segments *segments, int64_t now_ns);

/* Ends the last segment; false when it is not complete, or none was open. */
bool segments_close(struct segments *segments) __attribute__((warn_unused_result));

#endif
