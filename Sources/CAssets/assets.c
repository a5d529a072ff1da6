#include "CAssets.h"

// #embed is of C23, and has been in clang as an extension for as long.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char page[] = {
#embed "page.html"
};
const unsigned char *const cassets_page = page;
const size_t cassets_page_byte_count = sizeof page;
