// SPDX-License-Identifier: Apache-2.0

// Calls of the Linux kernel that Swift's import of Glibc leaves out: epoll, eventfd, signalfd,
// accept4, renameat2 and their like. Declarations and inline functions only.

#ifndef CLINUX_H
#define CLINUX_H

// _GNU_SOURCE stays undefined: with it, structures such as fd_set differ from those that Swift's own
// import of Glibc sees. Declarations that need it stand here.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

// accept4(2).
static inline int clinux_accept4(int listener, int flags) {
    extern int accept4(int, struct sockaddr *, socklen_t *, int);
    return accept4(listener, 0, 0, flags);
}

// accept4(2) with the peer's address.
static inline int clinux_accept4_peer(
    int listener, struct sockaddr_storage *peer, socklen_t *length, int flags) {
    extern int accept4(int, struct sockaddr *, socklen_t *, int);
    return accept4(listener, (struct sockaddr *)peer, length, flags);
}

// renameat2(2) with RENAME_NOREPLACE, relative to `directory`.
static inline int clinux_rename_noreplace(int directory, const char *from, const char *to) {
    return (int)syscall(SYS_renameat2, directory, from, directory, to, RENAME_NOREPLACE);
}

// getdents64(2): entries of a directory from where its description stands.
static inline ssize_t clinux_list(int directory, void *entries, size_t length) {
    return syscall(SYS_getdents64, directory, entries, length);
}

// fgetxattr(2) and fsetxattr(2) of a number.
static inline ssize_t clinux_get_attribute(int file, const char *name, int64_t *value) {
    return fgetxattr(file, name, value, sizeof *value);
}

static inline int clinux_set_attribute(int file, const char *name, int64_t value) {
    return fsetxattr(file, name, &value, sizeof value, 0);
}

// fallocate(2) with FALLOC_FL_KEEP_SIZE: room for bytes to come, which Glibc declares for _GNU_SOURCE
// only.
static inline int clinux_reserve(int file, int64_t offset, int64_t length) {
    extern int fallocate(int, int, off_t, off_t);
    return fallocate(file, FALLOC_FL_KEEP_SIZE, offset, length);
}

// memmem(3), which Glibc declares for _GNU_SOURCE only.
static inline const void *clinux_memmem(
    const void *haystack, size_t haystack_length, const void *needle, size_t needle_length) {
    extern void *memmem(const void *, size_t, const void *, size_t);
    return memmem(haystack, haystack_length, needle, needle_length);
}

// ioprio_set(2) for this process: the idle class, served when nobody else wants the disk.
static inline int clinux_ioprio_idle(void) {
    return (int)syscall(SYS_ioprio_set, 1 /* IOPRIO_WHO_PROCESS */, 0, 3 << 13 /* IOPRIO_CLASS_IDLE */);
}

// pipe2(2).
static inline int clinux_pipe2(int ends[2], int flags) {
    extern int pipe2(int[2], int);
    return pipe2(ends, flags);
}

// memfd_create(2) with MFD_CLOEXEC.
static inline int clinux_memfd_create(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 1U);
}

// sched_getaffinity(2): how many processors this process may run on; 0 when it cannot be told.
static inline int clinux_processor_count(void) {
    unsigned long mask[128];
    long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    int count = 0;
    for (long word = 0; word < bytes / (long)sizeof(long); word++) {
        count += __builtin_popcountl(mask[word]);
    }
    return count;
}

// setresgid(2) and setresuid(2), which set the real, effective and saved id at once.
static inline int clinux_setresgid(gid_t group) {
    extern int setresgid(gid_t, gid_t, gid_t);
    return setresgid(group, group, group);
}
static inline int clinux_setresuid(uid_t user) {
    extern int setresuid(uid_t, uid_t, uid_t);
    return setresuid(user, user, user);
}

// prctl(2) PR_SET_NAME.
static inline int clinux_set_name(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

// prctl(2) PR_SET_PDEATHSIG.
static inline int clinux_set_death_signal(int signal) {
    return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

// mallopt(3) M_MMAP_THRESHOLD and M_TRIM_THRESHOLD.
static inline void clinux_set_heap_thresholds(int mapped, int trimmed) {
    mallopt(M_MMAP_THRESHOLD, mapped);
    mallopt(M_TRIM_THRESHOLD, trimmed);
}

// environ(7), which Swift imports for reading only.
static inline void clinux_set_environment(char **environment) {
    extern char **environ;
    environ = environment;
}

// Open file description locks, fcntl_locking(2), on the byte at `offset`: `type` is F_RDLCK, F_WRLCK
// or F_UNLCK. The commands' numbers are declared for _GNU_SOURCE only.
static inline int clinux_lock_byte(int file, int type, int64_t offset) {
    struct flock lock = {0};
    lock.l_type = (short)type;
    lock.l_whence = SEEK_SET;
    lock.l_start = offset;
    lock.l_len = 1;
    return fcntl(file, 37 /* F_OFD_SETLK */, &lock);
}
// 1 when another open file description has the byte at `offset` locked, 0 when none has.
static inline int clinux_byte_is_locked(int file, int64_t offset) {
    struct flock lock = {0};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = offset;
    lock.l_len = 1;
    if (fcntl(file, 36 /* F_OFD_GETLK */, &lock) == -1) return -1;
    return lock.l_type != F_UNLCK;
}

// Registers the page at `base`, the start of a shared mapping of a file, and returns its place; -1:
// there is none left. When the file is cut, and after `clinux_survive_lost_pages`, the page becomes
// zeroed memory of this process.
int32_t clinux_guard_page(void *base);
// To be called before the page is unmapped.
void clinux_unguard_page(int32_t place);
// Whether the page is no longer that of the file.
int clinux_page_is_lost(int32_t place);
// Handles SIGBUS in the pages that are registered; elsewhere it has its former effect.
int clinux_survive_lost_pages(void);

// The wait(2) macros.
static inline int clinux_wifexited(int status) { return (status & 0x7f) == 0; }
static inline int clinux_wexitstatus(int status) { return (status >> 8) & 0xff; }
static inline int clinux_wtermsig(int status) { return status & 0x7f; }

#endif
