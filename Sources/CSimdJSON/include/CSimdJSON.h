// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __clang__
#define CSIMDJSON_NAME(name) __attribute__((swift_name(#name)))
#define CSIMDJSON_CLOSED __attribute__((enum_extensibility(closed)))
#else
#define CSIMDJSON_NAME(name)
#define CSIMDJSON_CLOSED
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// The tokens of one window of JSON text, and a cursor on them. The bytes are not kept: every call
/// is given the same ones that were indexed.
typedef struct json_index json_index;

typedef enum CSIMDJSON_CLOSED {
    json_index_built CSIMDJSON_NAME(built),
    /// The window ends inside a string.
    json_index_unclosed_string CSIMDJSON_NAME(unclosedString),
    /// A control character inside a string, which may only stand there escaped.
    json_index_control_character CSIMDJSON_NAME(controlCharacter),
    json_index_invalid_utf8 CSIMDJSON_NAME(invalidUTF8),
    json_index_no_memory CSIMDJSON_NAME(noMemory),
} json_index_status CSIMDJSON_NAME(JSONIndexStatus);

typedef enum CSIMDJSON_CLOSED {
    /// `count` objects, each a line of its own: start..<end can be copied as it is.
    json_read_lines CSIMDJSON_NAME(lines),
    /// One valid value; `kind` is its first byte.
    json_read_value CSIMDJSON_NAME(value),
    /// Not JSON from `end` on.
    json_read_malformed CSIMDJSON_NAME(malformed),
    json_read_too_deep CSIMDJSON_NAME(tooDeep),
    json_read_number_too_long CSIMDJSON_NAME(numberTooLong),
    /// Well formed so far, but the window ends inside it.
    json_read_incomplete CSIMDJSON_NAME(incomplete),
    /// No token is left.
    json_read_nothing CSIMDJSON_NAME(nothing),
} json_read_status CSIMDJSON_NAME(JSONReadStatus);

/// What a read found. Offsets count from the first byte of the window.
typedef struct {
    size_t start;
    size_t end;
    size_t count;
    /// Where the separator ends that a read of an element consumed; else `end`.
    size_t next;
    json_read_status status;
    uint8_t kind;
    /// After an element: `,` or `]`, consumed; another byte, not consumed; 0 at the window's end.
    uint8_t separator;
    bool has_line_breaks CSIMDJSON_NAME(hasLineBreaks);
} json_reading CSIMDJSON_NAME(JSONReading);

/// NULL when there is no memory.
json_index *json_index_create(uint32_t depth_limit, size_t number_byte_limit);
void json_index_destroy(json_index *index);

/// Indexes `count` bytes, behind which 64 more must be readable, and puts the cursor on the first
/// token. `count` must be below 4 GiB. Unless the text ends here (`is_last`), what the window's end
/// may have cut short reads as incomplete.
json_index_status json_index_build(
    json_index *index, const uint8_t *bytes, size_t count, bool is_last);

/// How many bytes the index has room for; it holds four bytes for each.
size_t json_index_capacity(const json_index *index);

/// Reads one top-level value, or as many whole lines of one object of at most `line_limit` bytes
/// each as follow one another; a `line_limit` of 0 reads single values only.
json_reading json_index_read(json_index *index, const uint8_t *bytes, size_t line_limit);

/// Reads one element of an array and the separator behind it.
json_reading json_index_read_element(json_index *index, const uint8_t *bytes);

/// Puts the cursor on the first token at or behind `offset`.
void json_index_seek(json_index *index, size_t offset);

bool json_is_utf8(const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif
