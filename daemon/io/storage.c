/* SPDX-License-Identifier: MIT */
/*
 * storage - see storage.h.
 *
 *   loop    submit ---> job ----> thread ---> eventfd ---> done     (job and is_stopping under the mutex)
 *           record ---> ring ---> thread ---> segments              (no lock; counters are atomic)
 *
 * The thread looks at the ring every few milliseconds, so that nobody has to wake it for a frame.
 */
#include "io/storage.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "io/clock.h"
#include "io/frame_ring.h"
#include "io/loop.h"
#include "wire/recording.h"
#include "wire/segments.h"

#define RING_LOOK_NS (10 * NS_PER_MS)  /* while frames are recorded */
#define IDLE_LOOK_NS (200 * NS_PER_MS) /* otherwise, for the heartbeat */
#define SYNC_NS NS_PER_S               /* of the recording */
#define FRAMES_PER_TURN 256u           /* before the next look for a job */

enum job_state { JOB_NONE, JOB_WAITING, JOB_DONE };

struct storage {
    struct storage_config config;
    pthread_t thread;
    bool is_started;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    /* Under the mutex. */
    enum job_state job_state;
    struct store_job *job;
    bool is_job_durable;
    bool is_stopping;
    /* Of the thread. */
    struct segments segments;
    int64_t synced_ns;
    bool is_recording_closed; /* completely, at the end */
    /* Of both. */
    struct frame_ring ring;
    _Atomic uint64_t beats;
    _Atomic uint64_t recorded, unrecorded, refused;
    _Atomic uint32_t segment_count;
    _Atomic int error;
    atomic_bool is_recording;
    /* Of the loop. */
    int done_fd;
    struct event *done;
    uint64_t beats_seen;
    int64_t beat_ns;
};

/* ---- the thread ---- */

static void beat(struct storage *storage)
{
    atomic_fetch_add_explicit(&storage->beats, 1, memory_order_relaxed);
}

/* Counts are of frames; what a block took along when it failed was counted as recorded before. */
static void tell_recording(struct storage *storage, uint64_t recorded, uint64_t unrecorded, uint64_t lost_before)
{
    uint64_t lost = storage->segments.lost_count - lost_before;
    atomic_fetch_add(&storage->recorded, recorded - lost);
    atomic_fetch_add(&storage->unrecorded, unrecorded + lost);
    atomic_store(&storage->segment_count, storage->segments.count);
    atomic_store(&storage->error, storage->segments.error);
    if (recorded + unrecorded + lost > 0)
        atomic_store(&storage->is_recording, unrecorded + lost == 0);
}

static bool record_one(struct storage *storage, const struct received_frame *frame, int64_t now_ns)
{
    if (frame->is_after_gap)
        segments_break(&storage->segments, now_ns);
    return segments_write(&storage->segments, frame->bytes, frame->size, frame->t_ns, now_ns);
}

/* Returns whether there may be more. */
static bool record_some(struct storage *storage)
{
    struct received_frame frame;
    uint64_t lost_before = storage->segments.lost_count;
    uint32_t recorded = 0, unrecorded = 0;
    int64_t now_ns = clock_monotonic_ns();
    while (recorded + unrecorded < FRAMES_PER_TURN && frame_ring_peek(&storage->ring, &frame)) {
        if (record_one(storage, &frame, now_ns))
            recorded++;
        else
            unrecorded++;
        frame_ring_pop(&storage->ring, &frame);
    }
    if (now_ns - storage->synced_ns >= SYNC_NS) {
        segments_sync(&storage->segments, now_ns);
        storage->synced_ns = now_ns;
    }
    tell_recording(storage, recorded, unrecorded, lost_before);
    return recorded + unrecorded == FRAMES_PER_TURN;
}

static void announce(const struct storage *storage)
{
    uint64_t one = 1;
    ssize_t written = write(storage->done_fd, &one, sizeof one);
    assert(written == sizeof one);
    (void)written;
}

/* With the mutex held. */
static void do_job(struct storage *storage)
{
    struct store_job *job = storage->job;
    pthread_mutex_unlock(&storage->mutex);
    bool is_durable = store_write(storage->config.store, job);
    beat(storage);
    pthread_mutex_lock(&storage->mutex);
    storage->is_job_durable = is_durable;
    storage->job_state = JOB_DONE;
    pthread_cond_broadcast(&storage->changed);
    announce(storage);
}

static void wait_for_change(struct storage *storage, int64_t wait_ns)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += wait_ns;
    until.tv_sec += until.tv_nsec / NS_PER_S;
    until.tv_nsec %= NS_PER_S;
    pthread_cond_timedwait(&storage->changed, &storage->mutex, &until);
}

static void *run(void *context)
{
    struct storage *storage = context;
    bool has_recording = storage->config.record_file != NULL, is_stopping = false;
    while (!is_stopping) {
        pthread_mutex_lock(&storage->mutex);
        if (storage->job_state != JOB_WAITING && !storage->is_stopping)
            wait_for_change(storage, has_recording ? RING_LOOK_NS : IDLE_LOOK_NS);
        is_stopping = storage->is_stopping;
        beat(storage);
        if (storage->job_state == JOB_WAITING)
            do_job(storage);
        pthread_mutex_unlock(&storage->mutex);
        bool is_more = has_recording;
        while (is_more) {
            beat(storage);
            is_more = record_some(storage);
            pthread_mutex_lock(&storage->mutex);
            if (storage->job_state == JOB_WAITING)
                do_job(storage);
            pthread_mutex_unlock(&storage->mutex);
        }
    }
    storage->is_recording_closed = !has_recording || segments_close(&storage->segments);
    return NULL;
}

