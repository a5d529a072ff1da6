# SPDX-License-Identifier: Apache-2.0
"""Heroku's Logplex.

Built from logplex: logplex_http_drain.erl and README.http_drains.md.
"""

import base64

from replay import replay


@replay("Logplex")
def logplex(client):
    frames, count = b"", 0
    for number in range(30):
        id = client.id()
        # Some have no newline, some have one inside.
        text = [f"Grüße {id}\n", f"Grüße {id}", f"Grüße {id}\n\tat line 2"][number % 3]
        frame = f"<158>1 2026-11-28T18:00:08.123456+00:00 host app web.{number} - {text}".encode()
        frames += b"%d %s" % (len(frame), frame)
        count += 1
        client.expect(id, time="2026-11-28T18:00:08.123456+00:00", level="info", host="host",
                      app_name="app", proc_id=f"web.{number}", priority=158,
                      _logplex={"frame_id": "09C557EAFCFB6CF2740EE62F62971098",
                                "drain_token": "d.fc6b856b-3332-4546-93de-7d0ee272c3bd"})
    # A message that is empty, with and without the blank before it.
    for frame in [b"<40>1 2026-11-28T18:00:08+00:00 host heroku router - ",
                  b"<40>1 2026-11-28T18:00:08+00:00 host heroku router -"]:
        frames += b"%d %s" % (len(frame), frame)
        count += 1
    login = base64.b64encode(f"all:{client.token}".encode()).decode()
    for wrong in [0, 7]:
        answer = client.send("POST", "/logplex", [
            ("Content-Type", "application/logplex-1"),
            ("Logplex-Msg-Count", str(count + wrong)),
            ("Logplex-Frame-Id", "09C557EAFCFB6CF2740EE62F62971098"),
            ("Logplex-Drain-Token", "d.fc6b856b-3332-4546-93de-7d0ee272c3bd"),
            ("User-Agent", "Logplex/v72"), ("Authorization", f"Basic {login}")], frames)
        # 4xx drops the frame.
        client.demand_status(answer, 200, 201, 202, 204)
        if wrong:
            break
        frame = f"<13>1 2026-11-28T18:00:08+00:00 host app web.1 - {client.id()}\n".encode()
        frames, count = b"%d %s" % (len(frame), frame), 1
