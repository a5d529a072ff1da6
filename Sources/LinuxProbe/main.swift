import Glibc
import Linux

// What a test must do in a process of its own: the first argument says what.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "drop" where arguments.count == 3: drop(user: arguments[1], group: arguments[2])
default:
    print("usage: LinuxProbe drop USER GROUP")
    exit(64)
}

/// Becomes somebody else, twice, and prints who that is.
func drop(user: String, group: String) {
    do {
        let credentials = try Credentials.named(user: user, group: group)
        try credentials?.drop()
        try credentials?.drop()
        let status = try Descriptor.contents(of: "/proc/self/status")
        for line in status.split(separator: "\n") {
            guard let field = line.split(separator: ":").first,
                ["Uid", "Gid", "Groups"].contains(field)
            else { continue }
            print(line.split { $0 == "\t" || $0 == " " }.joined(separator: " "))
        }
    } catch {
        print("\(error)")
        exit(1)
    }
}
