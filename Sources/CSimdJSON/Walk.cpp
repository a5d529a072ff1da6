// SPDX-License-Identifier: Apache-2.0

#include "JSONIndex.hpp"
#include "Leaves.hpp"

static json_read_status status_of(Leaf leaf) {
    switch (leaf) {
    case Leaf::valid: return json_read_value;
    case Leaf::too_long: return json_read_number_too_long;
    default: return json_read_malformed;
    }
}

/// Checks the escapes in start..<end, which lies within a closed string.
json_read_status json_index::check_escapes(const uint8_t *bytes, size_t start, size_t end) {
    size_t place = backslash.at_or_after(bytes, start, byte_count);
    while (place < end) {
        const uint8_t *p = bytes + place;
        const Leaf leaf = check_escape(p);
        if (leaf != Leaf::valid) { return status_of(leaf); }
        place = backslash.at_or_after(bytes, static_cast<size_t>(p - bytes), byte_count);
    }
    return json_read_value;
}

/// Checks a number or literal. It reaches at most to the next token.
inline json_read_status json_index::check_scalar(const uint8_t *bytes, uint32_t token) {
    const size_t start = tokens[token];
    const size_t end = tokens[token + 1];
    Leaf leaf = Leaf::malformed;
    switch (bytes[start]) {
    case '-': case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        leaf = check_number(bytes + start, bytes + end, number_byte_limit);
        break;
    case 't': leaf = check_literal(bytes + start, bytes + end, "true"); break;
    case 'f': leaf = check_literal(bytes + start, bytes + end, "false"); break;
    case 'n': leaf = check_literal(bytes + start, bytes + end, "null"); break;
    default: break;
    }
    return status_of(leaf);
}

/// Walks the value at `token`, and leaves `token` behind it or on what is wrong.
json_read_status json_index::walk(const uint8_t *bytes, uint32_t &token) {
    const uint32_t *const at = tokens;
    const uint32_t last = token_count;
    // Strings that end in front of the next backslash need no other check: stage 1 did the rest.
    size_t plain_until = backslash.at_or_after(bytes, at[token], byte_count);
    const auto check_string = [&](uint32_t i) {
        if (at[i + 1] <= plain_until) { return json_read_value; }
        const json_read_status found = check_escapes(bytes, at[i], at[i + 1]);
        plain_until = backslash.at_or_after(bytes, at[i + 1], byte_count);
        return found;
    };
    uint8_t closers[deepest_level];
    uint8_t closer = 0;
    uint32_t depth = 0;
    uint32_t i = token;
    json_read_status status = json_read_incomplete;
    uint8_t byte;

value:
    if (i == last) { goto done; }
    byte = bytes[at[i]];
    if (byte == '"') {
        status = check_string(i);
        if (status != json_read_value) { goto done; }
    } else if (byte == '{' || byte == '[') {
        if (depth == depth_limit) {
            status = json_read_too_deep;
            goto done;
        }
        closers[depth++] = closer;
        closer = static_cast<uint8_t>(byte + 2); // '{' + 2 is '}', '[' + 2 is ']'
        ++i;
        if (i == last) { goto done; }
        if (bytes[at[i]] == closer) { goto close; }
        if (closer == ']') { goto value; }
        goto key;
    } else {
        status = check_scalar(bytes, i);
        // What the window's end cut short looks malformed, or complete, and may be neither.
        if (i + 1 == last && !is_last) { status = json_read_incomplete; }
        if (status != json_read_value) { goto done; }
    }
    status = json_read_incomplete;
    ++i;

separator:
    if (depth == 0) {
        status = json_read_value;
        goto done;
    }
    if (i == last) { goto done; }
    byte = bytes[at[i]];
    if (byte == ',') {
        ++i;
        if (closer == ']') { goto value; }
        goto key;
    }
    if (byte != closer) { goto malformed; }

close:
    ++i;
    closer = closers[--depth];
    goto separator;

key:
    if (i == last) { goto done; }
    if (bytes[at[i]] != '"') { goto malformed; }
    status = check_string(i);
    if (status != json_read_value) { goto done; }
    status = json_read_incomplete;
    ++i;
    if (i == last) { goto done; }
    if (bytes[at[i]] != ':') { goto malformed; }
    ++i;
    goto value;

malformed:
    status = json_read_malformed;
done:
    token = i;
    return status;
}

/// Reads one value from `token` on and says where it lies.
json_reading json_index::read_value(const uint8_t *bytes, uint32_t &token) {
    json_reading reading{};
    const uint32_t first = token;
    reading.start = tokens[first];
    reading.kind = bytes[reading.start];
    reading.status = walk(bytes, token);
    if (reading.status != json_read_value) {
        reading.end = reading.next = tokens[token];
        return reading;
    }
    // A container ends with its last token. A scalar is one token, with white space behind it.
    if (token > first + 1) {
        reading.end = tokens[token - 1] + 1;
    } else {
        reading.end = tokens[token];
        while (is_delimiter[bytes[reading.end - 1]]) { --reading.end; }
    }
    reading.next = reading.end;
    reading.has_line_breaks =
        line_feed.at_or_after(bytes, reading.start, byte_count) < reading.end
        || carriage_return.at_or_after(bytes, reading.start, byte_count) < reading.end;
    return reading;
}
