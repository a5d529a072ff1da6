// SPDX-License-Identifier: Apache-2.0

// A load or store in a shared mapping of a file is SIGBUS when another process has cut the file
// below it (mmap(2)). A page that is registered here becomes zeroed memory of this process instead,
// and is marked as lost; its owner checks the mark before it believes the page.

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "CLinux.h"

enum { capacity = 1 << 16 };

// The address of each page; its lowest bit is the mark. 0: the place is free.
static uintptr_t pages[capacity];
// No place at or behind this one has been used.
static int32_t used_count;
static uintptr_t page_byte_count;
static struct sigaction earlier;

int32_t clinux_guard_page(void *base) {
    for (int32_t place = 0; place < capacity; place++) {
        uintptr_t is_free = 0;
        if (!__atomic_compare_exchange_n(
                &pages[place], &is_free, (uintptr_t)base, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
            continue;
        }
        int32_t count = __atomic_load_n(&used_count, __ATOMIC_RELAXED);
        while (count <= place
               && !__atomic_compare_exchange_n(
                   &used_count, &count, place + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)) {
        }
        return place;
    }
    return -1;
}

void clinux_unguard_page(int32_t place) {
    if (place >= 0) __atomic_store_n(&pages[place], 0, __ATOMIC_SEQ_CST);
}

int clinux_page_is_lost(int32_t place) {
    return place >= 0 && (__atomic_load_n(&pages[place], __ATOMIC_RELAXED) & 1) != 0;
}

// Only calls that are safe in a signal handler, signal-safety(7): mmap and sigaction are bare system
// calls.
static void replace_lost_page(int number, siginfo_t *info, void *context) {
    int saved = errno;
    uintptr_t base = (uintptr_t)info->si_addr & ~(page_byte_count - 1);
    int32_t count = __atomic_load_n(&used_count, __ATOMIC_SEQ_CST);
    for (int32_t place = 0; info->si_code > 0 && place < count; place++) {
        if ((__atomic_load_n(&pages[place], __ATOMIC_SEQ_CST) & ~(uintptr_t)1) != base) continue;
        void *mapped = mmap((void *)base, page_byte_count, PROT_READ | PROT_WRITE,
                            MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped == MAP_FAILED) break;
        __atomic_store_n(&pages[place], base | 1, __ATOMIC_SEQ_CST);
        errno = saved;
        return;
    }
    // The instruction runs again, with the effect that it has without this handler.
    sigaction(number, &earlier, 0);
    errno = saved;
}

int clinux_survive_lost_pages(void) {
    if (page_byte_count != 0) return 0;
    page_byte_count = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {0};
    action.sa_sigaction = replace_lost_page;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGBUS, &action, &earlier);
}
