// SPDX-License-Identifier: Apache-2.0

/// The paths of a listener, for the message that leads a client from a wrong path to a right one.
enum Signpost {
    case records
    case recordsAndPage
    /// A listener for operators.
    case administration

    /// For an unknown path.
    var ofPath: StaticString {
        switch self {
        case .records: "There is nothing at this path; records go to /logs or /logs/{stream}."
        case .recordsAndPage:
            "There is nothing at this path; records go to /logs or /logs/{stream}, and a browser finds a page at /ui."
        case .administration:
            "There is nothing at this path, and this listener accepts no records; it has /health, /readyz and /metrics, and a page for browsers at /ui."
        }
    }

    /// For a path that ends with a slash.
    var ofSlash: StaticString {
        switch self {
        case .records:
            "There is nothing at this path; remove the '/' at its end, as in /logs/web."
        case .recordsAndPage:
            "There is nothing at this path; remove the '/' at its end, as in /logs/web and /ui."
        case .administration:
            "There is nothing at this path; remove the '/' at its end, as in /ui."
        }
    }

    /// For a method that a path of records does not support, such as a browser's GET.
    var ofMethod: StaticString {
        switch self {
        case .records, .administration:
            "Send records here by POST, as to /logs and /logs/{stream}; Allow lists the methods. Browsers find a page at /ui if ui.enabled is true, or at an address of admin.listen."
        case .recordsAndPage:
            "Send records here by POST, as to /logs and /logs/{stream}; Allow lists the methods. A browser finds a page at /ui."
        }
    }
}
