/* SPDX-License-Identifier: MIT */
/* curve - see curve.h. */
#include "io/curve.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#define PATH_SIZE 1100u /* bounds the path of a certificate */
#define PUBLIC_END ".key"
#define SECRET_END ".key_secret"

void curve_draw(struct certificate *certificate)
{
    int result = zmq_curve_keypair(certificate->public_key, certificate->secret_key);
    assert(result == 0); /* libzmq has CURVE wherever it is packaged */
}

static bool fail(const char *path, const char *why, char *error, size_t error_size)
{
    snprintf(error, error_size, "%s: %s", path, why);
    return false;
}

/* ---- reading ---- */

static bool check_file(int file, bool is_secret, char *why, size_t why_size)
{
    struct stat status;
    if (fstat(file, &status) != 0)
        snprintf(why, why_size, "%s", strerror(errno));
    else if (!S_ISREG(status.st_mode))
        snprintf(why, why_size, "is not a regular file");
    else if (is_secret && status.st_mode & (S_IRWXG | S_IRWXO))
        snprintf(why, why_size, "may be used by others than its owner (mode %04o); chmod 600 it",
                 (unsigned)(status.st_mode & 07777));
    else if (status.st_size > (off_t)CERTIFICATE_BYTES_MAX)
        snprintf(why, why_size, "has more than %u bytes", CERTIFICATE_BYTES_MAX);
    else
        return true;
    return false;
}

static bool parse_file(struct certificate *certificate, int file, char *why, size_t why_size)
{
    static char text[CERTIFICATE_BYTES_MAX + 1];
    size_t size = 0;
    ssize_t got;
    while (size < sizeof text && (got = read(file, text + size, sizeof text - size)) != 0) {
        if (got < 0) {
            snprintf(why, why_size, "%s", strerror(errno));
            return false;
        }
        size += (size_t)got;
    }
    bool is_good = certificate_parse(certificate, text, size, why, why_size);
    explicit_bzero(text, size);
    return is_good;
}

/* An error of parsing comes without the path; `why` has room for it. */
static bool read_file(struct certificate *certificate, const char *path, bool is_secret, char *error, size_t error_size)
{
    char why[CERTIFICATE_ERROR_SIZE];
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a FIFO would wait for a writer */
    if (file < 0)
        return fail(path, strerror(errno), error, error_size);
    bool is_good = check_file(file, is_secret, why, sizeof why) && parse_file(certificate, file, why, sizeof why);
    close(file);
    return is_good || fail(path, why, error, error_size);
}

static bool is_pair(const struct certificate *certificate)
{
    char public_key[CERTIFICATE_KEY_SIZE];
    return zmq_curve_public(public_key, certificate->secret_key) == 0 &&
           strcmp(public_key, certificate->public_key) == 0;
}

bool curve_read_secret(struct certificate *certificate, const char *path, char *error, size_t error_size)
{
    if (!read_file(certificate, path, true, error, error_size))
        return false;
    if (!*certificate->secret_key)
        return fail(path, "has no secret-key: the secret file, NAME.key_secret, is needed", error, error_size);
    if (is_pair(certificate))
        return true;
    explicit_bzero(certificate, sizeof *certificate);
    return fail(path, "its keys do not belong together", error, error_size);
}

bool curve_read_public(struct certificate *certificate, const char *path, char *error, size_t error_size)
{
    if (!read_file(certificate, path, false, error, error_size))
        return false;
    if (!*certificate->secret_key)
        return true;
    explicit_bzero(certificate, sizeof *certificate);
    return fail(path, "has a secret key, which belongs to its owner alone: NAME.key is needed", error, error_size);
}

/* ---- a directory ---- */

/* The length of the name without the end; 0: it has another end, or is nothing else. */
static size_t stem_length(const char *file)
{
    size_t length = strlen(file), end = strlen(PUBLIC_END);
    return length > end && *file != '.' && strcmp(file + length - end, PUBLIC_END) == 0 ? length - end : 0;
}

static bool name_after_file(struct certificate *peer, const char *file)
{
    if (*peer->name)
        return true;
    size_t length = stem_length(file);
    if (length >= sizeof peer->name)
        return false;
    memcpy(peer->name, file, length);
    peer->name[length] = '\0';
    return certificate_is_name(peer->name);
}

static const char *fault_of(const struct certificate *peers, uint32_t count, const struct certificate *fresh)
{
    if (fresh->role == ROLE_NONE)
        return "has no role: add role = \"front-end\", \"subscriber\" or \"operator\" to its metadata";
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(peers[i].public_key, fresh->public_key) == 0)
            return "has the key of another certificate";
        if (strcmp(peers[i].name, fresh->name) == 0)
            return "has the name of another certificate";
    }
    return NULL;
}

