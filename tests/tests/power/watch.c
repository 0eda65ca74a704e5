/*
 * Loaded into a real program with LD_PRELOAD, this writes down every change that the program makes below one
 * folder, in order, with its data: what a disk is told. The harness beside it replays any part of that and
 * cuts the power.
 *
 *   WATCH_FOLDER  the folder, absolute and without links
 *   WATCH_LOG     where it is written down, outside of the folder
 *
 * What the program prints on its standard output is written down too, between the changes: that is what it
 * acknowledged.
 *
 * A change is made and written down under one lock, so that the order is the real one also with threads. Each
 * is made by its system call and not by the C library's own function, which this one stands in for.
 *
 * Whatever else may change a file (a mapping, a copy within the kernel) is not written down. The harness
 * replays all of it at the end and compares that with the real folder, so a change that was missed fails it.
 *
 * SQLite's `-shm` files are left out: SQLite makes them anew after a crash, and never syncs them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#if !defined(__LP64__)
#error "offsets are taken to have 64 bits"
#endif

#define HANDLES 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[4096];
static size_t folder_length;
static int log_handle = -1;
/* The path behind each handle that is watched. */
static char *paths[HANDLES];

static void fail(const char *what)
{
    static const char begin[] = "watch.c: ";
    syscall(SYS_write, 2, begin, sizeof begin - 1);
    syscall(SYS_write, 2, what, strlen(what));
    syscall(SYS_write, 2, "\n", 1);
    abort();
}

__attribute__((constructor)) static void begin(void)
{
    const char *of = getenv("WATCH_FOLDER");
    const char *log = getenv("WATCH_LOG");
    if (!of || !log)
        return;
    folder_length = strlen(of);
    if (folder_length == 0 || folder_length >= sizeof folder)
        fail("WATCH_FOLDER is too long");
    memcpy(folder, of, folder_length + 1);
    int handle = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (handle < 0)
        fail("WATCH_LOG cannot be written");
    /* Out of the way of the program's own handles. */
    log_handle = fcntl(handle, F_DUPFD_CLOEXEC, 1000);
    if (log_handle < 0)
        log_handle = handle;
    else
        syscall(SYS_close, handle);
}

/* One change: its letter, two numbers, and two strings of bytes. */
static void note(char letter, int64_t first, int64_t second, const void *a, size_t a_length, const void *b,
                 size_t b_length)
{
    struct __attribute__((packed)) {
        char letter;
        int64_t first, second;
        uint32_t a_length, b_length;
    } head = {letter, first, second, (uint32_t)a_length, (uint32_t)b_length};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)a, a_length}, {(void *)b, b_length}};
    ssize_t whole = sizeof head + a_length + b_length;
    if (syscall(SYS_writev, log_handle, parts, 3) != whole)
        fail("WATCH_LOG takes no more");
}

/* The path from the root into `out`, and whether it is watched. */
static int watched(int at, const char *path, char out[4096])
{
    if (log_handle < 0 || !path)
        return 0;
    const char *base = "";
    char here[4096];
    if (path[0] != '/') {
        if (at == AT_FDCWD) {
            if (syscall(SYS_getcwd, here, sizeof here) < 0)
                return 0;
            base = here;
        } else if (at >= 0 && at < HANDLES && paths[at]) {
            base = paths[at];
        } else {
            return 0;
        }
    }
    int length = snprintf(out, 4096, "%s%s%s", base, *base ? "/" : "", path);
    if (length < 0 || length >= 4096)
        fail("a path is too long");
    while (length > 1 && out[length - 1] == '/')
        out[--length] = 0;
    if (strncmp(out, folder, folder_length) != 0 || (out[folder_length] != 0 && out[folder_length] != '/'))
        return 0;
    if (strstr(out, "//") || strstr(out, "/./") || strstr(out, "/../"))
        fail("a path has more than one form");
    return length < 4 || strcmp(out + length - 4, "-shm") != 0;
}

static const char *path_of(int handle)
{
    return log_handle >= 0 && handle >= 0 && handle < HANDLES ? paths[handle] : NULL;
}

static void forget(int handle)
{
    if (handle >= 0 && handle < HANDLES && paths[handle]) {
        free(paths[handle]);
        paths[handle] = NULL;
    }
}

