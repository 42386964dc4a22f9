/* SPDX-License-Identifier: MIT */
/* secret - see secret.h. */
#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hnlmon/candidate.h"

_Static_assert(SECRET_ANSWER_BYTES == crypto_auth_hmacsha256_BYTES, "an answer is one HMAC-SHA-256");

static const char purpose[] = "hnlmon-unblind-1";

/* Whether the open file may hold a secret. */
static bool check_file(int file, char *error, size_t error_size)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        snprintf(error, error_size, "%s", strerror(errno));
    else if (!S_ISREG(status.st_mode))
        snprintf(error, error_size, "is not a regular file");
    else if (status.st_mode & (S_IRWXG | S_IRWXO))
        snprintf(error, error_size, "may be used by others than its owner (mode %04o); chmod 600 it",
                 (unsigned)(status.st_mode & 07777));
    else if (status.st_size < (off_t)SECRET_BYTES_MIN || status.st_size > (off_t)SECRET_BYTES_MAX)
        snprintf(error, error_size, "has %lld bytes, and a secret has %u to %u", (long long)status.st_size,
                 SECRET_BYTES_MIN, SECRET_BYTES_MAX);
    else
        return true;
    return false;
}

static bool read_file(struct secret *secret, int file, char *error, size_t error_size)
{
    ssize_t size = 0;
    if (!check_file(file, error, error_size))
        return false;
    while (secret->size < sizeof secret->bytes &&
           (size = read(file, secret->bytes + secret->size, sizeof secret->bytes - secret->size)) > 0)
        secret->size += (size_t)size;
    if (size >= 0 && secret->size >= SECRET_BYTES_MIN)
        return true;
    snprintf(error, error_size, "cannot be read: %s", size < 0 ? strerror(errno) : "it became shorter");
    return false;
}

bool secret_read(struct secret *secret, const char *path, char *error, size_t error_size)
{
    secret->size = 0;
    if (sodium_init() < 0) {
        snprintf(error, error_size, "libsodium does not start");
        return false;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a FIFO would wait for a writer */
    if (file < 0) {
        snprintf(error, error_size, "%s", strerror(errno));
        return false;
    }
    bool is_read = read_file(secret, file, error, error_size);
    close(file);
    return is_read;
}

void secret_wipe(struct secret *secret)
{
    sodium_memzero(secret, sizeof *secret);
}

void secret_draw(unsigned char nonce[SECRET_NONCE_BYTES])
{
    randombytes_buf(nonce, SECRET_NONCE_BYTES);
}

static void add_text(crypto_auth_hmacsha256_state *state, const char *text)
{
    unsigned char length[4];
    size_t size = strlen(text);
    store_le32(length, (uint32_t)size);
    crypto_auth_hmacsha256_update(state, length, sizeof length);
    crypto_auth_hmacsha256_update(state, (const unsigned char *)text, size);
}

void secret_answer(const struct secret *secret, const unsigned char nonce[SECRET_NONCE_BYTES], const char *who,
                   const char *reason, unsigned char answer[SECRET_ANSWER_BYTES])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, secret->bytes, secret->size);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)purpose, sizeof purpose - 1);
    crypto_auth_hmacsha256_update(&state, nonce, SECRET_NONCE_BYTES);
    add_text(&state, who);
    add_text(&state, reason);
    crypto_auth_hmacsha256_final(&state, answer);
    sodium_memzero(&state, sizeof state);
}

bool secret_is_same(const unsigned char a[SECRET_ANSWER_BYTES], const unsigned char b[SECRET_ANSWER_BYTES])
{
    return sodium_memcmp(a, b, SECRET_ANSWER_BYTES) == 0;
}