static bool add_peer(struct certificate *peers, uint32_t *count, const char *directory, const char *file, char *error,
                     size_t error_size)
{
    char path[PATH_SIZE];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, file) >= sizeof path)
        return fail(file, "its path is too long", error, error_size);
    if (*count == CURVE_PEERS_MAX)
        return fail(directory, "has too many certificates", error, error_size);
    struct certificate *fresh = &peers[*count];
    if (!curve_read_public(fresh, path, error, error_size))
        return false;
    if (!name_after_file(fresh, file))
        return fail(path, "has neither a name nor a file name that can be one", error, error_size);
    const char *fault = fault_of(peers, *count, fresh);
    if (fault)
        return fail(path, fault, error, error_size);
    ++*count;
    return true;
}

bool curve_read_directory(struct certificate peers[CURVE_PEERS_MAX], uint32_t *count, const char *path, char *error,
                          size_t error_size)
{
    DIR *directory = opendir(path);
    *count = 0;
    if (!directory)
        return fail(path, strerror(errno), error, error_size);
    bool is_good = true;
    for (const struct dirent *entry; is_good && (entry = readdir(directory));)
        if (stem_length(entry->d_name) > 0)
            is_good = add_peer(peers, count, path, entry->d_name, error, error_size);
    closedir(directory);
    return is_good;
}

/* ---- writing ---- */

static bool write_all(int file, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, text, size);
        if (written < 0)
            return false;
        text += written;
        size -= (size_t)written;
    }
    return true;
}

static bool write_new(const char *path, const char *text, size_t size, mode_t mode)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0)
        return false;
    bool is_written = write_all(file, text, size) && fsync(file) == 0;
    int reason = errno;
    is_written &= close(file) == 0;
    if (!is_written)
        unlink(path);
    errno = reason;
    return is_written;
}

static bool write_certificate(const struct certificate *certificate, bool is_secret, const char *path)
{
    char text[CERTIFICATE_TEXT_SIZE];
    size_t size = certificate_format(certificate, is_secret, text);
    bool is_written = write_new(path, text, size, is_secret ? S_IRUSR | S_IWUSR : 0644);
    explicit_bzero(text, sizeof text);
    return is_written;
}

bool curve_write(const struct certificate *certificate, const char *directory, const char *stem, char *error,
                 size_t error_size)
{
    char public_path[PATH_SIZE], secret_path[PATH_SIZE];
    if ((size_t)snprintf(public_path, sizeof public_path, "%s/%s" PUBLIC_END, directory, stem) >= sizeof public_path ||
        (size_t)snprintf(secret_path, sizeof secret_path, "%s/%s" SECRET_END, directory, stem) >= sizeof secret_path)
        return fail(directory, "the path is too long", error, error_size);
    if (!write_certificate(certificate, true, secret_path))
        return fail(secret_path, strerror(errno), error, error_size);
    if (write_certificate(certificate, false, public_path))
        return true;
    int reason = errno;
    unlink(secret_path); /* ours, as it was new: half a pair is of no use */
    return fail(public_path, strerror(reason), error, error_size);
}

/* ---- sockets that connect ---- */

bool curve_client_read(struct curve_client *room, const struct curve_client **client, const char *own,
                       const char *server, char *error, size_t error_size)
{
    struct certificate certificate;
    *client = NULL;
    if (!own && !server)
        return true;
    if (!own || !server) {
        snprintf(error, error_size, "a certificate needs that of the daemon, and the other way round");
        return false;
    }
    if (!curve_read_secret(&certificate, own, error, error_size))
        return false;
    memcpy(room->public_key, certificate.public_key, sizeof room->public_key);
    memcpy(room->secret_key, certificate.secret_key, sizeof room->secret_key);
    explicit_bzero(&certificate, sizeof certificate);
    if (!curve_read_public(&certificate, server, error, error_size)) {
        explicit_bzero(room, sizeof *room);
        return false;
    }
    memcpy(room->server_key, certificate.public_key, sizeof room->server_key);
    *client = room;
    return true;
}

static void set_key(void *socket, int option, const char *key)
{
    int result = zmq_setsockopt(socket, option, key, CERTIFICATE_KEY_SIZE);
    assert(result == 0);
}

void curve_client_apply(const struct curve_client *client, void *socket)
{
    if (!client)
        return;
    set_key(socket, ZMQ_CURVE_SERVERKEY, client->server_key);
    set_key(socket, ZMQ_CURVE_PUBLICKEY, client->public_key);
    set_key(socket, ZMQ_CURVE_SECRETKEY, client->secret_key);
}
