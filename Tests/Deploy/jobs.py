# SPDX-License-Identifier: Apache-2.0
"""Does each job of docs/README.md as the page says, and looks at what came of it.

    jobs.py PROGRAM [--page FILE] [--only TEXT]

Part of `make test`. A job is a heading of the third level and what is below it. The check of that
title prepares a place, runs the job's listings there, all of them, and looks at their effect;
place.py says how they are run, and what is substituted; machine_jobs.py runs those of apt and
systemd.
"""

import argparse
import concurrent.futures
import contextlib
import datetime
import os
import re
import shlex
import socket
import stat
import subprocess
import sys
import tempfile
import time
import traceback

from accounts import Client
from place import PAGE, RECORD, SECONDS, Failure, Place, Ports, eventually, expect, jobs_of, s3

LINES = 10  # The most that a job may have, without fences.
AT_A_TIME = 4
ACCEPTED = '{"accepted":1,"rejected":0}\n'
CHECKS = {}


def check(title):
    """Registers the check of a job."""
    def register(function):
        expect(title not in CHECKS, f"two checks are for {title}")
        CHECKS[title] = function
        return function
    return register


@contextlib.contextmanager
def load(place):
    """Clients that send all the while; none is refused, and no answer is missing."""
    clients = [Client(number, place.port, keeps=number % 2 == 0) for number in range(4)]
    for client in clients:
        client.start()

    def more():
        before = [len(client.acknowledged) + 1 for client in clients]
        eventually("an answer to each client", lambda: all(
            len(client.acknowledged) > count for client, count in zip(clients, before)))
    more()
    yield
    more()
    expect(all(client.is_alive() for client in clients), "a client was refused")
    cut = sum(client.cut for client in clients if not client.keeps)
    expect(cut == 0, f"{cut} connections ended unanswered")


def workers(place):
    return {worker["pid"] for worker in place.health()["workers"]}


# Begin

@check("Install it")
def _(place):
    place.serve()
    expect(place.follow() == ACCEPTED + RECORD + "\n", place.output)


@check("Run it in a container")
def _(place):
    # The configuration of the image, because the container is not started.
    os.remove(place.configuration)
    with open(f"{place.directory}/deploy/docker/cordwood.yaml") as file:
        place.write(place.configuration, place.here(file.read()))
    place.serve()
    output = place.follow()
    expect("127.0.0.1:8080:8080" in output, f"compose publishes the port of the page:\n{output}")
    expect(place.lines("app.log") == [RECORD], "the record is in the file")


@check("Find out what is wrong")
def _(place):
    place.serve(disk_min_free="1000TiB")
    eventually("a full disk", lambda: place.answer("/readyz")[0] == 503)
    expect('"disk_low"' in place.follow() and "workers" in place.output, place.output)


@check("Change a setting without losing a request")
def _(place):
    place.serve()
    with load(place):
        before = workers(place)
        expect(re.search(r"^workers: 4 +# from ", place.follow(), re.M), place.output)
        # An earlier worker may still answer.
        eventually("four new workers", lambda: len(workers(place) - before) == 4)
    expect(place.health()["configuration"]["reloads"] == 1, "it was one reload")


@check("Upgrade it")
def _(place):
    place.run(place.here("cp .build/release/cordwood /usr/local/bin/cordwood"))
    place.serve(program=place.here("/usr/local/bin/cordwood"))
    with load(place):
        master, before = place.master(), workers(place)
        running = os.stat(f"/proc/{master}/exe").st_ino
        place.follow()
        eventually("new workers", lambda: not before & workers(place))
    expect(place.master() == master, "the process is the same")
    expect(running != os.stat(f"/proc/{master}/exe").st_ino
           == os.stat(place.here("/usr/local/bin/cordwood")).st_ino, "the program is the new one")


@check("Uninstall it")
def _(place):
    place.rotated("2026-11-23.gz")
    place.follow()
    expect(not os.path.exists(place.logs) and os.path.exists(place.configuration),
           "the logs are gone, and nothing else: apt has the rest")


