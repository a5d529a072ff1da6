// SPDX-License-Identifier: Apache-2.0

#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>

// Files that are part of the program.

/// The page for browsers, `page.html`.
extern const unsigned char *_Nonnull const cassets_page;
extern const size_t cassets_page_byte_count;

/// What the service promises, `openapi.yaml`.
extern const unsigned char *_Nonnull const cassets_contract;
extern const size_t cassets_contract_byte_count;

#endif
