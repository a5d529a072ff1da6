// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// Access logs that a real nginx writes under a load of wrk.
enum AccessLog {
    /// Leaves `access.log`, in nginx's own format, and `access.json` in `directory`.
    static func write(to directory: URL) throws {
        guard let nginx = Program.nginx, let wrk = Program.wrk else { return }
        let port = try FreePort.find()
        let configuration = directory.appendingPathComponent("nginx.conf")
        try Data(text(port, directory.path).utf8).write(to: configuration)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: nginx)
        process.arguments = ["-p", directory.path, "-e", "stderr", "-c", configuration.path]
        process.standardError = FileHandle.nullDevice
        try process.runUnblocked()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        try eventually("nginx listens") { (try? Connection(port: port)) != nil }
        let script = directory.appendingPathComponent("paths.lua")
        try Data(paths.utf8).write(to: script)
        let url = "http://127.0.0.1:\(port)/"
        _ = try ChildProcess(
            program: wrk, arguments: ["-t1", "-c4", "-d1s", "-s", script.path, url]
        ).output()
    }

    /// What logs are full of: quotes, backslashes, escapes.
    private static let paths = #"""
        local paths = {'/', '/a?b="c"', '/\\', '/%22%5C%0A', '/\xc3\xa4'}
        local n = 0
        request = function()
          n = n + 1
          wrk.headers['User-Agent'] = 'quo"te \\ ' .. n
          return wrk.format('GET', paths[n % #paths + 1])
        end
        """#

    private static func text(_ port: UInt16, _ directory: String) -> String {
        """
        daemon off;
        worker_processes 1;
        pid \(directory)/nginx.pid;
        events { worker_connections 64; }
        http {
          log_format object escape=json '{"time":$msec,"request":"$request",'
            '"status":$status,"agent":"$http_user_agent"}';
          access_log \(directory)/access.log;
          access_log \(directory)/access.json object;
          client_body_temp_path \(directory);
          proxy_temp_path \(directory);
          fastcgi_temp_path \(directory);
          uwsgi_temp_path \(directory);
          scgi_temp_path \(directory);
          server {
            listen 127.0.0.1:\(port);
            return 200 "ok";
          }
        }

        """
    }
}
