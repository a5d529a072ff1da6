# SPDX-License-Identifier: Apache-2.0
"""rsyslog and syslog-ng, in the foreground: daemons.py URL COUNT --directory DIR [--client NAME] …

Each follows a file of lines, one for each record. `.ci/packages` unpacks them into .build. What they
say are their own counters. See account.py for the arguments.
"""

import contextlib
import glob
import json
import os
import re
import signal
import subprocess
import tempfile
import time

from account import Absent, Account, Files

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), *[".."] * 4))
SECONDS = 60

RSYSLOG = r"""
global(workDirectory="{scratch}" net.enableDNS="off" localHostname="till-1")
module(load="imfile" mode="inotify")
module(load="impstats" interval="1" format="json" log.syslog="off" log.file="{scratch}/statistics")
module(load="omelasticsearch")
template(name="document" type="list" option.jsonf="on") {{
    property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
    property(outname="host" name="hostname" format="jsonf")
    property(outname="message" name="msg" format="jsonf")
}}
input(type="imfile" file="{source}" tag="till" freshStartTail="off")
action(type="omelasticsearch" template="document" server="{base}" searchIndex="shop" searchType=""
       bulkMode="on" uid="{user}" pwd="{token}" action.resumeRetryCount="-1"
       action.resumeInterval="1" queue.type="linkedList" queue.dequeueBatchSize="100")
"""

SYSLOG_NG = r"""
@version: 3.38
@include "scl.conf"
options {{ stats-freq(0); keep-hostname(yes); time-reopen(1); }};
source s_app {{ file("{source}" follow-freq(0.1) flags(no-parse)); }};
destination d_cordwood {{
    {destination}
}};
log {{ source(s_app); destination(d_cordwood); flags(flow-control); }};
"""

ELASTICSEARCH = r"""elasticsearch-http(
        url("{base}/_bulk") index("shop") type("") workers(2) batch-lines(100) batch-timeout(200)
        {credentials}
        template("$(format-json --scope none message=$MSG host=$HOST)"){retries})"""

HEC = r"""http(
        url("{base}/services/collector/event") method("POST")
        headers("Authorization: Splunk {token}")
        body("$(format-json --scope none time=$S_UNIXTIME host=$HOST event=$MSG)")
        batch-lines(100) batch-timeout(200) delimiter("\n"){retries});"""

# Without it syslog-ng drops a batch after the third failure.
RETRIES = " retries(1000000)"


def main():
    account = Account(
        ("--client", ["rsyslog", "syslog-ng", "syslog-ng-hec"]), ("--retries", ["endless", "3"]))
    with tempfile.TemporaryDirectory() as scratch:
        source = os.path.join(scratch, "source.log")
        open(source, "w").close()
        run = rsyslog if account.options.client == "rsyslog" else syslog_ng
        with run(account, scratch, source) as told:
            with open(source, "a") as file:
                for batch in account.batches():
                    for name in batch:
                        account.expect(name, expected(account, name))
                        file.write(f'order "{name}" \\ Grüße\n')
                    file.flush()
            wait(account)
            told()
    account.end()


def expected(account, name):
    text = f'order "{name}" \\ Grüße'
    if account.options.client == "rsyslog":
        return {"message": text, "host": "till-1", "_bulk": {"index": {"_index": "shop"}}}
    if account.options.client == "syslog-ng":
        return {"message": text, "_bulk": {"index": {"_index": "shop"}}}
    return {"message": text, "event": Absent}


def wait(account):
    """Waits until all that was written has come, or nothing more comes."""
    files, before, since = Files(account.options.directory, account.options.stream), -1, 0
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        count = len(files.count(files.stream).keys() & set(account.sent))
        if count == len(account.sent):
            # What is sent a second time would come now.
            time.sleep(0.5)
            return
        if count != before:
            before, since = count, time.monotonic()
        if time.monotonic() - since > SECONDS / 3:
            return
        time.sleep(0.1)


@contextlib.contextmanager
def process(program, arguments, libraries, scratch):
    with open(os.path.join(scratch, "said"), "wb") as said:
        child = subprocess.Popen(
            [program, *arguments], stdout=said, stderr=said, stdin=subprocess.DEVNULL,
            env={**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)})
        try:
            yield child
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def said(scratch):
    with open(os.path.join(scratch, "said"), errors="replace") as file:
        return [line.strip() for line in file]


@contextlib.contextmanager
def rsyslog(account, scratch, source):
    root = os.path.join(ROOT, ".build/rsyslog")
    libraries = glob.glob(f"{root}/usr/lib/*-linux-gnu")
    configuration = os.path.join(scratch, "rsyslog.conf")
    write(configuration, RSYSLOG.format(
        scratch=scratch, source=source, base=account.base, user="all" if account.options.token else "",
        token=account.options.token or ""))
    arguments = ["-n", "-f", configuration, "-i", os.path.join(scratch, "pid"), "-M",
                 f"{libraries[0]}/rsyslog"]

    def told():
        # The counters are written each second.
        time.sleep(1.5)
        last = {}
        with open(os.path.join(scratch, "statistics")) as file:
            for line in file:
                record = json.loads(line[line.index("{"):])
                last[record.get("name")] = record
        counters = last.get("omelasticsearch", {})
        account.say(", ".join(f"{name} {counters[name]}" for name in sorted(counters)
                              if name not in ("name", "origin") and counters[name]))
        for line in said(scratch):
            account.say(line)

    with process(f"{root}/usr/sbin/rsyslogd", arguments, libraries, scratch):
        yield told


@contextlib.contextmanager
def syslog_ng(account, scratch, source):
    root = os.path.join(ROOT, ".build/syslog-ng")
    modules = glob.glob(f"{root}/usr/lib/syslog-ng/[0-9]*")[0]
    libraries = [modules, f"{root}/usr/lib/syslog-ng", *glob.glob(f"{root}/usr/lib/*-linux-gnu"),
                 *glob.glob(f"{root}/lib/*-linux-gnu")]
    configuration = os.path.join(scratch, "syslog-ng.conf")
    token = account.options.token
    destination = (HEC if account.options.client == "syslog-ng-hec" else ELASTICSEARCH).format(
        base=account.base, token=token or "none",
        credentials=f'user("all") password("{token}")' if token else "",
        retries=RETRIES if account.options.retries == "endless" else "")
    include = f"{root}/usr/share/syslog-ng/include"
    # Where it stands in the package's own configuration.
    os.makedirs(os.path.join(scratch, "scl"), exist_ok=True)
    write(configuration, SYSLOG_NG.format(source=source, destination=destination).replace(
        '@include "scl.conf"', f'@define scl-root "{include}/scl"\n@include "{include}/scl/elasticsearch"'))
    control = os.path.join(scratch, "control")
    arguments = ["--foreground", "--no-caps", f"--module-path={modules}",
                 f"--persist-file={scratch}/persist", f"--pidfile={scratch}/pid",
                 f"--control={control}", "--cfgfile", configuration]

    def told():
        statistics = subprocess.run(
            [f"{root}/usr/sbin/syslog-ng-ctl", "stats", "--control", control],
            env={**os.environ, "LD_LIBRARY_PATH": ":".join(libraries)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        counters = re.findall(r"^dst\.http;.*;(written|dropped|queued);(\d+)$", statistics, re.M)
        account.say(", ".join(f"{name} {count}" for name, count in sorted(counters)))
        for line in said(scratch):
            if "rror" in line or "drop" in line:
                account.say(re.sub(r"^\[[^]]*\] ", "", line))

    with process(f"{root}/usr/sbin/syslog-ng", arguments, libraries, scratch):
        yield told


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


main()
