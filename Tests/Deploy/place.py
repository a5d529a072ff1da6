# SPDX-License-Identifier: Apache-2.0
"""A place where a job of docs/README.md is done as the page says; see jobs.py.

A listing whose first line is a comment that names a file is added to that file, `sh` is run by bash
until the first error, `js` by Node, and a listing without a language is what the one above it has
to print. Each is run as it stands, with these substitutions and no other:

- Port 8080 is a free one, and so are 8081, 8443, and 80 of `listen 80`.
- /etc/, /var/, /usr/local/, /mnt/ and /tmp/ are below a fresh directory.
- .build/release/cordwood is the program that is tested, rclone of the unit is that of the tests,
  and `nginx` reads a configuration that includes conf.d.
- http(s)://logs.example.org and https://s3.example.org are addresses of this machine, and 10.0.0.5
  to 10.0.0.7 are 127.0.0.5 to 127.0.0.7.
- What only a booted system has: `apt` is left out (see `in_a_machine`), `systemctl stop` and
  `start` of the service are `cordwood stop` and `serve`, and `systemctl enable` of a timer is
  `systemd-analyze verify`. `docker compose … up` is `config`, because there is no daemon: `make
  image-test` runs the image.
"""

import contextlib
import glob
import gzip
import http.client
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import textwrap
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = f"{ROOT}/docs/README.md"
TOOLS = f"{ROOT}/.build/venv/bin"
SECONDS = 30  # For a listing, or for an effect.
RECORD = '{"level":"info","msg":"hello"}'
START = "(cordwood serve >>messages 2>&1 &) && until cordwood health; do sleep 0.05; done"


class Failure(Exception):
    pass


def expect(truth, sentence):
    if not truth:
        raise Failure(sentence)


def eventually(what, condition, seconds=SECONDS):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        expect(time.monotonic() < deadline, f"{what} did not come within {seconds} s")
        time.sleep(0.02)
    return value


class Ports:
    """Free ports, none of which is given twice."""

    given, lock = set(), threading.Lock()

    @classmethod
    def free(cls):
        with cls.lock:
            while True:
                with socket.socket() as listener:
                    listener.bind(("127.0.0.1", 0))
                    port = listener.getsockname()[1]
                if port not in cls.given:
                    cls.given.add(port)
                    return port


# The page.

class Listing:
    def __init__(self, language, text):
        self.language, self.text = language, text
        named = re.match(r"# (/\S+)\n", text)
        self.file = named[1] if named else None
        self.was_run = False


def jobs_of(page):
    """The jobs of a page: by the title of each, its text."""
    with open(page) as file:
        parts = re.split(r"^(##|###) (.+)\n", file.read(), flags=re.M)
    sections = list(zip(parts[1::3], parts[2::3], parts[3::3]))
    titles = [title for level, title, _ in sections if level == "###"]
    expect(len(titles) == len(set(titles)), "two jobs have the same title")
    return {title: text for level, title, text in sections if level == "###"}


def listings_of(text):
    return [Listing(*match) for match in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.S | re.M)]


def in_a_machine(title, *numbers):
    """The script of a job or of some of its listings, as it stands; for root of a booted system."""
    script = []
    listings = listings_of(jobs_of(PAGE)[title])
    for listing in [listings[number] for number in numbers] or listings:
        if listing.file:
            script.append(f"cat >>{listing.file} <<'END'\n{listing.text}END")
        elif listing.language == "sh":
            script.append(listing.text)
    return "\n".join(script)


# The place where a job is done.

