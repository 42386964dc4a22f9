/* SPDX-License-Identifier: MIT */
/* query - see query.h. */
#include "cli/query.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/field.h"
#include "cli/patience.h"
#include "io/control_client.h"

#define REQUEST_ID 1 /* one question per connection */

/* A reply to this question, or NULL for anything else that arrives. */
static json_t *read_reply(struct control_client *client)
{
    const unsigned char *bytes;
    size_t size;
    if (!control_client_receive(client, PATIENCE_STEP_MS, &bytes, &size))
        return NULL;
    json_t *reply = control_reply_to_json(bytes, size);
    if (reply != NULL && field_count(reply, "id") == REQUEST_ID)
        return reply;
    json_decref(reply);
    return NULL;
}

static json_t *wait_for_reply(struct options *options, struct control_client *client, const unsigned char *bytes,
                              size_t size)
{
    struct patience patience;
    patience_init(&patience, options->control_endpoint, options->timeout_s);
    bool is_sent = false;
    for (;;) {
        is_sent = is_sent || control_client_send(client, bytes, size);
        json_t *reply = read_reply(client);
        if (reply != NULL)
            return reply;
        if (control_client_refusal(client) != NULL) {
            fprintf(stderr, "hnlmon %s: the daemon at %s %s\n", options->command, options->control_endpoint,
                    control_client_refusal(client));
            return NULL;
        }
        enum patience_state state = patience_check(&patience, control_client_is_connected(client));
        if (state == PATIENCE_TIMEOUT)
            fprintf(stderr, "hnlmon %s: no reply from %s within %g s\n", options->command, options->control_endpoint,
                    options->timeout_s);
        if (state != PATIENCE_LEFT)
            return NULL;
    }
}

static json_t *ask_on(struct options *options, const unsigned char *bytes, size_t size)
{
    struct curve_client room;
    const struct curve_client *curve;
    if (!options_keys(options, &room, &curve))
        return NULL;
    struct control_client *client = control_client_create(options->control_endpoint, curve);
    explicit_bzero(&room, sizeof room);
    if (client == NULL) {
        fprintf(stderr, "hnlmon %s: '%s' is no endpoint (tcp://host:port or ipc://path): %s\n", options->command,
                options->control_endpoint, strerror(errno));
        options->exit_code = CLI_USAGE;
        return NULL;
    }
    json_t *reply = wait_for_reply(options, client, bytes, size);
    control_client_destroy(client);
    return reply;
}

json_t *query_ask(struct options *options, const struct control_request *request)
{
    struct control_request question = *request;
    question.id = REQUEST_ID;
    if (options->timeout_s <= 0)
        options->timeout_s = QUERY_TIMEOUT_S;
    options->exit_code = CLI_FAILED;
    unsigned char bytes[CONTROL_REQUEST_BYTES_MAX];
    size_t size = control_request_encode(&question, bytes, sizeof bytes);
    if (size == 0) {
        fprintf(stderr, "hnlmon %s: the request cannot be made\n", options->command);
        return NULL;
    }
    json_t *reply = ask_on(options, bytes, size);
    if (reply != NULL)
        options->exit_code = CLI_DONE;
    if (reply != NULL && !options->is_json)
        field_make_printable(reply);
    return reply;
}

json_t *query_ask_yes(struct options *options, const struct control_request *request)
{
    json_t *reply = query_ask(options, request);
    if (reply == NULL || field_flag(reply, "ok"))
        return reply;
    field_make_printable(reply);
    fprintf(stderr, "hnlmon %s: %s\n", options->command, field_text(reply, "text"));
    options->exit_code = CLI_FAILED;
    json_decref(reply);
    return NULL;
}

int query_tell(struct options *options, const struct control_request *request)
{
    json_t *reply = query_ask_yes(options, request);
    if (reply == NULL)
        return options->exit_code;
    if (options->is_json)
        field_print_json(reply);
    else
        printf("%s\n", field_text(reply, "text"));
    json_decref(reply);
    return CLI_DONE;
}