static int opened(int at, const char *path, int flags, mode_t mode)
{
    char whole[4096];
    pthread_mutex_lock(&lock);
    int handle = syscall(SYS_openat, at, path, flags, mode);
    int error = errno;
    if (handle >= 0) {
        forget(handle);
        if (watched(at, path, whole)) {
            if (handle >= HANDLES)
                fail("too many files are open");
            paths[handle] = strdup(whole);
            note('o', handle, flags, whole, strlen(whole), NULL, 0);
        }
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return handle;
}

#define MODE(flags, last)                                  \
    mode_t mode = 0;                                       \
    if ((flags) & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) { \
        va_list rest;                                      \
        va_start(rest, last);                              \
        mode = va_arg(rest, mode_t);                       \
        va_end(rest);                                      \
    }

int open(const char *path, int flags, ...)
{
    MODE(flags, flags)
    return opened(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE(flags, flags)
    return opened(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    MODE(flags, flags)
    return opened(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...)
{
    MODE(flags, flags)
    return opened(at, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
    return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *path, mode_t mode)
{
    return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int close(int handle)
{
    pthread_mutex_lock(&lock);
    forget(handle);
    int result = syscall(SYS_close, handle);
    pthread_mutex_unlock(&lock);
    return result;
}

/* Where the next `write` of this handle goes. */
static int64_t place(int handle)
{
    struct stat now;
    int flags = fcntl(handle, F_GETFL);
    if (flags >= 0 && (flags & O_APPEND) && fstat(handle, &now) == 0)
        return now.st_size;
    return syscall(SYS_lseek, handle, 0, SEEK_CUR);
}

/* `at` is -1 for where the handle stands. */
static ssize_t written(int handle, const void *bytes, size_t length, int64_t at)
{
    int said = log_handle >= 0 && handle == 1;
    if (!said && !path_of(handle))
        return at < 0 ? syscall(SYS_write, handle, bytes, length) : syscall(SYS_pwrite64, handle, bytes, length, at);
    pthread_mutex_lock(&lock);
    int64_t from = said ? 0 : at < 0 ? place(handle) : at;
    ssize_t result =
        at < 0 ? syscall(SYS_write, handle, bytes, length) : syscall(SYS_pwrite64, handle, bytes, length, at);
    int error = errno;
    if (result > 0)
        note(said ? 's' : 'w', handle, from, bytes, result, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

ssize_t write(int handle, const void *bytes, size_t length)
{
    return written(handle, bytes, length, -1);
}

ssize_t pwrite(int handle, const void *bytes, size_t length, off_t at)
{
    return written(handle, bytes, length, at);
}

ssize_t pwrite64(int handle, const void *bytes, size_t length, off64_t at)
{
    return written(handle, bytes, length, at);
}

/* Fewer bytes than were asked for is an answer that every caller must take. */
ssize_t writev(int handle, const struct iovec *parts, int count)
{
    if (!path_of(handle) && handle != 1)
        return syscall(SYS_writev, handle, parts, count);
    for (int part = 0; part < count; part++)
        if (parts[part].iov_len > 0)
            return written(handle, parts[part].iov_base, parts[part].iov_len, -1);
    return 0;
}

int ftruncate(int handle, off_t length)
{
    pthread_mutex_lock(&lock);
    int result = syscall(SYS_ftruncate, handle, length);
    int error = errno;
    if (result == 0 && path_of(handle))
        note('l', handle, length, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int ftruncate64(int handle, off64_t length)
{
    return ftruncate(handle, length);
}

/* `sync_file_range` promises nothing after a power cut, so it is no sync. */
static int synced(int handle, long call)
{
    pthread_mutex_lock(&lock);
    int result = syscall(call, handle);
    int error = errno;
    if (result == 0 && path_of(handle))
        note('y', handle, 0, NULL, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int handle)
{
    return synced(handle, SYS_fsync);
}

int fdatasync(int handle)
{
    return synced(handle, SYS_fdatasync);
}

/* A change of names, made by a system call under the lock. */
#define NAMED(call, letter, number, at_a, path_a, at_b, path_b)                                 \
    char a[4096], b[4096];                                                                      \
    pthread_mutex_lock(&lock);                                                                  \
    int in_a = watched(at_a, path_a, a), in_b = watched(at_b, path_b, b);                       \
    int result = (call);                                                                        \
    int error = errno;                                                                          \
    if (result == 0 && (in_a || in_b))                                                          \
        note(letter, number, 0, a, in_a ? strlen(a) : 0, b, in_b ? strlen(b) : 0);              \
    pthread_mutex_unlock(&lock);                                                                \
    errno = error;                                                                              \
    return result;

int renameat2(int at_a, const char *from, int at_b, const char *to, unsigned flags)
{
    NAMED(syscall(SYS_renameat2, at_a, from, at_b, to, flags), 'r', flags, at_a, from, at_b, to)
}

int renameat(int at_a, const char *from, int at_b, const char *to)
{
    return renameat2(at_a, from, at_b, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int at_a, const char *from, int at_b, const char *to, int flags)
{
    NAMED(syscall(SYS_linkat, at_a, from, at_b, to, flags), 'k', flags, at_a, from, at_b, to)
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int at, const char *path, int flags)
{
    NAMED(syscall(SYS_unlinkat, at, path, flags), 'u', flags, at, path, at, NULL)
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

int mkdirat(int at, const char *path, mode_t mode)
{
    NAMED(syscall(SYS_mkdirat, at, path, mode), 'm', 0, at, path, at, NULL)
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}