# Send

@check("Send from a shell script or cron")
def _(place):
    with concurrent.futures.ThreadPoolExecutor() as executor:
        with socket.create_server(("127.0.0.1", place.port)) as listener:
            sending = executor.submit(place.follow)
            # A service that stops.
            listener.settimeout(SECONDS)
            listener.accept()[0].close()
        place.serve()
        sending.result()
    first, second = [line["message"] for line in place.parsed("disk.log")]
    expect(first.startswith("Filesystem") and second.endswith(" /"), f"{first}\n{second}")


@check("Give each application a file of its own")
def _(place):
    place.serve()
    record = '{"msg":"paid"}'
    expect(place.follow() == f"{ACCEPTED}{record}\n", place.output)
    expect(place.names() == {"app.log", "shop.log"}, place.names())


@check("Be sure that a record is on the disk")
def _(place):
    calls = f"{place.directory}/calls"
    place.serve("strace", "-f", "-e", "trace=fsync,fdatasync", "-o", calls)

    def synchronized():
        with open(calls) as file:
            return len(re.findall(r"sync\(\d+\) += 0", file.read()))
    before = synchronized()
    place.follow()
    eventually("a call of fsync", lambda: synchronized() > before)
    records = place.lines("audit.log")
    expect(len(records) == 2, records)
    # All or none.
    text = place.here(place.listings[0].text)
    output = place.run(text.replace('{"msg":"shipped"}', "shipped"))
    expect('"accepted":0' in output and place.lines("audit.log") == records, output)


@check("Receive from collectors and agents")
def _(place):
    place.serve()
    output = place.follow()
    expect('"errors":false' in output and '"status":201' in output, output)
    record = place.parsed("shop.log")[-1]
    expect(record["message"] == "paid" and "create" in record["_bulk"], record)


@check("Bring in old files")
def _(place):
    lines = [f'{{"n":{number}}}' if number % 3 else f"a={number}&b=%20" for number in range(25000)]
    os.makedirs(place.logs)
    os.rename(f"{place.logs}/{place.rotated('x.gz', lines)}", f"{place.directory}/old.log.gz")
    place.serve()
    place.follow()
    found = [line.get("message", line.get("n")) for line in place.parsed("old.log")]
    expect(found == [number if number % 3 else f"a={number}&b=%20" for number in range(25000)],
           f"{len(found)} lines, all in their order")


@check("Send from a page in a browser")
def _(place):
    place.serve()
    place.follow()
    expect(place.parsed("web.log") == [{"message": "no cart"}], "the record is in the file")

    def is_allowed(origin):
        fields = place.run(place.here(
            f"curl -sS -D - -X OPTIONS -H 'Origin: {origin}' -H 'Access-Control-Request-Method: "
            "POST' -H 'Access-Control-Request-Headers: content-type' localhost:8080/logs/web"))
        return f"Access-Control-Allow-Origin: {origin}" in fields
    eventually("a permission for the page", lambda: is_allowed("https://shop.example"))
    expect(not is_allowed("https://other.example"), "no other site has it")


# Protect

@check("Accept records from other machines, over TLS")
def _(place):
    place.serve()
    expect(place.follow().endswith(ACCEPTED), place.output)
    expect(len(place.lines("app.log")) == 1, "the record is in the file")
    mode = stat.S_IMODE(os.stat(place.here("/etc/cordwood/key.pem")).st_mode)
    expect(mode == 0o640, f"the key is for its owner and group: {mode:o}")
    place.run(place.here("! curl -sS -d '{}' https://localhost:8443/logs 2>&1"))
    expect(len(place.lines("app.log")) == 1, "a client that does not know it sends nothing")


