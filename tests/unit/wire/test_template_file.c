/* SPDX-License-Identifier: MIT */
#include "wire/template_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/template_choice.h"

static char folder[] = "/tmp/hnlmon-template-XXXXXX";
static char path[64];
static struct template room;
static char error[TEMPLATE_FILE_ERROR_SIZE];
static char text[TEMPLATE_FILE_SIZE_MAX + 1]; /* of a good file */

static void write_bytes(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/t", folder);
    if (!template_file_save(path, &template_na62, error, sizeof error))
        return -1;
    FILE *file = fopen(path, "rb");
    size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[size] = '\0';
    return file ? fclose(file) : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return remove(path) + rmdir(folder);
}

static bool loads(void)
{
    strcpy(error, "none");
    return template_file_load(path, &room, error, sizeof error);
}

static void a_file_comes_back_to_the_same_bits(void **state)
{
    (void)state;
    const struct template *const all[] = {&template_paper, &template_na62, &template_na62_beam};
    for (int i = 0; i < 3; i++) {
        assert_true(template_file_save(path, all[i], error, sizeof error));
        assert_true(loads());
        assert_memory_equal(&room.bins, all[i]->bins, sizeof room.bins);
        assert_memory_equal(&room.bins_before, all[i]->bins_before, sizeof room.bins_before);
        assert_memory_equal(&room.acceptance_ratio, all[i]->acceptance_ratio, sizeof room.acceptance_ratio);
        assert_memory_equal(&room.window_ratio, all[i]->window_ratio, sizeof room.window_ratio);
        assert_memory_equal(&room.window_error, all[i]->window_error, sizeof room.window_error);
        assert_memory_equal(&room.bias_error, all[i]->bias_error, sizeof room.bias_error);
        assert_string_equal(room.name, all[i]->name);
        assert_string_equal(room.hash, all[i]->hash);
        assert_string_equal(room.provenance, all[i]->provenance);
        assert_int_equal(room.preset, all[i]->preset);
        assert_true(room.sigma_mev2 == all[i]->sigma_mev2 && room.a_peak == all[i]->a_peak);
        assert_true(room.f_peak == all[i]->f_peak && room.br_ke3 == all[i]->br_ke3);
        assert_true(room.eps_background == all[i]->eps_background);
    }
}

/* The good file with the first `from` replaced by `to`. */
static void write_changed(const char *from, const char *to)
{
    static char changed[2 * sizeof text];
    const char *at = strstr(text, from);
    assert_non_null(at);
    int size = snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    write_bytes(changed, (size_t)size);
}

static const struct damage {
    const char *from, *to, *what; /* what the error says */
} damages[] = {
    {"hnlmon-template 1", "hnlmon-template 2", "version 2; this program reads version 1"},
    {"hnlmon-template 1", "hnlmon-template 1 ", "version 1 "},
    {"hnlmon-template 1", "hnlmon-template -", "version -"},
    {"hnlmon-template 1", "something else", "not a background template"},
    {"hnlmon-template 1\n", "", "not a background template"},
    {"hnlmon-template 1\n", "hnlmon-template 1\n\n", ":2: \"name=...\" is due here"},
    {"name=na62", "name=na6 2", "the name must be"},
    {"name=na62", "name=", "the name must be"},
    {"name=na62", "name=abcdefghijklmnopqrstuvwxyz0123456789", "more than 31 characters"},
    {"name=na62\n", "", "\"name=...\" is due here, not \"hash="},
    {"name=na62\n", "name=na62\nname=na62\n", "\"hash=...\" is due here, not \"name="},
    {"hash=", "hash=0", "more than 16 characters"},
    {"provenance=h", "provenance=H", "the hash is"},
    {"provenance=h", "provenance=\x01", "the provenance must be"},
    {"preset=na62", "preset=na63", "no selection \"na63\""},
    {"preset=na62", "preset=paper", "the hash is"},
    {"bin_width_mev2=119", "bin_width_mev2=120", "bin_width_mev2 is 120, in this program it is 119"},
    {"bin_first=-300", "bin_first=-299", "another binning"},
    {"bin_count=1500", "bin_count=1499", "another binning"},
    {"bin_count=1500", "bin_count=1500 ", "another binning"},
    {"hypothesis_first_mev=113", "hypothesis_first_mev=112", "another binning"},
    {"hypothesis_count=167", "hypothesis_count=168", "another binning"},
    {"sigma_mev2=", "sigma_mev2=9", "the resolution must be"},
    {"sigma_mev2=", "sigma_mev2=-", "is negative"},
    {"sigma_mev2=", "sigma_mev2=0x", "is not a finite number"},
    {"sigma_mev2=", "sigma_mev2=nan", "is not a finite number"},
    {"sigma_mev2=", "sigma_mev2= ", "is not a finite number"},
    {"first_mev=0\n", "first_mev=1\n", "the range of masses"},
    {"br_ke3=0.", "br_ke3=5.", "the branching ratio"},
    {"a_peak=0.", "a_peak=inf", "is not a finite number"},
    {"a_peak=0.", "a_peak=1.", "the acceptance"},
    {"f_peak=0.", "f_peak=1e999", "is not a finite number"},
    {"f_peak=0.", "f_peak=0.1", "the hash is"},
    {"eps_background=0.", "eps_background=0,", "is not a finite number"},
    {"after_veto before_veto\n", "after_veto\n", "is due here"},
    {"after_veto before_veto\n", "after_veto before_veto\n0 0\n", "is due here"},
    {"after_veto before_veto\n", "after_veto before_veto\nnan ", "\"nan "},
    {"after_veto before_veto\n", "after_veto before_veto\n-1 0\n", "-1 is negative"},
    {"after_veto before_veto\n", "after_veto before_veto\n1\n", "is not a finite number"},
    {"after_veto before_veto\n", "after_veto before_veto\n3 0\n", "is due here"},
    {"acceptance_ratio window_ratio", "acceptance_ratio  window_ratio", "is due here"},
    {"bias_error\n", "bias_error\n1 1 1\n", "is not a finite number"},
    {"\nend\n", "\nend", "the file ends too early"},
    {"\nend\n", "\nEND\n", "\"end\" is due here"},
    {"\nend\n", "\nend\nend\n", "something follows behind the end"},
    {"\nend\n", "\nend\n ", "something follows behind the end"},
};

