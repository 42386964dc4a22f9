/* SPDX-License-Identifier: MIT */
/*
 * fuzz_control - requests and replies of the control socket.
 *
 * A request that the decoder accepts protobuf-c accepts and reads alike, and it comes back from its own encoding. A
 * reply, which a client reads, becomes a JSON object that can be written, or nothing.
 */
#include <math.h>

#include "control.pb-c.h"
#include "fuzz.h"
#include "oracle.h"
#include "wire/control_codec.h"
#include "wire/message_json.h"

#define UNPACKED_BYTES_MAX 65536u /* its end is reached, too */

typedef Hnlmon__V1__ControlRequest ControlRequest;

static void compare_request(const struct control_request *request, const ControlRequest *message)
{
    assert(request->id == message->id && (int)request->kind == (int)message->request_case);
    switch (request->kind) {
    case CONTROL_ACK:
        assert(strcmp(request->alarm_id, message->ack->alarm_id) == 0 && strcmp(request->who, message->ack->who) == 0);
        assert(request->accept == message->ack->accept);
        break;
    case CONTROL_PICK:
        oracle_double(request->m_n_mev, message->pick->m_n_mev);
        assert(isfinite(request->m_n_mev) && request->limit == message->pick->limit);
        break;
    case CONTROL_SHELVE:
        assert(strcmp(request->alarm_id, message->shelve->alarm_id) == 0);
        assert(strcmp(request->who, message->shelve->who) == 0 && request->minutes == message->shelve->minutes);
        break;
    case CONTROL_UNBLIND:
        assert(strcmp(request->who, message->unblind->who) == 0);
        assert(strcmp(request->reason, message->unblind->reason) == 0);
        assert(message->unblind->answer.len == (request->has_answer ? CONTROL_ANSWER_BYTES : 0));
        assert(!request->has_answer ||
               memcmp(request->answer, message->unblind->answer.data, CONTROL_ANSWER_BYTES) == 0);
        break;
    case CONTROL_NEW_PERIOD:
        assert(strcmp(request->who, message->new_period->who) == 0);
        break;
    case CONTROL_BLIND:
        assert(strcmp(request->who, message->blind->who) == 0);
        break;
    case CONTROL_STATUS:
    case CONTROL_ALARMS:
    case CONTROL_SNAPSHOT:
        break;
    }
}

static void try_request(const uint8_t *bytes, size_t size)
{
    unsigned char written[CONTROL_REQUEST_BYTES_MAX];
    struct control_request request, again;
    if (!control_request_decode(bytes, size, &request))
        return;
    ControlRequest *message = hnlmon__v1__control_request__unpack(NULL, size, bytes);
    assert(message);
    compare_request(&request, message);
    size_t written_size = control_request_encode(&request, written, sizeof written);
    assert(written_size > 0);
    bool is_decoded = control_request_decode(written, written_size, &again);
    assert(is_decoded);
    compare_request(&again, message);
    hnlmon__v1__control_request__free_unpacked(message, NULL);
}

static void try_reply(const uint8_t *bytes, size_t size)
{
    /* As control_reply_to_json, which takes 16 MiB each time. */
    json_t *json = message_json(&hnlmon__v1__control_reply__descriptor, bytes, size, UNPACKED_BYTES_MAX);
    if (!json)
        return;
    assert(json_is_integer(json_object_get(json, "id")) || json_is_string(json_object_get(json, "id")));
    assert(json_is_boolean(json_object_get(json, "ok")) && json_is_array(json_object_get(json, "alarms")));
    char *text = json_dumps(json, JSON_COMPACT);
    assert(text);
    free(text);
    json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    try_request(bytes, size);
    try_reply(bytes, size);
    return 0;
}
