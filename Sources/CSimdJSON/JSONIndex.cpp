// SPDX-License-Identifier: Apache-2.0

#include "JSONIndex.hpp"

#include <new>

namespace {

constexpr size_t first_capacity = 16 * 1024;

} // namespace

bool json_index::make_room(size_t count) {
    if (stage && capacity >= count) { return true; }
    size_t room = capacity > first_capacity ? capacity : first_capacity;
    while (room < count) { room *= 2; }
    // The old index is let go first, so that two are never held.
    stage.reset();
    capacity = 0;
    const auto &implementation = simdjson::get_active_implementation();
    if (implementation->create_dom_parser_implementation(room, 1, stage) != simdjson::SUCCESS) {
        stage.reset();
        return false;
    }
    capacity = room;
    return true;
}

json_index *json_index_create(uint32_t depth_limit, size_t number_byte_limit) {
    return new (std::nothrow) json_index(depth_limit, number_byte_limit);
}

void json_index_destroy(json_index *index) { delete index; }

size_t json_index_capacity(const json_index *index) { return index->capacity; }

json_index_status json_index_build(
    json_index *index, const uint8_t *bytes, size_t count, bool is_last) {
    if (!index->make_room(count)) { return json_index_no_memory; }
    index->cursor = 0;
    index->token_count = 0;
    index->byte_count = count;
    index->is_last = is_last;
    index->backslash.reset();
    index->line_feed.reset();
    index->carriage_return.reset();
    index->tokens = index->stage->structural_indexes.get();
    switch (index->stage->stage1(bytes, count, simdjson::stage1_mode::regular)) {
    case simdjson::SUCCESS:
        index->token_count = index->stage->n_structural_indexes;
        return json_index_built;
    case simdjson::EMPTY: return json_index_built;
    case simdjson::UTF8_ERROR: return json_index_invalid_utf8;
    case simdjson::UNCLOSED_STRING: return json_index_unclosed_string;
    default: return json_index_control_character;
    }
}

json_reading json_index_read(json_index *index, const uint8_t *bytes, size_t line_limit) {
    json_reading run{};
    while (index->cursor < index->token_count) {
        uint32_t token = index->cursor;
        const json_reading one = index->read_value(bytes, token);
        const bool line = one.status == json_read_value && one.kind == '{' && !one.has_line_breaks
            && one.end - one.start <= line_limit && one.end < index->byte_count
            && bytes[one.end] == '\n' && (run.count == 0 || one.start == run.end);
        if (!line && run.count > 0) { break; }
        if (one.status == json_read_value) { index->cursor = token; }
        if (!line) { return one; }
        if (run.count == 0) { run.start = one.start; }
        run.count += 1;
        run.end = run.next = one.end + 1;
    }
    run.status = run.count > 0 ? json_read_lines : json_read_nothing;
    return run;
}

json_reading json_index_read_element(json_index *index, const uint8_t *bytes) {
    if (index->cursor >= index->token_count) {
        json_reading nothing{};
        nothing.status = json_read_nothing;
        return nothing;
    }
    uint32_t token = index->cursor;
    json_reading reading = index->read_value(bytes, token);
    if (reading.status != json_read_value) { return reading; }
    if (token < index->token_count) {
        const size_t place = index->tokens[token];
        reading.separator = bytes[place];
        if (reading.separator == ',' || reading.separator == ']') {
            reading.next = place + 1;
            ++token;
        }
    }
    index->cursor = token;
    return reading;
}

void json_index_seek(json_index *index, size_t offset) {
    const uint32_t *const tokens = index->tokens;
    const uint32_t count = index->token_count;
    // Mostly it is a few tokens ahead: steps that double find it without looking at all of them.
    uint32_t low = index->cursor;
    uint32_t step = 1;
    if (low > count || (low > 0 && tokens[low - 1] >= offset)) { low = 0; }
    uint32_t high = low;
    while (high < count && tokens[high] < offset) {
        low = high + 1;
        high = count - high > step ? high + step : count;
        step *= 2;
    }
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (tokens[middle] < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    index->cursor = low;
}

bool json_is_utf8(const uint8_t *bytes, size_t count) {
    return simdjson::validate_utf8(reinterpret_cast<const char *>(bytes), count);
}
