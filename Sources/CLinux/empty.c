// SwiftPM wants one source file beside the headers.
