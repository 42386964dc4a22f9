/* SPDX-License-Identifier: MIT */
/*
 * fuzz_certificate - certificates: any text gives one that comes back the same from its own text, or one printable
 * line of error and nothing else.
 */
#include "fuzz.h"
#include "wire/certificate.h"

static void check_written_again(const struct certificate *certificate)
{
    struct certificate again;
    char text[CERTIFICATE_TEXT_SIZE], error[CERTIFICATE_ERROR_SIZE];
    size_t size = certificate_format(certificate, certificate->secret_key[0] != '\0', text);
    assert(size < sizeof text);
    bool is_parsed = certificate_parse(&again, text, size, error, sizeof error);
    assert(is_parsed && memcmp(&again, certificate, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct certificate none;
    struct certificate certificate;
    char error[CERTIFICATE_ERROR_SIZE] = "";
    memset(&certificate, 0xA5, sizeof certificate);
    if (certificate_parse(&certificate, (const char *)bytes, size, error, sizeof error)) {
        assert(certificate.role < ROLE_COUNT && memchr(certificate.name, 0, sizeof certificate.name));
        check_written_again(&certificate);
        return 0;
    }
    assert(memcmp(&certificate, &none, sizeof none) == 0 && error[0] != '\0');
    for (const char *c = error; *c; c++)
        assert(*c >= ' ' && *c <= '~');
    return 0;
}
