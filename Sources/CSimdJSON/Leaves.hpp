// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

// The leaves of RFC 8259, checked and not decoded: what is written to disk is the client's text.

enum class Leaf { valid, malformed, too_long };

constexpr std::array<bool, 256> make_delimiters() {
    std::array<bool, 256> table{};
    for (unsigned char byte : {' ', '\t', '\n', '\r', ',', ':', '[', ']', '{', '}'}) {
        table[byte] = true;
    }
    return table;
}
inline constexpr std::array<bool, 256> is_delimiter = make_delimiters();

inline bool is_digit(uint8_t byte) { return static_cast<uint8_t>(byte - '0') < 10; }

inline bool is_hex_digit(uint8_t byte) {
    return is_digit(byte) || static_cast<uint8_t>((byte | 0x20) - 'a') < 6;
}

/// Section 6: any magnitude and precision the grammar allows, in a bounded number of digits.
inline Leaf check_number(const uint8_t *p, const uint8_t *limit, size_t byte_limit) {
    const uint8_t *const start = p;
    const auto digits = [&] {
        const uint8_t *first = p;
        while (p < limit && is_digit(*p)) { ++p; }
        return p != first;
    };
    if (*p == '-') { ++p; }
    if (p < limit && *p == '0') {
        ++p;
    } else if (!digits()) {
        return Leaf::malformed;
    }
    if (p < limit && *p == '.') {
        ++p;
        if (!digits()) { return Leaf::malformed; }
    }
    if (p < limit && (*p | 0x20) == 'e') {
        ++p;
        if (p < limit && (*p == '+' || *p == '-')) { ++p; }
        if (!digits()) { return Leaf::malformed; }
    }
    if (p < limit && !is_delimiter[*p]) { return Leaf::malformed; }
    return static_cast<size_t>(p - start) > byte_limit ? Leaf::too_long : Leaf::valid;
}

/// Section 3: `true`, `false`, `null`, and nothing stuck to them.
template <size_t size>
inline Leaf check_literal(const uint8_t *p, const uint8_t *limit, const char (&literal)[size]) {
    constexpr size_t count = size - 1;
    const bool same = static_cast<size_t>(limit - p) >= count && memcmp(p, literal, count) == 0;
    const bool alone = same && (p + count == limit || is_delimiter[p[count]]);
    return alone ? Leaf::valid : Leaf::malformed;
}

/// Section 7: checks the escape at `p` and moves behind it.
///
/// Half of a surrogate pair is within the grammar, and `JSON.stringify` and Python write it: it is
/// the reader's to make of it what it can. The string is known to be closed, and its closing quote
/// ends every test here.
inline Leaf check_escape(const uint8_t *&p) {
    switch (p[1]) {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
        p += 2;
        return Leaf::valid;
    case 'u': break;
    default: return Leaf::malformed;
    }
    for (size_t i = 2; i < 6; ++i) {
        if (!is_hex_digit(p[i])) { return Leaf::malformed; }
    }
    p += 6;
    return Leaf::valid;
}