@check("Accept known clients only")
def _(place):
    place.serve()
    expect(place.follow().endswith(ACCEPTED), place.output)
    expect(place.lines("shop.log") == ['{"msg":"hello"}'], "the record is in the file")
    eventually("401", lambda: place.answer("/logs/shop", RECORD)[0] == 401)
    listed = place.run(place.here("cordwood token list --file /etc/cordwood/tokens"))
    expect(re.search(r"^shop +shop,shop-\*", listed, re.M), listed)


@check("Put it behind nginx")
def _(place):
    place.serve()
    place.nginx()
    place.follow()
    eventually("nginx's reload", lambda: place.answer("/", port=place.proxy)[0])

    def peer():
        status, text = place.answer("/logs", "{", port=place.proxy, X_Forwarded_For="203.0.113.9")
        expect(status == 400, f"nginx passes records on: {status} {text}")
        return place.parsed("app.rejected.log")[-1]["peer"]
    # A worker of before the reload may still answer.
    eventually("the client's address", lambda: peer() == "203.0.113.9")
    large = (RECORD + "\n") * 100_000
    status, text = place.answer("/logs", large, port=place.proxy)
    expect((status, text) == (200, ACCEPTED.replace("1", "100000", 1)), f"{status} {text}")
    expect(place.answer("/metrics", port=place.proxy)[0] == 404, "nginx passes on nothing else")


@check("Use three machines")
def _(place):
    machines = {}
    for host in ["127.0.0.5", "127.0.0.6", "127.0.0.7"]:
        machines[host] = place.start(
            "cordwood", "serve", "--no-config", "--listen", f"{host}:{place.port}",
            "--directory", f"{place.directory}/{host}", pid_file="")
        eventually(host, lambda: place.answer("/livez", host=host)[0] == 200)
    place.nginx()
    place.follow()
    eventually("nginx's reload", lambda: place.answer("/", port=place.proxy)[0])

    def send(count):
        for _ in range(count):
            status, text = place.answer("/logs", RECORD, port=place.proxy)
            expect(status == 200, f"{status} {text}")

    def found():
        return [len(place.lines(f"{place.directory}/{host}/app.log")) for host in machines]
    send(30)
    expect(sum(found()) == 30 and min(found()) > 0, f"each has a part: {found()}")
    place.kill(machines["127.0.0.6"])
    eventually("the end of its listener", lambda: place.refuses("127.0.0.6"))
    send(30)
    expect(sum(found()) == 60, f"two take the place of three: {found()}")


# Read

@check("Watch records arrive")
def _(place):
    place.serve(rotation_when="S")
    process = place.follow_in_the_background()

    def seen(message):
        place.post(f'{{"level":"info","msg":"{message}"}}')
        return f"info {message}\n" in place.printed(process)
    eventually("a record", lambda: seen("first"))
    before = place.names()
    eventually("a rollover", lambda: place.names() - before)
    eventually("a record after it", lambda: seen("second"))


@check("Watch it in a browser")
def _(place):
    place.serve()
    expect(re.search("<title>.*[Cc]ordwood.*</title>", place.follow()), place.output)


@check("Find yesterday's errors from 14:00 to 15:00")
def _(place):
    day = datetime.date.today() - datetime.timedelta(days=1)
    records = [f'{{"time":"{day}T{clock}Z","level":"{level}"}}' for clock, level in [
        ("13:59:59", "error"), ("14:00:00", "error"), ("14:30:00", "info"), ("14:59:59", "error"),
        ("15:00:00", "error")]]
    noon = int(datetime.datetime.combine(day, datetime.time(12)).timestamp())
    schedule = place.run(f"cordwood schedule --when MIDNIGHT --from {noon} --count 1")
    expect(schedule.endswith(f" app.log.{day}\n"), f"the names are those of the page: {schedule}")
    place.rotated(f"{day}.gz", records[:3])
    place.rotated(f"{day}.1", records[3:])
    place.rotated(f"{day - datetime.timedelta(days=1)}.gz", records)
    expect(set(place.follow().splitlines()) == {records[1], records[3]}, place.output)


