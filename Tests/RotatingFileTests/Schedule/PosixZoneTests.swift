// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RotatingFile

/// Values of `TZ`, of which glibc takes what it does not understand for UTC and says nothing.
@Suite struct PosixZoneTests {
    @Test(arguments: [
        "", ":", "UTC", ":UTC", "GMT", "UTC0", "EST5", "EST5EDT", "CET-1CEST,M3.5.0,M10.5.0/3",
        "<+0330>-3:30", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1", "NZST-12NZDT,M9.5.0,M4.1.0/3",
        "AAA-1:30:15BBB-2,J60/0,300/167", ":CET-1",
    ])
    func `is a zone`(text: String) { #expect(ZoneDatabase.isZone(text)) }

    @Test(arguments: [
        "Asia/Beijing", ":Asia/Beijing", "Mars", "CE-1", "CET-1CEST,M3.5.0",
        "CET-1CEST,M13.5.0,M1.1.0", "CET-25", "CET-1 ", "<+0330-3", "CET-1CEST,M3.5.0,M10.5.0/3x",
        "/etc/passwd", "/nowhere",
        "/dev/zero", "../../etc/passwd", "Europe", "CET--1", "Europe/Berlin ",
    ])
    func `is no zone`(text: String) { #expect(!ZoneDatabase.isZone(text)) }

    @Test(.enabled(if: ZoneDatabase.contains("Europe/Berlin"), "needs tzdata"))
    func `names and files of the database are zones`() {
        for name in ["Europe/Berlin", ":Europe/Berlin", ZoneDatabase.directory + "/Europe/Berlin"] {
            #expect(ZoneDatabase.isZone(name))
        }
    }
}
