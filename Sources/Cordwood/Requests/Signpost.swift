/// What there is at a listener, for a sentence that leads there from where nothing is.
enum Signpost {
    case records
    case recordsAndPage
    /// A listener for operators.
    case administration

    /// For a path that is none.
    var ofPath: StaticString {
        switch self {
        case .records: "There is nothing at this path; records go to /logs or /logs/{stream}."
        case .recordsAndPage:
            "There is nothing at this path; records go to /logs or /logs/{stream}, and a browser finds a page at /ui."
        case .administration:
            "There is nothing at this path of a listener that takes no records; a browser finds a page at /ui, programs /health, /readyz and /metrics."
        }
    }

    /// For a path that ends with a slash.
    var ofSlash: StaticString {
        switch self {
        case .records:
            "The path ends with '/', and no path here does; leave it out, as in /logs/web."
        case .recordsAndPage:
            "The path ends with '/', and no path here does; leave it out, as in /logs/web and /ui."
        case .administration:
            "The path ends with '/', and no path here does; leave it out, as in /ui."
        }
    }

    /// For a method that a path of records does not have, as a browser's GET.
    var ofMethod: StaticString {
        switch self {
        case .records, .administration:
            "Records are sent here by POST, as to /logs and /logs/{stream}; Allow lists the methods. For a browser there is a page at /ui once ui.enabled is true, or at an address of admin.listen."
        case .recordsAndPage:
            "Records are sent here by POST, as to /logs and /logs/{stream}; Allow lists the methods. A browser finds a page at /ui."
        }
    }
}
