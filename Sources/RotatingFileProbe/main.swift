import Glibc

// What a test must do in a process of its own: the first argument says what.
switch CommandLine.arguments.dropFirst().first {
case "schedule": ScheduleMode.run()
default:
    print("usage: RotatingFileProbe schedule")
    exit(64)
}
