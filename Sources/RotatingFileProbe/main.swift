import Glibc

// What a test must do in a process of its own: the first argument says what.
switch CommandLine.arguments.dropFirst().first {
case "schedule": ScheduleMode.answer(with: ScheduleMode.rollovers)
case "fingerprint": ScheduleMode.answer(with: ScheduleMode.fingerprint)
default:
    print("usage: RotatingFileProbe schedule | fingerprint")
    exit(64)
}