@check("Count with SQL")
def _(place):
    place.rotated("2026-11-23.gz", ['{"level":"error","msg":"no"}', RECORD])
    place.serve()
    place.post()
    place.follow()


@check("See what was rejected, and why")
def _(place):
    place.serve()
    place.post(f'{RECORD}\n{{"a":')
    place.post(f'{{"b":}}\n{RECORD}', "/logs/shop")
    place.follow()


@check("Check that every file is whole")
def _(place):
    name = place.rotated("2026-11-23", [RECORD, '{"level":"error","msg":"I/O error"}'])
    place.serve(compression_enabled="false")
    place.post()
    place.follow()
    place.write(f"{place.logs}/{name}", "torn")
    output = place.run(f"! {place.listings[0].text}")
    expect(f"damaged: {name}" in output, output)


# Keep

@check("Keep hourly files for seven days")
def _(place):
    kept = place.rotated("2026-11-23.gz", days=6.9)
    place.rotated("2026-11-22.gz", days=7.1)
    place.serve()
    place.post()
    output = place.follow()
    expect(re.search(r"^  max_age: 7d +# from ", output, re.M), output)
    expect(re.search(r":00:00\S*  closes  app\.log\.\d{4}-\d\d-\d\d_\d\d\n$", output), output)
    eventually("the removal of the older file", lambda: place.names() == {"app.log", kept})


@check("Limit the disk that it uses")
def _(place):
    names = [place.rotated(f"2026-11-2{day}.gz", days=9 - day, size=8 << 30) for day in range(1, 4)]
    place.serve()
    expect(f"would remove  {names[0]}" in place.follow(), place.output)
    expect(place.output.count("would remove") == 1, place.output)
    eventually("the removal of the oldest", lambda: place.names() == {"app.log", *names[1:]})
    eventually("5 GB that stay free",
               lambda: place.health()["disk"]["min_free_bytes"] == 5_000_000_000)


@check("Make room on a full disk")
def _(place):
    names = [place.rotated(f"2026-11-{10 + day}.gz", days=20 - day) for day in range(9)]
    place.serve()
    place.post()
    listed = place.follow().splitlines()
    expect(listed[0].endswith("/var/log/cordwood") and names[0] in listed[5], listed)
    expect(place.names() == {"app.log", *names[2:]}, place.names())


@check("Back it up")
def _(place):
    place.rotated("2026-11-23.gz")
    os.mkdir(place.here("/mnt/backup"))
    place.serve()
    copy = place.here("/mnt/backup/cordwood")
    for count in [1, 2]:
        place.post()
        expect("no damage" in place.follow(), place.output)
        expect(set(os.listdir(copy)) == place.names() == {"app.log", "app.log.2026-11-23.gz"},
               os.listdir(copy))
        expect(place.lines(f"{copy}/app.log") == [RECORD] * count, "what grew is there")


@check("Restore a file")
def _(place):
    record = '{"id":42}'
    name = place.rotated("2026-11-23.gz", [RECORD, record])
    os.mkdir(place.here("/mnt/backup"))
    os.rename(place.logs, place.here("/mnt/backup/cordwood"))
    expect(place.follow().endswith(f"no damage\n{record}\n"), place.output)
    expect(place.names(place.here("/tmp/restored")) == {name}, "it is there")


@check("Move it to another machine")
def _(place):
    name = place.rotated("2026-11-23.gz")
    place.serve()
    place.post()
    place.follow(0)
    expect(place.answer("/livez")[0] == 0, "it has stopped")
    listed = place.run("tar -tzf cordwood.tar.gz").split()
    expect({os.path.basename(path) for path in listed} == {"", "app.log", name}, listed)
    # The other machine, where Cordwood has just been installed.
    os.rename(place.logs, f"{place.directory}/before")
    place.serve()
    place.follow(1)
    place.post()
    expect(place.names() == {"app.log", name} and place.lines("app.log") == [RECORD] * 2,
           f"the new service goes on with the old files: {place.names()}")
    expect("no damage" in place.run("cordwood verify"), "they are whole")
    messages = place.lines(f"{place.directory}/messages")
    expect(not any('"level":"warning"' in line for line in messages), messages)


