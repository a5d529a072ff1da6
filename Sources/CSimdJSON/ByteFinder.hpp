// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

/// Remembers where a rare byte comes next, so that asking for each of many short ranges costs a
/// comparison instead of a scan.
class ByteFinder {
  public:
    explicit ByteFinder(uint8_t byte) : byte_(byte) {}

    void reset() { from_ = next_ = 0; }

    /// The first place at or behind `position` that holds the byte, or `count`.
    size_t at_or_after(const uint8_t *bytes, size_t position, size_t count) {
        if (position >= from_ && position <= next_ && next_ != 0) { return next_; }
        return search(bytes, position, count);
    }

  private:
    // There is no such byte in from_..<next_; next_ holds one, or is the end. Both zero: unknown.
    size_t from_ = 0;
    size_t next_ = 0;
    uint8_t byte_;

    size_t search(const uint8_t *bytes, size_t position, size_t count) {
        // Going back, only what has not been seen yet is scanned.
        const bool back = next_ != 0 && position < from_;
        const size_t limit = back ? from_ : count;
        const void *found = memchr(bytes + position, byte_, limit - position);
        from_ = position;
        if (found) {
            next_ = static_cast<size_t>(static_cast<const uint8_t *>(found) - bytes);
        } else if (!back) {
            next_ = count;
        }
        return next_;
    }
};