static void every_damage_is_one_clear_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        write_changed(damages[i].from, damages[i].to);
        if (loads() || strstr(error, damages[i].what) == NULL || strchr(error, '\n') != NULL ||
            strncmp(error, path, strlen(path)) != 0)
            fail_msg("'%s' -> '%s': %s", damages[i].from, damages[i].to, error);
    }
}

static void one_digit_anywhere_is_found(void **state)
{
    (void)state;
    static char changed[sizeof text];
    const size_t size = strlen(text);
    for (size_t at = 40; at < size; at += 1777) {
        memcpy(changed, text, size);
        changed[at] = changed[at] == '7' ? '8' : '7';
        write_bytes(changed, size);
        assert_false(loads());
    }
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    const size_t size = strlen(text);
    for (size_t cut = 0; cut < size; cut += cut < 700 ? 1 : 997) {
        write_bytes(text, cut);
        assert_false(loads());
        assert_null(strchr(error, '\n'));
    }
}

static void a_huge_file_is_refused(void **state)
{
    (void)state;
    static char huge[TEMPLATE_FILE_SIZE_MAX + 1];
    memset(huge, 'x', sizeof huge);
    write_bytes(huge, sizeof huge);
    assert_false(loads());
    assert_non_null(strstr(error, "more than 262144 bytes"));
}

static void long_lines_and_zeros_are_refused(void **state)
{
    (void)state;
    static char changed[sizeof text];
    const size_t size = strlen(text), magic = strlen("hnlmon-template 1\n");
    memcpy(changed, text, size);
    memset(changed + magic, 'x', 10000);
    write_bytes(changed, size);
    assert_false(loads());
    assert_non_null(strstr(error, ":2: not a line"));
    memcpy(changed, text, size);
    changed[magic + 2] = '\0';
    write_bytes(changed, size);
    assert_false(loads());
}

static void what_is_no_file_says_why(void **state)
{
    (void)state;
    assert_false(template_file_load("/nowhere/at/all", &room, error, sizeof error));
    assert_string_equal(error, "/nowhere/at/all: No such file or directory");
    assert_false(template_file_load(folder, &room, error, sizeof error));
    assert_non_null(strstr(error, "Is a directory"));
    assert_false(template_file_save("/nowhere/at/all", &template_paper, error, sizeof error));
    assert_string_equal(error, "/nowhere/at/all: No such file or directory");
}

static void a_failed_save_leaves_the_file_as_it_was(void **state)
{
    (void)state;
    char beside[80];
    assert_true(template_file_save(path, &template_paper, error, sizeof error));
    (void)snprintf(beside, sizeof beside, "%s.part", path);
    assert_int_equal(symlink("/dev/full", beside), 0);
    assert_false(template_file_save(path, &template_na62, error, sizeof error));
    assert_true(loads());
    assert_string_equal(room.name, "paper");
}

static const struct template *choose(const char *setting, enum selection_preset preset)
{
    strcpy(error, "none");
    const struct template *chosen = template_choice_of(setting, preset, &room, error, sizeof error);
    return chosen;
}

static void a_setting_chooses_a_built_in_template_or_a_file(void **state)
{
    (void)state;
    assert_true(template_file_save(path, &template_na62_beam, error, sizeof error));
    assert_ptr_equal(choose("", SELECTION_PAPER), &template_paper);
    assert_ptr_equal(choose("", SELECTION_NA62), &template_na62);
    assert_ptr_equal(choose("na62-beam", SELECTION_NA62), &template_na62_beam);
    assert_ptr_equal(choose(path, SELECTION_NA62), &room);
    assert_string_equal(room.hash, template_na62_beam.hash);
}

static void a_template_of_another_selection_is_refused(void **state)
{
    (void)state;
    assert_true(template_file_save(path, &template_na62, error, sizeof error));
    assert_null(choose(path, SELECTION_PAPER));
    assert_non_null(strstr(error, "a template of the selection na62, but the selection is paper"));
    assert_null(choose("paper", SELECTION_NA62));
    assert_null(choose("/nowhere", SELECTION_NA62));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_comes_back_to_the_same_bits),
        cmocka_unit_test(every_damage_is_one_clear_error),
        cmocka_unit_test(one_digit_anywhere_is_found),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
        cmocka_unit_test(a_huge_file_is_refused),
        cmocka_unit_test(long_lines_and_zeros_are_refused),
        cmocka_unit_test(what_is_no_file_says_why),
        cmocka_unit_test(a_failed_save_leaves_the_file_as_it_was),
        cmocka_unit_test(a_setting_chooses_a_built_in_template_or_a_file),
        cmocka_unit_test(a_template_of_another_selection_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
