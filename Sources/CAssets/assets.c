// SPDX-License-Identifier: Apache-2.0

#include "CAssets.h"

// #embed is of C23, and has been in clang as an extension for as long.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char page[] = {
#embed "page.html"
};
const unsigned char *const cassets_page = page;
const size_t cassets_page_byte_count = sizeof page;

// The contract stands where everybody looks for it, at the top of the project.
static const unsigned char contract[] = {
#embed "../../openapi.yaml"
};
const unsigned char *const cassets_contract = contract;
const size_t cassets_contract_byte_count = sizeof contract;
