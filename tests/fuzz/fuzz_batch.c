/* SPDX-License-Identifier: MIT */
/*
 * fuzz_batch - batches: what the decoder accepts protobuf-c accepts and reads alike, and what it gives keeps the
 * contract of monitor_apply. A checksum that is wrong does not keep the contents from being looked at.
 */
#include "frontend.pb-c.h"
#include "fuzz.h"
#include "oracle.h"
#include "wire/frame_codec.h"

static void compare_column(const unsigned char *ours, uint32_t count, size_t theirs_count, const void *theirs)
{
    assert(theirs_count == (ours ? count : 0));
    assert(theirs_count == 0 || memcmp(ours, theirs, 4 * theirs_count) == 0); /* a little-endian machine */
}

static void compare_columns(const struct batch *batch, const Hnlmon__V1__Batch *message)
{
    const unsigned char *const *ours = batch->columns.column;
    uint32_t count = batch->columns.count;
#define COMPARE(column, name) compare_column(ours[column], count, message->n_##name, message->name)
    COMPARE(COLUMN_K_PX, k_px);
    COMPARE(COLUMN_K_PY, k_py);
    COMPARE(COLUMN_K_PZ, k_pz);
    COMPARE(COLUMN_PI0_PX, pi0_px);
    COMPARE(COLUMN_PI0_PY, pi0_py);
    COMPARE(COLUMN_PI0_PZ, pi0_pz);
    COMPARE(COLUMN_E_PX, e_px);
    COMPARE(COLUMN_E_PY, e_py);
    COMPARE(COLUMN_E_PZ, e_pz);
    COMPARE(COLUMN_TIME, time);
    COMPARE(COLUMN_FLAGS, flags);
    COMPARE(COLUMN_VERTEX_Z, vertex_z);
    COMPARE(COLUMN_M_GG, m_gg);
    COMPARE(COLUMN_E_OVER_P, e_over_p);
    COMPARE(COLUMN_DT, dt);
    COMPARE(COLUMN_DT_K, dt_k);
    COMPARE(COLUMN_CDA, cda);
#undef COMPARE
    compare_column(batch->truth_m2, count, message->n_truth_m2, message->truth_m2);
    compare_column(batch->truth_kind, count, message->n_truth_kind, message->truth_kind);
}

static void compare_batch(const struct batch *batch, const Hnlmon__V1__Batch *message)
{
    assert(batch->schema == message->schema && batch->source == message->source && batch->epoch == message->epoch);
    assert(batch->first_seq == message->first_seq && batch->run == message->run && batch->burst == message->burst);
    assert(batch->columns.count == message->count && batch->crc32c == message->crc32c);
    compare_columns(batch, message);
}

/* What monitor_apply asserts, and what tally_batch relies on. */
static void check_contract(const struct batch *batch)
{
    assert(batch->schema == WIRE_SCHEMA);
    assert(batch->columns.count >= 1 && batch->columns.count <= BATCH_CANDIDATES_MAX);
    assert(batch->first_seq >= 1 && batch->first_seq <= SEQ_LIMIT - batch->columns.count);
    for (int column = 0; column < CANDIDATE_COLUMN_COUNT; column++)
        assert(batch->columns.column[column]);
}

/* Written again, with the right checksum, it is accepted, and is what protobuf-c writes. */
static void check_written_again(struct frame *frame, Hnlmon__V1__FrontendFrame *message, enum refusal refusal)
{
    static unsigned char bytes[FRAME_BYTES_MAX];
    struct frame again;
    message->batch->crc32c = frame->as.batch.crc32c = batch_crc32c(&frame->as.batch);
    size_t size = frame_encode(frame, bytes, sizeof bytes);
    assert(size > 0);
    oracle_packed(&message->base, bytes, size);
    enum refusal decoded = frame_decode(bytes, size, &again);
    assert(decoded == refusal);
    compare_batch(&again.as.batch, message->batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct frame frame, unchecked;
    enum refusal refusal = frame_decode(bytes, size, &frame);
    enum refusal refusal_of_contents = frame_decode_unchecked(bytes, size, &unchecked);
    assert(refusal == refusal_of_contents || refusal == REFUSAL_BAD_CRC);
    bool is_filled = refusal_of_contents == REFUSAL_NONE || refusal_of_contents == REFUSAL_BAD_SEQ;
    if (!is_filled || frame.kind != FRAME_BATCH)
        return 0;
    Hnlmon__V1__FrontendFrame *message = hnlmon__v1__frontend_frame__unpack(NULL, size, bytes);
    assert(message && message->frame_case == HNLMON__V1__FRONTEND_FRAME__FRAME_BATCH);
    compare_batch(&frame.as.batch, message->batch);
    compare_batch(&unchecked.as.batch, message->batch);
    if (refusal_of_contents == REFUSAL_NONE)
        check_contract(&frame.as.batch);
    check_written_again(&frame, message, refusal_of_contents);
    hnlmon__v1__frontend_frame__free_unpacked(message, NULL);
    return 0;
}