@check("Copy finished files to S3")
def _(place):
    name = place.rotated("2026-11-23.gz")
    place.serve()
    place.post()
    place.follow()
    expect(name in place.in_s3() and "app.log" not in place.in_s3(), place.in_s3())


@check("Copy them every hour")
def _(place):
    name = place.rotated("2026-11-24.gz")
    # What the job before has made.
    place.run(place.here(place.page["Copy finished files to S3"][0].text.split("\nrclone copy")[0]))
    place.follow(0, 1)
    expect(place.run(place.here(place.listings[2].text) + " 2>&1") == "", "systemd finds no fault")
    place.follow(2)
    with open(place.here("/etc/systemd/system/cordwood-s3.service")) as file:
        command = re.search(r"^ExecStart=(.*)", file.read(), re.M)[1]
    result = subprocess.run(
        shlex.split(command.replace("%H", socket.gethostname())), env=place.environment,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    expect(result.returncode == 0 and name in place.in_s3(), result.stdout)


# Monitor

@check("Monitor it with your Prometheus")
def _(place):
    file = place.here("/etc/prometheus/prometheus.yml")
    place.write(file, "global: {scrape_interval: 1s, evaluation_interval: 1s}\n")
    place.serve()
    place.follow()
    port = Ports.free()
    place.start("prometheus", f"--config.file={file}", f"--web.listen-address=127.0.0.1:{port}",
                f"--storage.tsdb.path={place.directory}/prometheus")
    query = "/api/v1/query?query=up%7Bjob=%22cordwood%22%7D"
    eventually("a scrape", lambda: '"1"]' in place.answer(query, port=port)[1])
    rules = place.answer("/api/v1/rules", port=port)[1]
    expect("CordwoodDown" in rules, f"the alerts are there: {rules}")


# What runs them

def faults_of(title, text):
    """What is wrong with a job as a text."""
    lines = [line for line in text.splitlines() if line and not line.startswith("```")]
    if len(lines) > LINES:
        yield f"{len(lines)} lines are more than {LINES}"
    if not text.lstrip().startswith("```"):
        yield "it does not begin with what to type"
    if title not in CHECKS:
        yield "no check is for it"


def try_job(program, page, title, directory, port):
    """Returns what is wrong with it, and the seconds that it took."""
    begun = time.monotonic()
    faults = list(faults_of(title, page[title]))
    place = Place(program, title, page, directory, port)
    try:
        if title in CHECKS:
            CHECKS[title](place)
            faults += [f"it does not run:\n{listing.text}" for listing in place.listings
                       if not listing.was_run]
    except Failure as failure:
        faults.append(str(failure))
    except Exception:
        faults.append(traceback.format_exc())
    finally:
        place.end()
    if faults:
        faults += place.diary()
    return faults, time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--page", default=PAGE)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    program = os.path.realpath(arguments.program)
    page = jobs_of(arguments.page)
    titles = [title for title in page if arguments.only in title]
    failed = [f"the page has no job {title}" for title in CHECKS if title not in page]
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cordwood-jobs-") as directory:
        os.mkdir(f"{directory}/s3")
        with s3(f"{directory}/s3") as port, \
                concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as executor:
            futures = {title: executor.submit(try_job, program, page, title,
                                              f"{directory}/{number}", port)
                       for number, title in enumerate(titles)}
            for title, future in futures.items():
                faults, seconds = future.result()
                print(f"{'FAILED' if faults else 'ok'}: {title} ({seconds:.1f} s)", flush=True)
                failed += [f"{title}: {fault}" for fault in faults]
    print(f"{len(titles)} jobs in {time.monotonic() - begun:.0f} s")
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
