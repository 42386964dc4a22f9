/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "physics/random.h"

#define DRAWS 200000

/* Known answers of the Random123 distribution for philox4x64-10: counter, key, words. */
static void philox_blocks_match_the_published_known_answers(void **state)
{
    static const uint64_t known[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, 0x87b092c3013fe90b, 0x438c3c67be8d0224,
         0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0},
        {0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89, 0x452821e638d01377,
         0xbe5466cf34e90c6c, 0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6},
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        uint64_t words[4];
        random_block(known[i], known[i] + 4, words);
        assert_memory_equal(words, known[i] + 6, sizeof words);
    }
}

static void the_sequence_is_the_encrypted_counter(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 7, 11);
    for (uint64_t block = 0; block < 5; block++) {
        const uint64_t counter[4] = {block, 0, 0, 0}, key[2] = {7, 11};
        uint64_t words[4];
        random_block(counter, key, words);
        for (int i = 0; i < 4; i++)
            assert_true(random_word(&random) == words[i]);
    }
}

static void streams_of_one_seed_differ(void **state)
{
    struct random first, second;
    (void)state;
    random_init(&first, 1, 0);
    random_init(&second, 1, 1);
    for (int i = 0; i < 1000; i++)
        assert_true(random_word(&first) != random_word(&second));
}

static void uniform_numbers_stay_inside_and_are_flat(void **state)
{
    struct random random;
    double sum = 0, sum2 = 0;
    (void)state;
    random_init(&random, check_seed(), 0);
    for (int i = 0; i < DRAWS; i++) {
        double u = random_uniform(&random);
        assert_true(u > 0 && u < 1);
        sum += u;
        sum2 += u * u;
    }
    check_near("mean", sum / DRAWS, 0.5, 5 * sqrt(1.0 / 12 / DRAWS));
    check_near("mean square", sum2 / DRAWS, 1.0 / 3, 5 * sqrt(4.0 / 45 / DRAWS));
}

static void normal_numbers_have_the_moments_of_a_gaussian(void **state)
{
    struct random random;
    double sum = 0, sum2 = 0, sum4 = 0;
    uint64_t beyond_two = 0;
    (void)state;
    random_init(&random, check_seed(), 1);
    for (int i = 0; i < DRAWS; i++) {
        double x = random_normal(&random);
        sum += x;
        sum2 += x * x;
        sum4 += x * x * x * x;
        beyond_two += fabs(x) > 2;
    }
    check_near("mean", sum / DRAWS, 0, 5 * sqrt(1.0 / DRAWS));
    check_near("variance", sum2 / DRAWS, 1, 5 * sqrt(2.0 / DRAWS));
    check_near("fourth moment", sum4 / DRAWS, 3, 5 * sqrt(96.0 / DRAWS));
    check_share("beyond two sigma", beyond_two, DRAWS, 0.0455002639);
}

static void exponential_and_geometric_numbers_have_their_means(void **state)
{
    struct random random;
    double sum = 0, geometric = 0;
    uint64_t zeros = 0;
    (void)state;
    random_init(&random, check_seed(), 2);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t n = random_geometric(&random, 4);
        sum += random_exponential(&random);
        geometric += (double)n;
        zeros += n == 0;
    }
    check_near("exponential", sum / DRAWS, 1, 5 * sqrt(1.0 / DRAWS));
    check_near("geometric", geometric / DRAWS, 4, 5 * sqrt(20.0 / DRAWS));
    check_share("geometric zero", zeros, DRAWS, 0.2);
    assert_true(random_geometric(&random, 0) == 0);
}

static void rotations_are_orthogonal_and_point_everywhere(void **state)
{
    struct random random;
    double sum2[3][3] = {{0}};
    (void)state;
    random_init(&random, check_seed(), 3);
    for (int n = 0; n < DRAWS; n++) {
        struct rotation r = random_rotation(&random);
        double(*m)[3] = r.row;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) {
                double product = m[i][0] * m[j][0] + m[i][1] * m[j][1] + m[i][2] * m[j][2];
                check_near("row product", product, i == j, 1e-12);
                sum2[i][j] += m[i][j] * m[i][j];
            }
        double determinant = m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
                             m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
                             m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
        check_near("determinant", determinant, 1, 1e-12);
    }
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            check_near("mean square of an element", sum2[i][j] / DRAWS, 1.0 / 3, 5 * sqrt(4.0 / 45 / DRAWS));
}

/* <c> = 0, <c^2> = 1/3 on every axis, and <c^2 d^2> = 1/15 for two of them. */
static void directions_are_uniform_over_the_sphere(void **state)
{
    const int draws = 200000;
    double mean[3] = {0}, square[3] = {0}, product = 0;
    struct random random;
    (void)state;
    random_init(&random, check_seed(), 9);
    for (int i = 0; i < draws; i++) {
        struct four d = random_direction(&random);
        const double axes[3] = {d.x, d.y, d.z};
        check_near("length", four_momentum2(d), 1, 1e-14);
        assert_true(d.e == 0);
        for (int axis = 0; axis < 3; axis++) {
            mean[axis] += axes[axis] / draws;
            square[axis] += axes[axis] * axes[axis] / draws;
        }
        product += d.x * d.x * d.z * d.z / draws;
    }
    for (int axis = 0; axis < 3; axis++) {
        check_near("mean", mean[axis], 0, 5 * 0.58 / sqrt(draws));
        check_near("square", square[axis], 1.0 / 3, 5 * 0.30 / sqrt(draws));
    }
    check_near("product", product, 1.0 / 15, 5 * 0.08 / sqrt(draws));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_blocks_match_the_published_known_answers),
        cmocka_unit_test(the_sequence_is_the_encrypted_counter),
        cmocka_unit_test(streams_of_one_seed_differ),
        cmocka_unit_test(uniform_numbers_stay_inside_and_are_flat),
        cmocka_unit_test(normal_numbers_have_the_moments_of_a_gaussian),
        cmocka_unit_test(exponential_and_geometric_numbers_have_their_means),
        cmocka_unit_test(rotations_are_orthogonal_and_point_everywhere),
        cmocka_unit_test(directions_are_uniform_over_the_sphere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