class Place:
    """A fresh directory with a service, and the listings of one job."""

    def __init__(self, program, title, page, directory, s3):
        self.page = {title: listings_of(text) for title, text in page.items()}
        self.listings, self.output = self.page[title], ""
        self.program, self.directory = program, directory
        self.port, self.admin, self.tls, self.proxy = (Ports.free() for _ in range(4))
        self.s3 = s3
        self.processes = []
        self.logs = f"{directory}/var/log/cordwood"
        self.configuration = f"{directory}/etc/cordwood/cordwood.yaml"
        for name in ["bin", "etc/cordwood", "etc/nginx/conf.d", "etc/prometheus",
                     "etc/systemd/system", "usr/local/bin", "var/log", "mnt", "tmp"]:
            os.makedirs(f"{directory}/{name}")
        for name in ["deploy", "docs"]:
            os.symlink(f"{ROOT}/{name}", f"{directory}/{name}")
        os.symlink(program, f"{directory}/bin/cordwood")
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("CORDWOOD_")}
        self.environment |= {
            "PATH": ":".join([f"{directory}/usr/local/bin", f"{directory}/bin", TOOLS,
                              f"{ROOT}/.build/prometheus/usr/bin", os.environ["PATH"],
                              "/usr/sbin", "/sbin"]),
            "HOME": directory, "CORDWOOD_CONFIG": self.configuration, "LC_ALL": "C.UTF-8",
            "CORDWOOD_PID_FILE": f"{directory}/pid", "no_proxy": "*"}
        # That of the package.
        with open(f"{ROOT}/deploy/systemd/cordwood.yaml") as file:
            self.write(self.configuration, self.here(file.read()))

    def here(self, text):
        """What the page says, for this place."""
        for pattern, replacement in [
            (r"\blisten 80\b", f"listen 127.0.0.1:{self.proxy}"),
            (r"http://logs\.example\.org", f"http://127.0.0.1:{self.proxy}"),
            (r"https://logs\.example\.org", f"http://127.0.0.1:{self.port}"),
            (r"https://s3\.example\.org", f"http://127.0.0.1:{self.s3}"),
            (r"\b8080\b", str(self.port)), (r"\b8081\b", str(self.admin)),
            (r"\b8443\b", str(self.tls)), (r"\b10\.0\.0\.(?=[567]\b)", "127.0.0."),
            (r"(?<![\w.$@}])/(?=(etc|var|usr/local|mnt|tmp)/)", f"{self.directory}/"),
            (r"\.build/release/cordwood", self.program),
            (r"(?m)^ExecStart=rclone\b", f"ExecStart={TOOLS}/rclone"),
            (r"\bnginx -", f"nginx -c {self.directory}/etc/nginx/nginx.conf -"),
            (r"(?m)^apt .*\n", ""),
            (r"docker compose (.*) up .*", r"docker-compose \1 config"),
            (r"systemctl stop cordwood.socket cordwood", "cordwood stop"),
            (r"systemctl start cordwood", START),
            (r"systemctl enable --now (\S+)",
             rf"systemd-analyze verify --man=no {self.directory}/etc/systemd/system/\1"),
        ]:
            text = re.sub(pattern, replacement, text)
        return text

    def write(self, path, text):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "a") as file:
            file.write(text)

    # Commands

    def start(self, *command, **settings):
        """A program in the background, which ends with the job."""
        environment = self.environment | self.variables(settings)
        with open(f"{self.directory}/{len(self.processes)}.out", "wb") as output:
            process = subprocess.Popen(
                command, cwd=self.directory, env=environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        self.processes.append(process)
        return process

    def variables(self, settings):
        return {f"CORDWOOD_{name.upper()}": value for name, value in settings.items()}

    def printed(self, process):
        """What a program in the background has printed."""
        with open(f"{self.directory}/{self.processes.index(process)}.out") as file:
            return file.read()

    def kill(self, process):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def run(self, script):
        process = subprocess.Popen(
            ["bash", "-eo", "pipefail", "-c", script], cwd=self.directory, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True)
        try:
            output, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output, errors = process.communicate()
            raise Failure(f"it did not end within {SECONDS} s:\n{script}\n{output}{errors}")
        expect(process.returncode == 0,
               f"exit status {process.returncode}:\n{script}\n{output}{errors}")
        return output

    def serve(self, *before, program="cordwood", **settings):
        """Starts the service of the package, by another program if that is given."""
        self.start(*before, program, "serve", **settings)
        eventually("the service", lambda: self.answer("/livez")[0] == 200)

    def follow(self, *numbers):
        """Runs the job's listings, or some of them; returns what their commands have printed."""
        self.output = ""
        for number in numbers or range(len(self.listings)):
            self.do(self.listings[number])
        return self.output

    def do(self, listing):
        listing.was_run = True
        text = self.here(listing.text)
        if listing.file:
            self.write(self.here(listing.file), text)
        elif listing.language == "sh":
            self.last = self.run(text)
            self.output += self.last
        elif listing.language == "js":
            self.output += self.run(f"node --input-type=module --eval {shlex.quote(text)}")
        elif listing.language == "":
            expect(self.last == text, f"it should print\n{text}and prints\n{self.last}")
        else:
            raise Failure(f"nothing runs a listing in {listing.language}")

    def follow_in_the_background(self):
        """Runs the only listing, which does not end by itself."""
        (listing,) = self.listings
        listing.was_run = True
        return self.start("bash", "-eo", "pipefail", "-c", self.here(listing.text))

    def end(self):
        """Ends all that the job has started, also the service that `serve` of a listing has."""
        with contextlib.suppress(OSError, ValueError):
            os.killpg(os.getpgid(self.master()), signal.SIGKILL)
        for process in self.processes:
            self.kill(process)

    def diary(self):
        """What the programs in the background have printed."""
        texts = [self.printed(process) for process in self.processes]
        return ["\n".join(text.splitlines()[-20:]) for text in texts if text]

    # The service

    def answer(self, path, body=None, port=None, host="127.0.0.1", **headers):
        """The status and the body of an answer; 0 if there is none."""
        connection = http.client.HTTPConnection(host, port or self.port, timeout=SECONDS)
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET" if body is None else "POST", path, body, fields)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def refuses(self, host):
        """Whether nothing listens there."""
        try:
            socket.create_connection((host, self.port), timeout=SECONDS).close()
        except OSError as error:
            return isinstance(error, ConnectionRefusedError)
        return False

    def post(self, body=RECORD, path="/logs"):
        status, text = self.answer(path, body)
        expect(status == 200, f"a record is answered {status}: {text}")

    def health(self):
        return json.loads(self.answer("/health")[1])

    def master(self):
        with open(f"{self.directory}/pid") as file:
            return int(file.read())

    # Its files

    def rotated(self, suffix, lines=(RECORD,), days=0, stream="app", size=None):
        """A rotated file of a stream, last written some days ago."""
        path = f"{self.logs}/{stream}.log.{suffix}"
        os.makedirs(self.logs, exist_ok=True)
        with (gzip.open if suffix.endswith(".gz") else open)(path, "wt") as file:
            file.writelines(f"{line}\n" for line in lines)
        if size:
            os.truncate(path, size)
        then = time.time() - days * 86400
        os.utime(path, (then, then))
        return os.path.basename(path)

    def has(self, name):
        return os.path.exists(os.path.join(self.logs, name))

    def lines(self, name):
        with open(os.path.join(self.logs, name)) as file:
            return file.read().splitlines()

    def parsed(self, name):
        return [json.loads(line) for line in self.lines(name)]

    def names(self, directory=None):
        """The files of a directory, without those that begin with a dot."""
        return {name for name in os.listdir(directory or self.logs) if not name.startswith(".")}

    def in_s3(self):
        """The files of this machine in S3."""
        configuration = f"{self.directory}/etc/cordwood/s3.conf"
        return self.run(f"rclone --config {configuration} lsf s3:logs/$(hostname)").split()

    def nginx(self):
        """A real one, which reads conf.d when it is reloaded."""
        path = f"{self.directory}/etc/nginx/nginx.conf"
        # Its workers write into a directory that only this user can enter.
        user = "" if os.geteuid() else "user root;"
        self.write(path, textwrap.dedent(f"""\
            {user} daemon off; pid {self.directory}/nginx.pid; error_log stderr;
            events {{}}
            http {{
                access_log off;
                client_body_temp_path {self.directory}/tmp/body;
                proxy_temp_path {self.directory}/tmp/proxy;
                fastcgi_temp_path {self.directory}/tmp/fastcgi;
                uwsgi_temp_path {self.directory}/tmp/uwsgi;
                scgi_temp_path {self.directory}/tmp/scgi;
                include conf.d/*.conf;
            }}
            """))
        self.start("nginx", "-e", "stderr", "-c", path)
        eventually("nginx", lambda: self.has(f"{self.directory}/nginx.pid"))


@contextlib.contextmanager
def s3(directory):
    """A real S3 server; its port."""
    with open(f"{directory}/s3.json", "w") as file:
        file.write('{"identities":[{"name":"test","actions":["Admin","Read","Write","List"],'
                   '"credentials":[{"accessKey":"KEY","secretKey":"SECRET"}]}]}')
    ports = {option: Ports.free() for option in [
        "s3.port", "s3.port.grpc", "master.port", "master.port.grpc", "volume.port",
        "volume.port.grpc", "filer.port", "filer.port.grpc"]}
    with open(f"{directory}/s3.out", "wb") as output:
        process = subprocess.Popen(
            [f"{TOOLS}/weed", "server", f"-dir={directory}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
             "-master.telemetry=false", "-master.volumeSizeLimitMB=64", "-volume.max=10", "-filer",
             "-s3", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
             f"-s3.config={directory}/s3.json", f"-filer.localSocket={directory}/filer.sock",
             f"-s3.localSocket={directory}/s3.sock",
             *(f"-{option}={port}" for option, port in ports.items())],
            cwd=directory, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
    try:
        yield ports["s3.port"]
    finally:
        # Not TERM, which takes it half a minute; so its other sockets stay.
        process.kill()
        process.wait()
        for port in ports.values():
            for path in glob.glob(f"/tmp/seaweedfs-*-{port}.sock"):
                os.remove(path)
