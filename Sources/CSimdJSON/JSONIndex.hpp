// SPDX-License-Identifier: Apache-2.0

#pragma once

// simdjson finds where the tokens are and checks UTF-8 and control characters (its stage 1); the
// walk over the tokens is ours, because none of simdjson's own accepts all of RFC 8259's numbers
// and checks every leaf. Workers are forked: no threads.
#define SIMDJSON_EXCEPTIONS 0
#undef _REENTRANT
#include <simdjson.h>
#ifdef SIMDJSON_THREADS_ENABLED
#error "simdjson must be compiled without its threads"
#endif

#include "ByteFinder.hpp"
#include "CSimdJSON.h"

#include <memory>

/// How deep a walk can go at all; it notes the closing bracket of every level.
inline constexpr uint32_t deepest_level = 1024;

struct json_index {
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stage;
    const uint32_t *tokens = nullptr;
    uint32_t token_count = 0;
    uint32_t cursor = 0;
    size_t byte_count = 0;
    size_t capacity = 0;
    bool is_last = true;
    uint32_t depth_limit;
    size_t number_byte_limit;
    ByteFinder backslash{'\\'};
    ByteFinder line_feed{'\n'};
    ByteFinder carriage_return{'\r'};

    json_index(uint32_t depth, size_t number_bytes)
        : depth_limit(depth < deepest_level ? depth : deepest_level),
          number_byte_limit(number_bytes) {}

    bool make_room(size_t count);
    json_read_status walk(const uint8_t *bytes, uint32_t &token);
    json_reading read_value(const uint8_t *bytes, uint32_t &token);

  private:
    json_read_status check_scalar(const uint8_t *bytes, uint32_t token);
    json_read_status check_escapes(const uint8_t *bytes, size_t start, size_t end);
};
