// SPDX-License-Identifier: Apache-2.0

// The minimal server: it receives a request, finds its body by the Content-Length, appends the body to
// a file with one write(2), and answers 204. It checks nothing, and is the yardstick for the cost of
// checking, batching and rotating.
//
//   baseline PORT FILE
//   cc -O2 -o baseline baseline.c

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 4 << 20 };

struct connection {
    int socket;
    size_t length;
    char bytes[room];
};

static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";

static int listening(int port) {
    int socket_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(socket_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(socket_, (struct sockaddr *)&address, sizeof address) || listen(socket_, 1024)) {
        perror("baseline");
        exit(1);
    }
    return socket_;
}

// Serves what has arrived whole; -1 when the connection is to be closed.
static int serve(struct connection *c, int file) {
    size_t done = 0;
    for (;;) {
        char *head = c->bytes + done, *end = memmem(head, c->length - done, "\r\n\r\n", 4);
        if (!end) break;
        char *field = strcasestr(head, "\r\nContent-Length:");
        size_t body = field && field < end ? strtoul(field + 17, 0, 10) : 0;
        size_t total = (size_t)(end + 4 - head) + body;
        if (total >= room) return -1;
        if (c->length - done < total) break;
        if (body && write(file, end + 4, body) != (ssize_t)body) return -1;
        if (write(c->socket, answer, sizeof answer - 1) < 0) return -1;
        done += total;
    }
    memmove(c->bytes, c->bytes + done, c->length - done);
    c->length -= done;
    c->bytes[c->length] = 0;
    return 0;
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    signal(SIGPIPE, SIG_IGN);
    int file = open(arguments[2], O_WRONLY | O_CREAT | O_APPEND, 0640);
    int listener = listening(atoi(arguments[1])), poll = epoll_create1(0), on = 1;
    struct epoll_event event = {.events = EPOLLIN}, events[256];
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c) {
                int peer = accept4(listener, 0, 0, SOCK_NONBLOCK);
                if (peer < 0) continue;
                setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                c = calloc(1, sizeof *c);
                c->socket = peer;
                struct epoll_event added = {.events = EPOLLIN, .data.ptr = c};
                epoll_ctl(poll, EPOLL_CTL_ADD, peer, &added);
                continue;
            }
            ssize_t got = read(c->socket, c->bytes + c->length, room - 1 - c->length);
            if (got > 0) {
                c->length += got;
                c->bytes[c->length] = 0;
            }
            if (got <= 0 || serve(c, file)) {
                close(c->socket);
                free(c);
            }
        }
    }
}
