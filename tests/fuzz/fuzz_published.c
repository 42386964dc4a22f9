/* SPDX-License-Identifier: MIT */
/*
 * fuzz_published - what subscribers read: any bytes become the JSON object of an Envelope, or nothing. What becomes one
 * protobuf-c takes, too, and every number and text of it can be written and read back.
 */
#include "fuzz.h"
#include "monitor.pb-c.h"
#include "wire/published.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    json_t *json = published_to_json(bytes, size);
    if (!json)
        return 0;
    Hnlmon__V1__Envelope *message = hnlmon__v1__envelope__unpack(NULL, size, bytes);
    assert(message);
    assert(json_integer_value(json_object_get(json, "run")) == (json_int_t)message->run);
    assert(json_is_true(json_object_get(json, "blind")) == (message->blind != 0));
    hnlmon__v1__envelope__free_unpacked(message, NULL);

    char *text = json_dumps(json, JSON_COMPACT);
    assert(text);
    json_t *again = json_loads(text, 0, NULL);
    assert(again && json_equal(json, again));
    free(text);
    json_decref(json);
    json_decref(again);
    return 0;
}