/* ---- the loop ---- */

/* Takes the result of a job that is done; false when none is. */
static bool take_result(struct storage *storage, bool *is_durable)
{
    pthread_mutex_lock(&storage->mutex);
    bool is_done = storage->job_state == JOB_DONE;
    *is_durable = storage->is_job_durable;
    if (is_done)
        storage->job_state = JOB_NONE;
    pthread_mutex_unlock(&storage->mutex);
    return is_done;
}

static void on_done(evutil_socket_t fd, short what, void *context)
{
    struct storage *storage = context;
    uint64_t count;
    bool is_durable;
    (void)what;
    if (read(fd, &count, sizeof count) < 0)
        return;
    if (take_result(storage, &is_durable))
        storage->config.done(storage->config.context, is_durable);
}

bool storage_submit(struct storage *storage, struct store_job *job)
{
    assert(storage->config.store);
    pthread_mutex_lock(&storage->mutex);
    bool is_taken = storage->job_state == JOB_NONE;
    if (is_taken) {
        storage->job = job;
        storage->job_state = JOB_WAITING;
        pthread_cond_broadcast(&storage->changed);
    }
    pthread_mutex_unlock(&storage->mutex);
    return is_taken;
}

bool storage_wait(struct storage *storage, int budget_ms)
{
    int64_t end_ns = clock_monotonic_ns() + budget_ms * NS_PER_MS;
    bool is_durable;
    pthread_mutex_lock(&storage->mutex);
    while (storage->job_state == JOB_WAITING && clock_monotonic_ns() < end_ns)
        wait_for_change(storage, end_ns - clock_monotonic_ns() > 0 ? RING_LOOK_NS : 0);
    bool is_over = storage->job_state != JOB_WAITING;
    pthread_mutex_unlock(&storage->mutex);
    if (take_result(storage, &is_durable))
        storage->config.done(storage->config.context, is_durable);
    return is_over;
}

bool storage_record(struct storage *storage, const unsigned char *bytes, size_t size, uint64_t t_ns)
{
    if (!storage->config.record_file)
        return false;
    if (size <= RECORDING_FRAME_MAX && frame_ring_push(&storage->ring, bytes, size, t_ns))
        return true;
    /* What is too long was refused anyway: it leaves no gap. */
    atomic_fetch_add(&storage->refused, 1);
    return false;
}

struct storage_counters storage_counters(const struct storage *storage)
{
    return (struct storage_counters){
        .recorded = atomic_load(&storage->recorded),
        .unrecorded = atomic_load(&storage->unrecorded) + atomic_load(&storage->refused),
        .segments = atomic_load(&storage->segment_count),
        .is_recording = atomic_load(&storage->is_recording) && !storage->ring.is_after_gap,
        .error = atomic_load(&storage->error),
    };
}

bool storage_is_alive(struct storage *storage, int64_t now_ns)
{
    uint64_t beats = atomic_load_explicit(&storage->beats, memory_order_relaxed);
    if (beats != storage->beats_seen || storage->beat_ns == 0) {
        storage->beats_seen = beats;
        storage->beat_ns = now_ns;
    }
    return now_ns - storage->beat_ns < STORAGE_DEADLINE_NS;
}

/* ---- life ---- */

static void init_lock(struct storage *storage)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&storage->mutex, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&storage->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

/* Signals are for the loop. */
static bool start_thread(struct storage *storage)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&storage->thread, NULL, run, storage);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return storage->is_started = error == 0;
}

static bool start_recording(struct storage *storage)
{
    if (!storage->config.record_file)
        return true;
    if (!frame_ring_init(&storage->ring, storage->config.ring_bytes) ||
        !segments_open(&storage->segments, storage->config.record_file))
        return false;
    atomic_store(&storage->is_recording, true);
    atomic_store(&storage->segment_count, storage->segments.count);
    return true;
}

static bool watch_done(struct storage *storage, struct event_base *base)
{
    storage->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (storage->done_fd < 0)
        return false;
    storage->done = event_new(base, storage->done_fd, EV_READ | EV_PERSIST, on_done, storage);
    if (!storage->done)
        return false;
    event_priority_set(storage->done, LOOP_INGEST); /* acknowledgements wait for it */
    return event_add(storage->done, NULL) == 0;
}

struct storage *storage_create(struct event_base *base, const struct storage_config *config)
{
    struct storage *storage = calloc(1, sizeof *storage);
    if (!storage)
        return NULL;
    storage->config = *config;
    storage->done_fd = -1;
    init_lock(storage);
    if (watch_done(storage, base) && start_recording(storage) && start_thread(storage))
        return storage;
    int error = errno;
    (void)!storage_destroy(storage);
    errno = error;
    return NULL;
}

bool storage_destroy(struct storage *storage)
{
    pthread_mutex_lock(&storage->mutex);
    storage->is_stopping = true;
    pthread_cond_broadcast(&storage->changed);
    pthread_mutex_unlock(&storage->mutex);
    if (storage->is_started)
        pthread_join(storage->thread, NULL);
    else if (storage->segments.recording)
        storage->is_recording_closed = segments_close(&storage->segments);
    bool is_complete = storage->is_recording_closed && atomic_load(&storage->unrecorded) == 0;
    if (storage->done)
        event_free(storage->done);
    if (storage->done_fd >= 0)
        close(storage->done_fd);
    frame_ring_fini(&storage->ring);
    pthread_cond_destroy(&storage->changed);
    pthread_mutex_destroy(&storage->mutex);
    free(storage);
    return is_complete;
}
