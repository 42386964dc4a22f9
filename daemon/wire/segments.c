/* SPDX-License-Identifier: MIT */
/* segments - see segments.h. */
#include "wire/segments.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "wire/recording.h"

/* The number goes before the ending of the name. */
static void name_segment(struct segments *segments, uint32_t number)
{
    const char *path = segments->path;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t stem_bytes = dot && dot > name ? (size_t)(dot - path) : strlen(path);
    if (number == 0)
        snprintf(segments->current, sizeof segments->current, "%s", path);
    else
        snprintf(segments->current, sizeof segments->current, "%.*s.%04u%s", (int)stem_bytes, path, number,
                 path + stem_bytes);
}

/* Ends a segment that failed; one without frames leaves no file behind, and its name is free again. */
static void abandon(struct segments *segments, int64_t now_ns)
{
    uint32_t kept_count;
    segments->error = errno;
    segments->lost_count += recording_abandon(segments->recording, &kept_count);
    segments->recording = NULL;
    segments->retry_ns = now_ns + SEGMENTS_RETRY_NS;
    if (kept_count > 0)
        return;
    unlink(segments->current);
    segments->next--;
}

/* The head is written at once, so that a full disk is noticed before frames are taken. */
static bool begin_segment(struct segments *segments, int64_t now_ns)
{
    do {
        name_segment(segments, segments->next++);
        segments->recording = recording_create(segments->current);
    } while (!segments->recording && errno == EEXIST);
    if (!segments->recording) {
        segments->error = errno;
        segments->retry_ns = now_ns + SEGMENTS_RETRY_NS;
        segments->next--;
        return false;
    }
    if (!recording_flush(segments->recording)) {
        abandon(segments, now_ns);
        return false;
    }
    segments->count++;
    return true;
}

bool segments_open(struct segments *segments, const char *path)
{
    *segments = (struct segments){.next = 0};
    if (strlen(path) >= sizeof segments->path) {
        errno = ENAMETOOLONG;
        return false;
    }
    snprintf(segments->path, sizeof segments->path, "%s", path);
    bool is_begun = begin_segment(segments, 0);
    errno = segments->error;
    return is_begun;
}

bool segments_write(struct segments *segments, const unsigned char *bytes, size_t size, uint64_t t_ns, int64_t now_ns)
{
    if (size > RECORDING_FRAME_MAX)
        return false;
    if (!segments->recording && (now_ns < segments->retry_ns || !begin_segment(segments, now_ns)))
        return false;
    if (recording_write(segments->recording, bytes, size, t_ns))
        return true;
    abandon(segments, now_ns);
    return false;
}

void segments_break(struct segments *segments, int64_t now_ns)
{
    if (!segments->recording)
        return;
    if (!recording_flush(segments->recording)) {
        abandon(segments, now_ns);
        return;
    }
    if (!recording_close(segments->recording)) /* all frames are in it, only its end is not */
        segments->error = errno;
    segments->recording = NULL;
    segments->retry_ns = now_ns + SEGMENTS_RETRY_NS;
}

void segments_sync(struct segments *segments, int64_t now_ns)
{
    if (segments->recording && (!recording_flush(segments->recording) || !recording_sync(segments->recording)))
        abandon(segments, now_ns);
}

bool segments_close(struct segments *segments)
{
    segments_sync(segments, 0);
    struct recording *recording = segments->recording;
    segments->recording = NULL;
    return recording && recording_close(recording);
}
